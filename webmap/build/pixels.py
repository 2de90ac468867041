"""The integer pixels of a zoom: every vertex is put on them once, for all neighbours and levels alike."""

from __future__ import annotations

import dataclasses

import numpy as np

from boundaries.arcs import ArcTable
from boundaries.grid import FloatArray, IntArray, to_degrees

EXTENT = 4096
"""Pixels along the side of a tile."""
MAX_LATITUDE = 85.0511287798066


def project(degrees: FloatArray, zoom: int) -> FloatArray:
    """Return web mercator pixels of a zoom, x to the east and y to the south from the north-west corner.

    Parameters
    ----------
    degrees : ndarray of float64, shape (n, 2)
        (lon, lat), EPSG:4490; taken as WGS 84, from which it differs by centimetres.
    zoom : int

    Returns
    -------
    ndarray of float64, shape (n, 2)
    """
    size = EXTENT * 2.0**zoom
    latitude = np.radians(np.clip(degrees[:, 1], -MAX_LATITUDE, MAX_LATITUDE))
    x = (degrees[:, 0] + 180.0) / 360.0 * size
    y = (0.5 - np.arcsinh(np.tan(latitude)) / (2.0 * np.pi)) * size
    return np.column_stack([x, y])


def pixel_points(points: IntArray, zoom: int) -> IntArray:
    """Return grid integers (EPSG:4490) as whole pixels of a zoom, shape (n, 2)."""
    return np.rint(project(to_degrees(points), zoom)).astype(np.int64)


def pixel_arcs(table: ArcTable, zoom: int) -> ArcTable:
    """Put all arcs of a table on the pixels of a zoom, without repeated points; arcs may shrink to a point.

    Both sides of an arc take the same whole numbers from here, so neighbours cannot part.
    """
    coords = pixel_points(table.coords, zoom)
    keep = np.ones(len(coords), dtype=bool)
    keep[1:] = (coords[1:] != coords[:-1]).any(axis=1)
    keep[table.offsets[:-1]] = True
    kept = np.concatenate([[0], np.cumsum(keep)])
    return dataclasses.replace(
        table, coords=coords[keep], offsets=kept[table.offsets], nodes=pixel_points(table.nodes, zoom)
    )


def tile_size_deg(zoom: int) -> float:
    """Return the width of a tile in degrees of longitude."""
    return float(360.0 / 2.0**zoom)
