"""A table of codes and values, moved from the units of one day to those of another, reported row by row."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from sqlalchemy.orm import Session

from boundaries.crosswalk import Moved, Share, move, require_shares, total_by_target
from gazetteer.queries.codes import readings
from gazetteer.queries.cover import UnitFacts, find_units
from gazetteer.queries.crosswalk import CrosswalkRow, get_crosswalk
from gazetteer.queries.stand import When
from gazetteer.queries.successors import Candidate, find_candidates
from gazetteer.rules.lineage_chain import Weight

MOST_DIGITS = 24
_K = TypeVar("_K", bound=Hashable)


@dataclass(frozen=True)
class StatisticRow:
    """One row as it was given; `number` counts from 1."""

    number: int
    code: str
    value: str
    name: str | None = None


@dataclass(frozen=True)
class MovedRow:
    """The statistic of a unit of the new day; `estimated` when a part of it came by a share."""

    id: uuid.UUID | None
    code: str | None
    name: str | None
    level: int | None
    value: Decimal
    estimated: bool


@dataclass(frozen=True)
class MovedPart:
    """What went from one unit to another."""

    from_code: str
    from_name: str | None
    to_code: str | None
    to_name: str | None
    share: float
    value: Decimal
    exact: bool
    basis: str


@dataclass(frozen=True)
class Unmatched:
    """A row that was not moved: why, and units a person may look at; none of them is taken by itself."""

    number: int
    code: str
    value: str
    reason: str
    zh: str
    en: str
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class MovedStatistic:
    """The answer; `total_in` is of the rows that were moved and equals `total_out`."""

    rows: tuple[MovedRow, ...]
    parts: tuple[MovedPart, ...]
    unmatched: tuple[Unmatched, ...]
    total_in: Decimal
    total_out: Decimal


@dataclass(frozen=True)
class _Place:
    """A unit of a statistic, from the register or from a table of shares."""

    code: str | None
    name: str | None = None
    id: uuid.UUID | None = None
    level: int | None = None

    def __str__(self) -> str:
        return self.code or self.name or ""


def move_statistic(
    session: Session,
    given: Sequence[StatisticRow],
    before: When,
    after: When,
    weight: Weight = "area",
) -> MovedStatistic:
    """Move a statistic by the crosswalk of the register.

    Whole numbers stay whole and the total is kept to the unit; rows without a unit on the first day, without
    a number or given twice are left out and reported.
    """
    units = find_units(session, before)
    by_code = {unit.code: unit for unit in units.values() if unit.code}
    values, unmatched, unknown = _read(given, lambda code: _find(by_code, code))
    levels = sorted({unit.level for unit in values})
    shares = [
        _share(row)
        for level in levels
        for row in get_crosswalk(session, before, after, level=level, weight=weight)
    ]
    places = {unit: _place(unit) for unit in values}
    drawn = {share.source for share in shares}
    for unit in [unit for unit, place in places.items() if place not in drawn]:
        row = next(row for row in given if _find(by_code, row.code) is unit)
        unmatched.append(_no_shape(row))
        del values[unit]
    for row in unknown:
        unmatched.append(_unknown(row, find_candidates(session, row.code, row.name, before, units)))
    moved = move({places[unit]: value for unit, value in values.items()}, shares)
    return _answer(moved, unmatched, sum(values.values(), Decimal(0)))


def move_by_shares(given: Sequence[StatisticRow], shares: Sequence[tuple[str, str, float]]) -> MovedStatistic:
    """Move a statistic by a table of shares of one's own: (old code, new code, share).

    Raises
    ------
    BoundaryError
        ``shares_not_one``: the shares of an old code do not add up to 1.
    """
    table = [Share(_Place(old), _Place(new), share) for old, new, share in shares]
    known = {place.code: place for place in require_shares(table)}
    values, unmatched, unknown = _read(given, known.get)
    unmatched += [_unknown(row, ()) for row in unknown]
    return _answer(move(values, table), unmatched, sum(values.values(), Decimal(0)))


def _find(by_code: Mapping[str, UnitFacts], code: str) -> UnitFacts | None:
    return next((by_code[form] for form in readings(code) if form in by_code), None)


def _place(unit: UnitFacts) -> _Place:
    return _Place(unit.code, unit.name, unit.id, unit.level)


def _share(row: CrosswalkRow) -> Share[_Place]:
    target = None if row.target is None else _place(row.target)
    return Share(_place(row.source), target, row.share, row.basis)


def _read(
    given: Sequence[StatisticRow], find: Callable[[str], _K | None]
) -> tuple[dict[_K, Decimal], list[Unmatched], list[StatisticRow]]:
    """Return the values by unit, the rows that are wrong in themselves, and those whose unit is not known."""
    values: dict[_K, Decimal] = {}
    wrong: list[Unmatched] = []
    unknown: list[StatisticRow] = []
    for row in given:
        unit, value = find(row.code.strip()), _number(row.value)
        if value is None:
            wrong.append(_unmatched(row, "bad_value", "数值无法识别", "the value is not a number"))
        elif unit is None:
            unknown.append(row)
        elif unit in values:
            wrong.append(_unmatched(row, "code_twice", "代码重复出现", "the code is given twice"))
        else:
            values[unit] = value
    return values, wrong, unknown


def _number(written: str) -> Decimal | None:
    """Return a number written plainly or with thousands separators; None when it is none."""
    plain = written.strip().replace(",", "").replace("，", "")
    if not plain or len(plain) > MOST_DIGITS:
        return None
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value.adjusted()) <= MOST_DIGITS else None


def _unmatched(
    row: StatisticRow, reason: str, zh: str, en: str, candidates: tuple[Candidate, ...] = ()
) -> Unmatched:
    zh, en = f"第 {row.number} 行（{row.code}）：{zh}。", f"Row {row.number} ({row.code}): {en}."
    return Unmatched(row.number, row.code, row.value, reason, zh, en, candidates)


def _unknown(row: StatisticRow, candidates: tuple[Candidate, ...]) -> Unmatched:
    zh, en = "起始日期没有单位使用此代码", "no unit has this code on the first day"
    return _unmatched(row, "code_unknown", zh, en, candidates)


def _no_shape(row: StatisticRow) -> Unmatched:
    return _unmatched(row, "no_shape", "该单位没有图形，无法换算", "the unit has no shape to go by")


def _answer(
    moved: Sequence[Moved[_Place]], unmatched: Sequence[Unmatched], total_in: Decimal
) -> MovedStatistic:
    estimated = {part.share.target for part in moved if not part.share.exact}
    totals = total_by_target(moved)
    rows = [
        MovedRow(*_columns(target), value=value, estimated=target in estimated)
        for target, value in totals.items()
    ]
    rows.sort(key=lambda row: (row.code is None, row.level or 0, row.code or "", row.name or ""))
    parts = tuple(_part(part) for part in moved)
    waiting = tuple(sorted(unmatched, key=lambda row: row.number))
    return MovedStatistic(tuple(rows), parts, waiting, total_in, sum(totals.values(), Decimal(0)))


def _columns(place: _Place | None) -> tuple[uuid.UUID | None, str | None, str | None, int | None]:
    return (None, None, None, None) if place is None else (place.id, place.code, place.name, place.level)


def _part(part: Moved[_Place]) -> MovedPart:
    source, target = part.share.source, part.share.target
    return MovedPart(
        from_code=source.code or "",
        from_name=source.name,
        to_code=None if target is None else target.code,
        to_name=None if target is None else target.name,
        share=part.share.share,
        value=part.value,
        exact=part.share.exact,
        basis=part.share.basis,
    )
