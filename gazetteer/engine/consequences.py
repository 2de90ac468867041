"""What follows from a change for the codes 区划代码: which divisions need another one, and which is next.

Sources: 行政区划代码管理办法 Art. 6 (设立, 撤销 and 隶属关系变更 end a code; 更名, 界线变更 and
驻地迁移 keep it) and its principles 顺序编制, 唯一对应, 废码不用. Rules hold for the scheme 'cn' only.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from boundaries.errors import Fault
from gazetteer.engine.register_state import RegisterState, Unit
from gazetteer.rules.codes import CN, LENGTH, fits_format, next_code, town_prefix, type_digit_agrees

Reason = Literal["founded", "parent", "parent_code", "type", "given"]
"""Why a code is looked at: 'given' where nothing asks for another one and an operation gives it."""

_LOWEST_PROPOSED = 4
"""Codes of counties and above are made by the ministry (Art. 5): the clerk must give them."""


@dataclass(frozen=True)
class CodeProposal:
    """The code of one division before and after.

    Parameters
    ----------
    before, proposed, confirmed : str or None
        The code it has; the next free one, where one can be told; the one an operation gives.
    """

    division_id: uuid.UUID
    level: int
    name: str
    before: str | None
    proposed: str | None
    confirmed: str | None
    reason: Reason


def propose_codes(
    before: RegisterState, after: RegisterState, taken: Collection[str], confirmed: Mapping[uuid.UUID, str]
) -> tuple[CodeProposal, ...]:
    """Return every division whose code changes or should, parents before children.

    Parameters
    ----------
    taken : collection of str
        Every code ever used that begins with one of `code_prefixes`, retired ones included.
    confirmed : mapping of UUID to str
        Codes that operations give.
    """
    known = {unit.code for unit in before.units.values() if unit.code is not None}
    work = _Codes(before, after, {*taken, *known, *confirmed.values()}, confirmed)
    return tuple(work.proposals())


def code_prefixes(
    before: RegisterState, after: RegisterState, confirmed: Mapping[uuid.UUID, str]
) -> frozenset[str]:
    """Return the beginnings of codes under which everything ever taken must be known."""
    work = _Codes(before, after, set(confirmed.values()), confirmed)
    parents = [work.parent_code(after.units[proposal.division_id]) for proposal in work.proposals()]
    given = [code[: -2 if len(code) <= LENGTH[3] else -3] for code in confirmed.values()]
    return frozenset(
        {town_prefix(code) for code in parents if code is not None} | {code for code in given if code}
    )


class _Codes:
    def __init__(
        self,
        before: RegisterState,
        after: RegisterState,
        taken: set[str],
        confirmed: Mapping[uuid.UUID, str],
    ) -> None:
        self.before, self.after, self.taken, self.confirmed = before, after, taken, confirmed
        self.coded_levels = {u.level for u in before.units.values() if u.code is not None and u.scheme == CN}
        self.place = {identity: number for number, identity in enumerate(after.units)}
        self.will_be: dict[uuid.UUID, str | None] = {}
        """The code of each division looked at, confirmed or else proposed."""

    def proposals(self) -> Iterator[CodeProposal]:
        for unit in sorted(self.after.units.values(), key=self._order):
            reason = self._reason(unit)
            if reason is None:
                continue
            given = self.confirmed.get(unit.id)
            proposed = self._next(unit) if reason != "given" else None
            self.will_be[unit.id] = given or proposed
            yield CodeProposal(
                unit.id, unit.level, unit.name, self._code_before(unit), proposed, given, reason
            )

    def _order(self, unit: Unit) -> tuple[int, str, str, int]:
        """Parents first, then in the order of the codes they had, then of their founding."""
        return (unit.level, str(unit.parent), self._code_before(unit) or "~", self.place[unit.id])

    def _code_before(self, unit: Unit) -> str | None:
        was = self.before.units.get(unit.id)
        return None if was is None else was.code

    def _reason(self, unit: Unit) -> Reason | None:
        """Return why a division needs another code, or None when it keeps what it has."""
        if unit.external or unit.scheme != CN:
            return "given" if unit.id in self.confirmed else None
        was = self.before.units.get(unit.id)
        if was is None:
            return "founded" if self._is_coded(unit) else ("given" if unit.code else None)
        if was.code is not None:
            if was.parent != unit.parent:
                return "parent"
            if unit.parent in self.will_be and self.will_be[unit.parent] != self._parent_code_before(was):
                return "parent_code"
            if was.type != unit.type and not type_digit_agrees(was.code, unit.level, unit.type):
                return "type"
        return "given" if unit.id in self.confirmed and self.confirmed[unit.id] != was.code else None

    def _is_coded(self, unit: Unit) -> bool:
        """Tell whether divisions of this level have codes here: a register may do without."""
        return unit.level in self.coded_levels or self.parent_code(unit) is not None

    def _parent_code_before(self, was: Unit) -> str | None:
        return self.before.units[was.parent].code if was.parent is not None else None

    def parent_code(self, unit: Unit) -> str | None:
        """Return the code its parent has afterwards, confirmed or else proposed."""
        if unit.parent is None:
            return None
        if unit.parent in self.will_be:
            return self.will_be[unit.parent]
        return self.after.units[unit.parent].code

    def _next(self, unit: Unit) -> str | None:
        parent = self.parent_code(unit)
        if unit.level < _LOWEST_PROPOSED or parent is None:
            return None
        code = next_code(parent, unit.level, unit.type, self.taken)
        if code is not None and unit.id not in self.confirmed:
            self.taken.add(code)
        return code


def check_codes(
    proposals: Collection[CodeProposal], after: RegisterState, taken: Collection[str]
) -> list[Fault]:
    """Return what is wrong with codes: one not confirmed, taken before, or against the format."""
    codes = {proposal.division_id: proposal for proposal in proposals}
    given = Counter(p.confirmed for p in proposals if p.confirmed is not None)
    faults: list[Fault] = []
    for proposal in proposals:
        unit = after.units[proposal.division_id]
        if proposal.confirmed is None:
            faults.append(_unconfirmed(proposal))
            continue
        if _is_taken(proposal, taken) or given[proposal.confirmed] > 1:
            faults.append(_taken(unit, proposal.confirmed))
        if unit.scheme == CN:
            parent = _parent_code(after, codes, unit)
            faults += _digit_faults(unit, proposal.confirmed, parent)
    return faults


def _is_taken(proposal: CodeProposal, taken: Collection[str]) -> bool:
    """Tell whether a code was used before, by its own division too where the law retires it."""
    if proposal.confirmed == proposal.before:
        return proposal.reason in ("parent", "parent_code")
    return proposal.confirmed in taken


def _parent_code(after: RegisterState, codes: Mapping[uuid.UUID, CodeProposal], unit: Unit) -> str | None:
    if unit.parent is None:
        return None
    proposal = codes.get(unit.parent)
    return after.units[unit.parent].code if proposal is None else proposal.confirmed or proposal.proposed


def _digit_faults(unit: Unit, code: str, parent: str | None) -> Iterator[Fault]:
    if not fits_format(code, unit.level):
        zh, en = "格式与层级不符", "does not have the format of its level"
        yield _fault("code_format", unit, code, zh, en)
    elif not type_digit_agrees(code, unit.level, unit.type):
        zh, en = f"的类型位与“{unit.type}”不符", f"does not have the digit of the type {unit.type}"
        yield _fault("code_type_disagrees", unit, code, zh, en)
    if parent is not None and not code.startswith(town_prefix(parent) if unit.level >= 4 else parent):
        zh, en = f"不以上级代码 {parent} 开头", f"does not begin with the code of its parent, {parent}"
        yield _fault("code_prefix", unit, code, zh, en)


def _unconfirmed(proposal: CodeProposal) -> Fault:
    zh, en = "须由经办人给出", "to be given by the clerk"
    if proposal.proposed is not None:
        zh, en = f"建议 {proposal.proposed}", f"proposed: {proposal.proposed}"
    return Fault(
        "code_unconfirmed",
        "error",
        f"“{proposal.name}”需要新的区划代码,尚未确认({zh})。",
        f"{proposal.name} needs a new code, which is not confirmed ({en}).",
        labels=(proposal.name,),
    )


def _taken(unit: Unit, code: str) -> Fault:
    return _fault("code_taken", unit, code, "已使用过,废码不用", "has been used before and is not used again")


def _fault(code: str, unit: Unit, value: str, zh: str, en: str) -> Fault:
    return Fault(
        code,
        "error",
        f"“{unit.name}”的代码 {value} {zh}。",
        f"Code {value} of {unit.name} {en}.",
        labels=(unit.name,),
    )
