"""What became what: the land that passes from one division to another of its level at a legal change."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from shapely.geometry import MultiPolygon

from boundaries.arcs import OUTSIDE
from boundaries.area import area_m2, mean_width_m
from boundaries.case import try_build
from boundaries.gains import pieces
from boundaries.subgraph import Subgraph
from gazetteer.engine.outcomes import Populations
from gazetteer.engine.register_state import RegisterState

BASIS = "据变更前后的界线"
"""What the rows rest on: the lines before and after."""
NARROWEST_M = 1e-3
"""Pieces of a smaller mean width come from a vertex put beside a line by less than a grid step."""
SMALLEST_M2 = 0.01
_NONE: Mapping[uuid.UUID, float] = MappingProxyType({})
Pair = tuple[uuid.UUID, uuid.UUID]


@dataclass(frozen=True)
class LineageRow:
    """Land of one division that is another's from the change on.

    Parameters
    ----------
    role : {'whole', 'part'}
        'whole' when the division ends and everything it had passes to this one.
    area_m2 : float or None
        Ellipsoidal, CGCS2000; None where the lines are not loaded and no stored area is given.
    population : int or None
        As the operation says.
    exact : bool
        True: the areas come from the lines themselves.
    """

    from_id: uuid.UUID
    to_id: uuid.UUID
    level: int
    role: Literal["whole", "part"]
    area_m2: float | None
    population: int | None
    exact: bool = True
    basis: str = BASIS


@dataclass(frozen=True)
class _Move:
    """Land that lies in one face before and in one after; None is the outside; area None is not known."""

    before: int | None
    after: int | None
    area_m2: float | None


def trace(
    before: RegisterState,
    after: RegisterState,
    populations: Populations | None = None,
    areas: Mapping[uuid.UUID, float] = _NONE,
) -> tuple[LineageRow, ...]:
    """Return every passing of land between divisions of one level, higher levels first.

    Parameters
    ----------
    populations : mapping of (from, to) to int, optional
        As `replay` returns them.
    areas : mapping of UUID to float, optional
        Stored areas before the change, m2: taken for divisions that pass whole.
    """
    given = _by_level(before, populations or {})
    passed: defaultdict[Pair, list[float | None]] = defaultdict(list)
    takers: defaultdict[uuid.UUID, set[uuid.UUID | None]] = defaultdict(set)
    levels: dict[uuid.UUID, int] = {}
    for move in _moves(before, after):
        was, now = _chain(before, move.before), _chain(after, move.after)
        for level, giver in was.items():
            taker = now.get(level)
            levels[giver] = level
            takers[giver].add(taker)
            if taker is not None and taker != giver:
                passed[giver, taker].append(move.area_m2)
    rows = []
    for (giver, taker), amounts in passed.items():
        whole = giver not in after.units and takers[giver] == {taker}
        area = areas.get(giver) if whole and giver in areas else _sum(amounts)
        role: Literal["whole", "part"] = "whole" if whole else "part"
        people = given.get((giver, taker))
        rows.append(LineageRow(giver, taker, levels[giver], role, area, people))
    return tuple(sorted(rows, key=lambda row: (row.level, row.from_id, row.to_id)))


def _sum(amounts: Collection[float | None]) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def _chain(state: RegisterState, face: int | None) -> dict[int, uuid.UUID]:
    return {} if face is None else {unit.level: unit.id for unit in state.chain(face)}


def _moves(before: RegisterState, after: RegisterState) -> Iterator[_Move]:
    """Yield how land moves: whole faces that keep their lines, and the pieces of those that do not."""
    touched = _touched(before.graph, after.graph)
    for face in before.cells:
        if face not in touched:
            changed = _chain(before, face) != _chain(after, face)
            yield _Move(face, face, _area(before.graph, face) if changed else None)
    yield from _pieces(before, after, touched)


def _touched(before: Subgraph, after: Subgraph) -> frozenset[int]:
    """Return the faces, known before or made since, beside a line that changed its course or its sides."""
    sides = {
        face
        for graph, other in ((before, after), (after, before))
        for i, arc in graph.arcs.items()
        if i not in other.arcs or (other.arcs[i] is not arc and other.arcs[i].hash != arc.hash)
        for face in (arc.left, arc.right)
    }
    return frozenset(sides - {OUTSIDE})


def _pieces(before: RegisterState, after: RegisterState, touched: Collection[int]) -> Iterator[_Move]:
    was, now = _built(before.graph, touched), _built(after.graph, touched)
    lost: defaultdict[int, float] = defaultdict(float)
    for piece in pieces(was, now):
        if piece.from_key is None:
            continue
        lost[piece.from_key] += piece.area_m2
        if mean_width_m(piece.geometry) >= NARROWEST_M:
            yield _Move(piece.from_key, piece.to_key, piece.area_m2)
    for face, polygon in was.items():
        left = area_m2(polygon) - lost[face]
        if face in now and left >= SMALLEST_M2:
            yield _Move(face, face, left)


def _built(graph: Subgraph, faces: Collection[int]) -> dict[int, MultiPolygon]:
    built = {face: try_build(graph, face) for face in sorted(faces)}
    return {
        face: geom for face, geom in built.items() if isinstance(geom, MultiPolygon) and not geom.is_empty
    }


def _area(graph: Subgraph, face: int) -> float | None:
    """Return the area of a face, or None where not all of its lines are loaded."""
    if face not in graph.faces:
        return None
    built = try_build(graph, face)
    return area_m2(built) if isinstance(built, MultiPolygon) else None


def _by_level(before: RegisterState, populations: Populations) -> dict[Pair, int]:
    """Return populations between divisions of one level: of a village that joins a town, from its town."""
    found: defaultdict[Pair, int] = defaultdict(int)
    for (giver, taker), people in populations.items():
        level = before.units[taker].level if taker in before.units else None
        chain = before.chain_of(giver) if giver in before.units else ()
        lifted = next((unit.id for unit in chain if unit.level == level), giver)
        found[lifted, taker] += people
    return dict(found)
