"""Reading one layer: geometry in its own coordinate system, attributes as text and numbers, and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaries.crs import CrsGuess
from boundaries.files.archive import LayerFile
from boundaries.files.encoding import EncodingGuess
from boundaries.notes import Note

Value = str | int | float | None


@dataclass(frozen=True)
class Layer:
    """A layer as it stands in its file; nothing repaired, nothing converted.

    Parameters
    ----------
    name : str
        Name of the layer (stem of the .shp).
    kind : {'polygon', 'line', 'point'}
    geometry : ndarray of shapely geometry or None, shape (n,)
        In the coordinate system of the file, x before y, two dimensions.
    columns : dict of str to list
        One list of n values a field; codes, dates and text are str, empty text is None.
    record_numbers : ndarray of int64, shape (n,)
        Record number of each row in the file, counted from 1.
    crs_guess, encoding_guess
        What was understood, see there.
    notes : tuple of Note
        Everything noticed; severity 'error' marks rows that cannot be used (no geometry, not finite).
    """

    name: str
    kind: str
    geometry: NDArray[Any]
    columns: dict[str, list[Value]]
    record_numbers: NDArray[np.int64]
    crs_guess: CrsGuess
    encoding_guess: EncodingGuess
    notes: tuple[Note, ...]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.geometry)

    @property
    def errors(self) -> tuple[Note, ...]:
        """The notes that forbid using the layer as it stands."""
        return tuple(note for note in self.notes if note.severity == "error")


def read_layer(
    source: Path | str | LayerFile,
    encoding: str | None = None,
    crs: int | None = None,
    district_bounds: Sequence[float] | None = None,
) -> Layer:
    """Read one shapefile layer.

    Parameters
    ----------
    source : path of a .shp, path of a .zip with one layer, or LayerFile
    encoding : str or None
        A person's choice of encoding.
    crs : int or None
        EPSG code a person chose or confirmed (4490 for "treat as 4490").
    district_bounds : (west, south, east, north) or None
        Extent of the district, degrees, EPSG:4490.

    Raises
    ------
    FileError
        ``file_missing``, ``missing_part``, ``empty_file``, ``broken_file``, ``no_shapefile``,
        ``several_layers``, ``encoding_undecodable``, ``geometry_kind``.
    CrsError
        See `boundaries.crs.understand_crs`.
    """
    raise NotImplementedError


def require_usable(layer: Layer) -> None:
    """Raise FileError ``unusable_rows`` when the layer has errors; names the first, lists all in `fields`."""
    raise NotImplementedError
