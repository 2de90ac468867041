"""What a change does to the register, as one value: lines, cells and divisions before against after.

It is what is judged, previewed and written in one transaction; turned round it is the undo.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from boundaries.patch import Patch
from boundaries.subgraph import difference as patch_between
from gazetteer.engine.line_objects import Marker, Tripoint
from gazetteer.engine.outlines import find_reshaped
from gazetteer.engine.register_state import Line, RegisterState, Unit

Thing = TypeVar("Thing", Marker, Tripoint)

_FIELDS = {
    "parent": ("parent",),
    "name": ("name", "pinyin"),
    "code": ("code", "scheme"),
    "type": ("type",),
    "seat": ("seat", "seat_address"),
}
"""What is dated apart, and the attributes of a unit it consists of."""


@dataclass(frozen=True, slots=True)
class NewFace:
    """A face that the change makes: 'unit', 'rest' or 'water', and the division it is a cell of."""

    kind: str
    cell: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class CellMove:
    """A stored face that belongs to another division afterwards; None is nobody."""

    before: uuid.UUID | None
    after: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A division that goes on with something else about it."""

    before: Unit
    after: Unit

    @property
    def fields(self) -> frozenset[str]:
        """Which of 'parent', 'name', 'code', 'type' and 'seat' change."""
        return frozenset(
            name
            for name, attributes in _FIELDS.items()
            if any(getattr(self.before, a) != getattr(self.after, a) for a in attributes)
        )


@dataclass(frozen=True, slots=True)
class LineChange:
    """A boundary line that goes on with something else about it."""

    before: Line
    after: Line


@dataclass(frozen=True)
class RegisterChange:
    """Everything that leads from one state of the register to another.

    Parameters
    ----------
    patch : Patch
        Arcs and nodes.
    new_faces : mapping of face to NewFace
        Faces made by the change, negative ids.
    retired_faces : tuple of int
    cells : mapping of face to CellMove
        Stored faces that stay and change hands.
    founded, ended : tuple of Unit
        Divisions set up, parents first, and abolished (as they were), children first.
    changed : tuple of UnitChange
    founded_lines, ended_lines : tuple of Line
    changed_lines : tuple of LineChange
    markers, tripoints : mapping of UUID to Marker or Tripoint, or None
        Those new or changed as they are afterwards, and None for those taken away.
    reshaped : frozenset of UUID
        Divisions of any level, before or after, whose land is not the same any more.
    """

    patch: Patch = field(default_factory=Patch)
    new_faces: Mapping[int, NewFace] = field(default_factory=dict)
    retired_faces: tuple[int, ...] = ()
    cells: Mapping[int, CellMove] = field(default_factory=dict)
    founded: tuple[Unit, ...] = ()
    ended: tuple[Unit, ...] = ()
    changed: tuple[UnitChange, ...] = ()
    founded_lines: tuple[Line, ...] = ()
    ended_lines: tuple[Line, ...] = ()
    changed_lines: tuple[LineChange, ...] = ()
    markers: Mapping[uuid.UUID, Marker | None] = field(default_factory=dict)
    tripoints: Mapping[uuid.UUID, Tripoint | None] = field(default_factory=dict)
    reshaped: frozenset[uuid.UUID] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether the register would be afterwards what it is now."""
        arcs = (*self.patch.removed, *self.patch.added)
        faces = (*self.new_faces, *self.retired_faces, *self.cells)
        units = (*self.founded, *self.ended, *self.changed)
        lines = (*self.founded_lines, *self.ended_lines, *self.changed_lines, *self.markers, *self.tripoints)
        return not (arcs or faces or units or lines)

    @cached_property
    def touched_faces(self) -> frozenset[int]:
        """Stored faces beside a changed line, changing hands, or retired; 0 where the outside is one."""
        faces = {*self.patch.touched_faces, *self.retired_faces, *self.cells}
        return frozenset(face for face in faces if face >= 0)

    @cached_property
    def touched_divisions(self) -> frozenset[uuid.UUID]:
        """Divisions founded, ended, changed, or with other land than before."""
        units = (*self.founded, *self.ended, *(change.after for change in self.changed))
        return self.reshaped | {unit.id for unit in units}


def difference(before: RegisterState, after: RegisterState, outer_changed: bool = False) -> RegisterChange:
    """Return what leads from one state to the other; turned round, what undoes it.

    Parameters
    ----------
    before, after : RegisterState
        Of the same piece of the register.
    outer_changed : bool
        The author declares that the outline of the district changes.
    """
    old, new = _faces(before), _faces(after)
    founded = [unit for i, unit in after.units.items() if i not in before.units]
    ended = [unit for i, unit in before.units.items() if i not in after.units]
    pairs = [(unit, after.units[i]) for i, unit in before.units.items() if i in after.units]
    lines = [(line, after.lines[i]) for i, line in before.lines.items() if i in after.lines]
    patch = patch_between(before.graph, after.graph, outer_changed)
    return RegisterChange(
        patch=patch,
        new_faces={f: NewFace(after.face_kinds[f], after.cells.get(f)) for f in sorted(new - old)},
        retired_faces=tuple(sorted(old - new)),
        cells={
            f: CellMove(before.cells.get(f), after.cells.get(f))
            for f in sorted(old & new)
            if before.cells.get(f) != after.cells.get(f)
        },
        founded=tuple(sorted(founded, key=lambda unit: unit.level)),
        ended=tuple(sorted(ended, key=lambda unit: -unit.level)),
        changed=tuple(UnitChange(was, now) for was, now in pairs if was != now),
        founded_lines=tuple(line for i, line in after.lines.items() if i not in before.lines),
        ended_lines=tuple(line for i, line in before.lines.items() if i not in after.lines),
        changed_lines=tuple(LineChange(was, now) for was, now in lines if was != now),
        markers=_changes(before.markers, after.markers),
        tripoints=_changes(before.tripoints, after.tripoints),
        reshaped=find_reshaped(before, after, patch),
    )


def apply_change(before: RegisterState, change: RegisterChange) -> RegisterState:
    """Return the state after a change; arcs and nodes it adds are numbered in the order of the patch."""
    retired = set(change.retired_faces)
    cells = {f: unit for f, unit in before.cells.items() if f not in retired}
    kinds = {f: kind for f, kind in before.face_kinds.items() if f not in retired}
    moves = [
        *((f, m.after) for f, m in change.cells.items()),
        *((f, n.cell) for f, n in change.new_faces.items()),
    ]
    for face, cell in moves:
        cells.pop(face, None)
        if cell is not None:
            cells[face] = cell
    kinds.update({face: new.kind for face, new in change.new_faces.items()})
    graph = before.graph.apply(change.patch)
    return replace(
        before,
        graph=replace(graph, faces=(before.graph.faces - retired) | set(change.new_faces)),
        cells=cells,
        face_kinds=kinds,
        units=_units_after(before.units, change),
        lines=_lines_after(before.lines, change),
        markers=_applied(before.markers, change.markers),
        tripoints=_applied(before.tripoints, change.tripoints),
    )


def _units_after(units: Mapping[uuid.UUID, Unit], change: RegisterChange) -> dict[uuid.UUID, Unit]:
    after = dict(units)
    for unit in change.ended:
        del after[unit.id]
    after.update({unit.id: unit for unit in (*change.founded, *(c.after for c in change.changed))})
    return after


def _lines_after(lines: Mapping[str, Line], change: RegisterChange) -> dict[str, Line]:
    after = dict(lines)
    for line in change.ended_lines:
        del after[line.id]
    after.update(
        {line.id: line for line in (*change.founded_lines, *(c.after for c in change.changed_lines))}
    )
    return after


def _changes(
    before: Mapping[uuid.UUID, Thing], after: Mapping[uuid.UUID, Thing]
) -> dict[uuid.UUID, Thing | None]:
    keys = [
        key for key in (*before, *(k for k in after if k not in before)) if before.get(key) != after.get(key)
    ]
    return {key: after.get(key) for key in keys}


def _applied(
    things: Mapping[uuid.UUID, Thing], changes: Mapping[uuid.UUID, Thing | None]
) -> dict[uuid.UUID, Thing]:
    merged = {**things, **changes}
    return {key: thing for key, thing in merged.items() if thing is not None}


def _faces(state: RegisterState) -> frozenset[int]:
    return frozenset(state.face_kinds)
