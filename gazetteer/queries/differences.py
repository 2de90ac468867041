"""The difference between two states of the register, as a list of what happened to each unit, and as land."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.overlay import Overlap, overlay
from gazetteer.queries.cover import ShapeChanges, UnitFacts, find_shape_changes, find_units
from gazetteer.queries.lineage import EventRef
from gazetteer.queries.lineage_chain import find_passages
from gazetteer.queries.moments import known_of
from gazetteer.queries.stand import When, day_of
from gazetteer.rules.change_texts import say_change
from gazetteer.rules.lineage_chain import follow, trace

ASPECTS = ("founded", "ended", "renamed", "recoded", "reclassed", "reparented", "seat", "boundary")

_EVENTS = text(
    """
    WITH touched AS (
        SELECT division_id, event_id, closed_event_id FROM division_state WHERE division_id = ANY(:ids)
        UNION ALL
        SELECT division_id, event_id, closed_event_id FROM division_name WHERE division_id = ANY(:ids)
        UNION ALL
        SELECT division_id, event_id, closed_event_id FROM division_code WHERE division_id = ANY(:ids)
        UNION ALL
        SELECT child_id, event_id, closed_event_id FROM member WHERE child_id = ANY(:ids)
        UNION ALL
        SELECT division_id, event_id, NULL FROM division_shape WHERE division_id = ANY(:ids)
        UNION ALL
        SELECT from_id, event_id, NULL FROM lineage WHERE from_id = ANY(:ids)
        UNION ALL
        SELECT to_id, event_id, NULL FROM lineage WHERE to_id = ANY(:ids)
    )
    SELECT DISTINCT t.division_id, e.id, e.kind, e.effective_on, e.summary
    FROM touched t
    JOIN event e ON e.id IN (t.event_id, t.closed_event_id)
    WHERE (e.kind <> 'correct'
            AND e.effective_on > CAST(:since AS date)
            AND e.effective_on <= CAST(:until AS date))
        OR (e.recorded_at > CAST(:known_since AS timestamptz)
            AND e.recorded_at <= CAST(:known_until AS timestamptz))
    ORDER BY e.effective_on, e.id
    """
)


@dataclass(frozen=True)
class UnitDifference:
    """What became of one unit between two states.

    Parameters
    ----------
    before, after : UnitFacts or None
        None: it was not there yet, or not any more.
    aspects : tuple of str
        Of ``ASPECTS``, in that order.
    gained_m2, lost_m2 : float
        Land that passed to it and from it; whole units that begin or end count in full.
    predecessors, successors : tuple of UUID
        Units (its own earlier or later self among them) whose land as a whole or in part is in it.
    """

    id: uuid.UUID
    level: int
    before: UnitFacts | None
    after: UnitFacts | None
    aspects: tuple[str, ...]
    gained_m2: float
    lost_m2: float
    predecessors: tuple[uuid.UUID, ...]
    successors: tuple[uuid.UUID, ...]
    events: tuple[EventRef, ...]
    text: str


@dataclass(frozen=True)
class Difference:
    """All differences, by level and code; `names` has whoever is mentioned."""

    items: tuple[UnitDifference, ...]
    names: Mapping[uuid.UUID, UnitFacts]


@dataclass(frozen=True)
class LandPiece:
    """Land that passed from one unit to another; None is outside the register."""

    level: int
    source: UnitFacts | None
    target: UnitFacts | None
    piece: Overlap[uuid.UUID, uuid.UUID]


@dataclass(frozen=True, eq=False)
class _States:
    before: Mapping[uuid.UUID, UnitFacts]
    after: Mapping[uuid.UUID, UnitFacts]
    shapes: ShapeChanges
    pieces: Sequence[LandPiece]


def find_difference(
    session: Session, before: When, after: When, *, level: int | None = None, within: uuid.UUID | None = None
) -> Difference:
    """Return what differs between two states: two days of law, or two moments of knowledge of one day.

    Parameters
    ----------
    within : UUID, optional
        This division and all that is below it in either state.
    """
    states = _read_states(session, before, after, level)
    inside = _inside(session, before, after, within)
    changed = [unit for unit in _changed(states) if inside is None or unit in inside]
    ancestors, successors = _relatives(session, changed, before, after)
    events = _find_events(session, changed, before, after)
    names = {**states.after, **states.before}
    items = [
        _difference(unit, states, ancestors.get(unit, ()), successors.get(unit, ()), events.get(unit, ()))
        for unit in changed
    ]
    items.sort(key=_order)
    return Difference(tuple(items), names)


def find_pieces(
    session: Session, before: When, after: When, *, level: int | None = None, within: uuid.UUID | None = None
) -> list[LandPiece]:
    """Return the land that passed from one unit to another between two states, the largest first."""
    states = _read_states(session, before, after, level)
    inside = _inside(session, before, after, within)
    found = [
        land
        for land in states.pieces
        if inside is None
        or any(unit is not None and unit.id in inside for unit in (land.source, land.target))
    ]
    return sorted(found, key=lambda land: (land.level, -land.piece.area_m2))


def _read_states(session: Session, before: When, after: When, level: int | None) -> _States:
    old, new = find_units(session, before, level=level), find_units(session, after, level=level)
    shapes = find_shape_changes(session, before, after, old, new)
    pieces: list[LandPiece] = []
    for at in sorted({unit.level for unit in (*old.values(), *new.values())}):
        then = {u: s.geom for u, s in shapes.before.items() if old[u].level == at}
        now = {u: s.geom for u, s in shapes.after.items() if new[u].level == at}
        for piece in overlay(then, now):
            if piece.source != piece.target:
                source = None if piece.source is None else old[piece.source]
                target = None if piece.target is None else new[piece.target]
                pieces.append(LandPiece(at, source, target, piece))
    return _States(old, new, shapes, pieces)


def _inside(
    session: Session, before: When, after: When, within: uuid.UUID | None
) -> Collection[uuid.UUID] | None:
    if within is None:
        return None
    then, now = find_units(session, before, within=within), find_units(session, after, within=within)
    return {within, *then, *now}


def _changed(states: _States) -> list[uuid.UUID]:
    touched = {u.id for land in states.pieces for u in (land.source, land.target) if u is not None}
    units = {**states.before, **states.after}
    return [u for u in units if u in touched or states.before.get(u) != states.after.get(u)]


def _relatives(
    session: Session, units: Collection[uuid.UUID], before: When, after: When
) -> tuple[dict[uuid.UUID, tuple[uuid.UUID, ...]], dict[uuid.UUID, tuple[uuid.UUID, ...]]]:
    """Return the predecessors and the successors of units by lineage, their own selves among them."""
    if day_of(after) <= day_of(before) or not units:
        return {}, {}
    passages, _ = find_passages(session, units, day_of(before), after)
    back, forth = trace(units, passages), follow(units, passages)
    return (
        {unit: chain.ends for unit, chain in back.items()},
        {unit: chain.ends for unit, chain in forth.items()},
    )


def _find_events(
    session: Session, units: Collection[uuid.UUID], before: When, after: When
) -> dict[uuid.UUID, tuple[EventRef, ...]]:
    known = known_of(before), known_of(after)
    values = {
        "ids": list(units),
        "since": day_of(before),
        "until": day_of(after),
        "known_since": known[0],
        "known_until": known[1] or (dt.datetime.max.replace(tzinfo=dt.UTC) if known[0] else None),
    }
    found: dict[uuid.UUID, list[EventRef]] = defaultdict(list)
    for row in session.execute(_EVENTS, values):
        found[row.division_id].append(EventRef(row.id, row.kind, row.effective_on, row.summary))
    return {unit: tuple(events) for unit, events in found.items()}


def _difference(
    unit: uuid.UUID,
    states: _States,
    predecessors: Sequence[uuid.UUID],
    successors: Sequence[uuid.UUID],
    events: Sequence[EventRef],
) -> UnitDifference:
    old, new = states.before.get(unit), states.after.get(unit)
    gained = sum(p.piece.area_m2 for p in states.pieces if p.target is not None and p.target.id == unit)
    lost = sum(p.piece.area_m2 for p in states.pieces if p.source is not None and p.source.id == unit)
    facts = old or new
    assert facts is not None
    aspects = tuple(_aspects(old, new, moved=gained > 0 or lost > 0))
    sources, targets = _known(predecessors, states.before), _known(successors, states.after)
    whole = [s for s in sources if s.id != unit and s.id not in states.after]
    return UnitDifference(
        id=unit,
        level=facts.level,
        before=old,
        after=new,
        aspects=aspects,
        gained_m2=gained,
        lost_m2=lost,
        predecessors=tuple(s.id for s in sources) if new is not None else (),
        successors=tuple(t.id for t in targets) if old is not None else (),
        events=tuple(events),
        text=say_change(old, new, aspects, whole, targets),
    )


def _known(units: Iterable[uuid.UUID], state: Mapping[uuid.UUID, UnitFacts]) -> list[UnitFacts]:
    found = [state[unit] for unit in units if unit in state]
    return sorted(found, key=lambda unit: (unit.code or "~", unit.name))


def _aspects(old: UnitFacts | None, new: UnitFacts | None, *, moved: bool) -> Iterable[str]:
    if old is None or new is None:
        yield "founded" if old is None else "ended"
        return
    compared = (
        ("renamed", old.name != new.name),
        ("recoded", old.code != new.code),
        ("reclassed", old.type != new.type),
        ("reparented", old.parent_id != new.parent_id),
        ("seat", (old.seat, old.seat_address) != (new.seat, new.seat_address)),
        ("boundary", moved),
    )
    yield from (aspect for aspect, differs in compared if differs)


def _order(item: UnitDifference) -> tuple[int, str, str]:
    facts = item.after or item.before
    return item.level, (facts.code if facts else None) or "~", str(item.id)
