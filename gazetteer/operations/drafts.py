"""Working out a draft: its operations replayed on the register as it stands, checked, nothing written.

Check, preview, submission and approval all go through here, so that what a person saw is what is judged.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from boundaries.draft import Conflict, Draft, replay
from boundaries.errors import Fault
from boundaries.grid import to_degrees
from boundaries.subgraph import Subgraph
from boundaries.validate import validate
from gazetteer.changes.arcs import lock_faces
from gazetteer.changes.names import lock_names
from gazetteer.changes.shapes import lock_divisions
from gazetteer.operations.renames import Rename, check_names, find_renames
from gazetteer.queries.chains import Link, find_face_chains, find_paths
from gazetteer.queries.stand import Stand, When, day_of
from gazetteer.queries.subgraph import (
    Box,
    Loaded,
    find_arc_points,
    find_shape_periods,
    find_sides,
    load_subgraph,
)
from gazetteer.rules.intents import Intent
from gazetteer.rules.request_kinds import allows

_MARGIN_DEG = 1e-4


@dataclass(frozen=True)
class Evaluation:
    """What a draft comes to on the present register.

    Attributes
    ----------
    faults : tuple of Fault
        Broken rules; an error refuses the draft, a warning asks for a look.
    name_conflicts : tuple of Rename
        Divisions that have been renamed since.
    chains : dict of face id to Links, the lowest first
    affected : frozenset of UUID
        Divisions whose polygon changes.
    since : date
        The first day on which the new state is the law as far as it is known.
    """

    loaded: Loaded
    draft: Draft
    renames: tuple[Rename, ...]
    faults: tuple[Fault, ...]
    name_conflicts: tuple[Rename, ...]
    chains: dict[int, tuple[Link, ...]]
    paths: dict[uuid.UUID, frozenset[uuid.UUID]]
    renamed: dict[uuid.UUID, uuid.UUID]
    affected: frozenset[uuid.UUID]
    since: dt.date

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Lines that have changed since the draft was made: base, mine, theirs."""
        return self.draft.conflicts

    @property
    def ok(self) -> bool:
        """Whether nothing stands against submitting and approving."""
        wrong = any(fault.severity == "error" for fault in self.faults)
        return not (wrong or self.conflicts or self.name_conflicts)

    def reason_against(self, intent_id: uuid.UUID) -> str | None:
        """Return why an operation does not fit the register any more; None when it does."""
        for result in self.draft.results:
            if result.id == str(intent_id) and result.status == "conflict":
                return "所依据的界线此后已有变更 The line has changed since"
        stale = {rename.division.id for rename in self.name_conflicts}
        return "名称此后已有变更 The name has changed since" if self.renamed.get(intent_id) in stale else None

    @property
    def is_empty(self) -> bool:
        """Whether the register would be afterwards what it is now."""
        return not (self.draft.patch.removed or self.renames)

    @property
    def touched_faces(self) -> frozenset[int]:
        """Faces on a side of a changed line."""
        return self.draft.patch.touched_faces

    @property
    def touched_divisions(self) -> tuple[uuid.UUID, ...]:
        """Divisions whose shape or name changes, in a fixed order."""
        return tuple(sorted(self.affected | {rename.division.id for rename in self.renames}))

    @property
    def sides(self) -> tuple[tuple[frozenset[uuid.UUID], ...], ...]:
        """For each changed line or name, the paths (division and all above) of those it belongs to."""
        lines = tuple(
            tuple(frozenset(link.id for link in self.chains[face]) for face in (ref.left, ref.right) if face)
            for ref in self.draft.patch.removed
        )
        return lines + tuple((self.paths[rename.division.id],) for rename in self.renames)


def evaluate(
    session: Session,
    intents: Sequence[Intent],
    on: When,
    *,
    kind: str = "boundary_correction",
    lock: bool = False,
) -> Evaluation:
    """Replay the operations on the register at `on` and check the result.

    Parameters
    ----------
    on : date or Stand
        The day of law; with a Stand, on what was known then (a decided request, as it was decided).
    kind : str
        Kind of the request: what it may hold, and whether it changes the law or mends the register.
    lock : bool
        Hold the touched faces, the divisions whose shape or name changes and the new names until the
        transaction ends, and judge what is read under the lock: for approval.
    """
    lines = [intent for intent in intents if intent.kind != "rename"]
    renamed = {i.id: uuid.UUID(i.body["division"]) for i in intents if i.kind == "rename"}
    faces = _faces(session, lines, on)
    if lock:
        lock_faces(session, faces)
    loaded = load_subgraph(session, faces, on, _box(lines)) if lines else Loaded(Subgraph.of((), ()), {})
    draft = replay(loaded.subgraph, _with_bases(session, lines, loaded))
    near = {face for arc in loaded.subgraph.arcs.values() for face in (arc.left, arc.right)}
    chains = find_face_chains(session, near | faces, on)
    affected = _affected(draft, chains)
    if lock:
        lock_divisions(session, affected | set(renamed.values()))
        lock_names(session, {i.body["name"] for i in intents if i.kind == "rename"})
    labels = {face: _label(links) for face, links in chains.items()}
    faults = [
        *_not_allowed(intents, kind),
        *_operation_faults(draft),
        *validate(loaded.subgraph, draft.patch, labels),
    ]
    past = isinstance(on, Stand)
    renames, gone = find_renames(session, intents, on)
    since, later = _since(session, loaded, draft, affected, day_of(on))
    return Evaluation(
        loaded=loaded,
        draft=draft,
        renames=renames,
        faults=tuple(faults) if past else (*faults, *later, *check_names(session, renames, day_of(on))),
        name_conflicts=() if past else gone,
        chains=chains,
        paths=find_paths(session, renamed.values(), on) if renamed else {},
        renamed=renamed,
        affected=affected,
        since=since,
    )


def _faces(session: Session, lines: Sequence[Intent], on: When) -> frozenset[int]:
    arcs = {i.body["arc"] for i in lines if i.kind == "reshape"}
    arcs |= {arc["arc"] for i in lines if i.kind == "move_node" for arc in i.body["arcs"]}
    nodes = {i.body["node"] for i in lines if i.kind == "move_node"}
    return find_sides(session, arcs, nodes, on) if lines else frozenset()


def _not_allowed(intents: Sequence[Intent], kind: str) -> list[Fault]:
    """Return one error for each kind of operation that this kind of request may not hold."""
    refused = {intent.kind for intent in intents if not allows(kind, intent.kind)}
    return [
        Fault(
            "operation_not_allowed",
            "error",
            f"此类申请（{kind}）不能包含操作“{operation}”，请改用区划变更申请。",
            f"A request of kind {kind} may not hold the operation {operation}: use a division_change.",
        )
        for operation in sorted(refused)
    ]


def _operation_faults(draft: Draft) -> list[Fault]:
    """Return the operations that cannot be carried out, and those laid over somebody else's change."""
    faults = [
        Fault(r.error.code, "error", r.error.zh, r.error.en) for r in draft.results if r.error is not None
    ]
    merged = Fault(
        "merged_with_newer",
        "warning",
        "该界线的另一段此后已有变更,本申请已在新界线上重放,请核对。",
        "Another stretch of this line has changed since; the operation was replayed on the new line: look.",
    )
    return faults + [merged for result in draft.results if result.status == "merged"]


def _with_bases(session: Session, lines: Sequence[Intent], loaded: Loaded) -> list[dict[str, Any]]:
    """Return the operations, those on a line that has changed since with the points they were made on."""
    ops = [deepcopy(intent.to_json()) for intent in lines]
    arcs = loaded.subgraph.arcs
    stale = [
        op
        for op in ops
        if op["kind"] == "reshape" and op["arc"] in arcs and arcs[op["arc"]].hash != op["hash"]
    ]
    bases = find_arc_points(session, {(op["arc"], op["hash"]) for op in stale})
    for op in stale:
        if (op["arc"], op["hash"]) in bases:
            op["base_points"] = bases[op["arc"], op["hash"]].tolist()
    return ops


def _box(lines: Sequence[Intent]) -> Box | None:
    """Return the box of all new points with a margin: what lies near them must be seen."""
    points = [tuple(p) for i in lines if i.kind == "reshape" for p in i.body["path"]]
    points += [(i.body["x"], i.body["y"]) for i in lines if i.kind == "move_node"]
    if not points:
        return None
    degrees = to_degrees(points)
    (west, south), (east, north) = degrees.min(axis=0) - _MARGIN_DEG, degrees.max(axis=0) + _MARGIN_DEG
    return (float(west), float(south), float(east), float(north))


def _affected(draft: Draft, chains: dict[int, tuple[Link, ...]]) -> frozenset[uuid.UUID]:
    """Return the divisions that lie on one side only of a changed line."""
    changed: set[uuid.UUID] = set()
    sides = {(a.left, a.right) for a in draft.patch.removed} | {(a.left, a.right) for a in draft.patch.added}
    for left, right in sides:
        changed |= {link.id for link in chains.get(left, ())} ^ {link.id for link in chains.get(right, ())}
    return frozenset(changed)


def _label(links: tuple[Link, ...]) -> str:
    return links[0].name if links else "区外"


def _since(
    session: Session, loaded: Loaded, draft: Draft, affected: Collection[uuid.UUID], on: dt.date
) -> tuple[dt.date, list[Fault]]:
    """Return the day from which the touched lines and shapes have been what they are, and what forbids.

    A correction holds from the last legal change of what it touches: before that day other lines stood
    here, and the line cannot be judged against them.
    """
    records = [loaded.records[ref.id] for ref in draft.patch.removed if ref.id in loaded.records]
    periods = [
        *find_shape_periods(session, affected, on),
        *((record.since, record.until) for record in records),
    ]
    begins = [since for since, _ in periods if since is not None]
    ends = any(until is not None for _, until in periods)
    later = Fault(
        "later_change",
        "error",
        "所涉界线已登记有以后生效的变更,不能在其之前更正。",
        "A change of these lines with a later effective date is already registered.",
    )
    return max(begins, default=on), [later] if ends else []
