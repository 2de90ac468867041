"""Directed integer segment chains: the exact border of an area, without any tolerance.

The chain of a polygon is the set of its directed segments with the area on the left; segments that run both
ways cancel. The chain of a parent equals the sum of the chains of its children exactly when the parent is
their union, which area sums and floating-point differences cannot prove.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from shapely.geometry.base import BaseGeometry

from boundaries.arcs import Arc
from boundaries.grid import IntArray
from boundaries.segments import read_rings


@dataclass(frozen=True, eq=False)
class Chain:
    """A signed sum of segments.

    Parameters
    ----------
    segments : ndarray of int64, shape (n, 4)
        (x1, y1, x2, y2) with the smaller end point first, distinct and sorted; grid integers.
    weight : ndarray of int64, shape (n,)
        How often the segment is passed from first to second point, minus how often the other way; never 0.
    """

    segments: IntArray
    weight: IntArray

    def __len__(self) -> int:
        return len(self.weight)

    def __add__(self, other: "Chain") -> "Chain":
        return _collect(
            np.concatenate([self.segments, other.segments]), np.concatenate([self.weight, other.weight])
        )

    def __neg__(self) -> "Chain":
        return Chain(self.segments, -self.weight)

    def __sub__(self, other: "Chain") -> "Chain":
        return self + -other


def empty_chain() -> Chain:
    """Return the chain of nothing."""
    return Chain(np.empty((0, 4), dtype=np.int64), np.empty(0, dtype=np.int64))


def chain(geom: BaseGeometry) -> Chain:
    """Return the chain of a Polygon or MultiPolygon on the grid, EPSG:4490."""
    if geom.is_empty:
        return empty_chain()
    rings = read_rings(np.array([geom], dtype=object))
    return _of_segments(rings.xy, rings.xy[rings.following()])


def chain_of_arcs(arcs: Iterable[Arc], inside: Collection[int]) -> Chain:
    """Return the border of some faces as the signed sum of their arcs.

    Parameters
    ----------
    arcs : iterable of Arc
        Arcs with both sides inside, or none, are ignored.
    inside : collection of int
        Face ids.
    """
    paths: list[IntArray] = []
    for arc in arcs:
        left, right = arc.left in inside, arc.right in inside
        if left != right:
            paths.append(arc.points if left else arc.points[::-1])
    return chain_of_paths(paths)


def chain_of_paths(paths: Iterable[IntArray]) -> Chain:
    """Return the sum of directed paths, each an int64 array of shape (n, 2)."""
    kept = list(paths)
    if not kept:
        return empty_chain()
    return _of_segments(np.concatenate([p[:-1] for p in kept]), np.concatenate([p[1:] for p in kept]))


def equal_chains(one: Chain, other: Chain) -> bool:
    """Whether two chains are the same border, exactly."""
    return np.array_equal(one.segments, other.segments) and np.array_equal(one.weight, other.weight)


def _of_segments(start: IntArray, end: IntArray) -> Chain:
    backward = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    segments = np.concatenate([start, end], axis=1)
    segments[backward] = np.concatenate([end[backward], start[backward]], axis=1)
    return _collect(segments, np.where(backward, -1, 1))


def _collect(segments: IntArray, weight: IntArray) -> Chain:
    """Sort, add up equal segments and drop those that cancel."""
    if len(weight) == 0:
        return empty_chain()
    order = np.lexsort(segments.T[::-1])
    segments, weight = segments[order], weight[order]
    first = np.ones(len(weight), dtype=bool)
    first[1:] = (segments[1:] != segments[:-1]).any(axis=1)
    starts = np.flatnonzero(first)
    total = np.add.reduceat(weight, starts)
    left = total != 0
    return Chain(segments[starts][left], total[left].astype(np.int64))
