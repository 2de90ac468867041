"""What lies on what: the common land of two sets of polygons, as pieces with areas and shares."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import GeometryCollection, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from boundaries.area import areas_m2, mean_widths_m

Key = TypeVar("Key", bound=Hashable)
Other = TypeVar("Other", bound=Hashable)
ObjectArray = npt.NDArray[np.object_]

ROUNDING_M = 0.001
"""A piece narrower than this is rounding of computed crossings (ten grid steps), not land."""


@dataclass(frozen=True)
class Overlap(Generic[Key, Other]):
    """The common land of a polygon of one set and a polygon of the other.

    Parameters
    ----------
    source, target : hashable or None
        None is outside of everything given in that set.
    geometry : MultiPolygon
        Degrees, EPSG:4490.
    area_m2, width_m : float
        Geodesic area, and mean width (twice the area over the perimeter).
    source_share, target_share : float
        Part of the whole of the source and of the target; 0 for None.
    """

    source: Key | None
    target: Other | None
    geometry: MultiPolygon
    area_m2: float
    width_m: float
    source_share: float
    target_share: float


def overlay(
    before: Mapping[Key, BaseGeometry], after: Mapping[Other, BaseGeometry], narrowest_m: float = ROUNDING_M
) -> list[Overlap[Key, Other]]:
    """Return the common land of every pair, and what has no counterpart on the other side.

    Parameters
    ----------
    before, after : mapping of key to Polygon or MultiPolygon
        Degrees, EPSG:4490; within each set nothing overlaps.
    narrowest_m : float
        Pieces of a smaller mean width are left out.

    Returns
    -------
    list of Overlap
        In the order of `before`, the largest piece of each first; land that only `after` has comes last.
    """
    sources, targets = list(before), list(after)
    old, new = as_array(list(before.values())), as_array(list(after.values()))
    i, j = shapely.STRtree(new).query(old, predicate="intersects")
    met = _areal(shapely.intersection(old[i], new[j]))
    lost = _uncovered(old, new, i, j)
    gained = _uncovered(new, old, j, i)
    rows = np.concatenate([i, np.arange(len(old)), np.full(len(new), -1)])
    columns = np.concatenate([j, np.full(len(old), -1), np.arange(len(new))])
    geoms = np.concatenate([met, lost, gained])
    kept = np.flatnonzero(~shapely.is_empty(geoms))
    rows, columns, geoms = rows[kept], columns[kept], geoms[kept]
    areas, widths = areas_m2(geoms), mean_widths_m(geoms)
    of_old, of_new = np.append(areas_m2(old), np.inf), np.append(areas_m2(new), np.inf)
    order = np.lexsort((columns, -areas, np.where(rows < 0, len(old), rows)))
    return [
        Overlap(
            sources[rows[k]] if rows[k] >= 0 else None,
            targets[columns[k]] if columns[k] >= 0 else None,
            geoms[k],
            float(areas[k]),
            float(widths[k]),
            float(areas[k] / of_old[rows[k]]),
            float(areas[k] / of_new[columns[k]]),
        )
        for k in order.tolist()
        if widths[k] >= narrowest_m
    ]


def as_array(geoms: Sequence[shapely.Geometry]) -> ObjectArray:
    """Return geometries as an array of objects, also when there are none."""
    found = np.empty(len(geoms), dtype=object)
    found[:] = geoms
    return found


def _uncovered(
    geoms: ObjectArray, others: ObjectArray, i: npt.NDArray[np.intp], j: npt.NDArray[np.intp]
) -> ObjectArray:
    """Return for each geometry what none of the others that it meets covers."""
    cover: list[list[int]] = [[] for _ in range(len(geoms))]
    for row, other in zip(i.tolist(), j.tolist(), strict=True):
        cover[row].append(other)
    covers = as_array([shapely.union_all(others[found]) for found in cover])
    return _areal(shapely.difference(geoms, covers))


def _areal(geoms: ObjectArray) -> ObjectArray:
    """Return only the polygons of each geometry, as MultiPolygons."""
    return as_array([MultiPolygon(_polygons(geom)) for geom in geoms.tolist()])


def _polygons(geom: BaseGeometry) -> list[Polygon]:
    if isinstance(geom, Polygon):
        return [] if geom.is_empty else [geom]
    if isinstance(geom, MultiPolygon | GeometryCollection):
        return [polygon for part in geom.geoms for polygon in _polygons(part)]
    return []
