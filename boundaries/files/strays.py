"""Rows whose coordinates lie in another world than the rest: a wild vertex must not condemn a whole file."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import shapely

from boundaries.crs import read_bounds
from boundaries.files.shapes import Shapes
from boundaries.gauss_kruger import classify
from boundaries.notes import Note

# Fewer rows than this share must be strays, else the coordinate system is what is wrong.
MOST_STRAY_SHARE = 0.2


def set_strays_aside(shapes: Shapes) -> Shapes:
    """Return the shapes without the rows that alone make the extent senseless, each with an error note."""
    if classify(read_bounds(shapes.geometry)).kind != "unknown":
        return shapes
    boxes = shapely.bounds(shapes.geometry)
    kinds = [classify(box) if np.isfinite(box).all() else None for box in boxes.tolist()]
    counts = Counter(kind for kind in kinds if kind is not None and kind.kind != "unknown")
    if not counts:
        return shapes
    usual = counts.most_common(1)[0][0]
    strays = [number for number, kind in enumerate(kinds) if kind is not None and kind != usual]
    if not strays or len(strays) > MOST_STRAY_SHARE * len(kinds):
        return shapes
    geometry = shapes.geometry.copy()
    geometry[strays] = None
    notes = [_note(int(shapes.record_numbers[number]), boxes[number].tolist()) for number in strays]
    return replace(shapes, geometry=geometry, notes=(*shapes.notes, *notes))


def _note(row: int, box: list[float]) -> Note:
    shown = ", ".join(f"{value:g}" for value in box)
    return Note(
        "stray_coordinates",
        f"第 {row} 行的坐标范围 ({shown}) 与其他行完全不同,请改正该行的坐标。",
        f"Row {row}: its extent ({shown}) is unlike that of all other rows; correct its coordinates.",
        "error",
        row,
    )
