"""Reading the lines around an edit: complete faces, and what lies near, at a date."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy.orm import Session

from boundaries.arcs import Arc
from boundaries.grid import IntArray, snap
from boundaries.subgraph import Subgraph
from gazetteer.queries.direct import DirectQuery
from gazetteer.queries.stand import DatedQuery, When

_ROWS = """
    SELECT row_id, id, version, start_node, end_node, left_face, right_face, line_id::text AS line,
        ST_AsBinary(geom) AS wkb, lower(valid) AS since, upper(valid) AS until
    FROM arc
    WHERE upper_inf(recorded)
        AND valid @> CAST(:on AS date)
"""
_OF_FACES = DatedQuery(f"{_ROWS} AND (left_face = ANY(:faces) OR right_face = ANY(:faces)) ORDER BY id")
_NEAR = DatedQuery(
    f"""{_ROWS}
        AND (left_face = ANY(:faces) OR right_face = ANY(:faces)
            OR geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490))
    ORDER BY id"""
)
_OF_LINES = DatedQuery(f"{_ROWS} AND line_id = ANY(CAST(:lines AS uuid[])) ORDER BY id")
_AROUND = DatedQuery(
    f"""{_ROWS}
        AND ((left_face = ANY(:faces) AND NOT right_face = ANY(:faces))
            OR (right_face = ANY(:faces) AND NOT left_face = ANY(:faces)))
    ORDER BY id"""
)
_SIDES = """
    FROM arc
    WHERE upper_inf(recorded)
        AND valid @> CAST(:on AS date)
        AND (id = ANY(CAST(:arcs AS bigint[])) OR start_node = ANY(CAST(:nodes AS bigint[]))
            OR end_node = ANY(CAST(:nodes AS bigint[])))
"""
_FIND_SIDES = DatedQuery(f"SELECT left_face, right_face {_SIDES}")
_LOCK_SIDES = DatedQuery(
    f"""
    SELECT id
    FROM face
    WHERE id = ANY(ARRAY(
        SELECT unnest(ARRAY[left_face, right_face]) {_SIDES}
        UNION
        SELECT unnest(CAST(:faces AS bigint[]))
    ))
    ORDER BY id
    FOR NO KEY UPDATE
    """
)

_VERSIONS = DirectQuery(
    """
    SELECT DISTINCT ON (a.id, a.hash) a.id, a.hash, ST_AsBinary(a.geom) AS wkb
    FROM unnest(CAST(:ids AS bigint[]), CAST(:hashes AS text[])) AS seen(id, hash)
    JOIN arc a ON a.id = seen.id AND a.hash = seen.hash
    ORDER BY a.id, a.hash
    """
)

_SHAPES = DirectQuery(
    """
    SELECT division_id, level, lower(valid) AS since, upper(valid) AS until,
        CASE WHEN division_id = ANY(CAST(:drawn AS uuid[])) THEN ST_AsBinary(geom) END AS wkb
    FROM division_shape
    WHERE division_id = ANY(CAST(:ids AS uuid[]))
        AND valid @> CAST(:on AS date)
    """
)

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class ArcRecord:
    """Where an arc of a subgraph is stored, and since and until when the law has it so."""

    row_id: int
    since: dt.date | None
    until: dt.date | None


@dataclass(frozen=True)
class Loaded:
    """A subgraph with the stored rows behind its arcs (by arc id)."""

    subgraph: Subgraph
    records: dict[int, ArcRecord]


@dataclass(frozen=True)
class StoredShape:
    """A stored polygon: its period in law; `geom` (MultiPolygon, EPSG:4490) where it was asked for."""

    level: int
    since: dt.date | None
    until: dt.date | None
    geom: shapely.MultiPolygon | None


def find_sides(session: Session, arcs: Collection[int], nodes: Collection[int], on: When) -> frozenset[int]:
    """Return the faces on either side of the arcs named, and of all arcs that meet in the nodes named."""
    rows = _FIND_SIDES.run(session, on, arcs=list(arcs), nodes=list(nodes))
    return frozenset(face for row in rows for face in (row.left_face, row.right_face))


def lock_sides(
    session: Session, arcs: Collection[int], nodes: Collection[int], on: When, faces: Collection[int] = ()
) -> frozenset[int]:
    """Hold those faces (see ``find_sides``) and the faces named until the transaction ends, in id order.

    Locking the arcs is not enough: two edits on opposite sides of one face touch different arcs and would
    together make it invalid.
    """
    rows = _LOCK_SIDES.run(session, on, arcs=list(arcs), nodes=list(nodes), faces=list(faces))
    return frozenset(row.id for row in rows)


def load_subgraph(session: Session, faces: Collection[int], on: When, box: Box | None = None) -> Loaded:
    """Read all arcs of `faces` (but the outside), and the other arcs in `box`.

    Parameters
    ----------
    faces : collection of int
        The faces that must be complete; 0 is passed over, its outline is never needed whole.
    box : west, south, east, north in degrees EPSG:4490, optional
        Where new points lie: what is near must be seen to be kept clear of.
    """
    inner = sorted(set(faces) - {0})
    if box is None:
        rows = _OF_FACES.run(session, on, faces=inner)
    else:
        west, south, east, north = box
        rows = _NEAR.run(session, on, faces=inner, west=west, south=south, east=east, north=north)
    arcs = _to_arcs(rows)
    records = {row.id: ArcRecord(row.row_id, row.since, row.until) for row in rows}
    return Loaded(Subgraph.of(arcs, inner), records)


def load_outline(session: Session, faces: Collection[int], on: When) -> list[Arc]:
    """Read the arcs with exactly one side in `faces`: the outline of their union."""
    return _to_arcs(_AROUND.run(session, on, faces=list(faces)))


def load_line_arcs(session: Session, lines: Collection[uuid.UUID], on: When) -> list[Arc]:
    """Read the arcs that boundary lines own."""
    return _to_arcs(_OF_LINES.run(session, on, lines=list(lines)))


def find_arc_points(session: Session, seen: Collection[tuple[int, str]]) -> dict[tuple[int, str], IntArray]:
    """Return the points of arcs as they once stood, by (arc id, hash), from any time of the register."""
    if not seen:
        return {}
    ids, hashes = zip(*seen, strict=True)
    rows = _VERSIONS.rows(session, ids=list(ids), hashes=list(hashes))
    return {(row.id, row.hash): snap(shapely.get_coordinates(shapely.from_wkb(row.wkb))) for row in rows}


def find_shape_periods(
    session: Session, divisions: Collection[uuid.UUID], on: dt.date
) -> list[tuple[dt.date | None, dt.date | None]]:
    """Return since when and until when (exclusive) the law has the polygons that divisions have on a day."""
    return [(shape.since, shape.until) for shape in find_shapes(session, divisions, on).values()]


def find_shapes(
    session: Session, divisions: Collection[uuid.UUID], on: dt.date, drawn: Collection[uuid.UUID] = ()
) -> dict[uuid.UUID, StoredShape]:
    """Return the stored polygons of divisions on a day; those of `drawn` with their geometry."""
    rows = _SHAPES.rows(session, ids=list(divisions), on=on, drawn=list(drawn))
    return {
        row.division_id: StoredShape(
            row.level, row.since, row.until, None if row.wkb is None else shapely.from_wkb(row.wkb)
        )
        for row in rows
    }


def _to_arcs(rows: Sequence[Any]) -> list[Arc]:
    if not rows:
        return []
    coords, owner = shapely.get_coordinates(shapely.from_wkb([row.wkb for row in rows]), return_index=True)
    parts: list[npt.NDArray[np.int64]] = np.split(snap(coords), np.flatnonzero(np.diff(owner)) + 1)
    return [
        Arc(
            row.id,
            row.version,
            row.start_node,
            row.end_node,
            row.left_face,
            row.right_face,
            points,
            row.line,
        )
        for row, points in zip(rows, parts, strict=True)
    ]
