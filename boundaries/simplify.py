"""Simpler lines for small scales, once on the leaf arcs, so that all levels drawn from them still fit.

Each arc loses vertices by Douglas-Peucker; its ends, the nodes, stay. That alone may make lines cross, so the
result is proven like any coverage and the arcs of a face that broke are simplified less, down to not at all.
"""

import numpy as np
import shapely

from boundaries.arcs import OUTSIDE, ArcTable
from boundaries.errors import BoundaryError, CoverageError
from boundaries.extract import prove_outline
from boundaries.grid import FloatArray, IntArray, snap, to_degrees
from boundaries.rebuild import build_polygons
from boundaries.segments import BoolArray

_EASE = 0.25
"""Factor by which the tolerance of an arc is lowered when one of its faces breaks."""

_GIVE_UP = _EASE**4
"""Below this fraction of the tolerance an arc is left as it is."""


def simplify_arcs(table: ArcTable, tolerance_deg: float) -> ArcTable:
    """Drop vertices that lie within a tolerance of the simpler line.

    Parameters
    ----------
    table : ArcTable
        Arcs of a valid coverage.
    tolerance_deg : float
        Largest distance of a dropped vertex from the new line, in degrees.

    Returns
    -------
    ArcTable
        The same arcs, sides and nodes with a subset of the vertices. Every face is still there and valid,
        and no two overlap: areas may change, the way faces meet does not.
    """
    original = shapely.linestrings(to_degrees(table.coords), indices=_owner(table))
    tolerances = np.full(len(table), tolerance_deg)
    while True:
        simpler = _simplified(table, np.asarray(original, dtype=object), tolerances)
        broken = _broken_arcs(simpler, tolerance_deg)
        if not broken.any():
            return simpler
        if not tolerances.any():
            raise BoundaryError(
                "not_a_coverage",
                "简化前的边就不成覆盖。",
                "The arcs were no coverage before they were simplified.",
            )
        eased = broken & (tolerances > 0)
        tolerances[eased if eased.any() else slice(None)] *= _EASE
        tolerances[tolerances < tolerance_deg * _GIVE_UP] = 0.0


def _owner(table: ArcTable) -> IntArray:
    return np.repeat(np.arange(len(table)), np.diff(table.offsets))


def _simplified(
    table: ArcTable, lines: "np.ndarray[tuple[int, ...], np.dtype[np.object_]]", tolerances: FloatArray
) -> ArcTable:
    """Simplify each arc with its own tolerance; 0 leaves it whole."""
    chosen = lines.copy()
    some = tolerances > 0
    chosen[some] = shapely.simplify(lines[some], tolerances[some], preserve_topology=False)
    coords, owner = shapely.get_coordinates(chosen, return_index=True)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(table)))]).astype(np.int64)
    return ArcTable(
        snap(coords), offsets, table.left, table.right, table.start_node, table.end_node, table.nodes
    )


def _broken_arcs(table: ArcTable, tolerance_deg: float) -> BoolArray:
    """Mark the arcs of every face that is no longer a valid area, or of the outline where it crosses."""
    collapsed = np.diff(table.offsets) < np.where(table.start_node == table.end_node, 4, 2)
    if collapsed.any():
        return collapsed
    labels = np.unique(np.concatenate([table.left, table.right]))
    labels = labels[labels != OUTSIDE]
    try:
        build_polygons(table, dict(zip(labels.tolist(), range(len(labels)), strict=True)))
    except BoundaryError as error:
        faces = labels[list(error.fields["groups"])]
        of_faces: BoolArray = np.isin(table.left, faces) | np.isin(table.right, faces)
        return of_faces
    try:
        prove_outline(table)
    except CoverageError as error:
        return _outer_near(table, error.faults[0].lon, error.faults[0].lat, tolerance_deg)
    return collapsed


def _outer_near(table: ArcTable, lon: float | None, lat: float | None, tolerance_deg: float) -> BoolArray:
    """Mark the outer arcs that pass near a place, or all of them when none does."""
    outer: BoolArray = (table.left == OUTSIDE) | (table.right == OUTSIDE)
    if lon is None or lat is None:
        return outer
    rows = np.flatnonzero(outer)
    lines = [shapely.LineString(to_degrees(table.points(i))) for i in rows.tolist()]
    near = rows[shapely.dwithin(lines, shapely.Point(lon, lat), 4 * tolerance_deg)]
    marked = np.zeros(len(table), dtype=bool)
    marked[near if len(near) else rows] = True
    return marked
