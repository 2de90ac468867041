"""Reading single records with fiona where the bulk reader gives nothing, to say what is wrong with them."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import fiona

from boundaries.notes import Note

SHX_HEADER_BYTES = 100
SHORTEST_RING = 4
FARTHEST = 1e9


def explain_shapes(shp: Path, fids: Sequence[int]) -> Iterator[Note]:
    """Yield one error note for each record (number from 0) that has no usable geometry.

    The record is read again alone: a null shape, a record that cannot be read, a ring that is not closed or
    too short, or a coordinate that is not a number are told apart, with the place where there is one.
    """
    with fiona.open(shp, encoding="ISO-8859-1") as source:
        for fid in fids:
            yield _explain(source, shp, fid)


def _explain(source: Any, shp: Path, fid: int) -> Note:
    row = fid + 1
    if _is_null_shape(shp, fid):
        return Note(
            "null_geometry",
            f"第 {row} 行只有属性,没有图形。请补画图形或删除该行。",
            f"Row {row} has attributes but no geometry; draw it or delete the row.",
            "error",
            row,
        )
    try:
        geometry = source[fid].geometry
    except (fiona.errors.FionaError, ValueError, KeyError):
        geometry = None
    zh, en = _reason(geometry)
    return Note("broken_geometry", f"第 {row} 行的图形不能用:{zh}。", f"Row {row}: {en}.", "error", row)


def _is_null_shape(shp: Path, fid: int) -> bool:
    """Look up the type of a record through the index; 0 is a null shape by the format."""
    with shp.with_suffix(".shx").open("rb") as index, shp.open("rb") as shapes:
        index.seek(SHX_HEADER_BYTES + 8 * fid)
        offset = 2 * struct.unpack(">i", index.read(4))[0]
        shapes.seek(offset + 8)
        kind = shapes.read(4)
    return len(kind) == 4 and struct.unpack("<i", kind)[0] == 0


def _reason(geometry: Any) -> tuple[str, str]:
    if geometry is None:
        return "记录已损坏,无法读取", "the record is damaged and cannot be read"
    for ring in _rings(geometry["coordinates"]):
        if any(not abs(value) < FARTHEST for point in ring for value in point[:2]):
            return "坐标不是有效数字", "a coordinate is not a number"
        place = f"({ring[0][0]:g}, {ring[0][1]:g})" if ring else ""
        if len(ring) < SHORTEST_RING:
            return f"在 {place} 处的环不足 4 个点", f"the ring at {place} has fewer than 4 points"
        if not all(math.isclose(a, b, abs_tol=0.0) for a, b in zip(ring[0][:2], ring[-1][:2], strict=True)):
            return f"在 {place} 处的环没有闭合", f"the ring at {place} is not closed"
    return "图形是空的", "the geometry is empty"


def _rings(coordinates: Any) -> Iterator[Sequence[Any]]:
    """Yield the point lists at any depth of GeoJSON-like coordinates."""
    if coordinates and isinstance(coordinates[0], (int, float)):
        yield [coordinates]
    elif coordinates and coordinates[0] and isinstance(coordinates[0][0], (int, float)):
        yield coordinates
    else:
        for part in coordinates:
            yield from _rings(part)
