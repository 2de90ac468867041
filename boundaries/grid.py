"""The integer grid of 1e-9 degree on which every coordinate of the register lies.

Snap once on entry and copy ever after: equality of coordinates is then exact, and a shared vertex is never
computed twice. One step of the grid is about 0.1 mm on the ground.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

GRID = 1_000_000_000
"""Steps of the grid in one degree."""

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


def snap(coords: npt.ArrayLike) -> IntArray:
    """Round degrees to the grid.

    Parameters
    ----------
    coords : array_like of float, shape (n, 2)
        (lon, lat) in degrees, EPSG:4490.

    Returns
    -------
    ndarray of int64, shape (n, 2)
        Steps of 1e-9 degree.
    """
    return np.rint(np.asarray(coords, dtype=np.float64) * GRID).astype(np.int64)


def to_degrees(points: npt.ArrayLike) -> FloatArray:
    """Return grid integers as float degrees; `snap(to_degrees(p))` is `p`.

    Parameters
    ----------
    points : array_like of int, any shape
        Steps of 1e-9 degree.
    """
    return np.asarray(points, dtype=np.int64) / float(GRID)


def strip_repeated(points: IntArray) -> IntArray:
    """Drop points equal to the one before them.

    Parameters
    ----------
    points : ndarray of int64, shape (n, 2)

    Returns
    -------
    ndarray of int64, shape (m, 2), m <= n
    """
    if len(points) < 2:
        return points
    keep = np.ones(len(points), dtype=bool)
    keep[1:] = (points[1:] != points[:-1]).any(axis=1)
    return points[keep]


def snap_polygon(geom: BaseGeometry) -> BaseGeometry:
    """Put a polygon on the grid, without repeated points; 2D only, validity is not judged here.

    Parameters
    ----------
    geom : Polygon or MultiPolygon in degrees, EPSG:4490

    Returns
    -------
    Polygon or MultiPolygon
        Rings that fall together to fewer than three distinct points are dropped; the result may be empty.
    """
    snapped: BaseGeometry = snap_polygons(np.array([geom], dtype=object))[0]
    return snapped


def snap_polygons(geoms: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Put many polygons on the grid at once; see `snap_polygon`.

    Parameters
    ----------
    geoms : ndarray of Polygon or MultiPolygon, shape (n,), degrees, EPSG:4490; None stays None

    Returns
    -------
    ndarray of object, shape (n,)
    """
    if _stands_on_grid(geoms):
        return geoms.copy()
    flat = shapely.force_2d(geoms)
    snapped = shapely.transform(flat, lambda coords: to_degrees(snap(coords)))
    stripped: npt.NDArray[np.object_] = shapely.remove_repeated_points(snapped, 0.0)
    return stripped


def _stands_on_grid(geoms: npt.NDArray[np.object_]) -> bool:
    """Whether nothing needs snapping, as in our own exports: 2D, on the grid, without repeated points."""
    if bool(np.any(shapely.has_z(geoms))):
        return False
    coords, owner = shapely.get_coordinates(geoms, return_index=True)
    repeated = (
        (coords[1:, 0] == coords[:-1, 0]) & (coords[1:, 1] == coords[:-1, 1]) & (owner[1:] == owner[:-1])
    )
    if repeated.any():
        return False
    scaled = coords * GRID
    return bool(np.array_equal(np.rint(scaled, out=scaled) / GRID, coords))


def arc_hash(points: IntArray, left: int, right: int) -> str:
    """Return the content hash of an arc: its points and the faces on its two sides.

    Parameters
    ----------
    points : ndarray of int64, shape (n, 2)
        Grid integers, in the direction of the arc.
    left, right : int
        Face ids.

    Returns
    -------
    str
        SHA-256 in hex over the points as little-endian int64 (x, y, x, y, ...), then left, then right.
    """
    digest = hashlib.sha256(np.ascontiguousarray(points, dtype="<i8").tobytes())
    digest.update(np.array([left, right], dtype="<i8").tobytes())
    return digest.hexdigest()


def as_points(pairs: Sequence[Sequence[int]] | IntArray) -> IntArray:
    """Return a list of [x, y] integer pairs as an array of shape (n, 2), also when it is empty."""
    return np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
