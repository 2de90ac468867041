"""Working out a draft: its operations replayed on the register at its day, checked, nothing written.

Check, preview, submission and approval all go through here, so that what a person saw is what is judged.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from boundaries.conflicts import Conflict
from boundaries.errors import Fault
from boundaries.grid import to_degrees
from boundaries.validate import Verdict, judge
from gazetteer.changes.locks import lock_codes, lock_names, lock_structure
from gazetteer.changes.shapes import lock_divisions
from gazetteer.engine.checks import check_register
from gazetteer.engine.consequences import CodeProposal, check_codes, code_prefixes, propose_codes
from gazetteer.engine.difference import RegisterChange
from gazetteer.engine.marker_sides import line_object_faults
from gazetteer.engine.needs import Named, named
from gazetteer.engine.object_sides import object_sides
from gazetteer.engine.outcomes import DivisionConflict, Outcome
from gazetteer.engine.register_state import RegisterState
from gazetteer.engine.replay import Replayed, find_stale_arcs, replay
from gazetteer.engine.settled import settled_faults
from gazetteer.operations.draft_rules import (
    check_allowed,
    check_bearers,
    check_identities,
    check_later,
    check_outcomes,
    find_since,
)
from gazetteer.queries.direct import generic_plans
from gazetteer.queries.register_state import (
    StoredState,
    find_around,
    find_land,
    find_taken_codes,
    load_state,
)
from gazetteer.queries.stand import Stand, When, day_of
from gazetteer.queries.subgraph import Box, find_arc_points, find_sides, lock_sides
from gazetteer.rules.intents import Intent
from gazetteer.rules.request_kinds import GEOMETRY, REQUEST_KINDS

_MARGIN_DEG = 1e-4

Path = frozenset[uuid.UUID]
"""A division and all above it: what a grant is held against."""


@dataclass(frozen=True)
class Evaluation:
    """What a draft comes to on the register.

    Attributes
    ----------
    kind : str
        Kind of the request.
    intents : tuple of Intent
        Its operations.
    stored : StoredState
        The piece of the register it was replayed on.
    faults : tuple of Fault
        Broken rules; an error refuses the draft, a warning asks for a look.
    verdict : Verdict
        The judgement of the lines, with the polygons of the touched faces.
    codes : tuple of CodeProposal
        Codes that divisions get by this change, proposed and confirmed.
    since : date
        The first day on which the new state is the law as far as it is known.
    """

    kind: str
    on: When
    intents: tuple[Intent, ...]
    stored: StoredState
    replayed: Replayed
    faults: tuple[Fault, ...]
    verdict: Verdict
    codes: tuple[CodeProposal, ...]
    since: dt.date

    @property
    def before(self) -> RegisterState:
        """The piece of the register as it stands."""
        return self.replayed.before

    @property
    def after(self) -> RegisterState:
        """The same after the draft."""
        return self.replayed.after

    @property
    def change(self) -> RegisterChange:
        """What leads from one to the other."""
        return self.replayed.change

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What became of each operation."""
        return self.replayed.outcomes

    @property
    def legal(self) -> bool:
        """Whether it changes the law; otherwise it mends the register."""
        return REQUEST_KINDS[self.kind].legal

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Lines that have changed since the draft was made: base, mine, theirs."""
        return tuple(self.replayed.conflicts)

    @property
    def division_conflicts(self) -> tuple[DivisionConflict, ...]:
        """Divisions that have changed since, or are gone: base, mine, theirs."""
        return () if isinstance(self.on, Stand) else tuple(self.replayed.division_conflicts)

    @property
    def ok(self) -> bool:
        """Whether nothing stands against submitting and approving."""
        wrong = any(fault.severity == "error" for fault in self.faults)
        return not (wrong or self.conflicts or self.division_conflicts)

    def reason_against(self, intent_id: uuid.UUID) -> str | None:
        """Return why an operation does not fit the register any more; None when it does."""
        for outcome in self.outcomes:
            if outcome.id == str(intent_id) and outcome.status == "conflict":
                lines = any(isinstance(found, Conflict) for found in outcome.conflicts)
                return (
                    "所依据的界线此后已有变更 The line has changed since"
                    if lines
                    else "所依据的区划此后已有变更 The division has changed since"
                )
        return None

    @property
    def is_empty(self) -> bool:
        """Whether the register would be afterwards what it is now."""
        before, after = self.before, self.after
        same = before.markers == after.markers and before.tripoints == after.tripoints
        return same and self.change.is_empty

    @property
    def touched_faces(self) -> frozenset[int]:
        """Faces on a side of a changed line, or that change hands."""
        return self.change.touched_faces

    @property
    def touched_divisions(self) -> tuple[uuid.UUID, ...]:
        """Standing divisions that change or end, in a fixed order."""
        founded = {unit.id for unit in self.change.founded}
        parted = frozenset[uuid.UUID]().union(*self._parted)
        return tuple(sorted((self.change.touched_divisions | parted) - founded))

    @cached_property
    def sides(self) -> tuple[tuple[Path, ...], ...]:
        """For each changed line, marker, division and name: the paths of those it belongs to.

        Who drafts must have one of each; who decides must have them all. What is founded, ended or moved
        belongs together: the governments concerned propose it jointly, or one side alone (实施办法 Art. 3).
        """
        return tuple(dict.fromkeys((*self._line_sides(), *self._unit_sides(), *self._object_sides())))

    @cached_property
    def _parted(self) -> list[frozenset[uuid.UUID]]:
        return object_sides(self.before, self.after, self.intents)

    def _object_sides(self) -> Iterable[tuple[Path, ...]]:
        for divisions in self._parted:
            standing = [self.before if i in self.before.units else self.after for i in sorted(divisions)]
            paths = (_path(state, i) for state, i in zip(standing, sorted(divisions), strict=True))
            yield tuple(dict.fromkeys(paths))

    def _line_sides(self) -> Iterable[tuple[Path, ...]]:
        reshaped, before = self.change.reshaped, self.before
        for ref in self.change.patch.removed:
            chains = [before.chain(face) for face in (ref.left, ref.right)]
            paths = [chain for chain in chains if chain and chain[0].id in reshaped]
            if paths:
                yield tuple(frozenset(unit.id for unit in chain) for chain in paths)

    def _unit_sides(self) -> Iterable[tuple[Path, ...]]:
        change = self.change
        together = [_path(self.before, unit.id) for unit in change.ended]
        together += [_path(self.after, unit.id) - {unit.id} for unit in change.founded]
        for one in change.changed:
            if "parent" in one.fields:
                together += [_path(state, one.before.id) for state in (self.before, self.after)]
            else:
                yield (_path(self.before, one.before.id),)
        founded = {unit.id for unit in change.founded}
        if together:
            yield tuple(dict.fromkeys(path - founded for path in together))


def _path(state: RegisterState, division: uuid.UUID) -> Path:
    return frozenset(unit.id for unit in state.chain_of(division))


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
        Hold what the draft touches (faces, divisions, new names and codes) until the transaction ends, and
        judge what is read under the lock: for approval.
    """
    # An edit of lines asks by keys, again and again the same: planning would cost more than running.
    by_keys = _lines_only(intents) and not isinstance(on, Stand)
    with generic_plans(session) if by_keys else nullcontext():
        return _evaluate(session, intents, on, kind, lock=lock)


def _evaluate(session: Session, intents: Sequence[Intent], on: When, kind: str, *, lock: bool) -> Evaluation:
    stored = _load(session, intents, on, lock=lock)
    bases = find_arc_points(session, find_stale_arcs(stored.state, intents))
    replayed = replay(stored.state, intents, bases)
    before, after, change = replayed.before, replayed.after, replayed.change
    verdict = judge(before.graph, change.patch, _labels(before))
    faults = [*check_allowed(intents, kind), *check_outcomes(replayed.outcomes), *verdict.faults]
    faults += settled_faults(before, after, kind)
    faults += line_object_faults(before, after)
    taken = find_taken_codes(session, code_prefixes(before, after, replayed.confirmed), on)
    codes = propose_codes(before, after, taken, replayed.confirmed)
    if lock:
        lock_divisions(session, change.touched_divisions)
        lock_names(session, _new_names(change))
        lock_codes(session, {c.confirmed for c in codes if c.confirmed})
    legal, day = REQUEST_KINDS[kind].legal, day_of(on)
    if not isinstance(on, Stand):
        faults += check_register(before, after)
        faults += check_codes(codes, after, taken)
        faults += check_bearers(session, before, after, change, day)
        faults += check_identities(session, change)
        faults += check_later(session, stored, change, day, legal=legal)
    return Evaluation(
        kind=kind,
        on=on,
        intents=tuple(intents),
        stored=stored,
        replayed=replayed,
        faults=tuple(dict.fromkeys(faults)),
        verdict=verdict,
        codes=tuple(codes),
        since=day if legal else find_since(session, stored, change, day),
    )


def _lines_only(intents: Sequence[Intent]) -> bool:
    return all(intent.kind in GEOMETRY for intent in intents)


def _load(session: Session, intents: Sequence[Intent], on: When, *, lock: bool) -> StoredState:
    """Find, hold and read what the operations are about.

    Edits of lines alone hold the faces beside them. All else also moves, makes or names things: it holds
    the structure of the register alone, so that what it finds is what it locks.
    """
    wanted = named(intents)
    lines_only = _lines_only(intents)
    if lock:
        lock_structure(session, alone=not lines_only)
    if lines_only:
        find = lock_sides if lock else find_sides
        return load_state(session, find(session, wanted.arcs, wanted.nodes, on), on, box=_box(wanted))
    faces = find_sides(session, wanted.arcs, wanted.nodes, on)
    faces = find_land(session, wanted.cut_divisions, wanted.targets, faces, on)
    if lock:
        lock_sides(session, (), (), on, faces)
        lock_divisions(session, wanted.divisions)
    around = find_around(session, wanted.divisions, on)
    return load_state(
        session,
        faces,
        on,
        box=_box(wanted),
        divisions=around | wanted.founded,
        whole=wanted.cut_divisions,
        objects=wanted.objects,
    )


def _box(wanted: Named) -> Box | None:
    """Return the box of all new points with a margin: what lies near them must be seen."""
    if not wanted.points:
        return None
    degrees = to_degrees(wanted.points)
    (west, south), (east, north) = degrees.min(axis=0) - _MARGIN_DEG, degrees.max(axis=0) + _MARGIN_DEG
    return (float(west), float(south), float(east), float(north))


def _labels(state: RegisterState) -> dict[int, str]:
    chains = {face: state.chain(face) for face in state.face_kinds}
    return {face: chain[0].name if chain else "区外" for face, chain in chains.items()}


def _new_names(change: RegisterChange) -> set[str]:
    names = {unit.name for unit in change.founded}
    return names | {one.after.name for one in change.changed if "name" in one.fields}
