"""Writing a shapefile package: a .zip with the layer, a codebook, a README and a list of what did not fit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Encoding = Literal["UTF-8", "GBK"]
FieldType = Literal["text", "integer", "real", "date"]
Value = str | int | float | dt.date | None


@dataclass(frozen=True)
class Field:
    """One column of an export.

    ``name`` is at most 10 ASCII bytes; ``full_name`` and ``zh`` explain it in the codebook; ``unit`` is ''
    where there is none; ``decimals`` is for type 'real'; ``key`` is the key in the attributes (else `name`).
    """

    name: str
    full_name: str
    zh: str
    type: FieldType = "text"
    unit: str = ""
    decimals: int = 3
    key: str | None = None


@dataclass(frozen=True)
class About:
    """What README.txt says of a package: title, source, date of the state, licence, release, free remarks."""

    title: str
    source: str
    as_of: dt.date
    licence: str = ""
    release: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unmappable:
    """A text GBK cannot hold: the row (from 1), the field, the original, and what was written instead."""

    row: int
    field: str
    original: str
    written: str


@dataclass(frozen=True)
class Package:
    """A finished package: path of the .zip, rows, size, SHA-256 of the .zip and of each file in it."""

    path: Path
    rows: int
    bytes: int
    sha256: str
    files: Mapping[str, str]
    unmappable: tuple[Unmappable, ...]


def write_shapefile(
    path: Path,
    layer: str,
    rows: Iterable[tuple[Any, Mapping[str, Value]]],
    fields: Sequence[Field],
    about: About,
    epsg: int = 4490,
    encoding: Encoding = "UTF-8",
    kind: Literal["polygon", "line", "point"] = "polygon",
) -> Package:
    """Write the rows as a shapefile into the .zip `path`; nothing is left behind when it fails.

    Parameters
    ----------
    path : Path
        The .zip to make.
    layer : str
        Stem of the files, ASCII.
    rows : iterable of (geometry, attributes)
        Geometry is a shapely geometry or WKB bytes in EPSG:4490, degrees, or None; taken once, in batches.
    fields : sequence of Field
    about : About
    epsg : int
        4490 or a CGCS2000 3-degree Gauss-Krueger code (4513-4554).
    encoding : {'UTF-8', 'GBK'}
    kind : {'polygon', 'line', 'point'}

    Raises
    ------
    FileError
        ``field_name``, ``text_too_long``, ``geometry_kind``, ``value_type``, ``too_large``,
        ``nothing_to_write``.
    CrsError
        ``crs_unsupported``.
    """
    raise NotImplementedError
