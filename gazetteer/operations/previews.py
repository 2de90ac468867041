"""What a request would do, as the sum of its operations: shapes, land that passes, units, names, codes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import shapely
from shapely import LineString, MultiPolygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from boundaries.arcs import Arc
from boundaries.area import area_m2, mu
from boundaries.gains import Piece, pieces
from boundaries.grid import to_degrees
from boundaries.patch import Patch
from boundaries.rebuild import build_polygon
from gazetteer import clock
from gazetteer.engine.consequences import CodeProposal
from gazetteer.engine.lineage import LineageRow, trace
from gazetteer.engine.register_state import RegisterState, Unit
from gazetteer.models import ChangeRequest, Event
from gazetteer.operations.drafts import Evaluation, evaluate
from gazetteer.queries.chains import Link, find_faces_within
from gazetteer.queries.requests import list_intents, require_request
from gazetteer.queries.stand import Stand, When
from gazetteer.queries.subgraph import load_outline
from gazetteer.roles import Actor

Chain = tuple[uuid.UUID, ...]
"""A leaf division and those above it, the lowest first."""


Status = Literal["changed", "founded", "ended"]


@dataclass(frozen=True)
class DivisionChange:
    """A division whose polygon changes: shapes in EPSG:4490, ellipsoidal areas.

    `before` is None for one that is founded, `after` for one that ends; areas are then 0.
    """

    division: Link
    before: MultiPolygon | None
    after: MultiPolygon | None
    area_before_m2: float
    area_after_m2: float
    gained_m2: float
    lost_m2: float

    @property
    def status(self) -> Status:
        """'founded', 'ended' or 'changed'."""
        if self.before is None:
            return "founded"
        return "ended" if self.after is None else "changed"

    @property
    def change_m2(self) -> float:
        """How much larger it becomes."""
        return self.area_after_m2 - self.area_before_m2

    @property
    def change_mu(self) -> float:
        """The same in 亩."""
        return mu(self.change_m2)


@dataclass(frozen=True)
class MovedPiece:
    """Land that passes from one division to another of its level; None is the outside or nobody's."""

    source: Link | None
    target: Link | None
    geom: BaseGeometry
    area_m2: float


@dataclass(frozen=True)
class ChangedLine:
    """A line before or after."""

    arc: int
    geom: LineString


@dataclass(frozen=True)
class NameChange:
    """A name before and after."""

    division: Link
    before: str
    after: str


@dataclass(frozen=True)
class UnitEffect:
    """A division that is founded, ends, or goes on with something else about it."""

    division: Link
    before: Unit | None
    after: Unit | None
    parent_before: Link | None
    parent_after: Link | None

    @property
    def status(self) -> Status:
        """'founded', 'ended' or 'changed'."""
        if self.before is None:
            return "founded"
        return "ended" if self.after is None else "changed"


@dataclass(frozen=True)
class LineageEffect:
    """What becomes what, as it would be written; the share in m2 and people where given."""

    source: Link
    target: Link
    row: LineageRow


@dataclass(frozen=True)
class Preview:
    """The whole effect of a request on the register of its day."""

    evaluation: Evaluation
    divisions: tuple[DivisionChange, ...]
    pieces: tuple[MovedPiece, ...]
    lines_before: tuple[ChangedLine, ...]
    lines_after: tuple[ChangedLine, ...]
    names: tuple[NameChange, ...]
    units: tuple[UnitEffect, ...]
    lineage: tuple[LineageEffect, ...]

    @property
    def codes(self) -> tuple[CodeProposal, ...]:
        """Codes that divisions get, proposed and confirmed."""
        return self.evaluation.codes


def preview_request(session: Session, actor: Actor, request_id: uuid.UUID) -> Preview:
    """Replay a request on the register of its day and show what changes; writes nothing.

    A request in force is shown as it was decided: on what was known the moment before it was applied.
    What cannot be built (the draft breaks a rule of geometry) is left out; the evaluation says why.
    """
    request = require_request(session, actor, request_id)
    on = _decided_on(session, request) or request.effective_on or clock.today(session)
    evaluation = evaluate(session, list_intents(session, request_id), on, kind=request.kind)
    patch, before, after = evaluation.change.patch, evaluation.before, evaluation.after
    sound = evaluation.verdict.ok
    moved = _pieces(evaluation) if sound else []
    return Preview(
        evaluation=evaluation,
        divisions=_divisions(session, evaluation, moved, on) if sound else (),
        pieces=_by_sides(before, after, moved),
        lines_before=tuple(
            ChangedLine(ref.id, LineString(to_degrees(before.graph.arc(ref.id).points)))
            for ref in patch.removed
        ),
        lines_after=tuple(
            ChangedLine(new.continues or 0, LineString(to_degrees(new.points))) for new in patch.added
        ),
        names=tuple(
            NameChange(_link(one.before), one.before.name, one.after.name)
            for one in evaluation.change.changed
            if one.before.name != one.after.name
        ),
        units=_units(evaluation),
        lineage=_lineage(evaluation) if sound else (),
    )


def _decided_on(session: Session, request: ChangeRequest) -> Stand | None:
    """Return the register that an applied request was decided on; None for all others."""
    if request.applied_event is None:
        return None
    event = session.get_one(Event, request.applied_event)
    return Stand(event.effective_on, event.recorded_at - dt.timedelta(microseconds=1))


def _link(unit: Unit) -> Link:
    return Link(unit.id, unit.level, unit.name, unit.code)


def _pieces(evaluation: Evaluation) -> list[Piece[Chain]]:
    """Return the land that is in another chain of divisions afterwards, by chain before and after."""
    before, after = evaluation.before, evaluation.after
    change = evaluation.change
    moved = {one.before.id for one in change.changed if "parent" in one.fields}
    units = frozenset(moved | {unit.id for unit in (*change.ended, *change.founded)})
    return list(pieces(_land(before, change.reshaped, units), _land(after, change.reshaped, units)))


def _land(
    state: RegisterState, reshaped: Collection[uuid.UUID], moved: frozenset[uuid.UUID]
) -> dict[Chain, MultiPolygon]:
    """Return the polygons of the leaf divisions that are reshaped, or lie in one that moves, by chain."""
    faces: defaultdict[Chain, set[int]] = defaultdict(set)
    for face in state.cells.keys() & state.graph.faces:
        chain = tuple(unit.id for unit in state.chain(face))
        if chain[0] in reshaped or not moved.isdisjoint(chain):
            faces[chain].add(face)
    arcs = list(state.graph.arcs.values())
    return {chain: build_polygon(arcs, own) for chain, own in faces.items()}


def _by_sides(
    before: RegisterState, after: RegisterState, moved: Collection[Piece[Chain]]
) -> tuple[MovedPiece, ...]:
    """Return the land that passes from one division to another, at the lowest level where both differ."""
    found: defaultdict[tuple[uuid.UUID | None, uuid.UUID | None], list[Piece[Chain]]] = defaultdict(list)
    for piece in moved:
        found[_sides(piece)].append(piece)
    return tuple(
        MovedPiece(
            source=_link(before.units[source]) if source else None,
            target=_link(after.units[target]) if target else None,
            geom=some[0].geometry if len(some) == 1 else shapely.union_all([p.geometry for p in some]),
            area_m2=sum(piece.area_m2 for piece in some),
        )
        for (source, target), some in found.items()
    )


def _sides(piece: Piece[Chain]) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    source, target = piece.from_key or (), piece.to_key or ()
    for one, other in zip(source, target, strict=False):
        if one != other:
            return one, other
    return (source[0] if source else None, target[0] if target else None)


def _divisions(
    session: Session, evaluation: Evaluation, moved: Collection[Piece[Chain]], on: When
) -> tuple[DivisionChange, ...]:
    before, after = evaluation.before, evaluation.after
    reshaped = evaluation.change.reshaped
    standing = find_faces_within(session, reshaped & before.units.keys(), on)
    changes = []
    for division in reshaped:
        was = standing.get(division, frozenset())
        now = (was - before.faces_of(division)) | after.faces_of(division)
        shape_before = build_polygon(load_outline(session, was, on), was) if was else None
        shape_after = _after(session, now, evaluation.change.patch, on) if now else None
        changes.append(
            DivisionChange(
                division=_link(after.units.get(division) or before.units[division]),
                before=shape_before,
                after=shape_after,
                area_before_m2=area_m2(shape_before) if shape_before else 0.0,
                area_after_m2=area_m2(shape_after) if shape_after else 0.0,
                gained_m2=_sum(moved, division, gained=True),
                lost_m2=_sum(moved, division, gained=False),
            )
        )
    return tuple(sorted(changes, key=lambda change: (change.division.level, change.division.name)))


def _sum(moved: Collection[Piece[Chain]], division: uuid.UUID, *, gained: bool) -> float:
    total = 0.0
    for piece in moved:
        came, left = division in (piece.to_key or ()), division in (piece.from_key or ())
        total += piece.area_m2 if came != left and came == gained else 0.0
    return total


def _after(session: Session, faces: frozenset[int], patch: Patch, on: When) -> MultiPolygon:
    stored = frozenset(face for face in faces if face > 0)
    arcs = load_outline(session, stored, on) if stored else []
    return build_polygon(_replaced(arcs, patch), faces)


def _replaced(arcs: list[Arc], patch: Patch) -> list[Arc]:
    """Return the outline with the patch's arcs in place of those it removes."""
    gone = {ref.id for ref in patch.removed}
    added = [
        Arc(n.continues or -1 - i, 0, 0, 0, n.left, n.right, n.points) for i, n in enumerate(patch.added)
    ]
    return [arc for arc in arcs if arc.id not in gone] + added


def _units(evaluation: Evaluation) -> tuple[UnitEffect, ...]:
    before, after, change = evaluation.before.units, evaluation.after.units, evaluation.change
    pairs: list[tuple[Unit | None, Unit | None]] = [(unit, None) for unit in change.ended]
    pairs += [(None, unit) for unit in change.founded]
    pairs += [(one.before, one.after) for one in change.changed]
    return tuple(
        UnitEffect(_link(shown), was, now, _parent(before, was), _parent(after, now))
        for was, now in pairs
        if (shown := now or was) is not None
    )


def _parent(units: Mapping[uuid.UUID, Unit], unit: Unit | None) -> Link | None:
    return None if unit is None or unit.parent is None else _link(units[unit.parent])


def _lineage(evaluation: Evaluation) -> tuple[LineageEffect, ...]:
    if not evaluation.legal:
        return ()
    before, after = evaluation.before, evaluation.after
    rows = trace(before, after, evaluation.replayed.populations)
    return tuple(
        LineageEffect(_link(before.units[row.from_id]), _link(after.units[row.to_id]), row) for row in rows
    )
