"""Polygons as directed segments on the integer grid, and the pairing that finds which lines are shared.

Every ring is turned so that its face lies on the left (outer rings counter-clockwise, holes clockwise). In a
coverage each segment is then used once, or twice in opposite directions; anything else is a fault.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.errors import BoundaryError
from boundaries.grid import FloatArray, IntArray, snap

BoolArray = npt.NDArray[np.bool_]
IndexArray = npt.NDArray[np.int32]
KeyArray = npt.NDArray[np.uint64]

# Odd multipliers of the vertex key, tried in turn; a collision is detected exactly and the next pair is used.
_MULTIPLIERS = (
    (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F),
    (0xD6E8FEB86659FD93, 0xA0761D6478BD642F),
    (0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3),
)


@dataclass(frozen=True, eq=False)
class Rings:
    """The rings of many polygons, without their closing points.

    Parameters
    ----------
    xy : ndarray of int64, shape (n, 2)
        Vertices, grid integers; segment i runs from vertex i to vertex ``following(i)``.
    offsets : ndarray of int64, shape (r + 1,)
        Ring r has the vertices ``xy[offsets[r]:offsets[r + 1]]``.
    geom : ndarray of int64, shape (r,)
        Index of the polygon each ring belongs to.
    """

    xy: IntArray
    offsets: IntArray
    geom: IntArray

    def __len__(self) -> int:
        return len(self.geom)

    def following(self) -> IndexArray:
        """Return for each vertex the index of the next one in its ring, shape (n,)."""
        nxt = np.arange(1, len(self.xy) + 1, dtype=np.int32)
        nxt[self.offsets[1:] - 1] = self.offsets[:-1]
        return nxt

    def ring_of(self) -> IndexArray:
        """Return for each vertex the ring it belongs to, shape (n,)."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.offsets))


@dataclass(frozen=True, eq=False)
class Pairing:
    """Which segments meet their mirror image.

    Parameters
    ----------
    vertex : ndarray of int32, shape (n,)
        Number of the distinct position of each ring vertex.
    mate : ndarray of int32, shape (n,)
        For each segment the one that runs the other way, or -1.
    bad : ndarray of bool, shape (n,)
        Segments used more than twice, or twice in the same direction.
    degree : ndarray of int32, shape (v,)
        Distinct segments that meet at each position.
    keys : ndarray of uint64, shape (v,)
        Sorted vertex keys, to find a position again.
    multipliers : tuple of int
        How the keys were made.
    """

    vertex: IndexArray
    mate: IndexArray
    bad: BoolArray
    degree: IndexArray
    keys: KeyArray
    multipliers: tuple[int, int]

    def find(self, points: IntArray) -> IndexArray:
        """Return the numbers of the positions that occur among the vertices; others are left out.

        Keys are compared, not coordinates; the caller checks the coordinates where it matters.
        """
        if len(self.keys) == 0 or len(points) == 0:
            return np.empty(0, dtype=np.int32)
        wanted = _keys(points, self.multipliers)
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        found: IndexArray = place[self.keys[place] == wanted].astype(np.int32)
        return found


def read_rings(geoms: npt.NDArray[np.object_]) -> Rings:
    """Read polygons into oriented rings.

    Parameters
    ----------
    geoms : ndarray of Polygon or MultiPolygon, shape (g,)
        On the grid, EPSG:4490; None is refused. Repeated points are skipped.

    Raises
    ------
    BoundaryError
        'ring_degenerate' when a ring has fewer than three distinct points.
    """
    kind, coords, parts = shapely.to_ragged_array(geoms)
    if kind == shapely.GeometryType.MULTIPOLYGON:
        ring_offsets, polygon_offsets, geom_offsets = (np.asarray(p, dtype=np.int64) for p in parts)
    else:
        ring_offsets, polygon_offsets = (np.asarray(p, dtype=np.int64) for p in parts)
        geom_offsets = np.arange(len(geoms) + 1, dtype=np.int64)
    xy = snap(coords[:, :2])
    del coords
    xy, ring_offsets = _open_rings(xy, ring_offsets)
    shell = np.zeros(len(ring_offsets) - 1, dtype=bool)
    shell[polygon_offsets[:-1][np.diff(polygon_offsets) > 0]] = True
    ring_geom = np.repeat(np.arange(len(geoms)), np.diff(polygon_offsets[geom_offsets]))
    return Rings(_turn(xy, ring_offsets, shell), ring_offsets, ring_geom)


def _open_rings(xy: IntArray, offsets: IntArray) -> tuple[IntArray, IntArray]:
    """Drop the closing point of every ring, and points equal to the one before."""
    keep = np.empty(len(xy), dtype=bool)
    keep[1:] = (xy[1:, 0] != xy[:-1, 0]) | (xy[1:, 1] != xy[:-1, 1])
    keep[offsets[:-1][np.diff(offsets) > 0]] = True
    keep[offsets[1:] - 1] = False
    counts = np.add.reduceat(keep, offsets[:-1], dtype=np.int64) if len(offsets) > 1 else np.zeros(0, int)
    if (counts < 3).any():
        raise BoundaryError(
            "ring_degenerate", "有环的不同点少于三个。", "A ring has fewer than three distinct points."
        )
    if not keep.all():
        xy = xy[keep]
    return xy, np.concatenate([[0], np.cumsum(counts)])


def _turn(xy: IntArray, offsets: IntArray, counter_clockwise: BoolArray) -> IntArray:
    """Reverse the rings whose direction is not the one asked for."""
    wrong = (ring_areas(xy, offsets) > 0) != counter_clockwise
    if not wrong.any():
        return xy
    counts = np.diff(offsets)
    index = np.arange(len(xy), dtype=np.int32)
    mirror = np.repeat((offsets[:-1] + offsets[1:] - 1).astype(np.int32), counts)
    flip = np.repeat(wrong, counts)
    index[flip] = mirror[flip] - index[flip]
    return xy.take(index, axis=0)


def ring_areas(xy: IntArray, offsets: IntArray) -> FloatArray:
    """Return twice the signed planar area of open rings in grid steps squared; the sign is exact.

    Parameters
    ----------
    xy : ndarray of int64, shape (n, 2)
    offsets : ndarray of int64, shape (r + 1,)

    Returns
    -------
    ndarray of float64, shape (r,)
        Positive when counter-clockwise.
    """
    if len(offsets) < 2:
        return np.zeros(0)
    starts = offsets[:-1]
    counts = np.diff(offsets)
    x = (xy[:, 0] - np.repeat(xy[starts, 0], counts)).astype(np.float64)
    y = (xy[:, 1] - np.repeat(xy[starts, 1], counts)).astype(np.float64)
    cross = np.zeros(len(xy))
    cross[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
    cross[offsets[1:] - 1] = 0.0  # the closing segment ends in the local origin
    areas = np.asarray(np.add.reduceat(cross, starts), dtype=np.float64)
    # Rounding error of the sum is below n * 2^-52 * (largest term); where it could change the sign, be exact.
    largest = np.maximum.reduceat(np.abs(x), starts) * np.maximum.reduceat(np.abs(y), starts)
    for ring in np.flatnonzero(np.abs(areas) <= counts * largest * 2.0**-50):
        areas[ring] = float(_exact_area(xy[offsets[ring] : offsets[ring + 1]]))
    return areas


def _exact_area(ring: IntArray) -> int:
    points: list[list[int]] = ring.tolist()
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1], strict=True))


def pair(rings: Rings) -> Pairing:
    """Number the distinct positions and find the mate of every segment.

    Memory is about 60 bytes a vertex at the peak, beside the rings.
    """
    vertex, keys, multipliers = number_vertices(rings.xy)
    start, end = vertex, vertex[rings.following()]
    low = np.minimum(start, end).astype(np.uint64)
    segment = (low << np.uint64(32)) | np.maximum(start, end).astype(np.uint64)
    del low
    order = np.argsort(segment).astype(np.int32)
    segment = segment[order]
    same = segment[1:] == segment[:-1]
    del segment
    mate, bad = _mates(order, same, start)
    first = order[np.concatenate([[True], ~same])] if len(order) else order
    degree = np.bincount(start[first], minlength=len(keys)) + np.bincount(end[first], minlength=len(keys))
    return Pairing(vertex, mate, bad, degree.astype(np.int32), keys, multipliers)


def _mates(order: IndexArray, same: BoolArray, start: IndexArray) -> tuple[IndexArray, BoolArray]:
    """Pair neighbours in the sorted order of undirected segments; mark those that cannot be paired."""
    mate = np.full(len(order), -1, dtype=np.int32)
    bad = np.zeros(len(order), dtype=bool)
    one, other = order[:-1][same], order[1:][same]
    mate[one], mate[other] = other, one
    parallel = start[one] == start[other]
    bad[one[parallel]] = bad[other[parallel]] = True
    triple = same[1:] & same[:-1]
    for shift in range(3):
        bad[order[shift : len(order) - 2 + shift][triple]] = True
    mate[bad] = -1
    return mate, bad


def number_vertices(xy: IntArray) -> tuple[IndexArray, KeyArray, tuple[int, int]]:
    """Give equal positions one number, by sorting 64-bit keys; equal keys are proven equal positions."""
    for multipliers in _MULTIPLIERS:
        keys = _keys(xy, multipliers)
        order = np.argsort(keys)
        keys = keys[order]
        new = np.ones(len(keys), dtype=bool)
        new[1:] = keys[1:] != keys[:-1]
        ordered = xy.take(order, axis=0)  # several times faster than xy[order]
        apart = (ordered[1:, 0] != ordered[:-1, 0]) | (ordered[1:, 1] != ordered[:-1, 1])
        del ordered
        if not (apart & ~new[1:]).any():
            vertex = np.empty(len(keys), dtype=np.int32)
            vertex[order] = np.cumsum(new, dtype=np.int32) - 1
            return vertex, keys[new], multipliers
    raise AssertionError("three independent 64-bit keys collided")


def _keys(xy: IntArray, multipliers: tuple[int, int]) -> KeyArray:
    x, y = xy[:, 0].astype(np.uint64), xy[:, 1].astype(np.uint64)
    keys: KeyArray = x * np.uint64(multipliers[0]) + y * np.uint64(multipliers[1])
    return keys
