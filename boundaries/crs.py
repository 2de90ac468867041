"""Coordinate systems of incoming and outgoing files: recognise, question, convert to and from EPSG:4490.

Everything is x = longitude or easting, y = latitude or northing (``always_xy``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaries.errors import BoundaryError
from boundaries.notes import Note

STORAGE_EPSG = 4490

Box = tuple[float, float, float, float]


class CrsError(BoundaryError):
    """A coordinate system that is not accepted, or coordinates that do not fit the one named."""


@dataclass(frozen=True)
class CrsGuess:
    """What the coordinate system of a layer is believed to be, and why.

    Parameters
    ----------
    epsg : int or None
        EPSG code proposed; None when only a person can say (six-digit eastings without a .prj).
    name : str
        EPSG name of it, or an empty string.
    source : {'declared', 'prj', 'values'}
        A person's word, the .prj, or the ranges of the values.
    needs_confirmation : bool
        True until a person has said yes by giving the code as ``declared``.
    notes : tuple of Note
        What was assumed and why.
    box : (west, south, east, north) or None
        Extent in degrees, EPSG:4490, under this guess; for the preview map.
    swapped : bool
        True when the columns are (latitude, longitude) or (northing, easting) and must change places.
    candidates : tuple of int
        EPSG codes a person may choose from.
    """

    epsg: int | None
    name: str
    source: str
    needs_confirmation: bool
    notes: tuple[Note, ...] = ()
    box: Box | None = None
    swapped: bool = False
    candidates: tuple[int, ...] = ()


def understand_crs(
    prj_text: str | None,
    bounds: Sequence[float],
    declared: int | None = None,
    district_bounds: Sequence[float] | None = None,
    file: str = "",
) -> CrsGuess:
    """Say which coordinate system a layer is in, from its .prj, its values and a person's word.

    Parameters
    ----------
    prj_text : str or None
        Content of the .prj, WKT of ESRI or OGC.
    bounds : (minx, miny, maxx, maxy)
        Extent of the layer in its own units.
    declared : int or None
        EPSG code a person chose or confirmed. 4490 for a file in 3824, 4326 or 4258 means "treat as 4490".
    district_bounds : (west, south, east, north) or None
        Extent of the district in degrees, EPSG:4490.
    file : str
        Name of the file, for the messages.

    Raises
    ------
    CrsError
        ``crs_unsupported``, ``crs_unreadable``, ``crs_values_unknown``, ``crs_declared_unfit``.
    """
    raise NotImplementedError


def to_4490(geoms: NDArray[Any], epsg: int, swapped: bool = False) -> NDArray[Any]:
    """Convert geometries to EPSG:4490; 4490, 3824, 4326 and 4258 pass through untouched.

    Parameters
    ----------
    geoms : ndarray of shapely geometry or None, shape (n,)
    epsg : int
        An accepted code, see `ACCEPTED`.
    swapped : bool
        True when x and y must change places first.

    Raises
    ------
    CrsError
        ``crs_not_finite`` when a coordinate cannot be converted; nothing is ever stored as inf.
    """
    raise NotImplementedError


def from_4490(geoms: NDArray[Any], epsg: int) -> NDArray[Any]:
    """Convert geometries in EPSG:4490 to an accepted system, (n,) in and out; None stays None."""
    raise NotImplementedError


def read_bounds(geoms: NDArray[Any]) -> Box:
    """Return (minx, miny, maxx, maxy) over the finite coordinates of `geoms`."""
    return (np.nan, np.nan, np.nan, np.nan)
