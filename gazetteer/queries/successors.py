"""Units that a person may mean by an old code or name: shown with parent and distance, never linked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import shapely
from sqlalchemy.orm import Session

from boundaries.area import GEOD
from gazetteer.errors import NotFound, RuleBroken
from gazetteer.queries.codes import Holder, find_code
from gazetteer.queries.cover import UnitFacts, find_shapes
from gazetteer.queries.moments import known_of
from gazetteer.queries.stand import When, day_of
from gazetteer.rules.generic_terms import specific_term

MOST = 10


@dataclass(frozen=True)
class Candidate:
    """A unit that a person may mean.

    Parameters
    ----------
    reason : str
        'lineage': what the former bearer of the code became; 'same_name': a like name, nothing more.
    distance_m : float or None
        From the former bearer of the code, geodesic, between a point within each.
    """

    id: uuid.UUID
    code: str | None
    name: str
    parent_name: str | None
    level: int
    reason: str
    distance_m: float | None


def find_candidates(
    session: Session, code: str, name: str | None, on: When, units: Mapping[uuid.UUID, UnitFacts]
) -> tuple[Candidate, ...]:
    """Return the units in force on a day that an unknown code may be meant for, the nearest first.

    Parameters
    ----------
    units : mapping of id to UnitFacts
        All that are in force on that day.
    """
    former = _former(session, code, on)
    became = {ref.id for holder in former for ref in holder.now}
    names = {specific_term(holder.division.name) for holder in former} | (
        {specific_term(name)} if name else set()
    )
    alike = {u.id for u in units.values() if specific_term(u.name) in names} - became
    wanted = [units[i] for i in (*became, *alike) if i in units]
    distances = _distances(session, former, wanted, on)
    found = [
        Candidate(
            unit.id,
            unit.code,
            unit.name,
            unit.parent_name,
            unit.level,
            "lineage" if unit.id in became else "same_name",
            distances.get(unit.id),
        )
        for unit in wanted
    ]
    found.sort(key=lambda one: (one.reason, one.distance_m or 0, one.code or ""))
    return tuple(found[:MOST])


def _former(session: Session, code: str, on: When) -> tuple[Holder, ...]:
    try:
        return find_code(session, code, day_of(on), known_of(on)).holders
    except (NotFound, RuleBroken):
        return ()


def _distances(
    session: Session, former: tuple[Holder, ...], wanted: list[UnitFacts], on: When
) -> dict[uuid.UUID, float]:
    first_days = [(holder.division.id, holder.valid_from) for holder in former]
    unit, first_day = next(((u, day) for u, day in first_days if day is not None), (None, None))
    if unit is None or first_day is None or not wanted:
        return {}
    own = find_shapes(session, first_day, [unit]).get(unit)
    if own is None:
        return {}
    start = shapely.point_on_surface(own.geom)
    shapes = find_shapes(session, on, [unit.id for unit in wanted])
    ends = {unit: shapely.point_on_surface(shape.geom) for unit, shape in shapes.items()}
    return {unit: float(GEOD.inv(start.x, start.y, end.x, end.y)[2]) for unit, end in ends.items()}
