"""Which old face, arc and node each of a new coverage is: units by lineage, the rest by exact place."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry.base import BaseGeometry

from boundaries.arcs import ArcTable
from boundaries.chain import Chain, chain, chain_of_paths, equal_chains
from boundaries.grid import IntArray
from gazetteer.changes.coverage import Coverage
from gazetteer.queries.editions import OldArc, OldRegister


@dataclass(frozen=True, eq=False)
class FaceMatch:
    """The faces of a new coverage: `numbers[label]` is an old id or, for a new face, a negative number."""

    numbers: IntArray
    kinds: Mapping[int, str]
    """Kind of the new faces, by number."""
    retired: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class ArcMatch:
    """The arcs of a new coverage against the old ones.

    ``sides`` gives the faces on the left and right of every arc in force afterwards, by old arc id (in the
    old direction) or, for new arcs, by ``-(row + 1)``.
    """

    sides: Mapping[int, tuple[int, int]]
    relabelled: frozenset[int]
    closed: tuple[int, ...]
    node_numbers: IntArray
    new_nodes: Mapping[int, tuple[int, int]]
    closed_nodes: tuple[int, ...]


def match_faces(old: OldRegister, coverage: Coverage, face_of_unit: Mapping[int, int | None]) -> FaceMatch:
    """Give every face of the new coverage its number.

    Parameters
    ----------
    face_of_unit : mapping of unit index to face id or None
        The old face that a leaf unit keeps by lineage.
    """
    numbers = np.zeros(len(coverage.face_kind) + 1, dtype=np.int64)
    kinds: dict[int, str] = {}
    taken: set[int] = set()
    unclaimed = [face for face in old.faces.values() if face.kind != "unit"]
    around = _arcs_of_faces(old, {face.id for face in unclaimed})
    for label, kind in enumerate(coverage.face_kind, start=1):
        unit = int(coverage.face_unit[label - 1])
        if kind == "unit":
            number = face_of_unit.get(unit)
        else:
            free = [f.id for f in unclaimed if f.kind == kind and f.id not in taken]
            number = _same_place(coverage, label, {face: around[face] for face in free})
        if number is None or number in taken:
            number = -label
            kinds[number] = kind
        taken.add(number)
        numbers[label] = number
    return FaceMatch(numbers, kinds, tuple(sorted(set(old.faces) - taken)))


def _same_place(coverage: Coverage, label: int, candidates: Mapping[int, Sequence[OldArc]]) -> int | None:
    """Return the old face with exactly the border of a new one."""
    if not candidates:
        return None
    table = coverage.arcs
    around = np.flatnonzero((table.left == label) | (table.right == label)).tolist()
    paths = [table.points(i) if table.left[i] == label else table.points(i)[::-1] for i in around]
    wanted = chain_of_paths(paths)
    return next(
        (face for face, arcs in candidates.items() if equal_chains(wanted, _old_chain(arcs, face))), None
    )


def _old_chain(arcs: Sequence[OldArc], face: int) -> Chain:
    return chain_of_paths([arc.points if arc.left == face else arc.points[::-1] for arc in arcs])


def _arcs_of_faces(old: OldRegister, faces: Collection[int]) -> dict[int, list[OldArc]]:
    """Return the arcs around each of some faces."""
    found: dict[int, list[OldArc]] = {face: [] for face in faces}
    for arc in old.arcs.values():
        for face in (arc.left, arc.right):
            if face in found:
                found[face].append(arc)
    return found


def match_arcs(old: OldRegister, table: ArcTable, faces: FaceMatch) -> ArcMatch:
    """Find the arcs that stay, whichever way they run; all others end or begin."""
    by_points = {_key(arc.points): arc for arc in old.arcs.values()}
    sides: dict[int, tuple[int, int]] = {}
    relabelled = set()
    for row in range(len(table)):
        points = table.points(row)
        left, right = int(faces.numbers[table.left[row]]), int(faces.numbers[table.right[row]])
        arc = by_points.get(_key(points))
        if arc is None:
            sides[-(row + 1)] = (left, right)
            continue
        if not np.array_equal(arc.points, points):
            left, right = right, left
        sides[arc.id] = (left, right)
        if (left, right) != (arc.left, arc.right):
            relabelled.add(arc.id)
    closed = tuple(sorted(set(old.arcs) - set(sides)))
    numbers = np.array(
        [old.nodes.get((x, y), -(i + 1)) for i, (x, y) in enumerate(table.nodes.tolist())], dtype=np.int64
    )
    new_nodes = {-(i + 1): (x, y) for i, (x, y) in enumerate(table.nodes.tolist()) if (x, y) not in old.nodes}
    closed_nodes = tuple(sorted(set(old.nodes.values()) - set(numbers.tolist())))
    return ArcMatch(sides, frozenset(relabelled), closed, numbers, new_nodes, closed_nodes)


def _key(points: IntArray) -> bytes:
    """Return one key for a line whichever way it runs."""
    forward, backward = points.tobytes(), points[::-1].tobytes()
    return min(forward, backward)


def old_faces_of_units(old: OldRegister) -> dict[uuid.UUID, int]:
    """Return the face of every leaf unit of the register."""
    return {face.unit: face.id for face in old.faces.values() if face.kind == "unit" and face.unit}


def exact_union(target: BaseGeometry, sources: Sequence[BaseGeometry]) -> bool:
    """Tell whether a polygon is exactly the union of others, by its directed segments."""
    if not sources:
        return False
    total = chain(sources[0])
    for source in sources[1:]:
        total = total + chain(source)
    return equal_chains(chain(target), total)
