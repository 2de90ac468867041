"""Who gains and who loses: the pieces that pass from one face or division to another."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from boundaries.area import area_m2

Key = TypeVar("Key", bound=Hashable)

SMALLEST_M2 = 1e-4
"""Smaller pieces are rounding of computed crossings: one grid step over a metre of line is 1e-4 m2."""


@dataclass(frozen=True)
class Piece(Generic[Key]):
    """An area that passes from one key to another.

    Parameters
    ----------
    from_key, to_key : hashable or None
        None stands for outside of everything given.
    geometry : MultiPolygon
        Degrees, EPSG:4490.
    area_m2 : float
        Geodesic.
    """

    from_key: Key | None
    to_key: Key | None
    geometry: MultiPolygon
    area_m2: float


def pieces(before: Mapping[Key, BaseGeometry], after: Mapping[Key, BaseGeometry]) -> list[Piece[Key]]:
    """Return the pieces that change hands, largest first.

    Parameters
    ----------
    before, after : mapping of key to Polygon or MultiPolygon
        The changed faces only; a key missing on one side was founded or ended.

    Returns
    -------
    list of Piece
        Their areas add up to what each key gains and loses. Where an edge is cut, its parts are geodesics of
        their own: 0.01 m2 for an edge of 100 m, growing with the third power of its length.
    """
    lost = {k: _minus(g, after.get(k)) for k, g in before.items()}
    gained = {k: _minus(g, before.get(k)) for k, g in after.items()}
    found: list[Piece[Key]] = []
    for giver, loss in lost.items():
        for taker, gain in gained.items():
            if giver != taker:
                found.extend(_piece(giver, taker, _areal(shapely.intersection(loss, gain))))
    everything_lost, everything_gained = _union(lost.values()), _union(gained.values())
    for giver, loss in lost.items():
        found.extend(_piece(giver, None, _areal(shapely.difference(loss, everything_gained))))
    for taker, gain in gained.items():
        found.extend(_piece(None, taker, _areal(shapely.difference(gain, everything_lost))))
    return sorted(found, key=lambda piece: -piece.area_m2)


def _minus(geom: BaseGeometry, other: BaseGeometry | None) -> MultiPolygon:
    return _areal(geom if other is None else shapely.difference(geom, other))


def _union(geoms: Iterable[BaseGeometry]) -> BaseGeometry:
    return shapely.union_all(list(geoms))


def _piece(giver: Key | None, taker: Key | None, geom: MultiPolygon) -> list[Piece[Key]]:
    area = area_m2(geom)
    return [Piece(giver, taker, geom, area)] if area >= SMALLEST_M2 else []


def _areal(geom: BaseGeometry) -> MultiPolygon:
    """Return only the polygons of a geometry."""
    parts = shapely.get_parts(geom)
    inner = shapely.get_parts(parts) if len(parts) else parts
    return MultiPolygon([p for p in inner.tolist() if p.geom_type == "Polygon" and not p.is_empty])
