"""Coverages drawn as text: each letter or digit in the picture is a point, faces are lists of points.

    draw('''
        1   2   3
        4   5   6
    ''', {1: "1 4 5 2", 2: "2 5 6 3"})

`/` begins a hole and `+` another part: "1 2 3 4 / a b c + 7 8 9".
"""

import numpy as np
import numpy.typing as npt
from shapely.geometry import MultiPolygon, Polygon

from boundaries.arcs import Arc
from boundaries.extract import extract
from boundaries.grid import GRID, snap, to_degrees
from boundaries.subgraph import Subgraph

WEST, NORTH = 103.8, 30.5
STEP_DEG = 0.001


def points_of(picture: str, step_deg: float = STEP_DEG) -> dict[str, tuple[int, int]]:
    """Return every named point of a picture in grid integers; a column is one step, a line is one step."""
    lines = picture.strip("\n").split("\n")
    margin = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    step = round(step_deg * GRID)
    west, north = round(WEST * GRID), round(NORTH * GRID)
    return {
        mark: (west + column * step, north - row * step)
        for row, line in enumerate(lines)
        for column, mark in enumerate(line[margin:])
        if mark.isalnum()
    }


def face_of(points: dict[str, tuple[int, int]], spec: str) -> MultiPolygon:
    parts = []
    for part in spec.split("+"):
        rings = [to_degrees([points[name] for name in ring.split()]) for ring in part.split("/")]
        parts.append(Polygon(rings[0], rings[1:]))
    return MultiPolygon(parts)


def draw(
    picture: str, faces: dict[int, str], step_deg: float = STEP_DEG
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    """Return the polygons and labels of a picture, ready for `extract`."""
    points = points_of(picture, step_deg)
    geoms = np.array([None] * len(faces), dtype=object)
    geoms[:] = [face_of(points, spec) for spec in faces.values()]
    return geoms, np.array(list(faces), dtype=np.int64)


def subgraph_of(picture: str, faces: dict[int, str], step_deg: float = STEP_DEG) -> Subgraph:
    """Return a picture as a complete subgraph; arc and node ids count from 1."""
    geoms, labels = draw(picture, faces, step_deg)
    return Subgraph.of(extract(geoms, labels).arcs(), labels.tolist())


def arc_between(subgraph: Subgraph, one: int, other: int) -> Arc:
    """Return the only arc between two faces."""
    (arc,) = (a for a in subgraph.arcs.values() if {a.left, a.right} == {one, other})
    return arc


def box(west: float, south: float, east: float, north: float) -> Polygon:
    ring = snap([(west, south), (east, south), (east, north), (west, north)])
    return Polygon(to_degrees(ring))
