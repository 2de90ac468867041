"""The polygons of a level as sequences of shared arcs: linked once, drawn at every zoom."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.arcs import ArcTable
from boundaries.grid import IntArray, to_degrees
from boundaries.ringlink import LinkedRings, closed_ring_areas, link, ring_points, sides_of


@dataclass(frozen=True, eq=False)
class LevelShapes:
    """All polygons of one level, ring after ring: by feature, then polygon, the outer ring first.

    Parameters
    ----------
    rings : LinkedRings
        Its arcs are rows of the snapshot's table; `rings.group` is the division index of each ring.
    polygon : ndarray of int64, shape (r,)
        Number of the polygon each ring belongs to.
    outer : ndarray of bool, shape (r,)
    """

    rings: LinkedRings
    polygon: IntArray
    outer: npt.NDArray[np.bool_]


def link_shapes(table: ArcTable, left: IntArray, right: IntArray) -> LevelShapes:
    """Join the arcs between the divisions of a level into rings.

    Parameters
    ----------
    left, right : ndarray of int64, shape (m,)
        Division index on each side of every arc, -1 for none.
    """
    rings = link(table, sides_of(table, left, right))
    coords, offsets = ring_points(table, rings)
    areas = closed_ring_areas(coords, offsets)
    outer = areas > 0
    polygon = np.where(outer, np.arange(len(areas)), -1)
    _own_holes(rings, coords, offsets, areas, polygon)
    order = np.lexsort((~outer, polygon, rings.group))
    return LevelShapes(rings.reordered(order), polygon[order], outer[order])


def _own_holes(
    rings: LinkedRings, coords: IntArray, offsets: IntArray, areas: npt.NDArray[np.float64], polygon: IntArray
) -> None:
    """Give every hole the smallest outer ring of its division around it."""
    outer_of: dict[int, list[int]] = {}
    for ring in np.flatnonzero(areas > 0).tolist():
        outer_of.setdefault(int(rings.group[ring]), []).append(ring)
    for hole in np.flatnonzero(areas <= 0).tolist():
        around = outer_of[int(rings.group[hole])]
        if len(around) > 1:
            around = _around(hole, around, coords, offsets)
        polygon[hole] = min(around, key=lambda ring: float(areas[ring]))


def _around(hole: int, candidates: list[int], coords: IntArray, offsets: IntArray) -> list[int]:
    ring = shapely.linestrings(to_degrees(coords[offsets[hole] : offsets[hole + 1]]))
    found = [
        i for i in candidates if shapely.Polygon(to_degrees(coords[offsets[i] : offsets[i + 1]])).covers(ring)
    ]
    return found or candidates


def open_rings(shapes: LevelShapes, table: ArcTable, row_of: IntArray) -> tuple[IntArray, IntArray]:
    """Return the points of all rings on a simplified table, turned for the tile format, not closed.

    Parameters
    ----------
    table : ArcTable
        Pixels of a zoom; may lack arcs that no polygon of this level needs.
    row_of : ndarray of int64
        Row in `table` of each row of the snapshot's table.

    Returns
    -------
    coords : ndarray of int64, shape (n, 2)
    offsets : ndarray of int64, shape (r + 1,)
    """
    sides = dataclasses.replace(shapes.rings.sides, arc=row_of[shapes.rings.sides.arc])
    coords, offsets = ring_points(table, dataclasses.replace(shapes.rings, sides=sides))
    keep = np.ones(len(coords), dtype=bool)
    keep[offsets[1:] - 1] = False
    coords, offsets = coords[keep], offsets - np.arange(len(offsets))
    # Latitude grows to the north, tile rows to the south: the turn of a ring is reversed with it.
    mirror = np.repeat(offsets[:-1] + offsets[1:] - 1, np.diff(offsets)) - np.arange(len(coords))
    return coords[mirror], offsets
