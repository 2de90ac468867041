"""Rules of the register that a change must keep, beyond those of lines and codes: each a plain function."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from boundaries.arcs import OUTSIDE
from boundaries.errors import Fault
from gazetteer.engine.outlines import chains_of
from gazetteer.engine.register_state import RegisterState, Unit
from gazetteer.rules.generic_terms import find_levels, find_term
from gazetteer.rules.names import strange_characters

_COUNTY = 3
_VILLAGE = 5
_NOBODYS = frozenset({"water", "outside"})


@dataclass(frozen=True)
class Comparison:
    """Two states, and what differs between them as far as the rules ask."""

    before: RegisterState
    after: RegisterState

    @cached_property
    def fresh(self) -> tuple[Unit, ...]:
        """Divisions founded or changed."""
        return tuple(u for i, u in self.after.units.items() if self.before.units.get(i) != u)

    @cached_property
    def named(self) -> tuple[Unit, ...]:
        """Divisions founded or with another name."""
        return tuple(u for u in self.fresh if self._was(u, "name") != u.name)

    @cached_property
    def typed(self) -> tuple[Unit, ...]:
        """Divisions founded, or with another type or name."""
        return tuple(
            u for u in self.fresh if self._was(u, "name") != u.name or self._was(u, "type") != u.type
        )

    @cached_property
    def placed(self) -> tuple[Unit, ...]:
        """Divisions founded or with another parent."""
        return tuple(
            u for u in self.fresh if u.id not in self.before.units or self._was(u, "parent") != u.parent
        )

    def _was(self, unit: Unit, attribute: str) -> object:
        was = self.before.units.get(unit.id)
        return None if was is None else getattr(was, attribute)


def check_register(before: RegisterState, after: RegisterState) -> list[Fault]:
    """Return what is wrong with the divisions of a changed register; errors refuse it, warnings ask.

    Only what the change touches is judged. Names are compared within the state alone: those of divisions
    that are not loaded are for the caller.
    """
    if before is after:
        return []
    comparison = Comparison(before, after)
    return [fault for rule in RULES for fault in rule(comparison)]


def check_land(case: Comparison) -> Iterator[Fault]:
    """A division has land 有地; land has a division.

    A division with others under it whose land is not loaded is not taken for an empty one.
    """
    had, have = _landed(case.before), _landed(case.after)
    known = had | {unit.id for unit in case.fresh if unit.id not in case.before.units}
    for unit in case.after.units.values():
        under = case.after.under(unit.id) if unit.id in known and unit.id not in have else frozenset()
        if under and under <= known and not unit.external:
            yield _fault(
                "division_empty",
                unit,
                "不再有土地,须予撤销或留出土地",
                "has no land: abolish it or leave it some",
            )
    for face, kind in case.after.face_kinds.items():
        owned = face in case.after.cells or face == OUTSIDE or kind in _NOBODYS
        if not owned and (face in case.before.cells or face not in case.before.face_kinds):
            zh, en = "有土地不属于任何单位。", "Some land belongs to no division."
            yield Fault("land_unassigned", "error", zh, en)


def _landed(state: RegisterState) -> frozenset[uuid.UUID]:
    return frozenset().union(*chains_of(state).values())


def check_parents(case: Comparison) -> Iterator[Fault]:
    """A division has a parent, of the level that parents have here."""
    top = min((u.level for u in case.before.units.values() if not u.external), default=_COUNTY)
    steps = {
        (unit.level, case.before.units[unit.parent].level)
        for unit in case.before.units.values()
        if unit.parent is not None
    }
    for unit in case.placed:
        if unit.external:
            continue
        if unit.parent is None:
            if unit.level > top:
                yield _fault("parent_missing", unit, "没有上级", "has no parent")
            continue
        above = case.after.units[unit.parent].level
        if above >= unit.level:
            yield _fault(
                "parent_level", unit, "的上级层级不高于自身", "has a parent that is not of a higher level"
            )
        elif above < unit.level - 1 and (unit.level, above) not in steps:
            zh, en = "与上级之间隔了一级", "skips a level below its parent"
            yield _fault("parent_level", unit, zh, en, "warning")


def check_types(case: Comparison) -> Iterator[Fault]:
    """A type fits its level and the generic term 通名 of the name."""
    for unit in case.typed:
        levels = find_levels(f"某{unit.type}")
        if levels and unit.level not in levels:
            zh, en = f"的类型“{unit.type}”与层级不符", f"has a type that does not fit its level: {unit.type}"
            yield _fault("type_level", unit, zh, en)
        term = find_term(unit.name)
        if term is not None and not (term.endswith(unit.type) or unit.type.endswith(term)):
            zh = f"的通名“{term}”与类型“{unit.type}”不一致"
            yield _fault(
                "name_type_disagrees", unit, zh, f"ends in {term} but its type is {unit.type}", "warning"
            )


def check_renames(case: Comparison) -> Iterator[Fault]:
    """A rename 更名 changes the specific term only; another generic term is another division."""
    for unit in case.named:
        if strange := strange_characters(unit.name):
            zh, en = (
                f"含有不应出现的字符：{strange}",
                f"has characters that do not belong into a name: {strange}",
            )
            yield _fault("name_characters", unit, zh, en, "warning")
        was = case.before.units.get(unit.id)
        if was is None or unit.level == _VILLAGE or find_term(was.name) in (None, find_term(unit.name)):
            continue
        zh = f"由“{was.name}”更名:通名改变属撤销并设立,不是更名"
        en = f"was {was.name}: another generic term is an abolition with an establishment, not a rename"
        yield _fault("generic_term_changed", unit, zh, en, "warning")


def check_names(case: Comparison) -> Iterator[Fault]:
    """No two bear one name: villages within a county, higher levels within the register (Art. 9(7)-(8))."""
    bearers: defaultdict[tuple[int, str, uuid.UUID | None], list[Unit]] = defaultdict(list)
    for unit in case.after.units.values():
        bearers[unit.level, unit.name, _reach(case.after, unit)].append(unit)
    named = {unit.id for unit in case.named}
    moved = {unit.id for unit in case.placed} - named
    for units in bearers.values():
        for unit in units:
            others = [other for other in units if other.id != unit.id]
            if others and unit.id in named:
                yield _duplicate(unit, others[0], "error")
            elif unit.id in moved and any(other.parent == unit.parent for other in others):
                yield _duplicate(unit, others[0], "warning")


def _reach(state: RegisterState, unit: Unit) -> uuid.UUID | None:
    """Return the county within which the name of a village is used once; None is the whole register."""
    if unit.level < _VILLAGE:
        return None
    return next((above.id for above in state.chain_of(unit.id) if above.level <= _COUNTY), None)


def _duplicate(unit: Unit, other: Unit, severity: str) -> Fault:
    code = other.code or "未公布"
    zh = f"“{unit.name}”已是同级区划(代码 {code})的名称。"
    en = f"{unit.name} is borne by another division of its level ({other.code or 'no code'})."
    return Fault(
        "duplicate_name",
        "error" if severity == "error" else "warning",
        zh,
        en,
        labels=(unit.name, other.name),
    )


def _fault(code: str, unit: Unit, zh: str, en: str, severity: str = "error") -> Fault:
    return Fault(
        code,
        "error" if severity == "error" else "warning",
        f"“{unit.name}”{zh}。",
        f"{unit.name} {en}.",
        labels=(unit.name,),
    )


RULES: tuple[Callable[[Comparison], Iterator[Fault]], ...] = (
    check_land,
    check_parents,
    check_types,
    check_renames,
    check_names,
)
"""All rules; each finds everything it can."""
