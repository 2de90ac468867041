"""Place names 地名 as they stand at a day: one, or a page of them."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gazetteer.errors import NotFound
from gazetteer.queries.known_shapes import find_known_shapes
from gazetteer.queries.moments import choose_when
from gazetteer.queries.pages import Page, escape_like, parse_cursor, write_cursor
from gazetteer.queries.stand import DatedQuery, Stand, When

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class PlaceNameView:
    """A place name: legal category 1-8 (地名管理条例 Art. 3), GeoJSON geometry and centre in EPSG:4490."""

    id: uuid.UUID
    name: str
    pinyin: str | None
    legal_category: int
    class_code: str | None
    class_name: str | None
    geometry: dict[str, Any]
    centre: tuple[float, float]
    note: str | None
    valid_from: dt.date | None
    valid_to: dt.date | None


@dataclass(frozen=True)
class NameFilter:
    """Which place names, at which day as known when; None asks for all."""

    on: When
    q: str | None = None
    kind: int | None = None
    within: uuid.UUID | None = None
    bbox: Box | None = None


_ROWS = """
    SELECT p.place_id, p.name, p.pinyin, p.legal_category, p.class_code, p.class_name, p.note,
        lower(p.valid) AS first_day, upper(p.valid) AS end_day, ST_AsGeoJSON(p.geom, 9, 0) AS geometry,
        ST_X(ST_PointOnSurface(p.geom)) AS lon, ST_Y(ST_PointOnSurface(p.geom)) AS lat
    FROM place_name_state p
    WHERE upper_inf(p.recorded)
        AND p.valid @> CAST(:on AS date)
"""
_ONE = DatedQuery(f"{_ROWS} AND p.place_id = :id")
_EXISTS = text("SELECT 1 FROM place_name WHERE id = :id")
_CONDITIONS = {
    "q": r"AND p.name LIKE :contained ESCAPE '\'",
    "kind": "AND p.legal_category = :kind",
    "within": """AND EXISTS (
        SELECT 1
        FROM division_shape sh
        WHERE sh.division_id = :within
            AND sh.valid @> CAST(:on AS date)
            AND ST_Intersects(sh.geom, p.geom)
    )""",
    "area": "AND ST_Intersects(ST_GeomFromWKB(:area, 4490), p.geom)",
    "bbox": "AND p.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)",
    "after": 'AND (p.name COLLATE "C", p.place_id) > (:after_name COLLATE "C", CAST(:after_id AS uuid))',
}


def get_name(
    session: Session, place_id: uuid.UUID, as_of: dt.date | None = None, known: dt.datetime | None = None
) -> PlaceNameView:
    """Return a place name at a day, as known now or at a moment; NotFound when there is none, or not then."""
    row = _ONE.run(session, choose_when(session, as_of, known), id=place_id).one_or_none()
    if row is None:
        known = session.scalar(_EXISTS, {"id": place_id})
        raise NotFound(
            "该地名在该日期不存在。" if known else f"没有此地名：{place_id}。",
            "The name did not exist on that date." if known else f"There is no place name {place_id}.",
            code="not_at_that_date" if known else None,
        )
    return _view(row)


def list_names(
    session: Session, wanted: NameFilter, *, limit: int = 50, cursor: str | None = None
) -> Page[PlaceNameView]:
    """Return a page of place names by name and id."""
    asked = [name for name in ("q", "kind", "within", "bbox") if getattr(wanted, name) is not None]
    values: dict[str, Any] = {"limit": limit + 1}
    values |= {name: getattr(wanted, name) for name in asked if name in ("kind", "within")}
    if wanted.q is not None:
        values["contained"] = f"%{escape_like(wanted.q.strip())}%"
    if wanted.bbox is not None:
        values |= dict(zip(("west", "south", "east", "north"), wanted.bbox, strict=True))
    if wanted.within is not None and isinstance(wanted.on, Stand):
        asked[asked.index("within")] = "area"
        shape = find_known_shapes(session, [wanted.within], wanted.on).get(wanted.within)
        values["area"] = shapely.to_wkb(shape.geom if shape else shapely.MultiPolygon())
    if cursor:
        values["after_name"], values["after_id"] = parse_cursor(cursor, str, uuid.UUID)
        asked.append("after")
    conditions = "\n".join(_CONDITIONS[name] for name in asked)
    query = f'{_ROWS} {conditions} ORDER BY p.name COLLATE "C", p.place_id LIMIT :limit'
    rows = DatedQuery(query).run(session, wanted.on, **values).all()
    views = tuple(_view(row) for row in rows[:limit])
    more = len(rows) > limit
    return Page(views, write_cursor((views[-1].name, views[-1].id)) if more else None)


def _view(row: Row[Any]) -> PlaceNameView:
    return PlaceNameView(
        id=row.place_id,
        name=row.name,
        pinyin=row.pinyin,
        legal_category=row.legal_category,
        class_code=row.class_code,
        class_name=row.class_name,
        geometry=json.loads(row.geometry),
        centre=(row.lon, row.lat),
        note=row.note,
        valid_from=row.first_day,
        valid_to=row.end_day,
    )
