"""The operations of a draft applied one after another to a state of the register, none lost quietly."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from boundaries.conflicts import Conflict, ConflictsError
from boundaries.errors import BoundaryError, Fault
from boundaries.grid import IntArray
from gazetteer.engine.difference import RegisterChange, difference
from gazetteer.engine.finish import finish
from gazetteer.engine.land import settle_childless
from gazetteer.engine.outcomes import (
    DivisionConflict,
    DivisionConflictsError,
    Outcome,
    Populations,
)
from gazetteer.engine.register_state import RegisterState
from gazetteer.engine.steps import STEPS
from gazetteer.engine.steps_lines import LINE_STEPS
from gazetteer.errors import RuleBroken
from gazetteer.rules.intents import Intent

Bases = Mapping[tuple[int, str], IntArray]
"""Points of arcs as they once stood, by (arc id, content hash); int64, shape (n, 2), grid integers."""
_ALL_STEPS = {**STEPS, **LINE_STEPS}
_NO_BASES: Bases = MappingProxyType({})

_MERGED = Fault(
    "merged_with_newer",
    "warning",
    "该界线的另一段此后已有变更,本申请已在新界线上重放,请核对。",
    "Another stretch of this line has changed since; the operation was replayed on the new line: look.",
)


@dataclass(frozen=True)
class Replayed:
    """Operations replayed.

    Parameters
    ----------
    before, after : RegisterState
        As loaded, and after all operations that could be carried out.
    outcomes : tuple of Outcome
        One for each operation, in order.
    confirmed : mapping of UUID to str
        Codes the operations give.
    populations : mapping of (from, to) to int
        People who pass with land, where the operations say so.
    outer_changed : bool
        Whether the outline of the district changes, as declared.
    """

    before: RegisterState
    after: RegisterState
    outcomes: tuple[Outcome, ...] = ()
    confirmed: Mapping[uuid.UUID, str] = field(default_factory=dict)
    populations: Populations = field(default_factory=dict)
    outer_changed: bool = False

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Lines that have changed since the operations were made: base, mine, theirs."""
        return tuple(c for o in self.outcomes for c in o.conflicts if isinstance(c, Conflict))

    @property
    def division_conflicts(self) -> tuple[DivisionConflict, ...]:
        """Divisions that have changed since."""
        return tuple(c for o in self.outcomes for c in o.conflicts if isinstance(c, DivisionConflict))

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Operations that cannot be carried out, and what the reviewer must look at."""
        return tuple(fault for outcome in self.outcomes for fault in _faults_of(outcome))

    @cached_property
    def change(self) -> RegisterChange:
        """What the operations come to."""
        return difference(self.before, self.after, self.outer_changed)


def replay(state: RegisterState, intents: Sequence[Intent], bases: Bases = _NO_BASES) -> Replayed:
    """Apply operations in order; a later one sees the result, and the divisions, of the earlier ones.

    Parameters
    ----------
    state : RegisterState
        The register now, as far as the operations are about it.
    bases : mapping of (arc, hash) to points, optional
        For the arcs of `find_stale_arcs`: with them a change by somebody else in another stretch is merged.

    Returns
    -------
    Replayed
        Not judged: see `boundaries.validate` and `checks.check_register`.

    Notes
    -----
    Operations on lines and markers come last, since which line owns which arc follows from all the others.
    """
    run = _Run(state, bases)
    run.apply([intent for intent in intents if intent.kind not in LINE_STEPS])
    run.state = finish(state, run.state, intents)
    run.apply([intent for intent in intents if intent.kind in LINE_STEPS])
    outcomes = tuple(run.outcomes[str(intent.id)] for intent in intents)
    return Replayed(state, run.state, outcomes, run.confirmed, run.populations, run.outer_changed)


def find_stale_arcs(state: RegisterState, intents: Sequence[Intent]) -> frozenset[tuple[int, str]]:
    """Return the (arc, hash) that operations name and that stand otherwise now: their bases are wanted."""
    seen = {pair for intent in intents for pair in _arcs_seen(intent.body)}
    return frozenset(pair for pair in seen if _is_stale(state, *pair))


class _Run:
    """A replay on its way."""

    def __init__(self, state: RegisterState, bases: Bases) -> None:
        self.state, self.bases = state, bases
        self.outcomes: dict[str, Outcome] = {}
        self.confirmed: dict[uuid.UUID, str] = {}
        self.populations: dict[tuple[uuid.UUID, uuid.UUID], int] = {}
        self.outer_changed = False

    def apply(self, intents: Sequence[Intent]) -> None:
        for intent in intents:
            self.outcomes[str(intent.id)] = self._apply_one(intent)

    def _apply_one(self, intent: Intent) -> Outcome:
        identity, kind = str(intent.id), intent.kind
        body = _with_bases({"id": identity, "kind": kind, **intent.body}, self.state, self.bases)
        try:
            result = _ALL_STEPS[kind](self.state, body)
        except (ConflictsError, DivisionConflictsError) as found:
            return Outcome(identity, kind, "conflict", tuple(found.conflicts))
        except (BoundaryError, RuleBroken) as error:
            return Outcome(identity, kind, "refused", error=error)
        self.state = settle_childless(self.state, result.state)
        self.confirmed.update(result.confirmed)
        self.populations.update(result.populations)
        self.outer_changed = self.outer_changed or result.outer_changed
        return Outcome(identity, kind, result.status, faults=result.faults)


def _faults_of(outcome: Outcome) -> Iterator[Fault]:
    if outcome.error is not None:
        yield Fault(outcome.error.code, "error", outcome.error.zh, outcome.error.en)
    if outcome.status == "merged":
        yield _MERGED
    yield from outcome.faults


def _with_bases(value: Any, state: RegisterState, bases: Bases) -> Any:
    """Return a body in which every arc that stands otherwise now has the points it was seen with."""
    if isinstance(value, dict):
        seen = {key: _with_bases(inner, state, bases) for key, inner in value.items()}
        pair = (value.get("arc", 0), value.get("hash", ""))
        if pair in bases and _is_stale(state, *pair):
            seen["base_points"] = bases[pair].tolist()
        return seen
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [_with_bases(inner, state, bases) for inner in value]
    return value


def _arcs_seen(value: Any) -> Iterator[tuple[int, str]]:
    if isinstance(value, dict):
        if "arc" in value and "hash" in value:
            yield value["arc"], value["hash"]
        for inner in value.values():
            yield from _arcs_seen(inner)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from _arcs_seen(inner)


def _is_stale(state: RegisterState, arc: int, seen: str) -> bool:
    return arc not in state.graph.arcs or state.graph.arcs[arc].hash != seen
