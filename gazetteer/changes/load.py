"""Writing a whole coverage into the register at once: divisions, faces, nodes, lines, arcs and polygons.

Rows go in a fixed shuffled order where a GiST constraint guards them: ascending keys take twice the time.
Lines and polygons are put into binary form by a second thread while the server indexes the small tables.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.arcs import ArcTable
from boundaries.grid import to_degrees
from gazetteer.changes.bulk import filling
from gazetteer.changes.copying import (
    Column,
    copy_rows,
    encode_date_from,
    encode_lines,
    encode_moment_from,
    encode_texts,
    encode_uuids,
)
from gazetteer.changes.coverage import NOBODY, Coverage, IntArray, Units
from gazetteer.changes.dated import Moment

SRID = 4490
SMALL_TABLES = (
    "division",
    "division_state",
    "division_name",
    "division_code",
    "face",
    "member",
    "node",
    "node_position",
    "boundary_line",
    "boundary_line_state",
)
TABLES = (*SMALL_TABLES, "arc", "division_shape")
"""The tables a first load fills."""

FILLING_PAYS_ARCS = 2_000
"""From this size on it pays to put constraints and indexes aside."""


@dataclass(frozen=True)
class _Dates:
    """The columns every dated row of the load shares."""

    valid: bytes
    recorded: bytes
    event_id: bytes

    def columns(self) -> dict[str, Column]:
        return {"valid": self.valid, "recorded": self.recorded, "event_id": self.event_id}


def store_coverage(session: Session, coverage: Coverage, moment: Moment) -> IntArray:
    """Write a checked coverage under one event and return the ids of its faces, shape (f,).

    The rows are valid from ``moment.effective_on``. Nothing is committed.
    """
    event = moment.event_id.to_bytes(8, "big")
    dates = _Dates(encode_date_from(moment.effective_on), encode_moment_from(moment.recorded_at), event)
    pays = len(coverage.arcs) >= FILLING_PAYS_ARCS
    with ThreadPoolExecutor(max_workers=1) as beside, filling(session, TABLES, pays=pays) as aside:
        arc_lines = beside.submit(encode_arcs, coverage.arcs)
        _store_units(session, coverage.units, dates)
        externals = _store_externals(session, coverage, dates)
        faces = _store_faces(session, coverage, dates)
        sides = _by_label(faces, coverage.arcs)
        hashes = beside.submit(arc_hashes, coverage.arcs, *sides)
        shapes = beside.submit(_shape_columns, coverage, dates)
        line_ids = _store_lines(session, coverage, externals, dates)
        nodes = _store_nodes(session, coverage.arcs, dates)
        aside.index(*SMALL_TABLES)
        drawn = _Drawn(*sides, arc_lines, hashes)
        _store_arcs(session, coverage, drawn, nodes, line_ids, dates)
        columns = shapes.result()
        copy_rows(session, "division_shape", columns, len(columns["division_id"]))
    return faces


@dataclass(frozen=True)
class _Drawn:
    """The faces of every arc as they are stored, and what is made of arcs meanwhile."""

    left: IntArray
    right: IntArray
    lines: Future[list[bytes]]
    hashes: Future[list[str]]


def _by_label(faces: IntArray, arcs: ArcTable) -> tuple[IntArray, IntArray]:
    """Return the face ids on the left and on the right of every arc."""
    ids = np.concatenate([[0], faces])
    return ids[arcs.left], ids[arcs.right]


def take_ids(session: Session, sequence: str, count: int) -> IntArray:
    """Take `count` new ids of a sequence, ascending; shape (count,)."""
    drawn = session.scalars(
        text("SELECT nextval(CAST(:name AS regclass)) FROM generate_series(1, :count)"),
        {"name": sequence, "count": count},
    )
    return np.sort(np.array(drawn.all(), dtype=np.int64))


def _shuffled(count: int) -> IntArray:
    return np.random.default_rng(count).permutation(count).astype(np.int64)


def _pick(values: Sequence[bytes | None], order: IntArray) -> list[bytes | None]:
    return [values[i] for i in order.tolist()]


def _store_units(session: Session, units: Units, dates: _Dates) -> None:
    ids = encode_uuids(units.ids)
    level = units.level.astype(np.int16)
    count = len(units)
    copy_rows(session, "division", {"id": ids, "level": level, "created_event": dates.event_id}, count)
    shared = dates.columns()
    types = encode_texts(units.type)
    copy_rows(session, "division_state", {"division_id": ids, "type": types, **shared}, count)
    names: dict[str, Column] = {"name": encode_texts(units.name), "pinyin": encode_texts(units.pinyin)}
    copy_rows(session, "division_name", {"division_id": ids, "kind": b"official", **names, **shared}, count)
    order = _shuffled(count)
    coded = [i for i in order.tolist() if units.code[i] is not None]
    codes: dict[str, Column] = {
        "division_id": [ids[i] for i in coded],
        "scheme": units.scheme.encode(),
        "code": encode_texts([units.code[i] for i in coded]),
    }
    copy_rows(session, "division_code", {**codes, **shared}, len(coded))
    children = [i for i in range(count) if units.parent[i] != NOBODY]
    members: dict[str, Column] = {
        "child_id": [ids[i] for i in children],
        "parent_id": [ids[units.parent[i]] for i in children],
    }
    copy_rows(session, "member", {**members, **shared}, len(children))


def _store_faces(session: Session, coverage: Coverage, dates: _Dates) -> IntArray:
    count = len(coverage.face_kind)
    faces = take_ids(session, "face_id_seq", count)
    kinds = encode_texts(coverage.face_kind)
    copy_rows(session, "face", {"id": faces, "kind": kinds, "created_event": dates.event_id}, count)
    order = _shuffled(count)
    owned = order[coverage.face_unit[order] != NOBODY]
    ids = encode_uuids(coverage.units.ids)
    members: dict[str, Column] = {
        "face_id": faces[owned],
        "parent_id": _pick(ids, coverage.face_unit[owned]),
    }
    copy_rows(session, "member", {**members, **dates.columns()}, len(owned))
    return faces


def _store_externals(session: Session, coverage: Coverage, dates: _Dates) -> list[bytes | None]:
    """Write the neighbours and return their ids."""
    externals = coverage.externals
    count = len(externals)
    ids = encode_uuids(new_uuids(count))
    if not count:
        return ids
    level = np.full(count, coverage.units.level.min(), dtype=np.int16)
    identity: dict[str, Column] = {"id": ids, "level": level, "external": b"\x01"}
    copy_rows(session, "division", {**identity, "created_event": dates.event_id}, count)
    shared = dates.columns()
    types = encode_texts([one.type for one in externals])
    copy_rows(session, "division_state", {"division_id": ids, "type": types, **shared}, count)
    names: dict[str, Column] = {
        "division_id": ids,
        "name": encode_texts([one.name for one in externals]),
        "pinyin": encode_texts([one.pinyin for one in externals]),
    }
    copy_rows(session, "division_name", {**names, **shared}, count)
    coded = [i for i, one in enumerate(externals) if one.code]
    codes: dict[str, Column] = {
        "division_id": [ids[i] for i in coded],
        "scheme": encode_texts([externals[i].scheme for i in coded]),
        "code": encode_texts([externals[i].code for i in coded]),
    }
    copy_rows(session, "division_code", {**codes, **shared}, len(coded))
    return ids


def _store_lines(
    session: Session, coverage: Coverage, externals: Sequence[bytes | None], dates: _Dates
) -> list[bytes | None]:
    """Write the boundary lines and return their ids, and None for the index NOBODY."""
    lines = coverage.lines
    ids = encode_uuids(new_uuids(len(lines)))
    level = lines.level.astype(np.int16)
    copy_rows(
        session, "boundary_line", {"id": ids, "level": level, "created_event": dates.event_id}, len(lines)
    )
    units = [*encode_uuids(coverage.units.ids), *externals, None]
    states: dict[str, Column] = {
        "line_id": ids,
        "name": encode_texts(lines.name),
        "left_id": _pick(units, lines.left),
        "right_id": _pick(units, lines.right),
    }
    copy_rows(session, "boundary_line_state", {**states, **dates.columns()}, len(lines))
    return [*ids, None]


def new_uuids(count: int) -> list[uuid.UUID]:
    """Return `count` random UUIDs (version 4)."""
    return [uuid.uuid4() for _ in range(count)]


def _store_nodes(session: Session, arcs: ArcTable, dates: _Dates) -> IntArray:
    count = len(arcs.nodes)
    nodes = take_ids(session, "node_id_seq", count)
    copy_rows(session, "node", {"id": nodes, "created_event": dates.event_id}, count)
    order = _shuffled(count)
    places: dict[str, Column] = {
        "node_id": nodes[order],
        "x": arcs.nodes[order, 0],
        "y": arcs.nodes[order, 1],
    }
    copy_rows(session, "node_position", {**places, **dates.columns()}, count)
    return nodes


def _store_arcs(
    session: Session,
    coverage: Coverage,
    drawn: _Drawn,
    nodes: IntArray,
    line_ids: Sequence[bytes | None],
    dates: _Dates,
) -> None:
    arcs = coverage.arcs
    count = len(arcs)
    order = _shuffled(count)
    columns: dict[str, Column] = {
        "id": take_ids(session, "arc_id_seq", count)[order],
        "version": np.ones(count, dtype=np.int32),
        "start_node": nodes[arcs.start_node][order],
        "end_node": nodes[arcs.end_node][order],
        "left_face": drawn.left[order],
        "right_face": drawn.right[order],
        "line_id": _pick(line_ids, coverage.arc_line[order]),
        "geom": _pick(drawn.lines.result(), order),
        "hash": _pick(encode_texts(drawn.hashes.result()), order),
    }
    copy_rows(session, "arc", {**columns, **dates.columns()}, count)


def encode_arcs(arcs: ArcTable) -> list[bytes]:
    """Return the arcs as EWKB in degrees, EPSG:4490."""
    return encode_lines(to_degrees(arcs.coords), arcs.offsets, SRID)


def arc_hashes(arcs: ArcTable, left: IntArray, right: IntArray) -> list[str]:
    """Return the content hash of every arc with the face ids it has in the register (`grid.arc_hash`)."""
    points = np.ascontiguousarray(arcs.coords, dtype="<i8").tobytes()
    sides = np.column_stack([left, right]).astype("<i8").tobytes()
    bounds = arcs.offsets.tolist()
    return [
        hashlib.sha256(points[16 * bounds[i] : 16 * bounds[i + 1]] + sides[16 * i : 16 * i + 16]).hexdigest()
        for i in range(len(arcs))
    ]


def _shape_columns(coverage: Coverage, dates: _Dates) -> dict[str, Column]:
    units = coverage.units
    drawn = np.flatnonzero(coverage.areas_m2 > 0)
    return {
        "division_id": _pick(encode_uuids(units.ids), drawn),
        "valid": dates.valid,
        "level": units.level[drawn].astype(np.int16),
        "geom": encode_shapes(coverage.shapes[drawn]),
        "area_m2": coverage.areas_m2[drawn],
        "event_id": dates.event_id,
    }


def encode_shapes(shapes: npt.NDArray[np.object_]) -> list[bytes]:
    """Return polygons in degrees as EWKB of EPSG:4490."""
    encoded: list[bytes] = shapely.to_wkb(shapely.set_srid(shapes, SRID), include_srid=True).tolist()
    return encoded
