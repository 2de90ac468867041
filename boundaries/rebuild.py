"""From arcs back to polygons, for one face or for all divisions of a level at once.

The result is what even-odd area building gives over the arcs whose sides differ. Because rings are joined
from arcs that have the group on their left, the directed segments of a polygon equal the signed chain of its
arcs by construction; that it is valid is then checked, and a wrong label shows as an invalid polygon.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon

from boundaries.arcs import Arc, ArcTable
from boundaries.errors import BoundaryError
from boundaries.grid import FloatArray, IntArray, to_degrees
from boundaries.ringlink import LinkedRings, closed_ring_areas, link, ring_points, sides_of

ObjectArray = npt.NDArray[np.object_]


def build_polygon(arcs: Sequence[Arc], inside: Collection[int]) -> MultiPolygon:
    """Build the area of some faces from their arcs.

    Parameters
    ----------
    arcs : sequence of Arc
        All arcs with exactly one side inside; others are ignored.
    inside : collection of int
        Face ids that make up the area.

    Returns
    -------
    MultiPolygon
        Degrees, EPSG:4490, outer rings counter-clockwise; empty when no arc bounds the area.

    Raises
    ------
    BoundaryError
        'dangling_end' or 'face_invalid', with lon and lat.
    """
    border = [a for a in arcs if (a.left in inside) != (a.right in inside)]
    if not border:
        return MultiPolygon()
    polygon: MultiPolygon = build_polygons(table_of(border), dict.fromkeys(inside, 0))[0]
    return polygon


def table_of(arcs: Sequence[Arc]) -> ArcTable:
    """Return arcs in columns; nodes are numbered anew, from their positions."""
    ends = np.array([[a.points[0], a.points[-1]] for a in arcs], dtype=np.int64).reshape(-1, 2)
    number: dict[tuple[int, int], int] = {}
    index = [number.setdefault((x, y), len(number)) for x, y in ends.tolist()]
    return ArcTable(
        coords=np.concatenate([a.points for a in arcs]),
        offsets=np.concatenate([[0], np.cumsum([len(a.points) for a in arcs])]).astype(np.int64),
        left=np.array([a.left for a in arcs], dtype=np.int64),
        right=np.array([a.right for a in arcs], dtype=np.int64),
        start_node=np.array(index[0::2], dtype=np.int64),
        end_node=np.array(index[1::2], dtype=np.int64),
        nodes=np.array(list(number), dtype=np.int64).reshape(-1, 2),
    )


def build_polygons(
    table: ArcTable, group: Mapping[int, int] | IntArray, count: int | None = None
) -> ObjectArray:
    """Build the polygons of all groups of faces.

    Parameters
    ----------
    table : ArcTable
    group : mapping of face label to group, or ndarray of int64 indexed by face label
        Groups are numbered from 0; -1 (or a label missing from the mapping) is in no group.
    count : int, optional
        Number of groups; by default the largest number plus one.

    Returns
    -------
    ndarray of MultiPolygon, shape (count,)
        Degrees, EPSG:4490; empty where a group has no arc.

    Raises
    ------
    BoundaryError
        'dangling_end' or 'face_invalid', with lon, lat and the group.
    """
    left, right = _grouped(table.left, group), _grouped(table.right, group)
    if count is None:
        count = int(max(left.max(initial=-1), right.max(initial=-1))) + 1
    rings = link(table, sides_of(table, left, right))
    coords, offsets = ring_points(table, rings)
    areas = closed_ring_areas(coords, offsets)
    order, polygon_offsets, geom_offsets = _nest(rings, coords, offsets, areas, count)
    if (order[1:] < order[:-1]).any():
        coords, offsets = ring_points(table, rings.reordered(order))
    polygons: ObjectArray = shapely.from_ragged_array(
        shapely.GeometryType.MULTIPOLYGON, to_degrees(coords), (offsets, polygon_offsets, geom_offsets)
    )
    _require_valid(polygons)
    return polygons


def enclosed_areas(table: ArcTable, face: int) -> ObjectArray:
    """Return every bounded area of one face, also where the face goes on without bound (the outside).

    Parameters
    ----------
    table : ArcTable
    face : int
        Label; with 0 the result is the holes of the coverage.

    Returns
    -------
    ndarray of Polygon, shape (k,)
        Degrees, EPSG:4490, one for each connected area, islands in it taken out.
    """
    rings = link(
        table, sides_of(table, np.where(table.left == face, 0, -1), np.where(table.right == face, 0, -1))
    )
    coords, offsets = ring_points(table, rings)
    areas = closed_ring_areas(coords, offsets)
    outlines = [to_degrees(coords[a:b]) for a, b in pairwise(offsets.tolist())]
    islands = [outline for outline, area in zip(outlines, areas.tolist(), strict=True) if area <= 0]
    tree = shapely.STRtree([shapely.LineString(island) for island in islands])
    found = []
    for outline in (o for o, area in zip(outlines, areas.tolist(), strict=True) if area > 0):
        within = tree.query(shapely.Polygon(outline), predicate="covers").tolist()
        found.append(shapely.Polygon(outline, _outermost([islands[i] for i in within])))
    return np.array(found, dtype=object)


def _outermost(rings: list[FloatArray]) -> list[FloatArray]:
    """Leave out rings that lie within another one."""
    polygons = np.array([shapely.Polygon(ring) for ring in rings], dtype=object)
    return [
        ring for i, ring in enumerate(rings) if not shapely.covers(np.delete(polygons, i), polygons[i]).any()
    ]


def _grouped(faces: IntArray, group: Mapping[int, int] | IntArray) -> IntArray:
    if isinstance(group, np.ndarray):
        known = (faces >= 0) & (faces < len(group))
        return np.where(known, group[np.where(known, faces, 0)], -1).astype(np.int64)
    if len(faces) < 1000:
        return np.array([group.get(label, -1) for label in faces.tolist()], dtype=np.int64)
    labels, index = np.unique(faces, return_inverse=True)
    return np.array([group.get(label, -1) for label in labels.tolist()], dtype=np.int64)[index]


def _require_valid(polygons: ObjectArray) -> None:
    valid = shapely.is_valid(polygons)
    if valid.all():
        return
    worst = int(np.flatnonzero(~valid)[0])
    reason, lon, lat = fault_place(polygons[worst])
    raise BoundaryError(
        "face_invalid",
        f"面在 {lon:.6f}, {lat:.6f} 处不合法（{reason}）。",
        f"The area is invalid at {lon:.6f}, {lat:.6f} ({reason}).",
        lon=lon,
        lat=lat,
        group=worst,
        groups=tuple(np.flatnonzero(~valid).tolist()),
        reason=reason,
    )


def fault_place(geom: shapely.Geometry) -> tuple[str, float, float]:
    """Return GEOS's reason why a geometry is invalid, and its place in degrees."""
    text = str(shapely.is_valid_reason(geom))
    reason, _, place = text.rstrip("]").partition("[")
    lon, lat = (float(part) for part in place.split()[:2])
    return reason, lon, lat


def _nest(
    rings: LinkedRings, coords: IntArray, offsets: IntArray, areas: FloatArray, count: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Give every hole its outer ring; return ring order, polygon offsets and geometry offsets."""
    shell = areas > 0
    owner = np.arange(len(areas))
    first_shell = np.full(count, -1, dtype=np.int64)
    shells = np.flatnonzero(shell)[::-1]
    first_shell[rings.group[shells]] = shells
    number = np.bincount(rings.group[shells], minlength=count)
    holes = np.flatnonzero(~shell)
    owner[holes] = first_shell[rings.group[holes]]
    alone = holes[owner[holes] < 0]
    if len(alone):
        raise _no_outer_ring(coords[offsets[alone[0]]], np.unique(rings.group[alone]).tolist())
    for group in np.unique(rings.group[holes][number[rings.group[holes]] > 1]).tolist():
        _assign_holes(np.flatnonzero(rings.group == group), shell, coords, offsets, areas, owner)
    order = np.lexsort((np.arange(len(areas)), ~shell, owner, rings.group))
    starts = np.flatnonzero(shell[order])
    polygon_offsets = np.append(starts, len(order)).astype(np.int64)
    geom_offsets = np.concatenate([[0], np.cumsum(number)]).astype(np.int64)
    return order, polygon_offsets, geom_offsets


def _no_outer_ring(point: IntArray, groups: list[int]) -> BoundaryError:
    lon, lat = to_degrees(point).tolist()
    return BoundaryError(
        "face_invalid",
        f"{lon:.6f}, {lat:.6f} 处的内环没有外环：左右编号不一致。",
        f"A hole at {lon:.6f}, {lat:.6f} has no outer ring: the sides disagree.",
        lon=lon,
        lat=lat,
        group=groups[0],
        groups=tuple(groups),
        reason="no outer ring",
    )


def _assign_holes(
    rings: IntArray,
    shell: npt.NDArray[np.bool_],
    coords: IntArray,
    offsets: IntArray,
    areas: FloatArray,
    owner: IntArray,
) -> None:
    """Set the owner of each hole to the smallest outer ring around it (the first one when there is none)."""
    degrees = {r: to_degrees(coords[offsets[r] : offsets[r + 1]]) for r in rings.tolist()}
    shells = sorted((r for r in rings.tolist() if shell[r]), key=lambda r: float(areas[r]))
    areas_of_shells = np.array([shapely.Polygon(degrees[r]) for r in shells], dtype=object)
    shapely.prepare(areas_of_shells)
    for hole in (r for r in rings.tolist() if not shell[r]):
        around = shapely.covers(areas_of_shells, shapely.linestrings(degrees[hole]))
        if around.any():
            owner[hole] = shells[int(np.flatnonzero(around)[0])]
