"""Steps that draw no line: names, codes, types, seats, other parents, mergers, conversions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace

from gazetteer.engine.land import hand_over, settle_cells
from gazetteer.engine.outcomes import DivisionConflict, DivisionConflictsError, Status, StepResult
from gazetteer.engine.register_state import RegisterState, Unit
from gazetteer.engine.units import (
    Body,
    clean_code,
    end_unit,
    given_codes,
    new_unit,
    put_units,
    require_above,
    require_own,
    require_unit,
    require_units,
    set_parent,
)
from gazetteer.errors import RuleBroken

VILLAGE = 5


def rename(state: RegisterState, body: Body) -> StepResult:
    """Give a division another name 更名; it must have the name the author saw."""
    unit = require_unit(state, body["division"])
    if body["name"] == body["base_name"]:
        name = body["name"]
        zh, en = f"新名称与原名称“{name}”相同。", f"The new name is the old one: {name}."
        raise RuleBroken(zh, en, code="same_name", division=body["division"])
    renamed = replace(unit, name=body["name"], pinyin=body["romanization"])
    if renamed == unit:
        return StepResult(state, "already")
    if unit.name != body["base_name"]:
        raise DivisionConflictsError(
            DivisionConflict(unit.id, "division_changed", "name", body["base_name"], body["name"], unit.name)
        )
    return StepResult(put_units(state, renamed))


def recode(state: RegisterState, body: Body) -> StepResult:
    """Give codes, whether proposed or not; a code given is a code confirmed."""
    units = require_units(state, (entry["division"] for entry in body["codes"]))
    recoded = [
        replace(unit, code=clean_code(entry["code"], unit.level, unit.scheme))
        for unit, entry in zip(units, body["codes"], strict=True)
    ]
    status: Status = "already" if recoded == units else "applied"
    return StepResult(put_units(state, *recoded), status, confirmed=given_codes(*recoded))


def reclass(state: RegisterState, body: Body) -> StepResult:
    """Change the type of a village that goes on as it is (村改社区).

    A town or county of another type is another division: the old one is abolished and a new one set up
    (实施办法 Art. 2: 镇改街道, 县改区 are no 更名), which `convert` does.
    """
    (unit,) = require_own(state, [body["division"]])
    if unit.level < VILLAGE:
        raise RuleBroken(
            f"“{unit.name}”改变建制类型属撤销并设立,请用 convert。",
            f"{unit.name} of another type is another division (abolished and set up): use convert.",
            code="reclass_level",
            division=str(unit.id),
        )
    name = body.get("name", unit.name)
    pinyin = unit.pinyin if name == unit.name else None
    changed = replace(unit, type=body["type"], name=name, pinyin=pinyin)
    return StepResult(put_units(state, changed), "already" if changed == unit else "applied")


def move_seat(state: RegisterState, body: Body) -> StepResult:
    """Move the seat of a division; whether it is a 驻地迁移 in law is told by `event_kind`."""
    (unit,) = require_own(state, [body["division"]])
    x, y = body["seat"]
    moved = replace(unit, seat=(x, y), seat_address=body.get("address", unit.seat_address))
    return StepResult(put_units(state, moved), "already" if moved == unit else "applied")


def transfer(state: RegisterState, body: Body) -> StepResult:
    """Put a whole division under another parent 隶属关系变更; no line moves."""
    unit, target = require_own(state, (body["division"], body["to"]))
    require_above(target, unit)
    if unit.parent == target.id:
        return StepResult(state, "already")
    if unit.parent != uuid.UUID(body["from"]):
        theirs = None if unit.parent is None else str(unit.parent)
        raise DivisionConflictsError(
            DivisionConflict(unit.id, "division_changed", "parent", body["from"], body["to"], theirs)
        )
    childless = not state.children(target.id)
    state = set_parent(state, [unit], target)
    return StepResult(settle_cells(state, target.id)[0] if childless else state)


def merge(state: RegisterState, body: Body) -> StepResult:
    """Merge divisions into one that goes on; the others are abolished 撤销."""
    units = require_own(state, (*body["divisions"], body["into"]))
    into = units[-1]
    others = [unit for unit in units[:-1] if unit.id != into.id]
    require_level(into, others)
    first = state.own_faces(into.id)
    for other in others:
        state = take_over(state, other, into)
    state, merged = settle_cells(state, into.id, body["arcs"], first)
    return StepResult(state, "merged" if merged else "applied")


def convert(state: RegisterState, body: Body) -> StepResult:
    """Abolish a division and set up another one on the same land (镇改街道, 县改区)."""
    new_id = uuid.UUID(body["new"])
    if uuid.UUID(body["division"]) not in state.units and new_id in state.units:
        return already_founded(state, state.units[new_id], body)
    (old,) = require_own(state, [body["division"]])
    made = new_unit(state, body, "new", old.level, old.parent, old.scheme)
    made = replace(made, seat=old.seat, seat_address=old.seat_address)
    state = take_over(put_units(state, made), old, made)
    return StepResult(state, confirmed=given_codes(made))


def take_over(state: RegisterState, old: Unit, into: Unit) -> RegisterState:
    """Return the state with the children and the land of a division in another, and the division gone."""
    state = set_parent(state, state.children(old.id), into)
    return end_unit(hand_over(state, state.own_faces(old.id), into.id), old)


def require_level(unit: Unit, others: Iterable[Unit]) -> None:
    """Refuse divisions that are not of the level of `unit`."""
    for other in others:
        if other.level != unit.level:
            raise RuleBroken(
                f"“{other.name}”与“{unit.name}”不是同级单位。",
                f"{other.name} and {unit.name} are not of one level.",
                code="level_differs",
                division=str(other.id),
            )


def already_founded(state: RegisterState, unit: Unit, body: Body) -> StepResult:
    """Return 'already' when a division is the one the operation founds; refuse another with its id."""
    if (unit.type, unit.name) == (body["type"], body["name"]):
        return StepResult(state, "already")
    raise RuleBroken(
        f"新单位的编号已属于“{unit.name}”。",
        f"The id of the new division belongs to {unit.name}.",
        code="division_exists",
        division=str(unit.id),
    )
