"""The course of a line 走向: its pieces in order, directions in sixteen words, ellipsoidal distances."""

import bisect
import itertools
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from boundaries.area import GEOD
from boundaries.grid import FloatArray, IntArray, to_degrees

WORDS = (
    "北",
    "北偏东北",
    "东北",
    "东偏东北",
    "东",
    "东偏东南",
    "东南",
    "南偏东南",
    "南",
    "南偏西南",
    "西南",
    "西偏西南",
    "西",
    "西偏西北",
    "西北",
    "北偏西北",
)
"""The sixteen words of GB/T 17796, clockwise from true north; each reaches 11°15' to either side."""

STEP_DEG = 360.0 / len(WORDS)
_BOUNDS = [STEP_DEG * (i + 0.5) for i in range(len(WORDS))]
"""Upper bounds of the words; halves of a degree and their halves are exact."""
_METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True)
class Leg:
    """A stretch of a line in one direction.

    Parameters
    ----------
    start_m, end_m : float
        Distance along the line from its start, ellipsoidal metres.
    azimuth_deg : float
        From true north, clockwise, of the straight way from start to end, 0 to 360.
    """

    start_m: float
    end_m: float
    azimuth_deg: float

    @property
    def word(self) -> str:
        """The direction in one of the sixteen words."""
        return direction_word(self.azimuth_deg)

    @property
    def length_m(self) -> float:
        """Distance along the line."""
        return self.end_m - self.start_m


@dataclass(frozen=True, eq=False)
class Chain:
    """Arcs of a line one after the other.

    Parameters
    ----------
    points : ndarray of int64, shape (n, 2)
        Grid integers.
    arcs : tuple of (int, bool)
        Index of each arc in the order of the chain, and whether it runs backwards in it.
    """

    points: IntArray
    arcs: tuple[tuple[int, bool], ...]

    @property
    def closed(self) -> bool:
        """Whether it comes back to its start."""
        return bool((self.points[0] == self.points[-1]).all())

    def reversed(self) -> "Chain":
        """Return the chain from its other end."""
        return Chain(self.points[::-1], tuple((arc, not back) for arc, back in reversed(self.arcs)))


def direction_word(azimuth_deg: float) -> str:
    """Return the word for a direction; a bound belongs to the word clockwise of it.

    Parameters
    ----------
    azimuth_deg : float
        Degrees from true north, clockwise; any turn.
    """
    return WORDS[bisect.bisect_right(_BOUNDS, azimuth_deg % 360.0) % len(WORDS)]


def azimuth_deg(start: Sequence[int], end: Sequence[int]) -> float:
    """Return the geodesic azimuth from one grid position to another, degrees 0 to 360."""
    (lon1, lat1), (lon2, lat2) = to_degrees([start, end]).tolist()
    forward, _, _ = GEOD.inv(lon1, lat1, lon2, lat2)
    return float(forward % 360.0)


def distances_m(points: IntArray) -> FloatArray:
    """Return the ellipsoidal distance of each point from the first along the line, shape (n,), metres."""
    lon, lat = to_degrees(points).T
    _, _, steps = GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    return np.concatenate([[0.0], np.cumsum(np.asarray(steps, dtype=np.float64))])


def length_m(points: IntArray) -> float:
    """Return the ellipsoidal length of a line, metres."""
    return float(distances_m(points)[-1])


def join_arcs(paths: Sequence[IntArray]) -> list[Chain]:
    """Return the arcs of a line as chains, each as long as it can be without a choice.

    Where more than two ends meet a chain ends. Each chain begins in the west, or in the north when it is
    taller than wide, as markers are numbered (GB/T 17796); chains come in that order too.
    """
    at: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for i, points in enumerate(paths):
        at[_place(points, 0)].append(i)
        at[_place(points, -1)].append(i)
    used: set[int] = set()
    chains: list[Chain] = []
    starts = [i for place in sorted(at) if len(at[place]) != 2 for i in at[place]]
    for i in [*starts, *range(len(paths))]:
        if i not in used:
            chains.append(_oriented(_walk(i, paths, at, used)))
    return sorted(chains, key=lambda chain: (chain.points[0][0], -chain.points[0][1]))


def _walk(
    first: int, paths: Sequence[IntArray], at: dict[tuple[int, ...], list[int]], used: set[int]
) -> Chain:
    backwards = len(at[_place(paths[first], 0)]) == 2 and len(at[_place(paths[first], -1)]) != 2
    steps = [(first, backwards)]
    points = [paths[first][::-1] if backwards else paths[first]]
    used.add(first)
    while True:
        place = _place(points[-1], -1)
        after = [i for i in at[place] if i not in used]
        if len(at[place]) != 2 or not after:
            return Chain(np.concatenate([points[0], *(p[1:] for p in points[1:])]), tuple(steps))
        i = after[0]
        backwards = _place(paths[i], 0) != place
        used.add(i)
        steps.append((i, backwards))
        points.append(paths[i][::-1] if backwards else paths[i])


def _oriented(chain: Chain) -> Chain:
    if chain.closed:
        return chain
    (x1, y1), (x2, y2) = chain.points[0].tolist(), chain.points[-1].tolist()
    wide = abs(x2 - x1) * math.cos(math.radians(y1 / 1e9)) >= abs(y2 - y1)
    wrong = x2 < x1 if wide else y2 > y1
    return chain.reversed() if wrong else chain


def find_legs(points: IntArray, tolerance_m: float) -> tuple[Leg, ...]:
    """Return the legs of a line: bends smaller than the tolerance are passed over, like directions joined.

    Parameters
    ----------
    points : ndarray of int64, shape (n, 2)
    tolerance_m : float
        How far the line may leave the straight way of a leg.

    Returns
    -------
    tuple of Leg
        Without gap from 0 to the length of the line; no two neighbours have the same word.
    """
    along = distances_m(points)
    legs: list[tuple[int, int]] = []
    found: list[Leg] = []
    for stretch in itertools.pairwise(_corners(points, tolerance_m)):
        leg = _leg(points, along, *stretch)
        while found and found[-1].word == leg.word:
            found.pop()
            stretch = (legs.pop()[0], stretch[1])
            leg = _leg(points, along, *stretch)
        legs.append(stretch)
        found.append(leg)
    return tuple(found)


def _leg(points: IntArray, along: FloatArray, start: int, end: int) -> Leg:
    azimuth = azimuth_deg(points[start].tolist(), points[end].tolist())
    return Leg(float(along[start]), float(along[end]), azimuth)


def _corners(points: IntArray, tolerance_m: float) -> list[int]:
    """Return the indices of the vertices that remain when the line is simplified, both ends included."""
    flat = _flat(points)
    kept = shapely.get_coordinates(shapely.LineString(flat).simplify(tolerance_m, preserve_topology=False))
    if len(kept) < 3 and (points[0] == points[-1]).all():
        far = int(np.argmax(((flat - flat[0]) ** 2).sum(axis=1)))
        return [0, far, len(points) - 1]
    corners = [0]
    for x, y in kept[1:-1].tolist():
        later = flat[corners[-1] + 1 : -1]
        corners.append(corners[-1] + 1 + int(np.argmin(((later - (x, y)) ** 2).sum(axis=1))))
    return [*corners, len(points) - 1]


def locate(points: IntArray, place: Sequence[int]) -> tuple[float, float]:
    """Return how far along a line a place lies, and how far from it, both in metres.

    The distance along is ellipsoidal between vertices; the foot on an edge and the distance from the line are
    taken in a plane about the place, good to a thousandth within a kilometre.
    """
    flat = _flat(points, place)
    origin = _flat(np.asarray([place], dtype=np.int64), place)[0]
    line = shapely.LineString(flat)
    off = float(line.distance(shapely.Point(origin)))
    planar = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(flat, axis=0).T))])
    foot = float(line.project(shapely.Point(origin)))
    return float(np.interp(foot, planar, distances_m(points))), off


def _flat(points: IntArray, about: Sequence[int] | None = None) -> FloatArray:
    """Return points in metres on a plane true about a place (the first point unless given)."""
    x0, y0 = about if about is not None else points[0].tolist()
    degrees = (points - np.asarray([x0, y0], dtype=np.int64)).astype(np.float64) / 1e9
    return np.asarray(degrees * _METRES_A_DEGREE * [math.cos(math.radians(y0 / 1e9)), 1.0], dtype=np.float64)


def _place(points: IntArray, end: int) -> tuple[int, ...]:
    return tuple(points[end].tolist())
