"""What an arc parts: the highest level at which its sides differ, and the two sides there."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from boundaries.arcs import OUTSIDE, Arc
from gazetteer.engine.line_objects import Line
from gazetteer.engine.register_state import RegisterState, Unit
from gazetteer.rules.lines import line_name

LOWEST = 5
BEYOND = "outside"
NOBODY = "nobody"
Side = uuid.UUID | str
"""A division, the outside, or nobody (water, rest land)."""
Paths = dict[int, dict[int, uuid.UUID]]
"""For each face the division it lies in, by level."""


@dataclass(frozen=True)
class LineKey:
    """The level and the two sides that arcs of one boundary line have in common."""

    level: int
    sides: frozenset[Side]

    @property
    def divisions(self) -> frozenset[uuid.UUID]:
        """The divisions among the sides."""
        return frozenset(side for side in self.sides if isinstance(side, uuid.UUID))

    @property
    def outer(self) -> bool:
        """Whether an unnamed outside lies beyond."""
        return BEYOND in self.sides

    def fits(self, line: Line) -> bool:
        """Tell whether a line parts these two divisions at this level."""
        return line.level == self.level and line.sides == self.divisions


def key_arcs(state: RegisterState, origins: Mapping[int, Line | None]) -> dict[int, LineKey]:
    """Return what every arc of a state parts.

    Parameters
    ----------
    origins : mapping of arc to Line or None
        The line each arc has or comes from: it alone knows which neighbour lies beyond an outer arc.
    """
    paths = _paths(state)
    beyond = _neighbours(state, origins, paths)
    top = min((u.level for u in state.units.values() if not u.external), default=LOWEST)
    return {arc.id: _key(arc, paths, top, beyond.get(arc.id, BEYOND)) for arc in state.graph.arcs.values()}


def line_facts(
    units: Mapping[uuid.UUID, Unit], divisions: frozenset[uuid.UUID], outer: bool
) -> tuple[uuid.UUID | None, uuid.UUID | None, str]:
    """Return left and right of a line, smaller code first and neighbours last, and its name by itself."""
    sides: list[Unit | None] = [*sorted((units[i] for i in divisions), key=_order), None, None]
    one, other = sides[:2]
    name = line_name(one.name if one else None, other.name if other else None, outer)
    return (one.id if one else None), (other.id if other else None), name


def find_successors(before: RegisterState, after: RegisterState) -> dict[uuid.UUID, uuid.UUID]:
    """Return for each division that ended the one that has all its land now; none when several."""
    ended = before.units.keys() - after.units.keys()
    heirs: dict[uuid.UUID, set[uuid.UUID]] = {division: set() for division in ended}
    for unit in before.units.values():
        if unit.parent in ended and unit.id in after.units:
            heirs[unit.parent].update(_above(after, unit.id, before.units[unit.parent].level))
    for face in before.cells:
        for old in before.chain(face):
            if old.id in ended and face in after.cells:
                heirs[old.id].update(u.id for u in after.chain(face) if u.level == old.level)
    return {division: next(iter(found)) for division, found in heirs.items() if len(found) == 1}


def _above(state: RegisterState, division: uuid.UUID, level: int) -> set[uuid.UUID]:
    unit: Unit | None = state.units[division]
    while unit is not None and unit.level > level:
        unit = state.units[unit.parent] if unit.parent is not None else None
    return {unit.id} if unit is not None and unit.level == level else set()


def _paths(state: RegisterState) -> Paths:
    faces = {face for arc in state.graph.arcs.values() for face in (arc.left, arc.right)}
    return {face: {unit.level: unit.id for unit in state.chain(face)} for face in faces}


def _key(arc: Arc, paths: Paths, top: int, beyond: Side) -> LineKey:
    left, right = paths[arc.left], paths[arc.right]
    differ = [level for level in left.keys() | right.keys() if left.get(level) != right.get(level)]
    level = top if OUTSIDE in (arc.left, arc.right) else min(differ, default=LOWEST)
    faces = ((arc.left, left), (arc.right, right))
    return LineKey(level, frozenset(beyond if f == OUTSIDE else path.get(level, NOBODY) for f, path in faces))


def _neighbours(
    state: RegisterState, origins: Mapping[int, Line | None], paths: Paths
) -> dict[int, uuid.UUID]:
    """Return the neighbour beyond each outer arc: from its line, else from the outer arcs it continues."""
    outer = [arc for arc in state.graph.arcs.values() if OUTSIDE in (arc.left, arc.right)]
    known: dict[int, uuid.UUID] = {}
    for arc in outer:
        line = origins[arc.id]
        neighbour = None if line is None else _neighbour(state.units, line)
        if neighbour is not None:
            known[arc.id] = neighbour
    for arc in [arc for arc in outer if origins[arc.id] is None]:
        near = {a.id for node in (arc.start_node, arc.end_node) for a in state.graph.arcs_at(node)}
        beside = {known[a] for a in near & known.keys()}
        if len(beside) == 1:
            known[arc.id] = beside.pop()
    return known


def _neighbour(units: Mapping[uuid.UUID, Unit], line: Line) -> uuid.UUID | None:
    return next((s for s in sorted(line.sides) if s in units and units[s].external), None)


def _order(unit: Unit) -> tuple[bool, str, str]:
    return unit.external, unit.code or "~", unit.name
