"""Reading the geometry of a shapefile in bulk, in batches bounded by bytes, and naming the rows that fail."""

from __future__ import annotations

import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray

from boundaries.files.errors import FileError
from boundaries.files.rescue import explain_shapes
from boundaries.notes import Note

BATCH_BYTES = 64_000_000
MOST_BATCH_ROWS = 65_536
SHP_MAGIC = 9994
SHP_HEADER_BYTES = 100
SHX_ENTRY_BYTES = 8
KINDS = {1: "point", 11: "point", 21: "point", 8: "point", 18: "point", 28: "point"}
KINDS |= {3: "line", 13: "line", 23: "line", 5: "polygon", 15: "polygon", 25: "polygon"}
# Farther than any coordinate on Earth in metres, zone prefix included: garbage left by a broken writer.
FARTHEST = 1e9
# Every byte maps to one character and back, so the bulk reader cannot spoil text of any encoding.
TRANSPARENT = "ISO-8859-1"
GEOMETRY = "wkb_geometry"
FID = "OGC_FID"


@dataclass(frozen=True)
class Shapes:
    """Geometry (n,) with None where a row cannot be used, record numbers from 1, attributes, notes."""

    geometry: NDArray[Any]
    record_numbers: NDArray[np.int64]
    attributes: pa.Table
    notes: tuple[Note, ...]


def read_kind(shp: Path, file: str) -> str:
    """Return 'polygon', 'line' or 'point' from the header of a .shp.

    Raises
    ------
    FileError
        ``broken_file`` when it is no .shp, ``geometry_kind`` for other kinds.
    """
    with shp.open("rb") as opened:
        header = opened.read(SHP_HEADER_BYTES)
    if len(header) < SHP_HEADER_BYTES or struct.unpack_from(">i", header)[0] != SHP_MAGIC:
        raise FileError(
            "broken_file",
            f"“{file}”不是有效的 .shp 文件,请重新导出。",
            f'"{file}" is not a valid .shp; export it again.',
            file=file,
        )
    number = struct.unpack_from("<i", header, 32)[0]
    if number not in KINDS:
        raise FileError(
            "geometry_kind",
            f"“{file}”的图形类型({number})不是点、线、面,请导出为面图层。",
            f'The shapes of "{file}" (type {number}) are no points, lines or polygons; export polygons.',
            file=file,
            type=number,
        )
    return KINDS[number]


def count_shapes(shx: Path) -> int:
    """Return the number of shapes the index lists."""
    return max(0, (shx.stat().st_size - SHP_HEADER_BYTES) // SHX_ENTRY_BYTES)


def read_shapes(shp: Path) -> Shapes:
    """Read geometry and attributes; text of the attributes stands for bytes (`TRANSPARENT`)."""
    with warnings.catch_warnings():
        # A measure (M) means nothing for a boundary; the rows GDAL warns about are explained below.
        warnings.filterwarnings("ignore", category=UserWarning, message="Measured")
        warnings.filterwarnings("ignore", category=RuntimeWarning)
        geometry, fids, attributes = _read_batches(shp)
    bad = fids[shapely.is_missing(geometry)].tolist()
    notes = tuple(explain_shapes(shp, bad)) if bad else ()
    return Shapes(geometry, fids + 1, attributes, notes)


def _read_batches(shp: Path) -> tuple[NDArray[Any], NDArray[np.int64], pa.Table]:
    """Return geometries, record numbers from 0, and attributes; WKB is held for one batch only."""
    rows = count_shapes(shp.with_suffix(".shx"))
    size = max(1, min(MOST_BATCH_ROWS, BATCH_BYTES * rows // max(1, shp.stat().st_size)))
    geometry: list[NDArray[Any]] = []
    fids: list[NDArray[np.int64]] = []
    batches: list[pa.RecordBatch] = []
    options = {"encoding": TRANSPARENT, "return_fids": True, "use_pyarrow": True}
    with pyogrio.open_arrow(shp, batch_size=size, **options) as (_, reader):
        for batch in reader:
            geometry.append(_make(batch.column(GEOMETRY)))
            fids.append(batch.column(FID).to_numpy(zero_copy_only=False).astype(np.int64))
            batches.append(batch.drop_columns([GEOMETRY, FID]))
    return np.concatenate(geometry), np.concatenate(fids), pa.Table.from_batches(batches)


def _make(column: pa.Array) -> NDArray[Any]:
    """Build geometries from WKB; None for a row that has none, cannot be built, or is not finite."""
    wkb = column.to_numpy(zero_copy_only=False)
    try:
        made = shapely.from_wkb(wkb)
    except shapely.errors.GEOSException:
        made = shapely.from_wkb(wkb, on_invalid="ignore")
    flat = shapely.has_z(made).any() or shapely.has_m(made).any()
    made = np.array(shapely.force_2d(made) if flat else made, dtype=object)
    coords, owner = shapely.get_coordinates(made, return_index=True)
    wrong = ~(np.abs(coords) < FARTHEST).all(axis=1)
    made[np.unique(owner[wrong])] = None
    made[shapely.is_empty(made)] = None
    return made
