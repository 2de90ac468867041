"""From the units of one day to those of another: shares by land, or by people where lineage knows them."""

from __future__ import annotations

import math
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from boundaries.overlay import Overlap, overlay
from gazetteer.errors import NotFound
from gazetteer.queries.cover import ShapeChanges, UnitFacts, find_shape_changes, find_units
from gazetteer.queries.divisions import find_day, require_division
from gazetteer.queries.lineage_chain import find_passages
from gazetteer.queries.moments import known_of
from gazetteer.queries.stand import When, day_of
from gazetteer.rules.lineage_chain import Weight, follow


@dataclass(frozen=True)
class CrosswalkRow:
    """What part of a unit of the first day lies in a unit of the second.

    Parameters
    ----------
    target : UnitFacts or None
        None: the land has left the register.
    share : float
        Of the area or the people of the source; 1 when it went as a whole.
    exact : bool
        The source went as a whole: any statistic moves without an estimate.
    basis : str
        'whole', 'area' or 'population'.
    area_m2 : float
        Of the common land.
    """

    source: UnitFacts
    target: UnitFacts | None
    share: float
    exact: bool
    basis: str
    area_m2: float


def get_crosswalk(
    session: Session,
    before: When,
    after: When,
    *,
    level: int | None = None,
    within: str | None = None,
    weight: Weight = "area",
) -> list[CrosswalkRow]:
    """Return the rows of every unit, by level and code of the source.

    Shares come from the polygons themselves: with the lines of the register they are exact. By people they
    come from the lineage where every part on the way says how many went; else by area, and `basis` says so.

    Parameters
    ----------
    within : str, optional
        Id or code of a division, of the first day or else of the second: only what was, or is, in it.

    Raises
    ------
    NotFound
        There is no such division on either day.
    """
    old, new = find_units(session, before, level=level), find_units(session, after, level=level)
    changes = find_shape_changes(session, before, after, old, new)
    rows = [*_same(old, new, changes), *_moved(old, new, changes)]
    if weight == "population":
        rows = _by_people(session, before, after, rows)
    order = {unit: i for i, unit in enumerate(old)}
    rows.sort(key=lambda row: (order[row.source.id], -row.share))
    return rows if within is None else _only_within(session, before, after, rows, within)


def _same(
    old: Mapping[uuid.UUID, UnitFacts], new: Mapping[uuid.UUID, UnitFacts], changes: ShapeChanges
) -> list[CrosswalkRow]:
    return [
        CrosswalkRow(old[unit], new[unit], 1.0, True, "whole", area) for unit, area in changes.same.items()
    ]


def _moved(
    old: Mapping[uuid.UUID, UnitFacts], new: Mapping[uuid.UUID, UnitFacts], changes: ShapeChanges
) -> list[CrosswalkRow]:
    rows: list[CrosswalkRow] = []
    for level in sorted({old[unit].level for unit in changes.before}):
        before = {u: s.geom for u, s in changes.before.items() if old[u].level == level}
        after = {u: s.geom for u, s in changes.after.items() if new[u].level == level}
        pieces: dict[uuid.UUID, list[Overlap[uuid.UUID, uuid.UUID]]] = defaultdict(list)
        for piece in overlay(before, after):
            if piece.source is not None:
                pieces[piece.source].append(piece)
        for source, found in pieces.items():
            rows += _shares(old[source], found, new)
    return rows


def _shares(
    source: UnitFacts,
    pieces: Sequence[Overlap[uuid.UUID, uuid.UUID]],
    new: Mapping[uuid.UUID, UnitFacts],
) -> list[CrosswalkRow]:
    total = math.fsum(piece.area_m2 for piece in pieces)
    whole = len(pieces) == 1
    return [
        CrosswalkRow(
            source,
            None if piece.target is None else new[piece.target],
            1.0 if whole else piece.area_m2 / total,
            whole,
            "whole" if whole else "area",
            piece.area_m2,
        )
        for piece in pieces
    ]


def _by_people(
    session: Session, before: When, after: When, rows: Sequence[CrosswalkRow]
) -> list[CrosswalkRow]:
    """Weigh estimated rows by people where the chain of lineage leads to the same units."""
    targets: dict[uuid.UUID, set[uuid.UUID | None]] = defaultdict(set)
    for row in rows:
        if not row.exact:
            targets[row.source.id].add(None if row.target is None else row.target.id)
    if not targets or day_of(after) < day_of(before):
        return list(rows)
    passages, _ = find_passages(session, list(targets), day_of(before), after)
    chains = follow(list(targets), passages, "population")
    known = {
        source: chain.shares
        for source, chain in chains.items()
        if chain.shares is not None and set(chain.shares) == targets[source]
    }
    return [_weighed(row, known.get(row.source.id)) for row in rows]


def _weighed(row: CrosswalkRow, shares: Mapping[uuid.UUID, float] | None) -> CrosswalkRow:
    if row.exact or shares is None or row.target is None:
        return row
    return replace(row, share=shares[row.target.id], basis="population")


def _only_within(
    session: Session, before: When, after: When, rows: Sequence[CrosswalkRow], within: str
) -> list[CrosswalkRow]:
    then, now = _subtree(session, within, before), _subtree(session, within, after)
    if then is None and now is None:
        raise NotFound(
            f"两个日期都没有区划“{within}”。",
            f"There is no division '{within}' on either day.",
            code="not_at_that_date",
        )
    inside: Collection[uuid.UUID] = then if then is not None else now or ()
    if then is not None:
        return [row for row in rows if row.source.id in inside]
    return [row for row in rows if row.target is not None and row.target.id in inside]


def _subtree(session: Session, within: str, when: When) -> Collection[uuid.UUID] | None:
    """Return the ids of a division and all below it; None when it does not exist on that day."""
    day, known = day_of(when), known_of(when)
    try:
        top = require_division(session, within, day, known)
        find_day(session, top, day, known)
    except NotFound:
        return None
    return find_units(session, when, within=top).keys()
