"""Areas on the CGCS2000 ellipsoid, with geodesic edges, in square metres and in mu 亩."""

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from boundaries.grid import FloatArray

SEMI_MAJOR_M = 6_378_137.0
INVERSE_FLATTENING = 298.257222101
"""CGCS2000 ellipsoid, GB/T 38117."""

GEOD = Geod(a=SEMI_MAJOR_M, rf=INVERSE_FLATTENING)
M2_PER_MU = 2000.0 / 3.0

_LONGEST_EDGE_DEG = 0.05
"""Polygons with a longer edge are measured one by one; below it the series is good to 0.001 m2."""


def area_m2(geom: BaseGeometry) -> float:
    """Return the geodesic area of one geometry.

    Parameters
    ----------
    geom : Polygon or MultiPolygon
        Degrees, EPSG:4490 (lon, lat); ring direction does not matter.

    Returns
    -------
    float
        Square metres, 0 for an empty geometry. Holes are taken away.
    """
    if geom.is_empty:
        return 0.0
    area, _ = GEOD.geometry_area_perimeter(shapely.orient_polygons(geom))
    return float(area)


def mean_width_m(geom: BaseGeometry) -> float:
    """Return twice the area over the perimeter: about the width of a long thin piece, in metres."""
    return float(mean_widths_m(np.array([geom], dtype=object))[0])


def perimeters_m(geoms: npt.NDArray[np.object_]) -> FloatArray:
    """Return the geodesic length of all rings of many polygons, shape (n,), metres; 0 for None and empty."""
    rings, ring_geom, _ = _rings(geoms)
    coords, ring_index = shapely.get_coordinates(rings, return_index=True)
    if len(coords) == 0:
        return np.zeros(len(geoms))
    _, _, length = GEOD.inv(coords[:-1, 0], coords[:-1, 1], coords[1:, 0], coords[1:, 1])
    within = ring_index[1:] == ring_index[:-1]
    owner = ring_geom[ring_index[:-1]]
    metres = np.asarray(length, dtype=np.float64)[within]
    return np.asarray(np.bincount(owner[within], weights=metres, minlength=len(geoms)), dtype=np.float64)


def mean_widths_m(geoms: npt.NDArray[np.object_]) -> FloatArray:
    """Return twice the area over the perimeter for many polygons, shape (n,), metres."""
    perimeters = perimeters_m(geoms)
    return np.where(perimeters > 0, 2.0 * areas_m2(geoms) / np.maximum(perimeters, 1e-300), 0.0)


def mu(area_m2: float) -> float:
    """Return square metres as mu 亩 (2000/3 m2 each)."""
    return area_m2 / M2_PER_MU


def areas_m2(geoms: npt.NDArray[np.object_]) -> FloatArray:
    """Return the geodesic areas of many polygons at once, within 0.001 m2 of `area_m2`.

    Parameters
    ----------
    geoms : ndarray of Polygon or MultiPolygon, shape (n,)
        Degrees, EPSG:4490. None and empty count as 0.

    Returns
    -------
    ndarray of float64, shape (n,)
        Square metres.

    Notes
    -----
    On the equal-area plane of longitude and Y, where dY = M N cos(lat) dlat, the area is the integral of Y
    over longitude. A geodesic edge leaves the chord on that plane by a term of third order in its length,
    which follows from the geodesic equation; the next term is smaller by (length / earth radius) squared.
    """
    kept = np.flatnonzero(~(shapely.is_missing(geoms) | shapely.is_empty(geoms)))
    result = np.zeros(len(geoms))
    if len(kept) == 0:
        return result
    rings, ring_geom, shell = _rings(geoms[kept])
    coords, ring_index = shapely.get_coordinates(rings, return_index=True)
    edges, longest = _ring_integrals(coords, ring_index, len(rings))
    signed = np.where(shell, np.abs(edges), -np.abs(edges))
    result[kept] = np.bincount(ring_geom, weights=signed, minlength=len(kept))
    far = np.zeros(len(kept))
    np.maximum.at(far, ring_geom, longest)
    for i in kept[far > _LONGEST_EDGE_DEG].tolist():
        result[i] = area_m2(geoms[i])
    return result


def _rings(
    geoms: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return all rings, the geometry each belongs to, and whether it is an outer one."""
    parts, part_geom = shapely.get_parts(geoms, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    shell = np.ones(len(rings), dtype=bool)
    shell[1:] = ring_part[1:] != ring_part[:-1]
    return rings, part_geom[ring_part], shell


def _ring_integrals(
    coords: FloatArray, ring_index: npt.NDArray[np.int64], count: int
) -> tuple[FloatArray, FloatArray]:
    """Integrate Y over longitude along every ring; return also the longest edge of each, in degrees."""
    starts = np.searchsorted(ring_index, np.arange(count))
    lon, lat = np.radians(coords[:, 0]), np.radians(coords[:, 1])
    y = _equal_area_y(lat)
    y -= np.repeat(y[starts], np.diff(np.append(starts, len(y))))
    inside = ring_index[1:] == ring_index[:-1]
    dlon, dlat = np.diff(lon), np.diff(lat)
    edge = 0.5 * (y[1:] + y[:-1]) * dlon - _bow(0.5 * (lat[1:] + lat[:-1]), dlon, dlat)
    edge[~inside] = 0.0
    longest = np.where(inside, np.maximum(np.abs(dlon), np.abs(dlat)), 0.0)
    totals = np.add.reduceat(np.append(edge, 0.0), starts)
    return totals, np.degrees(np.maximum.reduceat(np.append(longest, 0.0), starts))


def _equal_area_y(lat: FloatArray) -> FloatArray:
    """Return the integral of M N cos(lat) from the equator, in m2 per radian of longitude."""
    e2 = _eccentricity_squared()
    e = np.sqrt(e2)
    sine = np.sin(lat)
    scale = SEMI_MAJOR_M**2 * (1.0 - e2) / 2.0
    return np.asarray(scale * (sine / (1.0 - e2 * sine**2) + np.arctanh(e * sine) / e))


def _bow(lat: FloatArray, dlon: FloatArray, dlat: FloatArray) -> FloatArray:
    """Return the area between the chord and the geodesic: Y''(lon) dlon^3 / 12 at the middle of the edge.

    With E = M^2 and G = (N cos lat)^2, a geodesic lat(lon) obeys
    lat'' = G' / (2 E) + lat'^2 (G' / G - E' / (2 E)); and Y'' = Y_lat lat'' + Y_latlat lat'^2.
    """
    e2 = _eccentricity_squared()
    sine, cosine = np.sin(lat), np.cos(lat)
    w = 1.0 - e2 * sine * sine
    y1 = SEMI_MAJOR_M**2 * (1.0 - e2) * cosine / (w * w)
    y2_over_y1 = -sine / cosine + 4.0 * e2 * sine * cosine / w
    half_g1_over_e = -sine * cosine * w / (1.0 - e2)
    g1_over_g = -2.0 * sine * (1.0 - e2) / (cosine * w)
    half_e1_over_e = 3.0 * e2 * sine * cosine / w
    along = half_g1_over_e * dlon * dlon * dlon
    across = (g1_over_g - half_e1_over_e + y2_over_y1) * dlon * dlat * dlat
    return np.asarray(y1 * (along + across) / 12.0)


def _eccentricity_squared() -> float:
    flattening = 1.0 / INVERSE_FLATTENING
    return flattening * (2.0 - flattening)
