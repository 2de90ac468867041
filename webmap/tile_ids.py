"""Numbers of tiles along the Hilbert curve, as the PMTiles specification (version 3) orders them."""

from __future__ import annotations

import numpy as np

from boundaries.grid import IntArray


def tile_ids(zoom: int, x: IntArray, y: IntArray) -> IntArray:
    """Return the ids of tiles of one zoom.

    Parameters
    ----------
    zoom : int
    x, y : ndarray of int64, shape (n,)
        From the west and from the north.
    """
    x, y = x.copy(), y.copy()
    ids = np.full(len(x), ((1 << (2 * zoom)) - 1) // 3, dtype=np.int64)
    for bit in range(zoom - 1, -1, -1):
        side = 1 << bit
        right, lower = x & side, y & side
        ids += ((3 * right) ^ lower) << bit
        _rotate(side, x, y, right, lower)
    return ids


def _rotate(side: int, x: IntArray, y: IntArray, right: IntArray, lower: IntArray) -> None:
    flip = (lower == 0) & (right != 0)
    x[flip], y[flip] = side - 1 - x[flip], side - 1 - y[flip]
    swap = lower == 0
    x[swap], y[swap] = y[swap], x[swap]


def tile_addresses(ids: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return zoom, x and y of tile ids; the inverse of ``tile_ids``."""
    firsts = np.array([((1 << (2 * z)) - 1) // 3 for z in range(27)], dtype=np.int64)
    zoom = np.searchsorted(firsts, ids, "right") - 1
    rest = ids - firsts[zoom]
    x, y = np.zeros_like(ids), np.zeros_like(ids)
    for bit in range(int(zoom.max(initial=0))):
        side = 1 << bit
        active = bit < zoom
        right = np.where(active, 1 & (rest // 2), 0)
        lower = np.where(active, 1 & (rest ^ right), 0)
        flip = active & (lower == 0) & (right == 1)
        x[flip], y[flip] = side - 1 - x[flip], side - 1 - y[flip]
        swap = active & (lower == 0)
        x[swap], y[swap] = y[swap], x[swap]
        x += side * right
        y += side * lower
        rest = np.where(active, rest // 4, rest)
    return zoom.astype(np.int64), x, y
