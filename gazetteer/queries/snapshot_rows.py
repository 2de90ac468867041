"""Reading the whole register at a date, set by set: lines, faces, membership, divisions, shapes, names."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from psycopg.rows import tuple_row
from sqlalchemy.orm import Session

from gazetteer.queries.stand import Stand, When, known_then

Row = tuple[Any, ...]

_ARCS = """
    SELECT id, start_node, end_node, left_face, right_face, line_id, ST_AsBinary(geom)
    FROM arc
    WHERE upper_inf(recorded)
        AND valid @> %(on)s::date
    ORDER BY id
"""
_FACES = """
    SELECT id, kind
    FROM face
    WHERE id IN (
        SELECT left_face FROM arc WHERE upper_inf(recorded) AND valid @> %(on)s::date
        UNION
        SELECT right_face FROM arc WHERE upper_inf(recorded) AND valid @> %(on)s::date
    )
    ORDER BY id
"""
_MEMBERS = """
    SELECT face_id, child_id, parent_id
    FROM member
    WHERE upper_inf(recorded)
        AND valid @> %(on)s::date
    ORDER BY face_id, child_id
"""
_DIVISIONS = """
    SELECT d.id, d.level, d.external, s.type, k.code, n.name, n.pinyin, first.day
    FROM division d
    JOIN division_state s ON s.division_id = d.id
        AND upper_inf(s.recorded)
        AND s.valid @> %(on)s::date
    JOIN (
        SELECT division_id, min(lower(valid)) AS day
        FROM division_state
        WHERE upper_inf(recorded)
        GROUP BY division_id
    ) first ON first.division_id = d.id
    LEFT JOIN division_name n ON n.division_id = d.id
        AND n.kind = 'official'
        AND upper_inf(n.recorded)
        AND n.valid @> %(on)s::date
    LEFT JOIN (
        SELECT DISTINCT ON (division_id) division_id, code
        FROM division_code
        WHERE upper_inf(recorded)
            AND valid @> %(on)s::date
        ORDER BY division_id, (scheme = 'cn') DESC, scheme
    ) k ON k.division_id = d.id
    ORDER BY d.level, k.code NULLS LAST, d.id
"""
_SHAPES = """
    SELECT division_id, area_m2, ST_AsBinary(geom)
    FROM division_shape
    WHERE valid @> %(on)s::date
    ORDER BY division_id
"""
_LINES = """
    SELECT l.id, l.level, s.name, s.left_id, s.right_id, s.legal_status
    FROM boundary_line l
    JOIN boundary_line_state s ON s.line_id = l.id
    WHERE upper_inf(s.recorded)
        AND s.valid @> %(on)s::date
    ORDER BY l.id
"""
_PLACES = """
    SELECT place_id, name, pinyin, legal_category, class_name, lower(valid), ST_AsBinary(geom)
    FROM place_name_state
    WHERE upper_inf(recorded)
        AND valid @> %(on)s::date
    ORDER BY place_id
"""


def read_arcs(session: Session, on: When) -> list[Row]:
    """Return (id, start_node, end_node, left_face, right_face, line id or None, WKB) of the arcs in id order.

    The WKB is a LineString in degrees, EPSG:4490.
    """
    return _read(session, _ARCS, on)


def read_faces(session: Session, on: When) -> list[tuple[int, str]]:
    """Return (id, kind) of the faces that have arcs at the date, the outside too."""
    return [(int(row[0]), str(row[1])) for row in _read(session, _FACES, on)]


def read_members(session: Session, on: When) -> list[tuple[int | None, uuid.UUID | None, uuid.UUID]]:
    """Return (face id or None, child id or None, parent id) of the membership at the date."""
    return [(row[0], row[1], row[2]) for row in _read(session, _MEMBERS, on)]


def read_divisions(session: Session, on: When) -> list[Row]:
    """Return (id, level, external, type, code, name, pinyin, first day) of what exists at the date."""
    return _read(session, _DIVISIONS, on)


def read_shapes(session: Session, on: When) -> list[Row]:
    """Return (division id, area in m2, WKB MultiPolygon in EPSG:4490 degrees) of the stored polygons."""
    return _read(session, _SHAPES, on)


def read_lines(session: Session, on: When) -> list[Row]:
    """Return (id, level, name, left id, right id, legal status) of the boundary lines."""
    return _read(session, _LINES, on)


def read_places(session: Session, on: When) -> list[Row]:
    """Return (id, name, pinyin, legal category, class name, first day, WKB) of the place names."""
    return _read(session, _PLACES, on)


def last_event(session: Session, when: When) -> int | None:
    """Return the id of the newest event known, None while the register is empty."""
    query = "SELECT max(id) FROM event"
    rows = _read(
        session, query + " WHERE recorded_at <= %(known)s" if isinstance(when, Stand) else query, when
    )
    return None if rows[0][0] is None else int(rows[0][0])


def _read(session: Session, query: LiteralString, when: When) -> list[Row]:
    """Run a query on the session's own connection with binary results: geometry comes without hex."""
    values: dict[str, Any] = {"on": when}
    statement: str = query
    if isinstance(when, Stand):
        values = {"on": when.day, "known": when.known}
        statement = known_then(query, "%(known)s::timestamptz")
    connection: psycopg.Connection[Any] = session.connection().connection.dbapi_connection  # type: ignore[assignment]
    with connection.cursor(binary=True, row_factory=tuple_row) as cursor:
        rows: Sequence[Row] = cursor.execute(statement.encode(), values).fetchall()
    return list(rows)
