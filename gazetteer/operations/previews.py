"""What a request would do: each division before and after, what it gains and loses; nothing is written."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from shapely import LineString, MultiPolygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from boundaries.arcs import Arc
from boundaries.area import area_m2, mu
from boundaries.gains import Piece, pieces
from boundaries.grid import to_degrees
from boundaries.patch import Patch
from boundaries.rebuild import build_polygon
from boundaries.subgraph import Subgraph
from gazetteer import clock
from gazetteer.models import ChangeRequest, Event
from gazetteer.operations.drafts import Evaluation, evaluate
from gazetteer.queries.chains import Link, find_faces_within, find_links
from gazetteer.queries.requests import list_intents, require_request
from gazetteer.queries.stand import Stand, When, day_of
from gazetteer.queries.subgraph import load_outline
from gazetteer.roles import Actor


@dataclass(frozen=True)
class DivisionChange:
    """A division whose polygon changes: shapes in EPSG:4490, ellipsoidal areas."""

    division: Link
    before: MultiPolygon
    after: MultiPolygon
    area_before_m2: float
    area_after_m2: float
    gained_m2: float
    lost_m2: float

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
    """Land that passes from one leaf division to another; None is the outside or nobody's."""

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
class Preview:
    """The whole effect of a request on the register of today."""

    evaluation: Evaluation
    divisions: tuple[DivisionChange, ...]
    pieces: tuple[MovedPiece, ...]
    lines_before: tuple[ChangedLine, ...]
    lines_after: tuple[ChangedLine, ...]
    names: tuple[NameChange, ...]


def preview_request(session: Session, actor: Actor, request_id: uuid.UUID) -> Preview:
    """Replay a request on the register of today and show what changes; writes nothing.

    A request in force is shown as it was decided: on what was known the moment before it was applied.
    What cannot be built (the draft breaks a rule of geometry) is left out; the evaluation says why.
    """
    request = require_request(session, actor, request_id)
    on = _decided_on(session, request) or request.effective_on or clock.today(session)
    evaluation = evaluate(session, list_intents(session, request_id), on, kind=request.kind)
    patch, before = evaluation.draft.patch, evaluation.loaded.subgraph
    sound = not any(fault.severity == "error" for fault in evaluation.faults)
    moved = _pieces(evaluation) if sound and patch.removed else []
    return Preview(
        evaluation=evaluation,
        divisions=_divisions(session, evaluation, moved, on) if sound else (),
        pieces=tuple(_moved_piece(piece, evaluation) for piece in moved),
        lines_before=tuple(
            ChangedLine(ref.id, LineString(to_degrees(before.arc(ref.id).points))) for ref in patch.removed
        ),
        lines_after=tuple(
            ChangedLine(new.continues or 0, LineString(to_degrees(new.points))) for new in patch.added
        ),
        names=tuple(NameChange(r.division, r.base_name, r.name) for r in evaluation.renames),
    )


def _decided_on(session: Session, request: ChangeRequest) -> Stand | None:
    """Return the register that an applied request was decided on; None for all others."""
    if request.applied_event is None:
        return None
    event = session.get_one(Event, request.applied_event)
    day = event.recorded_at.astimezone(clock.LAW_ZONE).date()
    return Stand(day, event.recorded_at - dt.timedelta(microseconds=1))


def _pieces(evaluation: Evaluation) -> list[Piece[int]]:
    faces = evaluation.touched_faces - {0}
    before = _face_polygons(evaluation.loaded.subgraph, faces)
    return list(pieces(before, _face_polygons(evaluation.draft.subgraph, faces)))


def _face_polygons(graph: Subgraph, faces: Collection[int]) -> dict[int, MultiPolygon]:
    return {face: build_polygon(graph.arcs_of(face), {face}) for face in faces}


def _divisions(
    session: Session, evaluation: Evaluation, moved: list[Piece[int]], on: When
) -> tuple[DivisionChange, ...]:
    links = find_links(session, evaluation.affected, day_of(on))
    changes = []
    for division, faces in find_faces_within(session, evaluation.affected, on).items():
        arcs = load_outline(session, faces, on)
        before = build_polygon(arcs, faces)
        after = build_polygon(_replaced(arcs, evaluation.draft.patch), faces)
        changes.append(
            DivisionChange(
                division=links[division],
                before=before,
                after=after,
                area_before_m2=area_m2(before),
                area_after_m2=area_m2(after),
                gained_m2=sum(p.area_m2 for p in moved if p.to_key in faces and p.from_key not in faces),
                lost_m2=sum(p.area_m2 for p in moved if p.from_key in faces and p.to_key not in faces),
            )
        )
    return tuple(sorted(changes, key=lambda change: (change.division.level, change.division.name)))


def _replaced(arcs: list[Arc], patch: Patch) -> list[Arc]:
    """Return the outline with the patch's arcs in place of those it removes."""
    gone = {ref.id for ref in patch.removed}
    added = [
        Arc(n.continues or -1 - i, 0, 0, 0, n.left, n.right, n.points) for i, n in enumerate(patch.added)
    ]
    return [arc for arc in arcs if arc.id not in gone] + added


def _moved_piece(piece: Piece[int], evaluation: Evaluation) -> MovedPiece:
    leaves: defaultdict[int | None, Link | None] = defaultdict(lambda: None)
    leaves.update({face: links[0] for face, links in evaluation.chains.items() if links})
    return MovedPiece(leaves[piece.from_key], leaves[piece.to_key], piece.geometry, piece.area_m2)
