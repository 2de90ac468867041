"""Every kind of operation with the step that carries it out on a state of the register."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from boundaries.operations import OPERATIONS
from gazetteer.engine.outcomes import StepResult
from gazetteer.engine.register_state import RegisterState
from gazetteer.engine.step_land import abolish, establish, split, transfer_part
from gazetteer.engine.step_units import convert, merge, move_seat, reclass, recode, rename, transfer
from gazetteer.engine.units import Body
from gazetteer.rules.intent_geometry import GEOMETRY_PARSERS

Step = Callable[[RegisterState, Body], StepResult]


def change_lines(kind: str) -> Step:
    """Return the step of an operation on a line or a node."""

    def step(state: RegisterState, body: Body) -> StepResult:
        outcome = OPERATIONS[kind](state.graph, body)
        graph = state.graph.apply(outcome.patch)
        outer_changed = outcome.patch.outer_changed
        return StepResult(replace(state, graph=graph), outcome.status, outer_changed=outer_changed)

    return step


STEPS: Mapping[str, Step] = {
    **{kind: change_lines(kind) for kind in GEOMETRY_PARSERS},
    "rename": rename,
    "recode": recode,
    "reclass": reclass,
    "move_seat": move_seat,
    "transfer": transfer,
    "merge": merge,
    "convert": convert,
    "split": split,
    "transfer_part": transfer_part,
    "establish": establish,
    "abolish": abolish,
}
"""Kind -> step; a step raises BoundaryError or RuleBroken to refuse, ConflictsError or
DivisionConflictsError where something has changed since the operation was made."""
