"""A checked coverage in columns: divisions, faces, lines, arcs and polygons, ready to be written at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from boundaries.arcs import ArcTable

NOBODY = -1
"""Index of no unit: the parent of a top division, the owner of water, the far side of an outer line."""

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Units:
    """Divisions in columns, parents by index; every sequence has one entry a division.

    Parameters
    ----------
    ids : sequence of UUID
    level : ndarray of int64, shape (n,)
        1 province to 5 village.
    type, name : sequence of str
    code, pinyin : sequence of str or None
    scheme : str
        Scheme of all codes.
    parent : ndarray of int64, shape (n,)
        Index of the parent division, or NOBODY.
    """

    ids: Sequence[uuid.UUID]
    level: IntArray
    type: Sequence[str]
    name: Sequence[str]
    code: Sequence[str | None]
    pinyin: Sequence[str | None]
    scheme: str
    parent: IntArray

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class External:
    """A neighbouring division outside the register: named on boundary lines, without a face."""

    name: str
    type: str
    code: str | None
    pinyin: str | None
    scheme: str


@dataclass(frozen=True, eq=False)
class Lines:
    """Boundary lines 界线 in columns: level, name, and the two sides.

    A side is the index of a unit, or the number of units plus the index of an external one, or NOBODY.
    """

    level: IntArray
    name: Sequence[str]
    left: IntArray
    right: IntArray

    def __len__(self) -> int:
        return len(self.level)


@dataclass(frozen=True, eq=False)
class Coverage:
    """Everything a first load writes; checked before.

    Parameters
    ----------
    units : Units
    face_kind : sequence of str
        'unit', 'rest' or 'water' of the faces labelled 1, 2, ... in `arcs`.
    face_unit : ndarray of int64, shape (f,)
        The lowest unit each face belongs to, or NOBODY.
    arcs : ArcTable
    lines : Lines
    arc_line : ndarray of int64, shape (m,)
        The boundary line of each arc, or NOBODY within a town.
    shapes : ndarray of MultiPolygon, shape (len(units),)
        Degrees on the grid, EPSG:4490.
    areas_m2 : ndarray of float64, shape (len(units),)
        On the ellipsoid CGCS2000.
    externals : sequence of External
        Neighbours that lines may name; they have the level of the highest units.
    """

    units: Units
    face_kind: Sequence[str]
    face_unit: IntArray
    arcs: ArcTable
    lines: Lines
    arc_line: IntArray
    shapes: npt.NDArray[np.object_]
    areas_m2: npt.NDArray[np.float64]
    externals: Sequence[External] = ()
