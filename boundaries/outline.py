"""The outline of a large area mended where it changed, without its other arcs.

A town or a county has hundreds of arcs; an edit changes a few of them. What leaves its outline is cut out of
the stored rings, what joins it is put in, and the ends are joined again. By construction the chain of the
result is the old chain less what went plus what came.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import MultiPolygon

from boundaries.arcs import Arc
from boundaries.errors import BoundaryError
from boundaries.grid import IntArray, snap
from boundaries.rebuild import build_polygons, table_of
from boundaries.segments import BoolArray
from boundaries.subgraph import Subgraph


@dataclass(frozen=True)
class BorderChange:
    """Directed paths, the area on their left, that leave and that join the outline of an area.

    Every path is an int64 array of shape (n, 2), grid integers.
    """

    gone: list[IntArray] = field(default_factory=list)
    come: list[IntArray] = field(default_factory=list)


Owners = Callable[[int], frozenset[Hashable]]
"""The areas (divisions of all levels) that a face belongs to."""


def border_changes(
    before: Subgraph, after: Subgraph, owners_before: Owners, owners_after: Owners
) -> dict[Hashable, BorderChange]:
    """Return what changes on the outline of each area, between two states of the same arcs.

    Parameters
    ----------
    before, after : Subgraph
        All arcs that the change touches, and all arcs of the faces whose owners change.
    owners_before, owners_after : callable from face to frozenset
    """
    changes: dict[Hashable, BorderChange] = {}
    for arc in {*before.arcs, *after.arcs}:
        was, now = _on_borders(before, arc, owners_before), _on_borders(after, arc, owners_after)
        for area in was.keys() | now.keys():
            gone, come = was.get(area), now.get(area)
            if gone is not None and come is not None and np.array_equal(gone, come):
                continue
            change = changes.setdefault(area, BorderChange())
            change.gone.extend([] if gone is None else [gone])
            change.come.extend([] if come is None else [come])
    return changes


def _on_borders(graph: Subgraph, arc_id: int, owners: Owners) -> Mapping[Hashable, IntArray]:
    """Return the areas with the arc on their outline, and its points with each on the left."""
    arc = graph.arcs.get(arc_id)
    if arc is None:
        return {}
    left, right = owners(arc.left), owners(arc.right)
    return {area: arc.points if area in left else arc.points[::-1] for area in left ^ right}


def mend_outlines(
    polygons: Sequence[MultiPolygon], changes: Sequence[BorderChange]
) -> list[MultiPolygon | None]:
    """Return polygons with a part of the outline of each replaced.

    Parameters
    ----------
    polygons : sequence of MultiPolygon
        On the grid, degrees, EPSG:4490.
    changes : sequence of BorderChange
        One for each polygon.

    Returns
    -------
    list of MultiPolygon or None
        None where the change does not fit (a path that is to go is no part of the outline, or the ends do
        not meet) or makes an invalid area; such a one is to be built from all its arcs.
    """
    pieces = [_mended_pieces(polygon, change) for polygon, change in zip(polygons, changes, strict=True)]
    try:
        return _joined(pieces)
    except BoundaryError:
        return [mended for one in pieces for mended in _joined_or_none(one)]


def _mended_pieces(polygon: MultiPolygon, change: BorderChange) -> list[IntArray] | None:
    cut = _cut_out(_rings(polygon), change.gone)
    return None if cut is None else [*cut, *change.come]


def _joined(outlines: Sequence[list[IntArray] | None]) -> list[MultiPolygon | None]:
    """Return for each set of directed paths the area on their left; None stays None."""
    arcs = [
        Arc(0, 1, 0, 0, area, -1, points) for area, pieces in enumerate(outlines) for points in pieces or ()
    ]
    if not arcs:
        return [None if pieces is None else MultiPolygon() for pieces in outlines]
    built = build_polygons(table_of(arcs), np.arange(len(outlines)), len(outlines))
    return [None if pieces is None else area for pieces, area in zip(outlines, built, strict=True)]


def _joined_or_none(pieces: list[IntArray] | None) -> list[MultiPolygon | None]:
    try:
        return _joined([pieces])
    except BoundaryError:
        return [None]


@dataclass(frozen=True, eq=False)
class _Rings:
    """Closed rings one after the other: vertices without the closing one, ring i from offsets[i] on."""

    points: IntArray
    offsets: IntArray

    def following(self, first: int, count: int) -> IntArray:
        """Return the indices of `count` vertices from `first` on, around its ring."""
        ring = int(np.searchsorted(self.offsets, first, "right")) - 1
        start, stop = self.offsets[ring], self.offsets[ring + 1]
        return np.asarray(start + (first - start + np.arange(count)) % (stop - start))


def _rings(polygon: MultiPolygon) -> _Rings:
    """Return the rings with the area on their left."""
    rings = shapely.get_rings(shapely.get_parts(shapely.orient_polygons(polygon)))
    coords, owner = shapely.get_coordinates(rings, return_index=True)
    last = np.append(owner[1:] != owner[:-1], True)
    counts = np.bincount(owner[~last], minlength=len(rings))
    return _Rings(snap(coords[~last]), np.concatenate([[0], np.cumsum(counts)]))


def _cut_out(rings: _Rings, gone: Sequence[IntArray]) -> list[IntArray] | None:
    """Return the paths that are left of the rings, or None when a path is not on them."""
    removed = np.zeros(len(rings.points), dtype=bool)
    for path in gone:
        found = _find(rings, path)
        if found is None:
            return None
        removed[found[:-1]] = True
    pieces: list[IntArray] = []
    for start, stop in pairwise(rings.offsets.tolist()):
        pieces.extend(_runs(rings.points[start:stop], removed[start:stop]))
    return pieces


def _find(rings: _Rings, path: IntArray) -> IntArray | None:
    """Return the vertices of the rings on which a path lies, None where it does not."""
    for first in np.flatnonzero((rings.points == path[0]).all(axis=1)).tolist():
        on = rings.following(first, len(path))
        if np.array_equal(rings.points[on], path):
            return on
    return None


def _runs(points: IntArray, removed: BoolArray) -> list[IntArray]:
    """Return the paths that are left of a ring; ``removed[i]`` is its segment from vertex i to the next."""
    if not removed.any():
        return [np.concatenate([points, points[:1]])]
    turn = int(np.flatnonzero(removed)[0]) + 1
    points, removed = np.roll(points, -turn, axis=0), np.roll(removed, -turn)
    points = np.concatenate([points, points[:1]])
    stops = np.flatnonzero(removed)
    starts = np.concatenate([[0], stops[:-1] + 1])
    return [points[a : b + 1] for a, b in zip(starts.tolist(), stops.tolist(), strict=True) if b > a]
