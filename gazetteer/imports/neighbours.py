"""Neighbouring districts of a first load: external divisions, and the stretch of the outline each touches.

They come in ``neighbours.csv``, UTF-8, one row a neighbour: code, name, pinyin, type, and the two ends of its
stretch (start_lon, start_lat, end_lon, end_lat), clockwise along the outline. The ends are vertices of the
outline; they become nodes, also where only two arcs meet (三交点).
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from boundaries.arcs import OUTSIDE, ArcTable
from boundaries.errors import Fault
from boundaries.grid import IntArray, as_points, snap
from boundaries.rebuild import build_polygons
from gazetteer.changes.coverage import NOBODY, External

FILE = "neighbours.csv"
_COLUMNS = ("code", "name", "pinyin", "type", "start_lon", "start_lat", "end_lon", "end_lat")
Position = tuple[int, int]
Segment = tuple[Position, Position]


@dataclass(frozen=True)
class Neighbour:
    """A neighbouring district and the ends of its stretch, grid integers."""

    external: External
    start: Position
    end: Position


@dataclass(frozen=True)
class Neighbours:
    """All neighbours of a first load, and what is wrong with their file."""

    rows: tuple[Neighbour, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def ends(self) -> IntArray:
        """The ends of all stretches, shape (k, 2)."""
        return as_points([position for row in self.rows for position in (row.start, row.end)])


def read_neighbours(folder: Path, scheme: str = "cn") -> Neighbours:
    """Read the neighbours from a folder of evidence; none when there is no such file."""
    paths = sorted(folder.rglob(FILE))
    if not paths:
        return Neighbours()
    try:
        records = list(csv.DictReader(io.StringIO(paths[0].read_bytes().decode("utf-8-sig"))))
        return Neighbours(tuple(_neighbour(record, scheme) for record in records))
    except (UnicodeDecodeError, KeyError, ValueError, TypeError):
        zh = f"{FILE} 应为 UTF-8，列为 {'、'.join(_COLUMNS)}，坐标为度。"
        en = f"{FILE} must be UTF-8 with the columns {', '.join(_COLUMNS)}, positions in degrees."
        return Neighbours(faults=(Fault("neighbours_malformed", "error", zh, en, labels=(FILE,)),))


def _neighbour(record: Mapping[str, str], scheme: str) -> Neighbour:
    if not record["name"] or not record["type"]:
        raise ValueError("a neighbour has a name and a type")
    return Neighbour(
        External(record["name"], record["type"], record["code"] or None, record["pinyin"] or None, scheme),
        _position(record["start_lon"], record["start_lat"]),
        _position(record["end_lon"], record["end_lat"]),
    )


def _position(lon: str, lat: str) -> Position:
    x, y = snap([[float(lon), float(lat)]])[0].tolist()
    return x, y


def match_outline(neighbours: Neighbours, arcs: ArcTable) -> tuple[IntArray, list[Fault]]:
    """Return for each arc the row of the neighbour beyond it, NOBODY where there is none.

    A stretch whose ends are not on one ring of the outline is a fault.
    """
    beyond = np.full(len(arcs), NOBODY, dtype=np.int64)
    if not neighbours.rows:
        return beyond, []
    owners: dict[Segment, int] = {}
    faults: list[Fault] = []
    rings = _outline(arcs)
    for row, neighbour in enumerate(neighbours.rows):
        stretch = next((s for ring in rings if (s := _stretch(ring, neighbour))), None)
        if stretch is None:
            faults.append(_not_on_outline(neighbour))
            continue
        owners.update((_segment(a, b), row) for a, b in itertools.pairwise(stretch))
    outer = np.flatnonzero((arcs.left == OUTSIDE) | (arcs.right == OUTSIDE))
    for arc in outer.tolist():
        first, second = arcs.points(arc)[:2].tolist()
        beyond[arc] = owners.get(_segment((first[0], first[1]), (second[0], second[1])), NOBODY)
    return beyond, faults


def _outline(arcs: ArcTable) -> list[list[Position]]:
    """Return the outer rings of the whole coverage, clockwise, without the closing point."""
    faces = np.unique(np.concatenate([arcs.left, arcs.right]))
    whole = build_polygons(arcs, {face: 0 for face in faces.tolist() if face != OUTSIDE})[0]
    rings = []
    for part in shapely.get_parts(whole).tolist():
        points = snap(shapely.get_coordinates(part.exterior))[:-1]
        rings.append([(x, y) for x, y in points[::-1].tolist()])
    return rings


def _stretch(ring: Sequence[Position], neighbour: Neighbour) -> list[Position] | None:
    """Return the points of a ring from the start of a neighbour's stretch to its end."""
    if neighbour.start not in ring or neighbour.end not in ring:
        return None
    start, end = ring.index(neighbour.start), ring.index(neighbour.end)
    if end <= start:
        return [*ring[start:], *ring[: end + 1]]
    return list(ring[start : end + 1])


def _segment(one: Position, other: Position) -> Segment:
    return (one, other) if one <= other else (other, one)


def _not_on_outline(neighbour: Neighbour) -> Fault:
    name = neighbour.external.name
    zh = f"“{name}”界线段的端点不是外轮廓的顶点。"
    en = f"An end of the stretch of '{name}' is no vertex of the outline."
    lon, lat = (value / 1e9 for value in neighbour.start)
    return Fault("neighbour_off_outline", "error", zh, en, lon=lon, lat=lat, labels=(name,))
