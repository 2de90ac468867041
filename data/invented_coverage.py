"""Invent natural looking boundary lines: a Voronoi diagram whose edges are roughened without crossing.

Serves the demo district and the benchmark generator; nothing here is a real boundary. Only additions,
products, divisions and square roots touch the coordinates, so the same seed gives the same bytes anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GRID = 1e9
KNOTS = 64
"""Midpoint displacement is done on this many stretches an edge, then read at the wanted places."""
ROOM = 0.5
"""Share of the room between an edge and its two seeds that the line may use; the rest stays free."""


@dataclass(frozen=True)
class Edges:
    """Straight edges between two cells: walking from `start` to `end`, cell `left` is on the left hand.

    `start`, `end`: float (m, 2) degrees, (lon, lat); `left`, `right`: int (m,) index of a seed.
    """

    start: Floats
    end: Floats
    left: Ints
    right: Ints

    def pick(self, chosen: NDArray[np.bool_]) -> Edges:
        """Return the chosen edges only."""
        return Edges(self.start[chosen], self.end[chosen], self.left[chosen], self.right[chosen])


@dataclass(frozen=True)
class Lines:
    """Roughened edges: line i is `coords[offsets[i]:offsets[i + 1]]`, ends included, on the grid."""

    coords: Floats
    offsets: Ints


def snap(coords: Floats) -> Floats:
    """Return the coordinates on the grid of 1e-9 degree."""
    return np.asarray(np.rint(coords * GRID) / GRID, dtype=np.float64)


def voronoi_edges(seeds: Floats) -> Edges:
    """Return the bounded edges of the Voronoi diagram of `seeds` (float (n, 2), distinct), each once.

    Built as the dual of the Delaunay triangulation, so that the two cells of an edge are known exactly and
    each corner is computed once.
    """
    corners = _triangles(seeds)
    centres = snap(_circumcentres(seeds, corners))
    count = len(corners)
    from_, to = corners[:, [0, 1, 2]].ravel(), corners[:, [1, 2, 0]].ravel()
    triangle = np.repeat(np.arange(count), 3)
    key = np.minimum(from_, to) * len(seeds) + np.maximum(from_, to)
    order = np.argsort(key, kind="stable")
    twin = np.flatnonzero(key[order][1:] == key[order][:-1])
    one, two = order[twin], order[twin + 1]
    # Triangles are counter-clockwise: seen along a -> b its centre is on the left, so walking from the other
    # triangle's centre to this one's has b on the right.
    edges = Edges(centres[triangle[two]], centres[triangle[one]], from_[one], to[one])
    return edges.pick((edges.start != edges.end).any(axis=1))


def _triangles(seeds: Floats) -> Ints:
    """Return the Delaunay triangles as seed indices, int (t, 3), counter-clockwise, in a fixed order."""
    collection = shapely.delaunay_triangles(shapely.MultiPoint(seeds))
    points = shapely.get_coordinates(shapely.get_parts(collection)).reshape(-1, 4, 2)[:, :3]
    order = np.lexsort((seeds[:, 1], seeds[:, 0]))
    as_complex = seeds[order, 0] + 1j * seeds[order, 1]
    found = order[np.searchsorted(as_complex, (points[..., 0] + 1j * points[..., 1]).ravel())].reshape(-1, 3)
    a, b, c = (seeds[found[:, i]] for i in range(3))
    clockwise = (b - a)[:, 0] * (c - a)[:, 1] < (b - a)[:, 1] * (c - a)[:, 0]
    found[clockwise] = found[clockwise][:, [0, 2, 1]]
    first = np.argmin(found, axis=1)
    turned = np.take_along_axis(found, (first[:, None] + np.arange(3)) % 3, axis=1)
    return np.asarray(turned[np.lexsort(turned.T[::-1])], dtype=np.int64)


def _circumcentres(seeds: Floats, corners: Ints) -> Floats:
    a = seeds[corners[:, 0]]
    b, c = seeds[corners[:, 1]] - a, seeds[corners[:, 2]] - a
    twice = 2 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    bb, cc = (b * b).sum(axis=1), (c * c).sum(axis=1)
    return np.asarray(
        a + np.stack([c[:, 1] * bb - b[:, 1] * cc, b[:, 0] * cc - c[:, 0] * bb], 1) / twice[:, None]
    )


def relax(seeds: Floats, free: NDArray[np.bool_], rounds: int) -> Floats:
    """Return the seeds after `rounds` of Lloyd: each `free` seed moves to the centre of mass of its cell."""
    for _ in range(rounds):
        edges = voronoi_edges(seeds)
        area, moment = np.zeros(len(seeds)), np.zeros((len(seeds), 2))
        for cell in (edges.left, edges.right):
            p, q = edges.start - seeds[cell], edges.end - seeds[cell]
            piece = np.abs(p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0])
            area += np.bincount(cell, piece, len(seeds))
            for axis in (0, 1):
                moment[:, axis] += np.bincount(cell, piece * (p + q)[:, axis] / 3, len(seeds))
        seeds = np.where(free[:, None], seeds + moment / np.maximum(area, 1e-30)[:, None], seeds)
    return seeds


def roughen(edges: Edges, seeds: Floats, inner: Ints, rng: np.random.Generator, wildness: float) -> Lines:
    """Return a line for each edge, with `inner` (int (m,)) vertices between its ends.

    A line is a displaced edge: its offsets from the straight edge keep within half the two triangles that
    the edge spans with its seeds. Those triangles of different edges do not overlap, hence lines never cross.
    `wildness` is the first offset as a share of the length.
    """
    counts = inner + 2
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    edge = np.repeat(np.arange(len(inner)), counts)
    step = np.arange(offsets[-1]) - offsets[edge]
    ends = (step == 0) | (step == counts[edge] - 1)
    along = (step + np.where(ends, 0, rng.uniform(-0.3, 0.3, len(step)))) / (counts[edge] - 1)
    side = _offsets(edge, along, rng, wildness)
    chord = edges.end - edges.start
    limit = np.where(
        side > 0,
        _room(along, edge, edges, seeds[edges.left]),
        _room(along, edge, edges, seeds[edges.right]),
    )
    side = side / (1 + np.abs(side) / np.maximum(limit, 1e-12))
    normal = np.stack([-chord[:, 1], chord[:, 0]], axis=1)
    coords = edges.start[edge] + along[:, None] * chord[edge] + side[:, None] * normal[edge]
    coords[offsets[:-1]], coords[offsets[1:] - 1] = edges.start, edges.end
    return Lines(snap(coords), offsets)


def _offsets(edge: Ints, along: Floats, rng: np.random.Generator, wildness: float) -> Floats:
    """Return the midpoint displacement (share of the length) of each edge read at `along` (0-1)."""
    rows = int(edge[-1]) + 1
    values = np.zeros((rows, KNOTS + 1), dtype=np.float32)
    stretch, size = KNOTS, wildness
    while stretch > 1:
        half = stretch // 2
        middle = (values[:, :-1:stretch] + values[:, stretch::stretch]) / 2
        values[:, half::stretch] = middle + rng.uniform(-size, size, middle.shape)
        stretch, size = half, size * 0.55
    at = along * KNOTS
    knot = np.minimum(at.astype(np.int64), KNOTS - 1)
    low, high = values[edge, knot].astype(np.float64), values[edge, knot + 1].astype(np.float64)
    return np.asarray(low + (at - knot) * (high - low))


def _room(along: Floats, edge: Ints, edges: Edges, seeds: Floats) -> Floats:
    """Return how far (share of the length) a line may leave its edge towards `seeds`, at `along`."""
    chord = edges.end - edges.start
    square = (chord * chord).sum(axis=1)
    reach = seeds - edges.start
    foot = ((reach * chord).sum(axis=1) / square)[edge]
    height = (np.abs(chord[:, 0] * reach[:, 1] - chord[:, 1] * reach[:, 0]) / square)[edge]
    rising = np.where(foot > 0, along / np.where(foot > 0, foot, 1), np.inf)
    falling = np.where(foot < 1, (1 - along) / np.where(foot < 1, 1 - foot, 1), np.inf)
    return np.asarray(ROOM * height * np.minimum(rising, falling))
