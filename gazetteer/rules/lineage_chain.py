"""Following lineage from event to event: what a unit became, or was made of, with composed shares."""

from __future__ import annotations

import math
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Weight = Literal["area", "population"]


@dataclass(frozen=True)
class Passage:
    """One lineage row with what is needed to weigh it.

    Parameters
    ----------
    order : tuple of (day ordinal, event id)
        Events of one day follow each other by id.
    source_lives, target_lived : bool
        Whether the source goes on after the event, and whether the target was there before it.
    source_m2, target_m2 : float or None
        Area of the source the day before, of the target on the day; None when it lasted less than a day.
    population, source_population : int or None
        People who went along, and all people of the source.
    """

    event_id: int
    order: tuple[int, int]
    source: uuid.UUID
    target: uuid.UUID
    whole: bool
    exact: bool
    basis: str | None
    area_m2: float | None
    source_m2: float | None
    target_m2: float | None
    source_lives: bool
    target_lived: bool
    population: int | None = None
    source_population: int | None = None


@dataclass(frozen=True)
class Chain:
    """Where a unit is in the end: shares by unit (in sum 1), the passages on the way.

    `shares` is None where a row on the way has no figure to weigh it by; `exact`: only wholes on the way.
    """

    start: uuid.UUID
    ends: tuple[uuid.UUID, ...]
    shares: Mapping[uuid.UUID, float] | None
    exact: bool
    steps: tuple[Passage, ...]


@dataclass
class _Way:
    """The shares of one start while its chain is followed; None for a share that nobody knows."""

    at: dict[uuid.UUID, float | None]
    steps: list[Passage] = field(default_factory=list)


def follow(
    starts: Collection[uuid.UUID], passages: Iterable[Passage], weight: Weight = "area"
) -> dict[uuid.UUID, Chain]:
    """Return what units became through the passages, which may come in any order.

    A share is a part of the area (or people) of the unit it starts from.
    """
    groups = _by_event(passages, key=lambda p: p.source)
    return {start: _walk(start, groups, weight, forward=True) for start in starts}


def trace(starts: Collection[uuid.UUID], passages: Iterable[Passage]) -> dict[uuid.UUID, Chain]:
    """Return what units were made of: as `follow`, from the last event back to the first, by area."""
    groups = _by_event(passages, key=lambda p: p.target)[::-1]
    return {start: _walk(start, groups, "area", forward=False) for start in starts}


def _by_event(
    passages: Iterable[Passage], key: Callable[[Passage], uuid.UUID]
) -> list[dict[uuid.UUID, list[Passage]]]:
    found: dict[tuple[int, int], dict[uuid.UUID, list[Passage]]] = {}
    for passage in passages:
        found.setdefault(passage.order, defaultdict(list))[key(passage)].append(passage)
    return [found[order] for order in sorted(found)]


def _walk(
    start: uuid.UUID, groups: Sequence[Mapping[uuid.UUID, list[Passage]]], weight: Weight, *, forward: bool
) -> Chain:
    way = _Way({start: 1.0})
    for event in groups:
        after: dict[uuid.UUID, float | None] = {}
        for unit, share in way.at.items():
            rows = event.get(unit, [])
            way.steps += rows
            for end, part in _parts(unit, rows, weight, forward=forward).items():
                _add(after, end, None if share is None or part is None else share * part)
        way.at = after
    shares = {end: share for end, share in way.at.items() if share is not None}
    whole = all(step.whole for step in way.steps) if forward else len(way.at) == 1
    known = shares if len(shares) == len(way.at) else None
    return Chain(start, tuple(way.at), known, whole, tuple(way.steps))


def _add(shares: dict[uuid.UUID, float | None], end: uuid.UUID, part: float | None) -> None:
    held = shares.get(end, 0.0)
    shares[end] = None if held is None or part is None else held + part


def _parts(
    unit: uuid.UUID, rows: Sequence[Passage], weight: Weight, *, forward: bool
) -> dict[uuid.UUID, float | None]:
    """Return where one unit goes at one event, in shares of it."""
    if not rows:
        return {unit: 1.0}
    goes_on = rows[0].source_lives if forward else rows[0].target_lived
    if forward and len(rows) == 1 and rows[0].whole:
        return {rows[0].target: 1.0}
    amounts = [_amount(row, weight) for row in rows]
    ends = [row.target if forward else row.source for row in rows]
    whole = _total(rows[0], weight, forward=forward)
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(rows) or (goes_on and whole is None):
        return dict.fromkeys([*ends, *([unit] if goes_on else [])])
    total = math.fsum(known)
    base = max(whole or total, total) if goes_on else total
    if base <= 0:
        return dict.fromkeys(ends)
    parts: dict[uuid.UUID, float | None] = {
        end: amount / base for end, amount in zip(ends, known, strict=True)
    }
    if goes_on:
        parts[unit] = (base - total) / base
    return parts


def _amount(row: Passage, weight: Weight) -> float | None:
    return row.area_m2 if weight == "area" else row.population


def _total(row: Passage, weight: Weight, *, forward: bool) -> float | None:
    if weight == "population":
        return row.source_population
    return row.source_m2 if forward else row.target_m2
