"""All units of a level on a day with their attributes, and whose polygons differ between two days."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from gazetteer.queries.known_shapes import KnownShape, find_known_shapes
from gazetteer.queries.sql import read
from gazetteer.queries.stand import DatedQuery, Stand, When

_KEYS = text(
    """
    SELECT division_id, lower(valid) AS since, event_id
    FROM division_shape
    WHERE division_id = ANY(:ids)
        AND valid @> CAST(:on AS date)
    """
)
_GEOMS = text(
    """
    SELECT division_id, ST_AsBinary(geom) AS wkb, area_m2
    FROM division_shape
    WHERE division_id = ANY(:ids)
        AND valid @> CAST(:on AS date)
    ORDER BY division_id
    """
)


@dataclass(frozen=True)
class UnitFacts:
    """What the law says of a unit on a day; `seat` is (lon, lat) in degrees, EPSG:4490."""

    id: uuid.UUID
    level: int
    type: str
    name: str
    code: str | None
    parent_id: uuid.UUID | None
    parent_name: str | None
    seat: tuple[float, float] | None
    seat_address: str | None


@dataclass(frozen=True, eq=False)
class ShapeChanges:
    """The polygons of two states: those that are the same, and the others of each."""

    same: Mapping[uuid.UUID, float]
    """Area in m2 of the units whose polygon is the same in both."""
    before: Mapping[uuid.UUID, KnownShape]
    after: Mapping[uuid.UUID, KnownShape]


def find_units(
    session: Session, when: When, *, level: int | None = None, within: uuid.UUID | None = None
) -> dict[uuid.UUID, UnitFacts]:
    """Return the units of the register on a day, by level, code and id; neighbours outside are left out.

    Parameters
    ----------
    within : UUID, optional
        This division and all below it.
    """
    rows = DatedQuery(read("units")).run(session, when, level=level, within=within)
    return {
        row.id: UnitFacts(
            row.id,
            row.level,
            row.type,
            row.name or "",
            row.code,
            row.parent_id,
            row.parent_name,
            None if row.lon is None else (row.lon, row.lat),
            row.seat_address,
        )
        for row in rows
    }


def find_shape_changes(
    session: Session,
    before: When,
    after: When,
    old: Collection[uuid.UUID],
    new: Collection[uuid.UUID],
) -> ShapeChanges:
    """Return how the polygons of the units `old` at one state and `new` at another differ.

    Known now, a polygon is the same when it is the same stored row; of the past all are built and compared.
    """
    if isinstance(before, Stand) or isinstance(after, Stand):
        return _built_changes(session, before, after, old, new)
    keys_then = _keys(session, before, old)
    keys_now = _keys(session, after, new)
    same = {unit for unit, key in keys_then.items() if keys_now.get(unit) == key}
    areas = {unit: shape.area_m2 for unit, shape in find_shapes(session, before, same).items()}
    return ShapeChanges(
        areas,
        find_shapes(session, before, [unit for unit in old if unit not in same]),
        find_shapes(session, after, [unit for unit in new if unit not in same]),
    )


def _keys(session: Session, on: When, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[object, int]]:
    rows = session.execute(_KEYS, {"ids": list(ids), "on": on})
    return {row.division_id: (row.since, row.event_id) for row in rows}


def _built_changes(
    session: Session, before: When, after: When, old: Collection[uuid.UUID], new: Collection[uuid.UUID]
) -> ShapeChanges:
    then = find_known_shapes(session, old, before)
    now = find_known_shapes(session, new, after)
    same = {u: shape.area_m2 for u, shape in then.items() if u in now and _equal(shape, now[u])}
    return ShapeChanges(
        same,
        {unit: shape for unit, shape in then.items() if unit not in same},
        {unit: shape for unit, shape in now.items() if unit not in same},
    )


def _equal(one: KnownShape, other: KnownShape) -> bool:
    return bool(shapely.equals_exact(shapely.normalize(one.geom), shapely.normalize(other.geom)))


def find_shapes(session: Session, when: When, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, KnownShape]:
    """Return the polygons of units on a day; those known now are read, those of the past built."""
    if not ids:
        return {}
    if isinstance(when, Stand):
        return find_known_shapes(session, ids, when)
    rows = session.execute(_GEOMS, {"ids": list(ids), "on": when}).all()
    geoms = shapely.from_wkb([bytes(row.wkb) for row in rows])
    return {row.division_id: KnownShape(geom, row.area_m2) for row, geom in zip(rows, geoms, strict=True)}
