"""Directed arcs joined into rings that touch themselves nowhere.

A group of faces is bounded by the arcs that have it on exactly one side. Directed so that the group lies on
their left, these arcs form closed walks: outer rings counter-clockwise, holes clockwise. Where a node is
passed more than once by one group (four-valent nodes, 飞地 that touch in a point) the walk stays in the same
sector of the group, and is then cut at every node it visits twice; that gives rings a polygon may have.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from boundaries.arcs import ArcTable
from boundaries.errors import BoundaryError
from boundaries.grid import GRID, IntArray
from boundaries.segments import BoolArray, ring_areas


@dataclass(frozen=True, eq=False)
class Sides:
    """Directed arcs, each with one group on its left.

    Parameters
    ----------
    arc : ndarray of int64, shape (d,)
        Row in the arc table.
    forward : ndarray of bool, shape (d,)
        Whether the arc is followed as stored.
    group : ndarray of int64, shape (d,)
    start, end : ndarray of int64, shape (d,)
        Nodes, in the direction followed.
    """

    arc: IntArray
    forward: BoolArray
    group: IntArray
    start: IntArray
    end: IntArray


@dataclass(frozen=True, eq=False)
class LinkedRings:
    """Rings as sequences of sides, grouped.

    Parameters
    ----------
    sides : Sides
    sequence : ndarray of int64
        Rows of `sides`, ring after ring.
    offsets : ndarray of int64, shape (r + 1,)
        Ring i is ``sequence[offsets[i]:offsets[i + 1]]``.
    group : ndarray of int64, shape (r,)
    """

    sides: Sides
    sequence: IntArray
    offsets: IntArray
    group: IntArray

    def reordered(self, order: IntArray) -> "LinkedRings":
        """Return the same rings in another order."""
        counts = np.diff(self.offsets)[order]
        offsets = np.concatenate([[0], np.cumsum(counts)])
        index = np.arange(offsets[-1]) + np.repeat(self.offsets[:-1][order] - offsets[:-1], counts)
        return LinkedRings(self.sides, self.sequence[index], offsets, self.group[order])


def sides_of(table: ArcTable, left: IntArray, right: IntArray) -> Sides:
    """Return the directed arcs on the border of each group.

    Parameters
    ----------
    table : ArcTable
    left, right : ndarray of int64, shape (m,)
        Group on each side of every arc; negative for no group. Arcs inside one group are left out.
    """
    differ = left != right
    forward, backward = np.flatnonzero(differ & (left >= 0)), np.flatnonzero(differ & (right >= 0))
    return Sides(
        arc=np.concatenate([forward, backward]),
        forward=np.concatenate([np.ones(len(forward), dtype=bool), np.zeros(len(backward), dtype=bool)]),
        group=np.concatenate([left[forward], right[backward]]),
        start=np.concatenate([table.start_node[forward], table.end_node[backward]]),
        end=np.concatenate([table.end_node[forward], table.start_node[backward]]),
    )


def link(table: ArcTable, sides: Sides) -> LinkedRings:
    """Join directed arcs into rings.

    Raises
    ------
    BoundaryError
        'dangling_end' where a side ends and none of its group goes on, 'face_invalid' where two sides go
        on as one; with lon, lat and the groups.
    """
    following, pinched = _following(table, sides)
    nxt: list[int] = following.tolist()
    in_pinched: list[bool] = pinched.tolist()
    visited = bytearray(len(nxt))
    rings: list[list[int]] = []
    for first in range(len(nxt)):
        if visited[first]:
            continue
        walk, pinch, side = [], False, first
        while not visited[side]:
            visited[side] = 1
            walk.append(side)
            pinch = pinch or in_pinched[side]
            side = nxt[side]
        rings.extend(_cut(walk, sides.start) if pinch else [walk])
    sequence = np.fromiter((s for ring in rings for s in ring), dtype=np.int64, count=len(nxt))
    offsets = np.concatenate([[0], np.cumsum([len(ring) for ring in rings], dtype=np.int64)])
    return LinkedRings(sides, sequence, offsets, sides.group[sequence[offsets[:-1]]])


def _following(table: ArcTable, sides: Sides) -> tuple[IntArray, BoolArray]:
    """Return the side that comes after each, and which sides end in a node their group passes twice."""
    stride = len(table.nodes) + 1
    leaving = sides.group * stride + sides.start
    order = np.argsort(leaving, kind="stable")
    leaving = leaving[order]
    arriving = sides.group * stride + sides.end
    low, high = np.searchsorted(leaving, arriving, "left"), np.searchsorted(leaving, arriving, "right")
    if (low == high).any():
        raise _broken("dangling_end", table, sides, np.flatnonzero(low == high))
    following: IntArray = order[low]
    pinched: BoolArray = high - low > 1
    choices = {int(i): order[low[i] : high[i]].tolist() for i in np.flatnonzero(pinched)}
    for arriving_side, leaving_sides in choices.items():
        following[arriving_side] = _same_sector(table, sides, arriving_side, leaving_sides)
    chosen = np.bincount(following, minlength=len(following))
    if (chosen > 1).any():
        raise _broken("face_invalid", table, sides, np.flatnonzero(chosen[following] > 1))
    return following, pinched


_BREAKS = {
    "dangling_end": ("边界在 {:.6f}, {:.6f} 处中断。", "The boundary breaks off at {:.6f}, {:.6f}."),
    # Two borders arrive between which none leaves: the group lies on both sides of one of them.
    "face_invalid": ("面在 {:.6f}, {:.6f} 处与自身重叠。", "The area overlaps itself at {:.6f}, {:.6f}."),
}


def _broken(code: str, table: ArcTable, sides: Sides, arriving: IntArray) -> BoundaryError:
    """Return the error for sides that end where their group does not go on properly."""
    lon, lat = (table.nodes[sides.end[arriving[0]]] / GRID).tolist()
    zh, en = _BREAKS[code]
    groups = np.unique(sides.group[arriving]).tolist()
    return BoundaryError(
        code,
        zh.format(lon, lat),
        en.format(lon, lat),
        lon=lon,
        lat=lat,
        group=groups[0],
        groups=tuple(groups),
        reason="the sides at a node do not alternate",
    )


def _same_sector(table: ArcTable, sides: Sides, arriving: int, leaving: Sequence[int]) -> int:
    """Return the leaving side first met when turning clockwise from where the walk came from.

    The group lies on the left of the walk, so the sector it arrived along is the one that begins at the
    reversed last segment and is swept clockwise.
    """
    node = table.nodes[sides.end[arriving]].tolist()
    back = _away(table, sides, arriving, node, last=True)
    turns = [(_ClockwiseFrom(back, _away(table, sides, s, node, last=False)), s) for s in leaving]
    return min(turns)[1]


def _away(table: ArcTable, sides: Sides, side: int, node: list[int], last: bool) -> tuple[int, int]:
    """Return the vector from the node to the neighbouring vertex on a side, in exact integers."""
    points = table.points(int(sides.arc[side]))
    at_end = bool(sides.forward[side]) == last
    x, y = (points[-2] if at_end else points[1]).tolist()
    return (x - node[0], y - node[1])


class _ClockwiseFrom:
    """A direction ordered by the clockwise angle from a reference, in (0, 360] degrees, without rounding."""

    def __init__(self, reference: tuple[int, int], vector: tuple[int, int]) -> None:
        self.cross = reference[1] * vector[0] - reference[0] * vector[1]
        self.dot = reference[0] * vector[0] + reference[1] * vector[1]
        if self.cross > 0 or (self.cross == 0 and self.dot < 0):
            self.half = 0
        else:
            self.half = 1

    def __lt__(self, other: "_ClockwiseFrom") -> bool:
        if self.half != other.half:
            return self.half < other.half
        return self.cross * other.dot - self.dot * other.cross < 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _ClockwiseFrom):
            return NotImplemented
        return self.half == other.half and self.cross * other.dot == self.dot * other.cross

    def __hash__(self) -> int:
        return hash((self.half, self.cross, self.dot))


def _cut(walk: list[int], start: IntArray) -> list[list[int]]:
    """Cut a closed walk at every node it visits more than once."""
    rings: list[list[int]] = []
    stack: list[int] = []
    place: dict[int, int] = {}
    for side in walk:
        node = int(start[side])
        if node in place:
            loop = stack[place[node] :]
            del stack[place[node] :]
            rings.append(loop)
            for done in loop:
                place.pop(int(start[done]), None)
        place[node] = len(stack)
        stack.append(side)
    rings.append(stack)
    return rings


def ring_points(table: ArcTable, rings: LinkedRings) -> tuple[IntArray, IntArray]:
    """Copy the points of all rings, closing point included.

    Returns
    -------
    coords : ndarray of int64, shape (n, 2)
    offsets : ndarray of int64, shape (r + 1,)
    """
    arc, forward = rings.sides.arc[rings.sequence], rings.sides.forward[rings.sequence]
    counts = table.offsets[arc + 1] - table.offsets[arc] - 1
    closes = np.zeros(len(arc), dtype=np.int64)
    closes[rings.offsets[1:] - 1] = 1
    counts += closes
    stops = np.cumsum(counts)
    step = np.where(forward, 1, -1)
    first = np.where(forward, table.offsets[arc], table.offsets[arc + 1] - 1)
    along = np.arange(stops[-1] if len(stops) else 0) - np.repeat(stops - counts, counts)
    index = np.repeat(first, counts) + np.repeat(step, counts) * along
    coords = table.coords.take(index, axis=0)
    return coords, np.concatenate([[0], stops[rings.offsets[1:] - 1]]).astype(np.int64)


def closed_ring_areas(coords: IntArray, offsets: IntArray) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return twice the signed area of closed rings; see `segments.ring_areas`.

    A closing point adds nothing to the sum: it is the local origin.
    """
    return ring_areas(coords, offsets)
