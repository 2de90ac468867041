"""Boundary lines 界线 of a coverage: one a pair of divisions, at the highest level at which they differ.

Two villages of one town have none until somebody gives them one: no law delimits it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from boundaries.arcs import ArcTable
from gazetteer.changes.coverage import NOBODY, Lines, Units
from gazetteer.imports.cells import ancestors
from gazetteer.rules.lines import LOWEST_LEGAL_LEVEL, line_name

IntArray = npt.NDArray[np.int64]
_OUTSIDE = -2


def draw_lines(
    units: Units,
    levels: Sequence[int],
    face_unit: IntArray,
    arcs: ArcTable,
    externals: Sequence[str],
    beyond: IntArray,
) -> tuple[Lines, IntArray]:
    """Give every arc that parts more than villages of one town its boundary line.

    Parameters
    ----------
    units : Units
    levels : sequence of int
        Levels present, highest first.
    face_unit : ndarray of int64, shape (f,)
        Lowest unit of the faces labelled 1, 2, ...; NOBODY for water.
    arcs : ArcTable
    externals : sequence of str
        Names of the neighbours.
    beyond : ndarray of int64, shape (m,)
        The neighbour on the outer side of each arc, or NOBODY.

    Returns
    -------
    lines : Lines
        Ordered by level and the codes of the two sides. An outer line has a neighbour or nobody on its right.
    arc_line : ndarray of int64, shape (m,)
        NOBODY where an arc has no line.
    """
    level, left, right = arc_sides(units, levels, face_unit, arcs)
    known = beyond != NOBODY
    left[known & (left == _OUTSIDE)] = len(units) + beyond[known & (left == _OUTSIDE)]
    right[known & (right == _OUTSIDE)] = len(units) + beyond[known & (right == _OUTSIDE)]
    lined = np.flatnonzero((level <= LOWEST_LEGAL_LEVEL) | _beyond_units(left, right, len(units)))
    order = _code_order(units)
    last = len(units) + len(externals)
    rank = np.concatenate([np.argsort(order), np.arange(len(units), last), [last + 1, last]])
    level, left, right = level[lined], left[lined], right[lined]
    swap = rank[left] > rank[right]
    first, second = np.where(swap, right, left), np.where(swap, left, right)
    keys = np.column_stack([level, rank[first], rank[second], first, second])
    unique, line = np.unique(keys, axis=0, return_inverse=True)
    arc_line = np.full(len(arcs), NOBODY, dtype=np.int64)
    arc_line[lined] = line.reshape(-1)
    return _lines(unique, [*units.name, *externals, None]), arc_line


def _beyond_units(left: IntArray, right: IntArray, count: int) -> npt.NDArray[np.bool_]:
    """Tell which arcs have the outside or a neighbour on a side."""
    outer: npt.NDArray[np.bool_] = (np.minimum(left, right) == _OUTSIDE) | (np.maximum(left, right) >= count)
    return outer


def _lines(keys: IntArray, names: Sequence[str | None]) -> Lines:
    """Return the lines of rows of (level, rank, rank, side, side); the last name is that of nobody."""
    a, b = keys[:, 3], keys[:, 4]
    return Lines(
        level=keys[:, 0],
        name=[
            line_name(names[max(i, NOBODY)], names[max(j, NOBODY)], j == _OUTSIDE)
            for i, j in zip(a.tolist(), b.tolist(), strict=True)
        ],
        left=np.where(a < 0, NOBODY, a),
        right=np.where(b < 0, NOBODY, b),
    )


def arc_sides(
    units: Units, levels: Sequence[int], face_unit: IntArray, arcs: ArcTable
) -> tuple[IntArray, IntArray, IntArray]:
    """Return for each arc the highest level at which its sides differ, and the unit on each side there.

    A side is NOBODY for water and rest land, -2 for the outside of the coverage.
    """
    level = np.zeros(len(arcs), dtype=np.int64)
    left = np.full(len(arcs), NOBODY, dtype=np.int64)
    right = left.copy()
    for wanted in levels:
        owner = np.concatenate([[_OUTSIDE], ancestors(units.parent, units.level, face_unit, wanted)])
        here = (level == 0) & ((owner[arcs.left] != owner[arcs.right]) | (wanted == levels[-1]))
        level[here] = wanted
        left[here], right[here] = owner[arcs.left[here]], owner[arcs.right[here]]
    return level, left, right


def _code_order(units: Units) -> IntArray:
    keys = [(int(units.level[i]), units.code[i] or "~", units.name[i]) for i in range(len(units))]
    return np.array(sorted(range(len(units)), key=keys.__getitem__), dtype=np.int64)
