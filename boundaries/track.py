"""A GNSS track, or a line from a file, fitted to an arc: which stretch it replaces, and by which points."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.area import INVERSE_FLATTENING, SEMI_MAJOR_M
from boundaries.errors import BoundaryError
from boundaries.grid import FloatArray, IntArray, snap, strip_repeated, to_degrees


@dataclass(frozen=True, eq=False)
class FittedTrack:
    """What a reshape needs.

    Parameters
    ----------
    start, end : int
        Vertices of the arc that stay, start < end.
    path : ndarray of int64, shape (k, 2)
        Grid integers, EPSG:4490, in the direction of the arc, without the two vertices.
    start_gap_m, end_gap_m : float
        How far the ends of the track lie from those two vertices.
    dropped : int
        Points of the track that simplification left out.
    """

    start: int
    end: int
    path: IntArray
    start_gap_m: float
    end_gap_m: float
    dropped: int


def fit_track(
    arc_points: IntArray, track_degrees: npt.ArrayLike, tolerance_m: float, reach_m: float = 50.0
) -> FittedTrack:
    """Turn a track into the stretch of an arc that it replaces.

    Parameters
    ----------
    arc_points : ndarray of int64, shape (n, 2)
        Grid integers, EPSG:4490.
    track_degrees : array_like of float, shape (m, 2), m >= 2
        (lon, lat) in degrees, EPSG:4490, in either direction.
    tolerance_m : float
        Points are left out where the line stays within this distance (Douglas-Peucker); 0 keeps all.
    reach_m : float
        How far an end of the track may lie from the nearest vertex of the arc.

    Raises
    ------
    BoundaryError
        'track_too_short', 'track_not_degrees', 'track_end_too_far' (with end, distance_m, reach_m, lon,
        lat), 'track_ends_meet'.
    """
    track = _required(track_degrees)
    scale = _metres_per_degree(float(track[:, 1].mean()))
    arc_m, track_m = to_degrees(arc_points) * scale, track * scale
    closed = bool((arc_points[0] == arc_points[-1]).all())
    start, end = (_nearest(arc_m, track_m, track, which, reach_m) for which in (0, -1))
    start, end = _stretch(arc_m, track_m, start, end) if closed else (start, end)
    if start == end:
        raise _refused(
            "track_ends_meet",
            "轨迹两端对应同一个顶点，无法确定要替换的一段。",
            "Both ends of the track are nearest to one vertex: the stretch to replace is not clear.",
            vertex=start,
        )
    if start > end:
        start, end, track, track_m = end, start, track[::-1], track_m[::-1]
    gaps = [float(np.hypot(*(arc_m[v] - track_m[e]))) for v, e in ((start, 0), (end, -1))]
    kept = _kept(arc_m[start], track_m, arc_m[end], tolerance_m)
    ends = [arc_points[start : start + 1], arc_points[end : end + 1]]
    path = strip_repeated(np.concatenate([ends[0], snap(track[kept]), ends[1]]))[1:]
    path = path[:-1] if len(path) and (path[-1] == arc_points[end]).all() else path
    return FittedTrack(start, end, path, gaps[0], gaps[1], len(track) - len(kept))


def _required(track_degrees: npt.ArrayLike) -> FloatArray:
    track = np.asarray(track_degrees, dtype=np.float64)
    if track.ndim != 2 or track.shape[0] < 2 or track.shape[1] != 2:
        raise _refused(
            "track_too_short", "轨迹至少需要两个点。", "A track needs at least two points (lon, lat)."
        )
    if not np.isfinite(track).all() or (np.abs(track) > (180.0, 90.0)).any():
        raise _refused(
            "track_not_degrees",
            "轨迹坐标不是经纬度（度）。",
            "The coordinates of the track are not longitude and latitude in degrees.",
        )
    return track


def _metres_per_degree(lat: float) -> FloatArray:
    """Return the length in metres of one degree of longitude and of latitude (CGCS2000 ellipsoid)."""
    flattening = 1.0 / INVERSE_FLATTENING
    e2 = flattening * (2.0 - flattening)
    w2 = 1.0 - e2 * np.sin(np.radians(lat)) ** 2
    across = SEMI_MAJOR_M / np.sqrt(w2) * np.cos(np.radians(lat))
    along = SEMI_MAJOR_M * (1.0 - e2) / w2**1.5
    return np.array([np.radians(across), np.radians(along)], dtype=np.float64)


def _nearest(arc_m: FloatArray, track_m: FloatArray, track: FloatArray, which: int, reach_m: float) -> int:
    """Return the vertex nearest to an end of the track (0 or -1)."""
    distance = np.hypot(*(arc_m - track_m[which]).T)
    vertex = int(np.argmin(distance))
    if distance[vertex] > reach_m:
        lon, lat = track[which].tolist()
        zh, en = ("起点", "start") if which == 0 else ("终点", "end")
        raise _refused(
            "track_end_too_far",
            f"轨迹{zh}距界线最近的顶点 {distance[vertex]:.1f} 米，超过 {reach_m:g} 米。",
            f"The {en} of the track is {distance[vertex]:.1f} m from the nearest vertex of the line, "
            f"more than {reach_m:g} m.",
            end=en,
            distance_m=round(float(distance[vertex]), 3),
            reach_m=reach_m,
            lon=lon,
            lat=lat,
        )
    return vertex


def _stretch(arc_m: FloatArray, track_m: FloatArray, start: int, end: int) -> tuple[int, int]:
    """On a ring, take its node as first or as last vertex, whichever stretch is nearer to the track."""
    last = len(arc_m) - 1
    starts, ends = ((0, last) if v in (0, last) else (v,) for v in (start, end))
    line = shapely.LineString(track_m)
    choices = [(s, e) for s in starts for e in ends if s != e]

    def distance(choice: tuple[int, int]) -> float:
        low, high = sorted(choice)
        return float(shapely.distance(shapely.points(arc_m[low : high + 1]), line).mean())

    return min(choices, key=distance) if choices else (start, end)


def _kept(first: FloatArray, track_m: FloatArray, last: FloatArray, tolerance_m: float) -> IntArray:
    """Return the indices of the track points that stay: none beside the ends, and what the line needs."""
    away = np.flatnonzero(
        (np.hypot(*(track_m - first).T) > tolerance_m) & (np.hypot(*(track_m - last).T) > tolerance_m)
    )
    if len(away) == 0:
        return away
    inside = np.arange(away[0], away[-1] + 1)
    way = np.concatenate([first[None], track_m[inside], last[None]])
    if tolerance_m <= 0:
        return inside
    simple = shapely.get_coordinates(
        shapely.simplify(shapely.LineString(way), tolerance_m, preserve_topology=False)
    )
    stays, at = [], 0
    for i, point in enumerate(way):
        if at < len(simple) and (point == simple[at]).all():
            stays.append(i)
            at += 1
    return inside[[i - 1 for i in stays if 0 < i < len(way) - 1]]


def _refused(code: str, zh: str, en: str, **fields: Any) -> BoundaryError:
    return BoundaryError(code, zh, en, **fields)
