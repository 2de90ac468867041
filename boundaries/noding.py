"""Making lines and arcs meet in common vertices, on the integer grid.

Every meeting point is computed once, with whole numbers, put on the grid, and entered in both lines. An
existing vertex within a few grid steps is taken instead of a new one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
import shapely

from boundaries.errors import BoundaryError
from boundaries.grid import GRID
from boundaries.patch import Position

SNAP_STEPS = 10
"""A vertex so near, 1 mm, is the place that was meant: clients round what they snap to."""

OUTLINE_REACH_STEPS = 100_000
"""On the outline of the register an existing vertex within about 10 m is taken, so that it stays as it is."""

_ROUNDS = 20
"""Each round only repairs what rounding moved in the one before; two or three are the rule."""


@dataclass(frozen=True)
class Fixed:
    """A line that others meet: it gets vertices where they do, and loses none.

    Parameters
    ----------
    points : list of (x, y)
        Grid integers; vertices are inserted in place.
    is_outline : bool
        Prefer its own vertices, see `OUTLINE_REACH_STEPS`.
    """

    points: list[Position]
    is_outline: bool = False


@dataclass
class _Changes:
    """What one round does to a line: its vertices put elsewhere, and new ones by segment and place in it."""

    moved: dict[int, Position]
    inserted: defaultdict[int, list[tuple[Fraction, Position]]]


@dataclass(frozen=True)
class _Pair:
    """Segment i of the line and segment j of another; all vertices of the others."""

    points: list[Position]
    i: int
    other: Fixed
    j: int
    vertices: set[Position]

    @property
    def own(self) -> tuple[Position, Position]:
        return self.points[self.i], self.points[self.i + 1]

    @property
    def ends(self) -> tuple[Position, Position]:
        return self.other.points[self.j], self.other.points[self.j + 1]


def node_line(line: Sequence[Position], others: Sequence[Fixed]) -> list[Position]:
    """Return a line with a vertex wherever it meets one of the others; they get the same vertices.

    Parameters
    ----------
    line : sequence of (x, y)
        Grid integers. Its own vertices give way by `SNAP_STEPS`, to the outline by `OUTLINE_REACH_STEPS`.
    others : sequence of Fixed
        Changed in place.

    Raises
    ------
    BoundaryError
        'cut_not_noded' when rounding makes lines cross anew time and again.
    """
    points = without_repeats(line)
    for _ in range(_ROUNDS):
        changes = _Changes({}, defaultdict(list))
        grown = [_Changes({}, defaultdict(list)) for _ in others]
        vertices = {point for other in others for point in other.points}
        for i, k, j in _near(points, others):
            _meet(_Pair(points, i, others[k], j, vertices), changes, grown[k])
        for other, growth in zip(others, grown, strict=True):
            if growth.inserted:
                other.points[:] = _with_inserted(other.points, growth.inserted)
        if not changes.moved and not changes.inserted and not any(growth.inserted for growth in grown):
            return points
        points = without_repeats(_with_changes(points, changes))
    raise not_noded(points[0])


def not_noded(point: Position) -> BoundaryError:
    """Return the error for lines that rounding keeps apart or lets cross again."""
    return BoundaryError(
        "cut_not_noded",
        "切割线与已有界线贴得过近，无法在格网上求交。",
        "The line runs too close to existing lines to be joined with them on the grid.",
        lon=point[0] / GRID,
        lat=point[1] / GRID,
    )


def without_repeats(points: Iterable[Position]) -> list[Position]:
    """Return the points without those equal to the one before."""
    kept: list[Position] = []
    for point in points:
        if not kept or kept[-1] != point:
            kept.append(point)
    return kept


def _near(points: list[Position], others: Sequence[Fixed]) -> Iterator[tuple[int, int, int]]:
    """Yield segment of the line, number of the other, and its segment, where the two nearly meet."""
    if len(points) < 2 or not others:
        return
    owners = [(k, j) for k, other in enumerate(others) for j in range(len(other.points) - 1)]
    ends = np.concatenate([_segments(other.points) for other in others])
    tree = shapely.STRtree(np.asarray(shapely.linestrings(ends), dtype=object))
    mine, theirs = tree.query(
        shapely.linestrings(_segments(points)), predicate="dwithin", distance=float(SNAP_STEPS)
    )
    for i, found in sorted(zip(mine.tolist(), theirs.tolist(), strict=True)):
        yield (i, *owners[found])


def _segments(points: Sequence[Position]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    xy = np.array(points, dtype=np.float64).reshape(-1, 2)
    return np.stack([xy[:-1], xy[1:]], axis=1)


def _meet(pair: _Pair, mine: _Changes, theirs: _Changes) -> None:
    """Enter what must change so that two segments meet in vertices only."""
    (p, q), (a, b) = pair.own, pair.ends
    if {p, q} == {a, b}:
        return
    met = False
    for at, vertex in ((pair.i, p), (pair.i + 1, q)):
        target = vertex if vertex in (a, b) else _touch(vertex, a, b, pair.other.is_outline)
        if target is None or (target != vertex and vertex in pair.vertices):
            continue
        met = True
        if target != vertex:
            mine.moved[at] = target
        if target not in (a, b):
            theirs.inserted[pair.j].append((_along(target, a, b), target))
    for vertex in (a, b):
        if _lies_between(vertex, p, q):
            met = True
            mine.inserted[pair.i].append((_along(vertex, p, q), vertex))
    if not met:
        _cross_over(pair, mine, theirs)


def _cross_over(pair: _Pair, mine: _Changes, theirs: _Changes) -> None:
    """Enter the place where two segments cross in both of them."""
    (p, q), (a, b) = pair.own, pair.ends
    crossing = _crossing(p, q, a, b)
    if crossing is None:
        return
    t, exact = crossing
    reach = OUTLINE_REACH_STEPS if pair.other.is_outline else SNAP_STEPS
    target = _nearest_within(exact, (a, b), reach) or exact
    mine.inserted[pair.i].append((t, target))
    if target not in (a, b):
        theirs.inserted[pair.j].append((_along(target, a, b), target))


def _touch(vertex: Position, a: Position, b: Position, is_outline: bool) -> Position | None:
    """Return where a vertex lies on a segment: an end of it, or a place on it; None when it is not near."""
    if not _is_near(vertex, a, b):
        return None
    place = _at(a, b, min(max(_along(vertex, a, b), Fraction(0)), Fraction(1)))
    reach = OUTLINE_REACH_STEPS if is_outline else SNAP_STEPS
    return _nearest_within(vertex, (a, b), reach) or place


def _is_near(vertex: Position, a: Position, b: Position) -> bool:
    """Whether a vertex is within `SNAP_STEPS` of a segment."""
    if min(_steps(vertex, a), _steps(vertex, b)) <= SNAP_STEPS**2:
        return True
    if not 0 < _along(vertex, a, b) < 1:
        return False
    return _cross(a, b, vertex) ** 2 <= SNAP_STEPS**2 * _steps(a, b)


def _lies_between(vertex: Position, p: Position, q: Position) -> bool:
    """Whether a vertex is near the inside of a segment, and near neither of its ends."""
    apart = min(_steps(vertex, p), _steps(vertex, q)) > SNAP_STEPS**2
    return apart and _is_near(vertex, p, q)


def _crossing(p: Position, q: Position, a: Position, b: Position) -> tuple[Fraction, Position] | None:
    """Return how far along p-q it crosses a-b, and where, on the grid; None when it does not."""
    from_a, from_b = _cross(p, q, a), _cross(p, q, b)
    from_p, from_q = _cross(a, b, p), _cross(a, b, q)
    if from_a * from_b >= 0 or from_p * from_q >= 0:
        return None
    t = Fraction(from_p, from_p - from_q)
    return t, _at(p, q, t)


def _nearest_within(place: Position, ends: tuple[Position, Position], reach: int) -> Position | None:
    nearest = min(ends, key=lambda end: (_steps(place, end), end))
    return nearest if _steps(place, nearest) <= reach**2 else None


def _cross(a: Position, b: Position, c: Position) -> int:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _steps(a: Position, b: Position) -> int:
    """Return the squared distance in grid steps."""
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def _along(vertex: Position, a: Position, b: Position) -> Fraction:
    dot = (vertex[0] - a[0]) * (b[0] - a[0]) + (vertex[1] - a[1]) * (b[1] - a[1])
    return Fraction(dot, _steps(a, b))


def _at(a: Position, b: Position, t: Fraction) -> Position:
    half = Fraction(1, 2)
    return (int((a[0] + t * (b[0] - a[0]) + half) // 1), int((a[1] + t * (b[1] - a[1]) + half) // 1))


def _with_changes(points: list[Position], changes: _Changes) -> list[Position]:
    moved = [changes.moved.get(i, point) for i, point in enumerate(points)]
    return _with_inserted(moved, changes.inserted)


def _with_inserted(
    points: list[Position], inserted: dict[int, list[tuple[Fraction, Position]]]
) -> list[Position]:
    result: list[Position] = []
    for i, (start, _) in enumerate(pairwise([*points, points[-1]])):
        result.append(start)
        result.extend(point for _, point in sorted(set(inserted.get(i, ()))))
    return without_repeats(result)
