"""Looking up and changing divisions of a state: every function returns a new state or refuses."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from gazetteer.engine.outcomes import DivisionConflict, DivisionConflictsError
from gazetteer.engine.register_state import RegisterState, Unit
from gazetteer.errors import RuleBroken
from gazetteer.rules.codes import CN, strip_padding

Body = Mapping[str, Any]


def require_units(state: RegisterState, ids: Iterable[str | uuid.UUID]) -> list[Unit]:
    """Return divisions by id; those abolished since, or unknown, are conflicts, all of them named."""
    wanted = [uuid.UUID(str(i)) for i in ids]
    gone = [DivisionConflict(i, "division_gone", base=str(i)) for i in wanted if i not in state.units]
    if gone:
        raise DivisionConflictsError(*gone)
    return [state.units[i] for i in wanted]


def require_unit(state: RegisterState, id_: str | uuid.UUID) -> Unit:
    """Return a division by id; see `require_units`."""
    return require_units(state, [id_])[0]


def require_own(state: RegisterState, ids: Iterable[str | uuid.UUID]) -> list[Unit]:
    """Return divisions of this register: land does not pass to or from a neighbouring district."""
    units = require_units(state, ids)
    for unit in units:
        if unit.external:
            raise RuleBroken(
                f"“{unit.name}”是相邻区划,不在本登记册内,其土地不能在此变更。",
                f"{unit.name} is a neighbour outside this register; its land cannot be changed here.",
                code="division_external",
                division=str(unit.id),
            )
    return units


def require_children(state: RegisterState, parent: Unit, ids: Iterable[str]) -> list[Unit]:
    """Return children of a division; those that have another parent by now are conflicts."""
    children = require_own(state, ids)
    moved = [
        DivisionConflict(child.id, "division_changed", "parent", str(parent.id), None, _text(child.parent))
        for child in children
        if child.parent != parent.id
    ]
    if moved:
        raise DivisionConflictsError(*moved)
    return children


def put_units(state: RegisterState, *units: Unit) -> RegisterState:
    """Return the state with divisions set up or changed."""
    return replace(state, units={**state.units, **{unit.id: unit for unit in units}})


def end_unit(state: RegisterState, unit: Unit) -> RegisterState:
    """Return the state without a division."""
    return replace(state, units={i: other for i, other in state.units.items() if i != unit.id})


def set_parent(state: RegisterState, children: Iterable[Unit], parent: Unit) -> RegisterState:
    """Return the state with divisions under another parent, which must be of a higher level."""
    moved = [replace(state.units[child.id], parent=parent.id) for child in children]
    for child in moved:
        require_above(parent, child)
    return put_units(state, *moved)


def require_above(parent: Unit, child: Unit) -> None:
    """Refuse a parent that is not of a higher level."""
    if parent.level >= child.level:
        raise RuleBroken(
            f"“{parent.name}”的层级不高于“{child.name}”,不能作其上级。",
            f"{parent.name} is not of a higher level than {child.name} and cannot be its parent.",
            code="parent_level",
            parent=str(parent.id),
            division=str(child.id),
        )


def new_unit(
    state: RegisterState, body: Body, key: str, level: int, parent: uuid.UUID | None, scheme: str = CN
) -> Unit:
    """Return the division a body describes; an id in use is refused.

    Parameters
    ----------
    key : str
        Field of the body with the id of the new division.
    """
    identity = uuid.UUID(body[key])
    if identity in state.units:
        raise RuleBroken(
            f"新单位的编号已属于“{state.units[identity].name}”。",
            f"The id of the new division belongs to {state.units[identity].name}.",
            code="division_exists",
            division=str(identity),
        )
    return Unit(
        identity,
        level,
        body["type"],
        body["name"],
        parent,
        pinyin=body.get("romanization"),
        code=clean_code(body["code"], level, scheme) if "code" in body else None,
        scheme=scheme,
    )


def clean_code(code: str, level: int, scheme: str) -> str:
    """Return a code without the padding of its scheme."""
    return strip_padding(code, level) if scheme == CN else code


def given_codes(*units: Unit) -> dict[uuid.UUID, str]:
    """Return the codes that new divisions were given."""
    return {unit.id: unit.code for unit in units if unit.code is not None}


def _text(value: uuid.UUID | None) -> str | None:
    return None if value is None else str(value)
