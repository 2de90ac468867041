"""From polygons to arcs: find the shared lines of a coverage and cut them at the nodes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from boundaries.arcs import OUTSIDE, ArcTable
from boundaries.errors import BoundaryError, CoverageError, Fault
from boundaries.grid import GRID, IntArray
from boundaries.rebuild import build_polygons
from boundaries.segments import BoolArray, Pairing, Rings, pair, read_rings


@dataclass(frozen=True, eq=False)
class _Runs:
    """Stretches between nodes: first vertex, number of segments, and the ring they follow."""

    first: IntArray
    length: IntArray
    ring: IntArray


def extract(
    geoms: npt.NDArray[np.object_], faces: npt.ArrayLike, extra_nodes: IntArray | None = None
) -> ArcTable:
    """Cut a coverage into arcs.

    Parameters
    ----------
    geoms : ndarray of Polygon or MultiPolygon, shape (g,)
        Valid, on the grid, EPSG:4490; one per face.
    faces : array_like of int, shape (g,)
        Label of each polygon, all different and not 0.
    extra_nodes : ndarray of int64, shape (k, 2), optional
        Positions that become nodes where they are vertices (an edition load splits new arcs at old nodes).

    Returns
    -------
    ArcTable
        Each arc runs with the polygon that comes first in `geoms` on its left. The order depends on the
        coverage only, not on where rings start or which way they turn. A ring without a node gets one at
        its smallest vertex (by x, then y).

    Raises
    ------
    CoverageError
        When a segment is used more than twice or twice in one direction, or the outline crosses itself.
    """
    labels = _labels(faces, len(geoms))
    rings = read_rings(geoms)
    pairing = pair(rings)
    if pairing.bad.any():
        raise CoverageError(segment_faults(rings, pairing, labels))
    table = arcs_of(rings, pairing, labels, extra_nodes)
    prove_outline(table)
    return table


def _labels(faces: npt.ArrayLike, count: int) -> IntArray:
    labels = np.asarray(faces, dtype=np.int64)
    if len(labels) != count or len(np.unique(labels)) != count or (labels == OUTSIDE).any():
        raise BoundaryError(
            "face_labels_not_unique",
            "每个面须有一个不同且不为 0 的编号。",
            "Each polygon needs a label of its own, and not 0.",
        )
    return labels


def segment_faults(rings: Rings, pairing: Pairing, labels: IntArray) -> list[Fault]:
    """Return one fault for each group of polygons that use a segment too often, at the first such segment."""
    ring_of = rings.ring_of()
    faults: dict[frozenset[int], Fault] = {}
    following = rings.following()
    where: dict[tuple[int, int], list[int]] = {}
    for i in np.flatnonzero(pairing.bad).tolist():
        ends = int(pairing.vertex[i]), int(pairing.vertex[following[i]])
        where.setdefault((min(ends), max(ends)), []).append(i)
    for segments in where.values():
        users = frozenset(int(labels[rings.geom[ring_of[i]]]) for i in segments)
        if users not in faults:
            x, y = ((rings.xy[segments[0]] + rings.xy[following[segments[0]]]) / 2 / GRID).tolist()
            names = tuple(str(u) for u in sorted(users))
            faults[users] = Fault(
                "segment_overused",
                "error",
                f"同一线段被重复使用（{'、'.join(names)}）：面重叠或重复。",
                f"A segment is used too often ({', '.join(names)}): polygons overlap or repeat.",
                lon=x,
                lat=y,
                labels=names,
            )
    return list(faults.values())


def arcs_of(
    rings: Rings, pairing: Pairing, labels: IntArray, extra_nodes: IntArray | None = None
) -> ArcTable:
    """Cut paired segments into arcs; see `extract`, which also proves that they are a coverage."""
    is_node = _node_mask(rings, pairing, extra_nodes)
    at_node = is_node[pairing.vertex]
    runs = _runs(rings, pairing, at_node)
    runs = _canonical_order(runs, rings, pairing)
    nodes, number = _number_nodes(rings, pairing, is_node, at_node)
    coords, offsets, last = _gather(runs, rings)
    mate = pairing.mate[runs.first]
    right = np.where(mate >= 0, labels[rings.geom[rings.ring_of()[mate]]], OUTSIDE)
    left = labels[rings.geom[runs.ring]]
    same = left == right
    if same.any():
        raise _folded(coords[offsets[:-1][same][0]], int(left[same][0]))
    start, end = number[pairing.vertex[runs.first]], number[pairing.vertex[last]]
    return ArcTable(coords, offsets, left, right, start, end, nodes)


def _folded(point: IntArray, label: int) -> CoverageError:
    lon, lat = (point / GRID).tolist()
    fault = Fault(
        "spike",
        "error",
        f"面 {label} 的边界来回重叠（尖刺或两部分共边）。",
        f"The boundary of face {label} runs back along itself (a spike, or two parts with a common edge).",
        lon=lon,
        lat=lat,
        labels=(str(label),),
    )
    return CoverageError([fault])


def _node_mask(rings: Rings, pairing: Pairing, extra_nodes: IntArray | None) -> BoolArray:
    """Mark positions where other than two segments meet, the extra ones, and one for each ring without."""
    is_node: BoolArray = pairing.degree != 2
    if extra_nodes is not None and len(extra_nodes):
        found = pairing.find(extra_nodes)
        is_node[found] = True
    starts = rings.offsets[:-1]
    has_node = np.logical_or.reduceat(is_node[pairing.vertex], starts) if len(rings) else np.zeros(0, bool)
    for ring in np.flatnonzero(~has_node).tolist():
        begin, stop = rings.offsets[ring], rings.offsets[ring + 1]
        smallest = np.lexsort((rings.xy[begin:stop, 1], rings.xy[begin:stop, 0]))[0]
        is_node[pairing.vertex[begin + smallest]] = True
    return is_node


def _runs(rings: Rings, pairing: Pairing, at_node: BoolArray) -> _Runs:
    """Return each stretch between nodes once, in the direction of the ring that comes first."""
    first = np.flatnonzero(at_node)
    ring = np.searchsorted(rings.offsets, first, side="right") - 1
    following = np.roll(first, -1)
    ends_ring = np.append(ring[1:] != ring[:-1], True) if len(ring) else np.zeros(0, bool)
    first_of_ring = first[np.searchsorted(ring, ring[ends_ring], side="left")]
    following[ends_ring] = first_of_ring + (rings.offsets[ring + 1] - rings.offsets[ring])[ends_ring]
    mate = pairing.mate[first]
    once = (mate < 0) | (mate > first)
    return _Runs(first[once], (following - first)[once], ring[once])


def _canonical_order(runs: _Runs, rings: Rings, pairing: Pairing) -> _Runs:
    """Sort by the two polygons, then by the first two points, whatever the rings looked like."""
    mate = pairing.mate[runs.first]
    other = np.where(mate >= 0, rings.geom[rings.ring_of()[mate]], -1)
    second = _wrap(runs.first + 1, runs.ring, rings)
    a, b = rings.xy[runs.first], rings.xy[second]
    order = np.lexsort((b[:, 1], b[:, 0], a[:, 1], a[:, 0], other, rings.geom[runs.ring]))
    return _Runs(runs.first[order], runs.length[order], runs.ring[order])


def _wrap(index: IntArray, ring: IntArray, rings: Rings) -> IntArray:
    end = rings.offsets[ring + 1]
    wrapped: IntArray = np.where(index >= end, index - (end - rings.offsets[ring]), index)
    return wrapped


def _gather(runs: _Runs, rings: Rings) -> tuple[IntArray, IntArray, IntArray]:
    """Copy the points of all runs; return them, their offsets, and the ring vertex each run ends in."""
    counts = runs.length + 1
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    index = np.arange(offsets[-1], dtype=np.int64)
    index += np.repeat(runs.first - offsets[:-1], counts)
    end = rings.offsets[runs.ring + 1]
    beyond = index >= np.repeat(end, counts)
    index[beyond] -= np.repeat(end - rings.offsets[runs.ring], counts)[beyond]
    return rings.xy.take(index, axis=0), offsets, index[offsets[1:] - 1]


def _number_nodes(
    rings: Rings, pairing: Pairing, is_node: BoolArray, at_node: BoolArray
) -> tuple[IntArray, IntArray]:
    """Return node positions sorted by x then y, shape (k, 2), and the node number of each position."""
    where = np.flatnonzero(at_node)
    sample = np.full(len(is_node), -1, dtype=np.int64)
    sample[pairing.vertex[where]] = where
    used = np.flatnonzero(sample >= 0)
    xy = rings.xy[sample[used]]
    order = np.lexsort((xy[:, 1], xy[:, 0]))
    number = np.full(len(is_node), -1, dtype=np.int64)
    number[used[order]] = np.arange(len(order))
    return xy[order], number


def prove_outline(table: ArcTable) -> None:
    """Prove that the faces do not overlap: the outer arcs must bound a valid area.

    When every polygon is valid and each segment is used once, or twice in opposite directions, the number of
    polygons above a point is the winding number of the arcs that have the outside on one side. They bound
    a valid area only where that number is 0 or 1, so one cheap check of the outline settles every overlap.

    Raises
    ------
    CoverageError
        With the place where the outline crosses or touches itself.
    """
    try:
        build_polygons(table, dict.fromkeys(np.unique(table.left).tolist(), 0))
    except BoundaryError as error:
        fault = Fault(
            "outline_crosses_itself",
            "error",
            "面之间有重叠或未对齐的顶点：外轮廓自相交。",
            "Polygons overlap or have unmatched vertices: the outline crosses itself.",
            lon=error.fields.get("lon"),
            lat=error.fields.get("lat"),
        )
        raise CoverageError([fault]) from error
