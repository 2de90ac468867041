"""Where lines cross, touch or run along each other; exact, on grid integers."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
import shapely

from boundaries.arcs import Arc
from boundaries.grid import GRID, FloatArray, IntArray

Place = tuple[float, float]
"""(lon, lat) in degrees."""


def self_crossing(arc: Arc) -> Place | None:
    """Return a place where an arc crosses, touches or retraces itself, or None when it is simple."""
    if len(arc.points) > 1 + 2 * arc.is_ring and shapely.is_simple(arc.path):
        return None
    return _first_self_contact(arc.points)


def _first_self_contact(points: IntArray) -> Place:
    """Return the first contact in the order of the segments; neighbours count only when one retraces."""
    vertices = points.astype(np.float64)
    segments = np.array([shapely.LineString(pair) for pair in pairwise(vertices)])
    one, other = shapely.STRtree(segments).query(segments, predicate="intersects")
    for i, j in sorted((i, j) for i, j in zip(one.tolist(), other.tolist(), strict=True) if i < j):
        contact = shapely.intersection(segments[i], segments[j])
        neighbours = j == i + 1 or (i == 0 and j == len(segments) - 1 and (points[0] == points[-1]).all())
        if not neighbours or contact.length > 0:
            return _place(shapely.get_coordinates(contact)[0])
    return _place(vertices[0])


def bad_contacts(arc: Arc, others: Iterable[Arc]) -> Iterator[tuple[Arc, Place]]:
    """Yield the arcs that this one meets elsewhere than at a common end, with the place.

    Parameters
    ----------
    arc : Arc
    others : iterable of Arc
        The arc itself is skipped.
    """
    near = [o for o in others if o is not arc and boxes_meet(arc.bounds, o.bounds)]
    if not near:
        return
    shared = shapely.intersection(arc.path, np.array([o.path for o in near], dtype=object))
    for other, contact in zip(near, shared, strict=True):
        if contact.is_empty:
            continue
        coords = shapely.get_coordinates(contact)
        ends = _ends(arc) & _ends(other)
        wrong = [xy for xy in coords.tolist() if (xy[0], xy[1]) not in ends]
        if wrong or contact.length > 0:
            yield other, _place(np.array(wrong[0] if wrong else coords[0]))


def boxes_meet(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    """Whether two boxes (west, south, east, north) have a point in common."""
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _ends(arc: Arc) -> set[tuple[float, float]]:
    (x0, y0), (x1, y1) = arc.points[0].tolist(), arc.points[-1].tolist()
    return {(float(x0), float(y0)), (float(x1), float(y1))}


def _place(steps: FloatArray) -> Place:
    lon, lat = (steps / GRID).tolist()
    return (lon, lat)
