"""The chain of lineage between two days: for a division, or for all units of a level under one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from gazetteer.queries.cover import find_units
from gazetteer.queries.divisions import find_day, require_division
from gazetteer.queries.lineage import EventRef, Ref, find_refs
from gazetteer.queries.moments import known_of
from gazetteer.queries.sql import read
from gazetteer.queries.stand import DatedQuery, When, day_of
from gazetteer.rules.lineage_chain import Chain, Passage, Weight, follow, trace


@dataclass(frozen=True)
class Step:
    """One passage of a chain; `share` of the area of the source where known."""

    event: EventRef
    source: Ref
    target: Ref
    role: str
    area_m2: float | None
    population: int | None
    exact: bool
    basis: str | None


@dataclass(frozen=True)
class End:
    """A unit at the end of a chain, and what part of the start it holds; None where nobody knows."""

    division: Ref
    share: float | None


@dataclass(frozen=True)
class ChainView:
    """What a unit of one day is on another (`forward`), or was made of; exact: only wholes are between."""

    division: Ref
    forward: bool
    exact: bool
    ends: tuple[End, ...]
    steps: tuple[Step, ...]


def find_passages(
    session: Session, starts: Collection[uuid.UUID], since: dt.date, until: When
) -> tuple[list[Passage], dict[int, EventRef]]:
    """Return all lineage reachable from some units, forward and backward, of events in (since, until]."""
    query = DatedQuery(read("lineage_passages"))
    known = known_of(until)
    found = query.run(session, until, starts=list(starts), since=since)
    rows = [row for row in found if known is None or row.recorded_at <= known]
    events = {row.event_id: EventRef(row.event_id, row.kind, row.effective_on, row.summary) for row in rows}
    return [_passage(row) for row in rows], events


def _passage(row: Row[Any]) -> Passage:
    return Passage(
        event_id=row.event_id,
        order=(row.effective_on.toordinal(), row.event_id),
        source=row.from_id,
        target=row.to_id,
        whole=row.role == "whole",
        exact=row.exact,
        basis=row.basis,
        area_m2=row.area_m2,
        source_m2=row.source_m2,
        target_m2=row.target_m2,
        source_lives=row.source_lives,
        target_lived=row.target_lived,
        population=row.population,
        source_population=row.source_population,
    )


def find_starts(
    session: Session, key: str | None, within: str | None, level: int | None, when: When
) -> list[uuid.UUID]:
    """Return the units to start from: one by id or code, or all of a level (or all) under one.

    Raises
    ------
    NotFound
        There is no such division on that day.
    """
    day, known = day_of(when), known_of(when)
    if key is not None:
        division = require_division(session, key, day, known)
        find_day(session, division, day, known)
        return [division]
    top = require_division(session, within, day, known) if within is not None else None
    return list(find_units(session, when, level=level, within=top))


def list_chains(
    session: Session,
    starts: Collection[uuid.UUID],
    before: When,
    after: When,
    weight: Weight = "area",
) -> list[ChainView]:
    """Return the chain of each start from the day `before` to the day `after`.

    Backward when `after` is the earlier day: the shares are then parts of the area of the start.
    """
    forward = day_of(after) >= day_of(before)
    first, last = (before, after) if forward else (after, before)
    passages, events = find_passages(session, starts, day_of(first), last)
    chains = follow(starts, passages, weight) if forward else trace(starts, passages)
    names_then = find_refs(session, {c.start for c in chains.values()}, before)
    ends = {end for chain in chains.values() for end in chain.ends}
    names_after = find_refs(session, ends, after)
    between = {unit for p in passages for unit in (p.source, p.target)}
    names_between = find_refs(session, between, last)
    return [
        ChainView(
            division=names_then[start],
            forward=forward,
            exact=chain.exact,
            ends=_ends(chain, names_after),
            steps=tuple(_step(p, events, names_between) for p in chain.steps),
        )
        for start, chain in chains.items()
    ]


def _ends(chain: Chain, names: dict[uuid.UUID, Ref]) -> tuple[End, ...]:
    ends = [End(names[end], chain.shares[end] if chain.shares else None) for end in chain.ends]
    return tuple(sorted(ends, key=lambda end: (-(end.share or 0), end.division.code or "~", end.division.id)))


def _step(passage: Passage, events: dict[int, EventRef], names: dict[uuid.UUID, Ref]) -> Step:
    return Step(
        event=events[passage.event_id],
        source=names[passage.source],
        target=names[passage.target],
        role="whole" if passage.whole else "part",
        area_m2=passage.area_m2,
        population=passage.population,
        exact=passage.exact,
        basis=passage.basis,
    )
