"""Boundary lines through the events of an edition: which go on, which end, which begin."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boundaries.arcs import OUTSIDE
from gazetteer.changes.edition_steps import LineFacts
from gazetteer.imports.stages import Stage, StageUnit
from gazetteer.rules.lines import LOWEST_LEGAL_LEVEL, line_name

_BEYOND = "outside"
_NOBODY = "nobody"
Side = uuid.UUID | str
"""A division, the outside, or nobody (water, rest land)."""
LineKey = tuple[int, frozenset[Side]]


@dataclass(frozen=True)
class LineState:
    """The lines in force and the line of every arc (None within a town)."""

    facts: Mapping[uuid.UUID, LineFacts]
    of_arc: Mapping[int, uuid.UUID | None]
    key_of_arc: Mapping[int, LineKey]


@dataclass(frozen=True)
class LineChange:
    """What happens to lines at one event, and the state afterwards."""

    founded: Mapping[uuid.UUID, LineFacts]
    changed: Mapping[uuid.UUID, LineFacts]
    ended: tuple[uuid.UUID, ...]
    state: LineState


def key_arcs(
    stage: Stage,
    levels: Sequence[int],
    face_units: Mapping[int, uuid.UUID | None],
    sides: Mapping[int, tuple[int, int]],
    beyond: Mapping[int, uuid.UUID],
) -> dict[int, LineKey]:
    """Return for every arc the highest level at which its sides differ, and the two sides there.

    Parameters
    ----------
    beyond : mapping of arc to division
        The neighbour on the outer side of an arc, where one is known.
    """
    paths = {face: _path(stage, levels, unit) for face, unit in face_units.items()}
    paths[OUTSIDE] = [_BEYOND] * len(levels)
    keys = {arc: _key(levels, paths[left], paths[right]) for arc, (left, right) in sides.items()}
    for arc, neighbour in beyond.items():
        if arc in keys and _BEYOND in keys[arc][1]:
            level, both = keys[arc]
            keys[arc] = level, both - {_BEYOND} | {neighbour}
    return keys


def _path(stage: Stage, levels: Sequence[int], unit: uuid.UUID | None) -> list[Side]:
    """Return the division of a face at each level, highest first."""
    at: dict[int, uuid.UUID] = {}
    while unit is not None:
        at[stage.units[unit].level] = unit
        unit = stage.units[unit].parent
    return [at.get(level, _NOBODY) for level in levels]


def _key(levels: Sequence[int], left: Sequence[Side], right: Sequence[Side]) -> LineKey:
    for level, one, other in zip(levels, left, right, strict=True):
        if one != other:
            return level, frozenset((one, other))
    return levels[-1], frozenset((_NOBODY,))


def pass_event(
    state: LineState,
    stage: Stage,
    unit_map: Mapping[uuid.UUID, uuid.UUID],
    keys: Mapping[int, LineKey],
    externals: Mapping[uuid.UUID, StageUnit],
) -> LineChange:
    """Carry the lines over an event.

    A line goes on when its two sides go on (as what they become) and lie at the same level; where two lines
    come to have the same sides, the one with more arcs takes the other's. Names follow those of the sides.
    Villages of one town have a line only where they had one.

    Parameters
    ----------
    unit_map : mapping of unit to the one unit it becomes as a whole
    keys : mapping of arc to LineKey
        All arcs in force afterwards.
    externals : mapping of id to StageUnit
        The neighbours.
    """
    claims: dict[LineKey, Counter[uuid.UUID]] = defaultdict(Counter)
    for arc, key in keys.items():
        line, before = state.of_arc.get(arc), state.key_of_arc.get(arc)
        if line is not None and before is not None and _carry(before, unit_map) == key:
            claims[key][line] += 1
    of_key = {
        key: _claimant(claims.get(key))
        for key in sorted(set(keys.values()), key=_order)
        if key in claims or _needs_line(key, externals)
    }
    facts = {line: _facts(stage, key, externals) for key, line in of_key.items()}
    founded = {line: fact for line, fact in facts.items() if line not in state.facts}
    changed = {
        line: fact for line, fact in facts.items() if line in state.facts and state.facts[line] != fact
    }
    ended = tuple(sorted(set(state.facts) - set(facts), key=str))
    after = LineState(facts, {arc: of_key.get(key) for arc, key in keys.items()}, dict(keys))
    return LineChange(founded, changed, ended, after)


def _carry(key: LineKey, unit_map: Mapping[uuid.UUID, uuid.UUID]) -> LineKey:
    level, sides = key
    return level, frozenset(unit_map.get(s, s) if isinstance(s, uuid.UUID) else s for s in sides)


def _needs_line(key: LineKey, externals: Mapping[uuid.UUID, StageUnit]) -> bool:
    """Whether a line is founded where none goes on: not between villages of one town."""
    level, sides = key
    return level <= LOWEST_LEGAL_LEVEL or any(side == _BEYOND or side in externals for side in sides)


def _claimant(claims: Counter[uuid.UUID] | None) -> uuid.UUID:
    if not claims:
        return uuid.uuid4()
    return min(claims, key=lambda line: (-claims[line], str(line)))


def _order(key: LineKey) -> tuple[int, list[str]]:
    return key[0], sorted(str(side) for side in key[1])


def _facts(stage: Stage, key: LineKey, externals: Mapping[uuid.UUID, StageUnit]) -> LineFacts:
    level, sides = key
    named = [side for side in sides if isinstance(side, uuid.UUID)]
    units = sorted((stage.units[s] for s in named if s in stage.units), key=_code_order)
    units += [externals[side] for side in named if side not in stage.units]
    left = units[0] if units else None
    right = units[1] if len(units) > 1 else None
    name = line_name(left.name if left else None, right.name if right else None, _BEYOND in sides)
    return LineFacts(level, name, left.id if left else None, right.id if right else None)


def _code_order(unit: StageUnit) -> tuple[str, str]:
    return unit.code or "~", unit.name
