"""The part of the register that a draft is about, as one value: lines, cells, divisions, who is in whom."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from boundaries.subgraph import Subgraph
from gazetteer.engine.line_objects import Line as Line
from gazetteer.engine.line_objects import Marker, Tripoint

Position = tuple[int, int]
"""Grid integers of 1e-9 degree, EPSG:4490: x (longitude), y (latitude)."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A division with what it carries on the day: None for what it does not have.

    Parameters
    ----------
    parent : UUID or None
        The next higher division; None for the top of the register and for external neighbours.
    seat : (x, y) or None
        Seat 驻地 in grid integers.
    external : bool
        A neighbouring district: named on lines, without land of its own here.
    """

    id: uuid.UUID
    level: int
    type: str
    name: str
    parent: uuid.UUID | None
    pinyin: str | None = None
    code: str | None = None
    scheme: str = "cn"
    seat: Position | None = None
    seat_address: str | None = None
    external: bool = False


@dataclass(frozen=True)
class RegisterState:
    """A piece of the register; never changed in place.

    Parameters
    ----------
    graph : Subgraph
        Arcs and nodes; complete for `graph.faces`.
    cells : mapping of face to UUID
        The lowest division of each known face: a village for its cell, a town for its `rest` faces. Faces
        that belong to nobody (outside, free water) are missing.
    face_kinds : mapping of face to str
        'unit', 'rest', 'water' or 'outside', for every face on a side of an arc of `graph`.
    units : mapping of UUID to Unit
        Every division named by the draft with all its ancestors, siblings and descendants, and the chains of
        every face on a side of an arc of `graph`.
    lines : mapping of line id to Line
        Lines that own an arc of `graph`, and every line between two of `units`.
    origins : mapping of face to face
        Which stored face a face made in this draft was cut from.
    taken_codes : frozenset of str
        Codes ever used under the parents concerned, retired ones included.
    markers, tripoints : mapping of UUID to Marker, Tripoint
        Those of `lines` and those on a node of `graph`.
    """

    graph: Subgraph
    cells: Mapping[int, uuid.UUID]
    face_kinds: Mapping[int, str]
    units: Mapping[uuid.UUID, Unit]
    lines: Mapping[str, Line] = field(default_factory=dict)
    origins: Mapping[int, int] = field(default_factory=dict)
    taken_codes: frozenset[str] = frozenset()
    markers: Mapping[uuid.UUID, Marker] = field(default_factory=dict)
    tripoints: Mapping[uuid.UUID, Tripoint] = field(default_factory=dict)

    @property
    def kept_nodes(self) -> frozenset[int]:
        """Nodes that carry a marker or a tripoint: never healed away."""
        on_markers = {marker.node for marker in self.markers.values() if marker.node is not None}
        return frozenset(on_markers | {tripoint.node for tripoint in self.tripoints.values()})

    def chain(self, face: int) -> tuple[Unit, ...]:
        """Return the divisions of a face, the lowest first; none for the outside and free water."""
        unit = self.cells.get(face)
        return () if unit is None else self.chain_of(unit)

    def chain_of(self, division: uuid.UUID) -> tuple[Unit, ...]:
        """Return a division and those above it, the lowest first."""
        chain: list[Unit] = []
        unit: uuid.UUID | None = division
        while unit is not None:
            chain.append(self.units[unit])
            unit = self.units[unit].parent
        return tuple(chain)

    def children(self, division: uuid.UUID) -> tuple[Unit, ...]:
        """Return the divisions directly under one, by id."""
        return self._children.get(division, ())

    def under(self, division: uuid.UUID) -> frozenset[uuid.UUID]:
        """Return the ids of a division and of all under it."""
        found = {division}
        waiting = [division]
        while waiting:
            fresh = [child.id for child in self.children(waiting.pop())]
            found.update(fresh)
            waiting += fresh
        return frozenset(found)

    def faces_of(self, division: uuid.UUID) -> frozenset[int]:
        """Return the known faces of a division and of all under it."""
        return frozenset(face for unit in self.under(division) for face in self.own_faces(unit))

    def own_faces(self, division: uuid.UUID) -> tuple[int, ...]:
        """Return the faces whose lowest division is this one, sorted: its cell, or its `rest` faces."""
        return self._own_faces.get(division, ())

    @cached_property
    def _children(self) -> dict[uuid.UUID, tuple[Unit, ...]]:
        found: defaultdict[uuid.UUID, list[Unit]] = defaultdict(list)
        for unit in sorted(self.units.values(), key=lambda unit: unit.id):
            if unit.parent is not None:
                found[unit.parent].append(unit)
        return {parent: tuple(units) for parent, units in found.items()}

    @cached_property
    def _own_faces(self) -> dict[uuid.UUID, tuple[int, ...]]:
        found: defaultdict[uuid.UUID, list[int]] = defaultdict(list)
        for face, unit in sorted(self.cells.items()):
            found[unit].append(face)
        return {unit: tuple(faces) for unit, faces in found.items()}
