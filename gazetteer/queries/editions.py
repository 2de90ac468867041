"""The whole register as an edition load meets it: everything in force on a day, as known now."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.grid import GRID

IntArray = npt.NDArray[np.int64]

_CURRENT = "upper_inf({0}.recorded) AND {0}.valid @> CAST(:day AS date)"


@dataclass(frozen=True)
class OldUnit:
    """A division in force: what an edition may change of it."""

    id: uuid.UUID
    level: int
    type: str
    name: str
    pinyin: str | None
    code: str | None
    scheme: str | None
    parent: uuid.UUID | None


@dataclass(frozen=True)
class OldFace:
    """A face that bounds some arc, and the lowest division it belongs to."""

    id: int
    kind: str
    unit: uuid.UUID | None


@dataclass(frozen=True, eq=False)
class OldArc:
    """An arc in force; `points` are grid integers, shape (n, 2)."""

    row_id: int
    id: int
    version: int
    start_node: int
    end_node: int
    left: int
    right: int
    line: uuid.UUID | None
    points: IntArray


@dataclass(frozen=True)
class OldLine:
    """A boundary line in force."""

    id: uuid.UUID
    level: int
    name: str
    left: uuid.UUID | None
    right: uuid.UUID | None


@dataclass(frozen=True, eq=False)
class OldRegister:
    """Everything in force on a day; shapes are MultiPolygons in degrees, EPSG:4490, areas in m2."""

    last_event: int
    units: dict[uuid.UUID, OldUnit]
    externals: dict[uuid.UUID, OldUnit]
    faces: dict[int, OldFace]
    arcs: dict[int, OldArc]
    nodes: dict[tuple[int, int], int]
    lines: dict[uuid.UUID, OldLine]
    shapes: dict[uuid.UUID, tuple[BaseGeometry, float]]


def read_register(session: Session, day: dt.date) -> OldRegister:
    """Read what is in force on `day`, as known now."""
    return OldRegister(
        last_event=session.scalar(text("SELECT coalesce(max(id), 0) FROM event")) or 0,
        units=_read_units(session, day, external=False),
        externals=_read_units(session, day, external=True),
        faces=_read_faces(session, day),
        arcs=_read_arcs(session, day),
        nodes=_read_nodes(session, day),
        lines=_read_lines(session, day),
        shapes=_read_shapes(session, day),
    )


def find_later_event(session: Session, day: dt.date) -> str | None:
    """Return the summary of the last event that changed anything in law on `day` or after it."""
    summary: str | None = session.scalar(
        text(
            "SELECT summary FROM event"
            " WHERE effective_on >= :day AND kind <> 'correct'"
            " ORDER BY effective_on DESC, id DESC LIMIT 1"
        ),
        {"day": day},
    )
    return summary


def _read_units(session: Session, day: dt.date, *, external: bool) -> dict[uuid.UUID, OldUnit]:
    rows = session.execute(
        text(
            "SELECT d.id, d.level, s.type, n.name, n.pinyin, c.code, c.scheme, m.parent_id"
            " FROM division AS d"
            f" JOIN division_state AS s ON s.division_id = d.id AND {_CURRENT.format('s')}"
            " JOIN division_name AS n ON n.division_id = d.id AND n.kind = 'official'"
            f" AND {_CURRENT.format('n')}"
            f" LEFT JOIN division_code AS c ON c.division_id = d.id AND {_CURRENT.format('c')}"
            f" LEFT JOIN member AS m ON m.child_id = d.id AND {_CURRENT.format('m')}"
            " WHERE d.external = :external"
            " ORDER BY d.level, c.code, n.name, d.id"
        ),
        {"day": day, "external": external},
    )
    return {row.id: OldUnit(*row) for row in rows}


def _read_faces(session: Session, day: dt.date) -> dict[int, OldFace]:
    rows = session.execute(
        text(
            "SELECT f.id, f.kind, m.parent_id FROM face AS f"
            f" LEFT JOIN member AS m ON m.face_id = f.id AND {_CURRENT.format('m')}"
            " WHERE f.id <> 0 AND EXISTS ("
            f" SELECT FROM arc AS a WHERE {_CURRENT.format('a')}"
            " AND (a.left_face = f.id OR a.right_face = f.id))"
            " ORDER BY f.id"
        ),
        {"day": day},
    )
    return {row.id: OldFace(*row) for row in rows}


def _read_arcs(session: Session, day: dt.date) -> dict[int, OldArc]:
    rows = session.execute(
        text(
            "SELECT row_id, id, version, start_node, end_node, left_face, right_face, line_id,"
            " ST_AsBinary(geom) AS wkb"
            f" FROM arc AS a WHERE {_CURRENT.format('a')} ORDER BY id"
        ),
        {"day": day},
    ).all()
    lines = shapely.from_wkb([bytes(row.wkb) for row in rows])
    found = {}
    for row, line in zip(rows, lines, strict=True):
        points = np.rint(shapely.get_coordinates(line) * GRID).astype(np.int64)
        sides = (row.start_node, row.end_node, row.left_face, row.right_face)
        found[row.id] = OldArc(row.row_id, row.id, row.version, *sides, row.line_id, points)
    return found


def _read_nodes(session: Session, day: dt.date) -> dict[tuple[int, int], int]:
    rows = session.execute(
        text(f"SELECT node_id, x, y FROM node_position AS p WHERE {_CURRENT.format('p')} ORDER BY node_id"),
        {"day": day},
    )
    return {(row.x, row.y): row.node_id for row in rows}


def _read_lines(session: Session, day: dt.date) -> dict[uuid.UUID, OldLine]:
    rows = session.execute(
        text(
            "SELECT l.id, l.level, s.name, s.left_id, s.right_id FROM boundary_line AS l"
            f" JOIN boundary_line_state AS s ON s.line_id = l.id AND {_CURRENT.format('s')}"
            " ORDER BY l.level, s.name, l.id"
        ),
        {"day": day},
    )
    return {row.id: OldLine(*row) for row in rows}


def _read_shapes(session: Session, day: dt.date) -> dict[uuid.UUID, tuple[BaseGeometry, float]]:
    rows = session.execute(
        text(
            "SELECT division_id, ST_AsBinary(geom) AS wkb, area_m2 FROM division_shape"
            " WHERE valid @> CAST(:day AS date) ORDER BY division_id"
        ),
        {"day": day},
    ).all()
    shapes = shapely.from_wkb([bytes(row.wkb) for row in rows])
    return {row.division_id: (geom, row.area_m2) for row, geom in zip(rows, shapes, strict=True)}
