"""Divisions as they stand at a day: one, or a page of them."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.errors import NotFound
from gazetteer.queries.codes import find_holder
from gazetteer.queries.pages import Page, escape_like, parse_cursor, write_cursor
from gazetteer.queries.sql import load

NEVER_PUBLISHED = "该时期没有公布过代码。No code was published for this period."


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


_LIFE = text(
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


def find_details(session: Session, wanted: Sequence[tuple[uuid.UUID, dt.date]]) -> list[DivisionView]:
    """Return the divisions as they stood on the day given with each, in the order asked."""
    if not wanted:
        return []
    ids, days = zip(*wanted, strict=True)
    rows = session.execute(load("division_details"), {"ids": list(ids), "days": list(days)})
    return [_view(row) for row in rows]


def _view(row: Row[Any]) -> DivisionView:
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
    )


def find_day(session: Session, division_id: uuid.UUID, as_of: dt.date | None) -> dt.date:
    """Return the day to show a division at: `as_of`, else today, else the last or first of its days.

    Raises
    ------
    NotFound
        There is no such division, or it did not exist on `as_of`.
    """
    on = as_of or clock.today(session)
    row = session.execute(_LIFE, {"id": division_id, "on": on}).one_or_none()
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


def require_division(session: Session, key: str, as_of: dt.date | None = None) -> uuid.UUID:
    """Return the division meant by an id or a code (padded or not); NotFound when there is none."""
    try:
        return uuid.UUID(key)
    except ValueError:
        return find_holder(session, key, as_of)


def get_division(session: Session, key: str, as_of: dt.date | None = None) -> DivisionView:
    """Return a division by id or code, at a date or as it stands now (an ended one as it last stood)."""
    division_id = require_division(session, key, as_of)
    return find_details(session, [(division_id, find_day(session, division_id, as_of))])[0]


def get_boundary(
    session: Session, key: str, as_of: dt.date | None = None
) -> tuple[DivisionView, dict[str, Any]]:
    """Return a division with its polygon as GeoJSON (EPSG:4490, nine decimals: the grid)."""
    division = get_division(session, key, as_of)
    geometry = session.scalar(_SHAPE, {"id": division.id, "on": division.as_of})
    if geometry is None:
        raise NotFound("该区划没有界线图形。", "The division has no shape.", code="no_shape")
    return division, json.loads(geometry)


@dataclass(frozen=True)
class Filter:
    """Which divisions; None asks for all."""

    on: dt.date
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
    values: dict[str, Any] = {"on": wanted.on, "external": wanted.external, "limit": limit + 1}
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
    rows = session.execute(text(query), values).all()
    shown = rows[:limit]
    more = len(rows) > limit
    views = find_details(session, [(row.id, wanted.on) for row in shown])
    last = shown[-1] if more else None
    return Page(tuple(views), write_cursor((last.level, last.sort_code, last.id)) if last else None)
