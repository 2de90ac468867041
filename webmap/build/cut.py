"""Cutting rings and lines into tiles: all of them at once, halving the map until a tile is left.

Cutting twice at each halving keeps the work near the number of vertices, whatever the size of a polygon. The
point where a segment meets a border is computed from its ends in one fixed order, so that two neighbours that
share the segment get the same point.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from boundaries.grid import FloatArray, IntArray
from webmap.build.pixels import EXTENT

BUFFER = 64
"""Pixels that a tile shows beyond its border, so that outlines and labels meet."""

AT_A_TIME = 400_000
"""Points that are cut together; more are divided by place first, which bounds the memory."""

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Parts:
    """Pieces of rings (without closing point) or lines, each in one cell.

    Parameters
    ----------
    coords : ndarray of float64, shape (n, 2)
        Pixels of the zoom.
    offsets : ndarray of int64, shape (p + 1,)
    source : ndarray of int64, shape (p,)
        Ring or line a piece comes from.
    cell : ndarray of int64, shape (p, 2)
    """

    coords: FloatArray
    offsets: IntArray
    source: IntArray
    cell: IntArray


@dataclass(frozen=True, eq=False)
class TileParts:
    """Pieces in tiles, whole pixels counted from the tile's own corner; sorted by tile, then source.

    Parameters
    ----------
    coords : ndarray of int64, shape (n, 2)
        x to the east, y to the south, from -BUFFER to EXTENT + BUFFER.
    offsets : ndarray of int64, shape (p + 1,)
    source : ndarray of int64, shape (p,)
    tile : ndarray of int64, shape (p, 2)
        x and y of the tile.
    """

    coords: IntArray
    offsets: IntArray
    source: IntArray
    tile: IntArray


def cut_into_tiles(coords: IntArray, offsets: IntArray, closed: bool, zoom: int) -> Iterator[TileParts]:
    """Cut rings or lines at the borders of the tiles of a zoom; yields all parts of some tiles at a time.

    Parameters
    ----------
    coords : ndarray of int64, shape (n, 2)
        Pixels of the zoom; rings without closing point.
    offsets : ndarray of int64, shape (r + 1,)
        No empty ring or line.
    closed : bool
        Rings (True) or lines.
    """
    count = len(offsets) - 1
    world = np.zeros((count, 2), dtype=np.int64)
    yield from _descend(Parts(coords.astype(np.float64), offsets, np.arange(count), world), zoom - 1, closed)


def _descend(parts: Parts, bit: int, closed: bool) -> Iterator[TileParts]:
    while bit >= 0 and len(parts.source):
        for axis in (0, 1):
            parts = _halve(parts, axis, float(EXTENT << bit), closed)
        bit -= 1
        if len(parts.coords) > AT_A_TIME and bit >= 0:
            cells, number = np.unique(parts.cell, axis=0, return_inverse=True)
            for cell in range(len(cells)):
                chosen = np.flatnonzero(number.reshape(-1) == cell)
                yield from _descend(_take(parts, chosen, parts.cell[chosen]), bit, closed)
            return
    if len(parts.source):
        yield _settle(parts, closed)


def _halve(parts: Parts, axis: int, size: float, closed: bool) -> Parts:
    """Divide every cell in two along an axis; `size` is the side of the new cells in pixels."""
    values = np.ascontiguousarray(parts.coords[:, axis])
    low = np.minimum.reduceat(values, parts.offsets[:-1])
    high = np.maximum.reduceat(values, parts.offsets[:-1])
    middle = (2 * parts.cell[:, axis] + 1) * size
    first, second = np.flatnonzero(low < middle + BUFFER), np.flatnonzero(high > middle - BUFFER)
    chosen = np.concatenate([first, second])
    sign = np.concatenate([np.ones(len(first)), -np.ones(len(second))])
    bound = middle[chosen] + sign * BUFFER
    crosses = np.where(sign > 0, high[chosen] > bound, low[chosen] < bound)
    cell = parts.cell[chosen]
    cell[:, axis] = 2 * cell[:, axis] + (sign < 0)
    taken = _take(parts, chosen, cell)
    whole, cut = np.flatnonzero(~crosses), np.flatnonzero(crosses)
    if len(cut) == 0:
        return taken
    trimmed = _trim(_take(taken, cut, cell[cut]), axis, bound[cut], sign[cut], closed)
    return _join(_take(taken, whole, cell[whole]), trimmed)


def _take(parts: Parts, chosen: IntArray, cell: IntArray) -> Parts:
    counts = np.diff(parts.offsets)[chosen]
    offsets = _starts(counts)
    rows = np.arange(offsets[-1]) + np.repeat(parts.offsets[:-1][chosen] - offsets[:-1], counts)
    return Parts(parts.coords[rows], offsets, parts.source[chosen], cell)


def _join(a: Parts, b: Parts) -> Parts:
    return Parts(
        np.concatenate([a.coords, b.coords]),
        np.concatenate([a.offsets, b.offsets[1:] + a.offsets[-1]]),
        np.concatenate([a.source, b.source]),
        np.concatenate([a.cell, b.cell]),
    )


def _starts(counts: IntArray) -> IntArray:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _trim(parts: Parts, axis: int, bound: FloatArray, sign: FloatArray, closed: bool) -> Parts:
    """Keep of each part what lies on its side of a border (Sutherland and Hodgman, for all parts at once)."""
    counts = np.diff(parts.offsets)
    edge = np.repeat(bound, counts)
    inside = np.repeat(sign, counts) * (edge - parts.coords[:, axis]) >= 0
    following = np.arange(1, len(inside) + 1)
    last = parts.offsets[1:] - 1
    following[last] = parts.offsets[:-1] if closed else last
    crosses = inside != inside[following]
    stops = np.cumsum(inside.astype(np.int64) + crosses)
    starts = stops - inside - crosses
    coords = np.empty((int(stops[-1]), 2))
    coords[starts[inside]] = parts.coords[inside]
    meets = np.flatnonzero(crosses)
    at = starts[meets] + inside[meets]
    coords[at] = _meet(parts.coords[meets], parts.coords[following[meets]], axis, edge[meets])
    first = np.zeros(len(coords), dtype=bool)
    if not closed:
        first[at[~inside[meets]]] = True
    return _pieces(parts, coords, np.concatenate([[0], stops]), first)


def _meet(a: FloatArray, b: FloatArray, axis: int, edge: FloatArray) -> FloatArray:
    """Return where segments meet a border; the same for a segment and its reverse."""
    swap = a[:, axis] > b[:, axis]
    low, high = np.where(swap[:, None], b, a), np.where(swap[:, None], a, b)
    share = (edge - low[:, axis]) / (high[:, axis] - low[:, axis])
    other = 1 - axis
    points = np.empty_like(a)
    points[:, axis] = edge
    points[:, other] = low[:, other] + share * (high[:, other] - low[:, other])
    return points


def _pieces(parts: Parts, coords: FloatArray, position: IntArray, first: BoolArray) -> Parts:
    """Divide trimmed points into pieces: one a part, and for lines one more at each re-entry."""
    begin, end = position[parts.offsets[:-1]], position[parts.offsets[1:]]
    filled = begin < end
    first[begin[filled]] = True
    starts = np.flatnonzero(first)
    owner = np.searchsorted(begin[filled], starts, "right") - 1
    of = np.flatnonzero(filled)[owner]
    return Parts(coords, np.concatenate([starts, [len(coords)]]), parts.source[of], parts.cell[of])


def _settle(parts: Parts, closed: bool) -> TileParts:
    """Round to pixels of the tile, drop repeated points and what has shrunk to nothing."""
    counts = np.diff(parts.offsets)
    corner = np.repeat(parts.cell * EXTENT, counts, axis=0)
    coords = np.rint(parts.coords).astype(np.int64) - corner
    keep = np.ones(len(coords), dtype=bool)
    keep[1:] = (coords[1:] != coords[:-1]).any(axis=1)
    if len(counts):
        keep[parts.offsets[:-1]] = True
        if closed:
            last, begin = parts.offsets[1:] - 1, parts.offsets[:-1]
            keep[begin] = (coords[begin] != coords[last]).any(axis=1)
    kept = np.concatenate([[0], np.cumsum(keep)])
    settled = Parts(coords[keep].astype(np.float64), kept[parts.offsets], parts.source, parts.cell)
    enough = np.flatnonzero(np.diff(settled.offsets) >= (3 if closed else 2))
    order = enough[np.lexsort((parts.source[enough], parts.cell[enough, 1], parts.cell[enough, 0]))]
    final = _take(settled, order, parts.cell[order])
    return TileParts(final.coords.astype(np.int64), final.offsets, final.source, final.cell)


def doubled_areas(parts: TileParts) -> IntArray:
    """Return twice the signed area of each ring in pixels, positive for outer rings of the tile format."""
    if len(parts.source) == 0:
        return np.zeros(0, dtype=np.int64)
    x, y = parts.coords[:, 0], parts.coords[:, 1]
    following = np.arange(1, len(x) + 1)
    following[parts.offsets[1:] - 1] = parts.offsets[:-1]
    areas: IntArray = np.add.reduceat(x * y[following] - x[following] * y, parts.offsets[:-1])
    return areas
