"""The same reshape as people do it on plain PostGIS polygons: overlay both villages, unite the parents.

The peer of our check and apply. It checks nothing and keeps no history, and its rounding leaves slivers
between neighbours (DESIGN section 1); it is what the work costs without shared lines.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

NAME = "PostGIS overlay, unchecked"

_VILLAGES = """
UPDATE villages
SET geom = ST_Multi(ST_CollectionExtract(ST_SymDifference(geom, ST_GeomFromWKB(%(blob)s, 4490)), 3))
WHERE code = ANY(%(codes)s)
RETURNING parent_cod
"""
_PARENTS = """
UPDATE {parents}
SET geom = (
    SELECT ST_Multi(ST_Union({children}.geom))
    FROM {children}
    WHERE {children}.parent_cod = {parents}.code
)
WHERE code = ANY(%(codes)s)
RETURNING parent_cod
"""


def swept(before: NDArray[np.float64], after: NDArray[np.float64]) -> bytes:
    """Return what lies between two courses of a line with the same ends (degrees), as WKB."""
    ring = shapely.Polygon(np.vstack([before, after[::-1]]))
    parts = shapely.get_parts(shapely.make_valid(ring, method="structure"))
    return bytes(shapely.to_wkb(shapely.MultiPolygon([p for p in parts if p.geom_type == "Polygon"])))


def overlay(connection: psycopg.Connection[Any], blob: bytes, villages: tuple[str, str]) -> float:
    """Move `blob` from one village to the other and unite their parents; return the seconds it took."""
    begin = time.perf_counter()
    with connection.transaction():
        towns = _codes(connection, _VILLAGES, list(villages), blob)
        if len(towns) > 1:
            query = _PARENTS.format(parents="towns", children="villages")
            counties = _codes(connection, query, towns)
            if len(counties) > 1:
                _codes(connection, _PARENTS.format(parents="counties", children="towns"), counties)
    return time.perf_counter() - begin


def _codes(
    connection: psycopg.Connection[Any], query: str, codes: list[str], blob: bytes | None = None
) -> list[str]:
    rows = connection.execute(query.encode(), {"codes": codes, "blob": blob}).fetchall()
    return sorted({code for (code,) in rows})
