"""One set of simplified arcs a zoom: every level is drawn from it, so no level parts from another."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from boundaries.arcs import OUTSIDE, ArcTable
from boundaries.grid import IntArray
from boundaries.simplify import simplify_arcs
from gazetteer.queries.snapshot import Snapshot
from webmap.build.pixels import EXTENT, tile_size_deg

LAYERS = {3: "districts", 4: "towns", 5: "villages"}
"""Polygon layers by level."""
VILLAGE = 5
VILLAGES_NAMED_LATER = 2
DEEPEST_ZOOM = 14
TILES_AFFORDED = 8_000
"""Tiles of the deepest zoom; a large register stops earlier and is drawn larger from there."""
EARTH_AROUND_M = 40_075_016.686


@dataclass(frozen=True)
class Plan:
    """Which levels are in the tiles from which zoom on, and where the tiles end.

    Parameters
    ----------
    deepest : int
        Last zoom with tiles.
    first_zoom : mapping of level to zoom
        Levels above the district are always in.
    places_from : int
        First zoom with place names.
    tolerance_px : float
        How far a simplified line may leave its true course, in pixels of which a tile has 4096.
    """

    deepest: int = DEEPEST_ZOOM
    first_zoom: Mapping[int, int] = field(default_factory=lambda: {3: 0, 4: 8, 5: 9})
    places_from: int = 10
    tolerance_px: float = 4.0

    def shows(self, level: int, zoom: int) -> bool:
        """Tell whether a level is in the tiles of a zoom."""
        return zoom >= min(self.first_zoom.get(level, 0), self.deepest)

    def names(self, level: int, zoom: int) -> bool:
        """Tell whether labels and lines of a level bear their names in the tiles of a zoom.

        Villages do so later than they are drawn: a tile of a whole prefecture has no room for their labels,
        and their names would be the larger half of it.
        """
        first = self.first_zoom.get(level, 0) + (VILLAGES_NAMED_LATER if level == VILLAGE else 0)
        return zoom >= min(first, self.deepest)


@dataclass(frozen=True, eq=False)
class Band:
    """The simplified arcs of one zoom.

    Parameters
    ----------
    table : ArcTable
        Grid integers; only arcs of the levels shown.
    rows : ndarray of int64
        Row of each arc in the snapshot's table.
    """

    zoom: int
    table: ArcTable
    rows: IntArray

    def row_of(self, count: int) -> IntArray:
        """Return the row here of each of the snapshot's `count` arcs, -1 where it is not shown."""
        found = np.full(count, -1, dtype=np.int64)
        found[self.rows] = np.arange(len(self.rows))
        return found


def plan_for(snapshot: Snapshot, villages_from: int = 9) -> Plan:
    """Choose the deepest zoom by the size of the register."""
    top = snapshot.levels[0]
    area_m2 = sum(d.area_m2 or 0.0 for d in snapshot.divisions if d.level == top)
    latitude = float(np.median(snapshot.arcs.nodes[:, 1])) / 1e9
    deepest = DEEPEST_ZOOM
    while deepest > villages_from + 2:
        side_m = EARTH_AROUND_M * math.cos(math.radians(latitude)) / 2**deepest
        if area_m2 / side_m**2 <= TILES_AFFORDED:
            break
        deepest -= 1
    return Plan(deepest=deepest, first_zoom={3: 0, 4: min(8, villages_from), 5: villages_from})


def simplify_bands(snapshot: Snapshot, plan: Plan) -> list[Band]:
    """Simplify the leaf arcs for each zoom, from the deepest upwards, each from the one below.

    Returns
    -------
    list of Band
        By zoom, from 0.
    """
    levels = snapshot.arc_levels
    rows = np.arange(len(snapshot.arcs))
    table = snapshot.arcs
    bands = []
    for zoom in range(plan.deepest, -1, -1):
        shown_levels = [level for level in range(6) if plan.shows(level, zoom)]
        shown = np.isin(levels[rows], shown_levels)
        if not shown.all():
            table, rows = take_arcs(table, np.flatnonzero(shown)), rows[shown]
            table = _join_faces(snapshot, table, rows, [level for level in shown_levels if level])
        # The deepest tiles are drawn larger than they are: they keep more.
        tolerance_px = 0.5 if zoom == plan.deepest else plan.tolerance_px
        table = simplify_arcs(table, tolerance_px * tile_size_deg(zoom) / EXTENT)
        bands.append(Band(zoom, table, rows))
    return bands[::-1]


def _join_faces(snapshot: Snapshot, table: ArcTable, rows: IntArray, levels: list[int]) -> ArcTable:
    """Name the sides of the arcs that are left by what they still part: the divisions of the levels shown."""
    chains = np.column_stack([snapshot.chains[level] for level in levels])
    joined = np.unique(chains, axis=0, return_inverse=True)[1].reshape(-1) + 1

    def label(faces: IntArray) -> IntArray:
        labels = np.zeros(len(faces), dtype=np.int64)
        inside = faces != OUTSIDE
        labels[inside] = joined[np.searchsorted(snapshot.face_ids, faces[inside])]
        return labels

    left, right = label(snapshot.arcs.left[rows]), label(snapshot.arcs.right[rows])
    return dataclasses.replace(table, left=left, right=right)


def take_arcs(table: ArcTable, chosen: IntArray) -> ArcTable:
    """Return some arcs of a table; its nodes keep their numbers."""
    counts = np.diff(table.offsets)[chosen]
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    points = np.arange(offsets[-1]) + np.repeat(table.offsets[:-1][chosen] - offsets[:-1], counts)
    return ArcTable(
        table.coords[points],
        offsets,
        table.left[chosen],
        table.right[chosen],
        table.start_node[chosen],
        table.end_node[chosen],
        table.nodes,
    )
