"""What a draft may hold, how its operations fared, and what the register says against its day and names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from boundaries.errors import Fault
from gazetteer import clock
from gazetteer.engine.difference import RegisterChange
from gazetteer.engine.outcomes import Outcome
from gazetteer.engine.register_state import RegisterState, Unit
from gazetteer.models import Division
from gazetteer.queries.later_changes import find_later_event
from gazetteer.queries.official_names import COUNTY, find_bearers
from gazetteer.queries.register_state import StoredState
from gazetteer.queries.subgraph import find_shape_periods
from gazetteer.rules.intents import Intent
from gazetteer.rules.request_kinds import allows


def check_allowed(intents: Sequence[Intent], kind: str) -> list[Fault]:
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


_MERGED = Fault(
    "merged_with_newer",
    "warning",
    "该界线的另一段此后已有变更,本申请已在新界线上重放,请核对。",
    "Another stretch of this line has changed since; the operation was replayed on the new line: look.",
)
_ALREADY = Fault(
    "already_in_force",
    "warning",
    "某项操作的结果此后已经生效,不再重复。",
    "What an operation asks for is in force already: it does nothing any more.",
)


def check_outcomes(outcomes: Sequence[Outcome]) -> list[Fault]:
    """Return the operations that cannot be carried out, and those that met somebody else's change."""
    faults: list[Fault] = []
    for outcome in outcomes:
        if outcome.error is not None:
            faults.append(Fault(outcome.error.code, "error", outcome.error.zh, outcome.error.en))
        faults += outcome.faults
        faults += [_MERGED] * (outcome.status == "merged") + [_ALREADY] * (outcome.status == "already")
    return faults


def check_bearers(
    session: Session, before: RegisterState, after: RegisterState, change: RegisterChange, on: dt.date
) -> list[Fault]:
    """Nobody in the rest of the register may have a new name (地名管理条例 Art. 9(7)-(8)).

    Divisions that are part of the state are compared there (`gazetteer.engine.checks`).
    """
    renamed = [one.after for one in change.changed if one.before.name != one.after.name]
    faults = []
    for unit in (*change.founded, *renamed):
        county = next((link.id for link in after.chain_of(unit.id) if link.level == COUNTY), None)
        for other in find_bearers(session, unit.name, unit.level, unit.id, on):
            near = unit.level <= COUNTY + 1 or (other.county is not None and other.county == county)
            if near and other.id not in before.units:
                faults.append(_same_name(unit, other.code))
    return faults


def _same_name(unit: Unit, code: str | None) -> Fault:
    return Fault(
        "duplicate_name",
        "error",
        f"“{unit.name}”已是同级区划(代码 {code or '未公布'})的名称。",
        f"{unit.name} is borne by another division of its level ({code or 'no code'}).",
        labels=(unit.name,),
    )


def check_identities(session: Session, change: RegisterChange) -> list[Fault]:
    """The ids of new divisions, made by the client, must be new."""
    ids = {unit.id: unit for unit in change.founded}
    if not ids:
        return []
    used = session.scalars(select(Division.id).where(Division.id.in_(ids)))
    return [
        Fault(
            "division_exists",
            "error",
            f"新单位“{ids[i].name}”的编号已被使用，请重新生成。",
            f"The id of the new division {ids[i].name} is in use: make another one.",
            labels=(ids[i].name,),
        )
        for i in used
    ]


def check_later(
    session: Session, stored: StoredState, change: RegisterChange, on: dt.date, *, legal: bool
) -> list[Fault]:
    """Refuse to change what is registered otherwise from a later day on, and name the event.

    The law is changed in the order of its days; what was wrong before is corrected, not changed.
    """
    if change.is_empty:
        return []
    found = find_later_event(
        session,
        on,
        arcs=[ref.id for ref in change.patch.removed],
        faces=[*change.cells, *change.retired_faces],
        divisions=[unit.id for unit in change.ended] + [one.before.id for one in change.changed],
        shapes=change.reshaped & stored.state.units.keys(),
    )
    if found is None:
        return []
    day, event = found
    name = f"“{event.summary}”（{event.document_no or '无文号'}）" if event else ""
    if legal and day <= clock.today(session):
        return [
            Fault(
                "earlier_than_last_change",
                "error",
                f"所涉区划或界线在 {day} 已有变更{name}，不能再登记此前生效的变更；如登记有误，请提交更正。",
                f"What this touches was changed on {day} by event {event.id if event else '?'}"
                f" ({event.summary if event else ''}): a change of the law before that day is refused.",
            )
        ]
    return [
        Fault(
            "later_change",
            "error",
            f"所涉区划或界线已登记有 {day} 生效的变更{name}，不能在其之前变更或更正。",
            f"A change with effect from {day} is already registered here: event"
            f" {event.id if event else '?'} ({event.summary if event else ''}).",
        )
    ]


def find_since(session: Session, stored: StoredState, change: RegisterChange, on: dt.date) -> dt.date:
    """Return the day from which the touched lines and shapes have been what they are.

    A correction holds from the last legal change of what it touches: before that day other lines stood
    here, and the line cannot be judged against them.
    """
    records = [stored.records[ref.id] for ref in change.patch.removed if ref.id in stored.records]
    periods = find_shape_periods(session, change.reshaped, on) if change.reshaped else []
    begins = [record.since for record in records] + [since for since, _ in periods]
    return max((day for day in begins if day is not None), default=on)
