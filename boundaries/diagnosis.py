"""Where polygons overlap, leave holes or miss each other's vertices, piece by piece with areas and widths.

A shared border is used by two polygons in opposite directions. All other segments together cut the plane into
cells; within a cell the number of polygons above it does not change at a border, so one look at each cell
tells holes (none) and overlaps (two or more) apart, exactly and however thin they are. The cells are cut on
grid integers moved to a local origin, where the orientation of points is exact.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.area import area_m2, areas_m2, mean_widths_m
from boundaries.errors import Fault
from boundaries.grid import GRID, FloatArray, IntArray, snap
from boundaries.segments import Pairing, Rings, pair, read_rings

ObjectArray = npt.NDArray[np.object_]

_NEAR_STEPS = 1.5
"""A vertex this close to a segment (in grid steps, 0.15 mm) is one the segment lacks."""


@dataclass(frozen=True, eq=False)
class _Local:
    """Polygons in grid steps from a local origin."""

    origin: IntArray
    polygons: ObjectArray
    tree: shapely.STRtree

    def degrees(self, geoms: ObjectArray) -> ObjectArray:
        return np.asarray(shapely.transform(geoms, lambda xy: (xy + self.origin) / GRID), dtype=object)


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Areas with their size, width and a point inside."""

    area_m2: FloatArray
    width_m: FloatArray
    point: FloatArray

    @classmethod
    def of(cls, geoms: ObjectArray) -> "_Pieces":
        inside = shapely.get_coordinates(shapely.point_on_surface(geoms))
        return cls(areas_m2(geoms), mean_widths_m(geoms), inside)


def diagnose(
    geoms: ObjectArray, names: Sequence[str], declared_water: Sequence[BaseGeometry] = ()
) -> list[Fault]:
    """Return every overlap, hole and unmatched vertex.

    Parameters
    ----------
    geoms : ndarray of Polygon or MultiPolygon, shape (n,)
        Valid, not empty, EPSG:4490.
    names : sequence of str, length n
    declared_water : sequence of Polygon or MultiPolygon

    Returns
    -------
    list of Fault
        Overlaps by pair, largest first; then holes, largest first; then unmatched vertices by pair.
    """
    if len(geoms) == 0:
        return []
    rings = read_rings(geoms)
    pairing = pair(rings)
    origin = rings.xy.min(axis=0)
    polygons = shapely.transform(geoms, lambda xy: (snap(xy) - origin).astype(np.float64))
    local = _Local(origin, polygons, shapely.STRtree(polygons))
    alone = np.flatnonzero(pairing.mate < 0)
    cells = _cells(rings, alone, origin)
    above = _polygons_above(cells, local)
    empty = np.array([not polygons_here for polygons_here in above], dtype=bool)
    overlaps = [(c, p) for c, p in zip(cells.tolist(), above, strict=True) if len(p) > 1]
    return [
        *_overlap_faults(overlaps, local, names),
        *gap_faults(local.degrees(cells[empty]), geoms, names, declared_water),
        *_unmatched_faults(rings, pairing, alone, origin, names),
    ]


def _segments(rings: Rings, chosen: IntArray, origin: IntArray) -> ObjectArray:
    """Return segments as lines in local grid steps."""
    start, end = rings.xy[chosen] - origin, rings.xy[rings.following()[chosen]] - origin
    return np.asarray(shapely.linestrings(np.stack([start, end], axis=1).astype(np.float64)), dtype=object)


def _runs(rings: Rings, chosen: IntArray, origin: IntArray) -> ObjectArray:
    """Return the same segments joined where they follow each other in a ring: fewer lines to cut."""
    ring = rings.ring_of()[chosen]
    begins = np.ones(len(chosen), dtype=bool)
    begins[1:] = (chosen[1:] != chosen[:-1] + 1) | (ring[1:] != ring[:-1])
    run = np.cumsum(begins) - 1
    last = np.flatnonzero(np.append(begins[1:], True))
    vertices = np.insert(chosen, last + 1, rings.following()[chosen[last]])
    points = (rings.xy.take(vertices, axis=0) - origin).astype(np.float64)
    return np.asarray(shapely.linestrings(points, indices=np.insert(run, last + 1, run[last])), dtype=object)


def _cells(rings: Rings, alone: IntArray, origin: IntArray) -> ObjectArray:
    """Cut the plane along all segments that are not shared."""
    if len(alone) == 0:
        return np.empty(0, dtype=object)
    noded = shapely.unary_union(_runs(rings, alone, origin))
    cells: ObjectArray = shapely.get_parts(shapely.polygonize([noded]))
    return cells


def _polygons_above(cells: ObjectArray, local: _Local) -> list[list[int]]:
    """Return for each cell the polygons that cover a part of it: none, one, or those that overlap."""
    above = _polygons_at_one_point(cells, local)
    several = np.array([len(polygons) > 1 for polygons in above], dtype=bool)
    # Two whole coverages on top of each other share all inner borders: one cell then has many polygons.
    inside, other = local.tree.query(cells[several], predicate="intersects")
    rows = np.flatnonzero(several)[inside]
    meets = shapely.relate_pattern(cells[rows], local.polygons[other], "T********")
    for i, j in zip(rows[meets].tolist(), other[meets].tolist(), strict=True):
        if j not in above[i]:
            above[i].append(j)
    return above


def _polygons_at_one_point(cells: ObjectArray, local: _Local) -> list[list[int]]:
    """Return for each cell the polygons above one point of it that lies on no border.

    A point inside a cell can lie on a border that two polygons share; there it would count both.
    """
    points = np.asarray(shapely.point_on_surface(cells), dtype=object)
    above = _lists(len(cells), local.tree.query(points, predicate="intersects"))
    inside = _lists(len(cells), local.tree.query(points, predicate="within"))
    on_border = [i for i in range(len(cells)) if len(inside[i]) < len(above[i])]
    for i in on_border:
        piece = cells[i]
        while len(inside[i]) < len(above[i]):
            # Each piece lies within one polygon more, so that its point is off that one's border.
            piece = shapely.intersection(piece, local.polygons[min(set(above[i]) - set(inside[i]))])
            point = shapely.point_on_surface(piece)
            above[i] = local.tree.query(point, predicate="intersects").tolist()
            inside[i] = local.tree.query(point, predicate="within").tolist()
    return above


def _lists(count: int, found: IntArray) -> list[list[int]]:
    lists: list[list[int]] = [[] for _ in range(count)]
    for i, j in found.T.tolist():
        lists[i].append(j)
    return lists


def _overlap_faults(
    overlaps: Sequence[tuple[BaseGeometry, list[int]]], local: _Local, names: Sequence[str]
) -> list[Fault]:
    pieces: dict[tuple[int, int], list[BaseGeometry]] = defaultdict(list)
    for cell, polygons in overlaps:
        for one, other in _near_pairs(sorted(polygons), local):
            piece = cell
            if len(polygons) > 2:
                piece = shapely.intersection(local.polygons[one], local.polygons[other]).intersection(cell)
            if piece.area > 0:
                pieces[one, other].append(piece)
    if not pieces:
        return []
    flat = np.array([piece for found in pieces.values() for piece in found], dtype=object)
    measured = _Pieces.of(local.degrees(flat))
    stops = np.cumsum([len(found) for found in pieces.values()])
    faults = []
    for (one, other), stop, found in zip(pieces, stops.tolist(), pieces.values(), strict=True):
        rows = slice(stop - len(found), stop)
        share = shapely.area(flat[rows]).sum() / shapely.area(local.polygons[[one, other]])
        faults.append(_overlap(names[one], names[other], share, measured, rows))
    return sorted(faults, key=lambda f: -(f.area_m2 or 0.0))


def _near_pairs(polygons: list[int], local: _Local) -> Iterator[tuple[int, int]]:
    """Yield the pairs that may overlap; by an index where there are many."""
    if len(polygons) < 8:
        yield from combinations(polygons, 2)
        return
    chosen = local.polygons[polygons]
    for i, j in shapely.STRtree(chosen).query(chosen, predicate="intersects").T.tolist():
        if i < j:
            yield polygons[i], polygons[j]


def _overlap(one: str, other: str, share: FloatArray, measured: _Pieces, rows: slice) -> Fault:
    areas = measured.area_m2[rows]
    largest = rows.start + int(np.argmax(areas))
    area, width = float(areas.sum()), float(measured.width_m[largest])
    if share.max() > 1 - 1e-9:
        names = (one, other) if share[0] >= share[1] else (other, one)
        zh, en = f"{names[0]} 整个落在 {names[1]} 之内", f"{names[0]} lies wholly inside {names[1]}"
        code = "contained"
    else:
        names, code = (one, other), "overlap"
        zh, en = f"{one} 与 {other} 重叠", f"{one} and {other} overlap"
    lon, lat = measured.point[largest].tolist()
    return Fault(
        code,
        "error",
        f"{zh}：{area:.3f} 平方米，{len(areas)} 处，最大一处宽约 {width:.3f} 米",
        f"{en}: {area:.3f} m2 in {len(areas)} pieces, the largest about {width:.3f} m wide",
        lon,
        lat,
        area,
        width,
        names,
    )


def gap_faults(
    holes: ObjectArray, geoms: ObjectArray, names: Sequence[str], declared_water: Sequence[BaseGeometry]
) -> list[Fault]:
    """Return a fault for every hole, or part of one, that is not declared water.

    Parameters
    ----------
    holes : ndarray of Polygon, shape (h,), degrees
    geoms : ndarray of Polygon or MultiPolygon, shape (n,)
        The coverage, to name the neighbours.
    names : sequence of str, length n
    declared_water : sequence of Polygon or MultiPolygon
    """
    if len(holes) == 0:
        return []
    water = shapely.STRtree(list(declared_water))
    wet = np.isin(np.arange(len(holes)), water.query(holes, predicate="intersects")[0])
    left = [_undeclared(h, water) if is_wet else h for h, is_wet in zip(holes.tolist(), wet, strict=True)]
    kept = np.array([h for h in left if not h.is_empty], dtype=object)
    if len(kept) == 0:
        return []
    measured = _Pieces.of(kept)
    near: list[list[str]] = [[] for _ in kept]
    for hole, polygon in shapely.STRtree(geoms).query(kept, predicate="intersects").T.tolist():
        near[hole].append(names[polygon])
    largest_first = np.argsort(-measured.area_m2, kind="stable").tolist()
    return [_gap(sorted(near[i]), measured, i) for i in largest_first]


def _undeclared(hole: BaseGeometry, water: shapely.STRtree) -> BaseGeometry:
    """Return what is left of a hole without declared water; nothing when only rounding is left."""
    over = water.query(hole, predicate="intersects")
    if len(over) == 0:
        return hole
    rest = shapely.difference(hole, shapely.union_all(water.geometries[over]))
    areal = [p for p in shapely.get_parts(rest).tolist() if p.geom_type == "Polygon" and area_m2(p) > 1e-4]
    return shapely.MultiPolygon(areal)


def _gap(neighbours: Sequence[str], measured: _Pieces, i: int) -> Fault:
    area, width = float(measured.area_m2[i]), float(measured.width_m[i])
    lon, lat = measured.point[i].tolist()
    shown = "、".join(neighbours[:4]) + ("等" if len(neighbours) > 4 else "")
    return Fault(
        "gap",
        "error",
        f"{shown} 之间有空洞：{area:.3f} 平方米，宽约 {width:.3f} 米",
        f"There is a hole between {', '.join(neighbours[:4])}: {area:.3f} m2, about {width:.3f} m wide",
        lon,
        lat,
        area,
        width,
        tuple(neighbours[:8]),
    )


def _unmatched_faults(
    rings: Rings, pairing: Pairing, alone: IntArray, origin: IntArray, names: Sequence[str]
) -> list[Fault]:
    """Find vertices that lie on a segment of another polygon which has no vertex there."""
    if len(alone) == 0:
        return []
    following = rings.following()
    segments = _segments(rings, alone, origin)
    ends = np.unique(np.concatenate([alone, following[alone]]))
    points = shapely.points((rings.xy[ends] - origin).astype(np.float64))
    vertex, segment = shapely.STRtree(segments).query(points, predicate="dwithin", distance=_NEAR_STEPS)
    vertex, segment = ends[vertex], alone[segment]
    number = pairing.vertex
    ring_of = rings.ring_of()
    polygon, other = rings.geom[ring_of[vertex]], rings.geom[ring_of[segment]]
    at_end = (number[vertex] == number[segment]) | (number[vertex] == number[following[segment]])
    keep = ~at_end & (polygon != other)
    return _by_pair(
        zip(vertex[keep].tolist(), polygon[keep].tolist(), other[keep].tolist(), strict=True), rings, names
    )


def _by_pair(found: Iterable[tuple[int, int, int]], rings: Rings, names: Sequence[str]) -> list[Fault]:
    vertices: dict[tuple[int, int], list[int]] = defaultdict(list)
    for vertex, polygon, other in found:
        vertices[polygon, other].append(vertex)
    faults = []
    for (polygon, other), here in sorted(vertices.items()):
        lon, lat = (rings.xy[here[0]] / GRID).tolist()
        faults.append(
            Fault(
                "unmatched_vertex",
                "error",
                f"{names[polygon]} 在与 {names[other]} 的公共边上有 {len(here)} 个顶点，对方没有",
                f"{names[polygon]}: {len(here)} vertices on the border with {names[other]} without a match",
                lon,
                lat,
                labels=(names[polygon], names[other]),
            )
        )
    return faults
