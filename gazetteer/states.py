"""The steps of a change request: one table, extended by kind in the approval work."""

from __future__ import annotations

from dataclasses import dataclass

from gazetteer.errors import WrongState


@dataclass(frozen=True)
class Step:
    """One step: the states it starts from, the state it leads to, the permission it needs."""

    action: str
    sources: frozenset[str]
    target: str
    permission: str
    own: bool | None = None
    """True: only the author; False: never the author or last editor; None: anyone permitted."""
    needs_reason: bool = False
    decides: bool = False
    """A decision: it alone may carry a document number."""


_EDITABLE = frozenset({"draft", "returned"})

_STEPS = {
    step.action: step
    for step in (
        Step("edit", _EDITABLE, "draft", "request.draft", own=True),
        Step("submit", _EDITABLE, "submitted", "request.draft", own=True),
        Step("withdraw", _EDITABLE | {"submitted"}, "withdrawn", "request.withdraw", own=True),
        Step("return", frozenset({"submitted"}), "returned", "request.return", own=False, needs_reason=True),
        Step(
            "reject",
            frozenset({"submitted"}),
            "rejected",
            "request.decide",
            own=False,
            needs_reason=True,
            decides=True,
        ),
        Step("approve", frozenset({"submitted"}), "approved", "request.decide", own=False, decides=True),
    )
}

STEPS: dict[str, dict[str, Step]] = {
    "boundary_correction": _STEPS,
    "boundary_change": _STEPS,
    "division_change": _STEPS,
}
OPEN_STATES = frozenset({"draft", "submitted", "returned"})


def get_step(kind: str, action: str) -> Step:
    """Return the step `action` of a kind of request; KeyError for an unknown one."""
    return STEPS[kind][action]


def require_state(step: Step, state: str) -> None:
    """Raise WrongState unless `step` starts from `state`."""
    if state not in step.sources:
        raise WrongState(
            f"当前状态“{state}”不能执行“{step.action}”。",
            f"A request in state '{state}' has no step '{step.action}'.",
            state=state,
            action=step.action,
        )
