"""Divisions as they stand at a day: one, or a page of them."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import shapely
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.errors import NotFound
from gazetteer.queries.codes import find_holder
from gazetteer.queries.known_shapes import KnownShape, find_known_shapes
from gazetteer.queries.moments import choose_when, known_of
from gazetteer.queries.pages import Page, escape_like, parse_cursor, write_cursor
from gazetteer.queries.sql import read
from gazetteer.queries.stand import DatedQuery, Stand, When, day_of

NEVER_PUBLISHED = "该时期没有公布过代码。No code was published for this period."


Status = Literal["in_force", "ended", "pending"]
"""现行, 已撤销, 待生效: as of today, or of the day of the moment of knowledge."""


@dataclass(frozen=True)
class Parent:
    """The division above."""

    id: uuid.UUID
    name: str
    code: str | None


@dataclass(frozen=True)
class DivisionView:
    """A division at a day: dates of law, shape on EPSG:4490 (degrees), ellipsoidal area in m2."""

    id: uuid.UUID
    level: int
    code: str | None
    code_note: str | None
    name: str
    pinyin: str | None
    type: str | None
    parent: Parent | None
    area_m2: float | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    bbox: tuple[float, float, float, float] | None
    centre: tuple[float, float] | None
    external: bool
    as_of: dt.date
    known_at: dt.datetime | None
    status: Status


_LIFE = DatedQuery(
    """
    SELECT bool_or(s.valid @> CAST(:on AS date)) AS lives,
        min(lower(s.valid)) AS first_day, max(upper(s.valid)) AS end_day,
        bool_or(upper_inf(s.valid)) AS endless
    FROM division d
    JOIN division_state s ON s.division_id = d.id
        AND upper_inf(s.recorded)
    WHERE d.id = :id
    GROUP BY d.id
    """
)

_SHAPE = text(
    """
    SELECT ST_AsGeoJSON(geom, 9, 0) AS geometry
    FROM division_shape
    WHERE division_id = :id
        AND valid @> CAST(:on AS date)
    """
)


@cache
def _details() -> DatedQuery:
    return DatedQuery(read("division_details"))


def find_details(
    session: Session, wanted: Sequence[tuple[uuid.UUID, dt.date]], known: dt.datetime | None = None
) -> list[DivisionView]:
    """Return the divisions as they stood on the day given with each, in the order asked.

    Parameters
    ----------
    known : datetime, optional
        As known at that moment; polygons are then built anew, for one day only.
    """
    if not wanted:
        return []
    ids, days = zip(*wanted, strict=True)
    when: When = days[0] if known is None else Stand(days[0], known)
    values = {"ids": list(ids), "days": list(days), "cached": known is None}
    today = clock.today(session) if known is None else known.astimezone(clock.LAW_ZONE).date()
    views = [_view(row, known, today) for row in _details().run(session, when, **values)]
    if known is None:
        return views
    shapes = find_known_shapes(session, ids, when)
    return [_with_shape(view, shapes.get(view.id)) for view in views]


def _view(row: Row[Any], known: dt.datetime | None, today: dt.date) -> DivisionView:
    parent = Parent(row.parent_id, row.parent_name or "", row.parent_code) if row.parent_id else None
    placed = row.west is not None
    return DivisionView(
        id=row.id,
        level=row.level,
        code=row.code,
        code_note=None if row.code or row.external else NEVER_PUBLISHED,
        name=row.name or "",
        pinyin=row.pinyin,
        type=row.type,
        parent=parent,
        area_m2=row.area_m2,
        valid_from=row.first_day,
        valid_to=row.end_day,
        bbox=(row.west, row.south, row.east, row.north) if placed else None,
        centre=(row.lon, row.lat) if placed else None,
        external=row.external,
        as_of=row.day,
        known_at=known,
        status=_status(row.first_day, row.end_day, today),
    )


def _status(first_day: dt.date | None, end_day: dt.date | None, today: dt.date) -> Status:
    if end_day is not None and end_day <= today:
        return "ended"
    return "pending" if first_day is not None and first_day > today else "in_force"


def _with_shape(view: DivisionView, shape: KnownShape | None) -> DivisionView:
    if shape is None:
        return view
    west, south, east, north = shape.geom.bounds
    centre = shapely.point_on_surface(shape.geom)
    return replace(view, area_m2=shape.area_m2, bbox=(west, south, east, north), centre=(centre.x, centre.y))


def find_day(
    session: Session, division_id: uuid.UUID, as_of: dt.date | None, known: dt.datetime | None = None
) -> dt.date:
    """Return the day to show a division at: `as_of`, else today, else the last or first of its days.

    Raises
    ------
    NotFound
        There is no such division, or it did not exist on `as_of`, as known now or at the moment `known`.
    """
    when = choose_when(session, as_of, known)
    on = day_of(when)
    row = _LIFE.run(session, when, id=division_id).one_or_none()
    if row is None:
        raise NotFound(f"没有此区划：{division_id}。", f"There is no division {division_id}.")
    if row.lives:
        return on
    if as_of is not None:
        raise NotFound(
            f"该区划在 {as_of} 不存在。",
            f"The division did not exist on {as_of}.",
            code="not_at_that_date",
            valid_from=row.first_day,
            valid_to=None if row.endless else row.end_day,
        )
    ended: bool = not row.endless and row.end_day <= on
    day: dt.date = row.end_day - dt.timedelta(days=1) if ended else row.first_day
    return day


def require_division(
    session: Session, key: str, as_of: dt.date | None = None, known: dt.datetime | None = None
) -> uuid.UUID:
    """Return the division meant by an id or a code (padded or not); NotFound when there is none."""
    try:
        return uuid.UUID(key)
    except ValueError:
        return find_holder(session, key, as_of, known)


def find_either(session: Session, key: str, before: When, after: When) -> uuid.UUID:
    """Return the division meant by an id or a code in one of two states, the first before the second."""
    try:
        return require_division(session, key, day_of(before), known_of(before))
    except NotFound:
        return require_division(session, key, day_of(after), known_of(after))


def get_division(
    session: Session, key: str, as_of: dt.date | None = None, known: dt.datetime | None = None
) -> DivisionView:
    """Return a division by id or code, at a date or as it stands now (an ended one as it last stood).

    Parameters
    ----------
    known : datetime, optional
        As it was known at that moment.
    """
    division_id = require_division(session, key, as_of, known)
    return find_details(session, [(division_id, find_day(session, division_id, as_of, known))], known)[0]


def get_boundary(
    session: Session, key: str, as_of: dt.date | None = None, known: dt.datetime | None = None
) -> tuple[DivisionView, dict[str, Any]]:
    """Return a division with its polygon as GeoJSON (EPSG:4490, nine decimals: the grid)."""
    division = get_division(session, key, as_of, known)
    geometry = _geometry(session, division)
    if geometry is None:
        raise NotFound("该区划没有界线图形。", "The division has no shape.", code="no_shape")
    return division, json.loads(geometry)


def _geometry(session: Session, division: DivisionView) -> str | None:
    if division.known_at is None:
        cached: str | None = session.scalar(_SHAPE, {"id": division.id, "on": division.as_of})
        return cached
    stand = Stand(division.as_of, division.known_at)
    shape = find_known_shapes(session, [division.id], stand).get(division.id)
    # Shortest decimals that give the same double back: the grid has nine, so nothing is lost.
    return None if shape is None else shapely.to_geojson(shape.geom)


@dataclass(frozen=True)
class Filter:
    """Which divisions, at which day as known when; None asks for all."""

    on: When
    level: int | None = None
    parent: uuid.UUID | None = None
    within: uuid.UUID | None = None
    q: str | None = None
    external: bool = False


_TREE = """
    WITH RECURSIVE tree AS (
        SELECT CAST(:within AS uuid) AS id
        UNION
        SELECT m.child_id
        FROM tree t
        JOIN member m ON m.parent_id = t.id
        WHERE m.child_id IS NOT NULL
            AND upper_inf(m.recorded)
            AND m.valid @> CAST(:on AS date)
    )
"""
_FOUND = """
    SELECT d.id, d.level, coalesce(k.code, '~') COLLATE "C" AS sort_code
    FROM division d
    JOIN division_state s ON s.division_id = d.id
        AND upper_inf(s.recorded)
        AND s.valid @> CAST(:on AS date)
    {codes}
    WHERE d.external = :external
"""
_CODES_OF_ALL = """LEFT JOIN (
        SELECT division_id, min(code) AS code
        FROM division_code
        WHERE upper_inf(recorded)
            AND valid @> CAST(:on AS date)
        GROUP BY division_id
    ) k ON k.division_id = d.id"""
# Below one division there are few: one look-up each is cheaper than reading the codes of all.
_CODES_OF_FEW = """LEFT JOIN LATERAL (
        SELECT min(code) AS code
        FROM division_code
        WHERE division_id = d.id
            AND upper_inf(recorded)
            AND valid @> CAST(:on AS date)
    ) k ON true"""
_CONDITIONS = {
    "level": "AND d.level = :level",
    "parent": """AND d.id IN (
        SELECT child_id
        FROM member
        WHERE parent_id = :parent
            AND upper_inf(recorded)
            AND valid @> CAST(:on AS date)
    )""",
    "within": "AND d.id IN (SELECT id FROM tree)",
    "q": r"""AND (
        k.code LIKE :prefix ESCAPE '\'
        OR EXISTS (
            SELECT 1
            FROM division_name n
            WHERE n.division_id = d.id
                AND n.name LIKE :contained ESCAPE '\'
                AND upper_inf(n.recorded)
                AND n.valid @> CAST(:on AS date)
        )
    )""",
    "after": """AND (d.level, coalesce(k.code, '~') COLLATE "C", d.id)
        > (:after_level, :after_code COLLATE "C", CAST(:after_id AS uuid))""",
}


def list_divisions(
    session: Session, wanted: Filter, *, limit: int = 50, cursor: str | None = None
) -> Page[DivisionView]:
    """Return a page of divisions by level, code and id; those without a code come last in their level."""
    values: dict[str, Any] = {"external": wanted.external, "limit": limit + 1}
    asked = [name for name in ("level", "parent", "within", "q") if getattr(wanted, name) is not None]
    values |= {name: getattr(wanted, name) for name in asked if name != "q"}
    if wanted.q is not None:
        pattern = escape_like(wanted.q.strip())
        values |= {"prefix": f"{pattern}%", "contained": f"%{pattern}%"}
    if cursor:
        level, code, after_id = parse_cursor(cursor, int, str, uuid.UUID)
        values |= {"after_level": level, "after_code": code, "after_id": after_id}
        asked.append("after")
    conditions = "\n".join(_CONDITIONS[name] for name in asked)
    tree = _TREE if wanted.within is not None else ""
    few = wanted.within is not None or wanted.parent is not None
    found = _FOUND.format(codes=_CODES_OF_FEW if few else _CODES_OF_ALL)
    query = f"{tree} {found} {conditions} ORDER BY d.level, sort_code, d.id LIMIT :limit"
    rows = DatedQuery(query).run(session, wanted.on, **values).all()
    shown = rows[:limit]
    more = len(rows) > limit
    day, known = day_of(wanted.on), known_of(wanted.on)
    views = find_details(session, [(row.id, day) for row in shown], known)
    last = shown[-1] if more else None
    return Page(tuple(views), write_cursor((last.level, last.sort_code, last.id)) if last else None)
