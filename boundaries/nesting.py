"""Is every parent the sum of its children? Proven on integers, without areas and without tolerance."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.arcs import ArcTable
from boundaries.area import area_m2, mean_width_m
from boundaries.errors import Fault
from boundaries.grid import IntArray
from boundaries.rebuild import build_polygons
from boundaries.segments import Rings, number_vertices, read_rings

ObjectArray = npt.NDArray[np.object_]


def check_nesting(
    children: ObjectArray,
    parent_of: npt.ArrayLike,
    parents: ObjectArray,
    child_labels: Sequence[object],
    parent_labels: Sequence[object],
    table: ArcTable | None = None,
    faces: npt.ArrayLike | None = None,
) -> list[Fault]:
    """Return where parents differ from the union of their children.

    Parameters
    ----------
    children : ndarray of Polygon or MultiPolygon, shape (n,)
        Valid, on the grid, EPSG:4490.
    parent_of : array_like of int, shape (n,)
        Row of the parent of each child, or -1.
    parents : ndarray of Polygon or MultiPolygon, shape (p,)
    child_labels, parent_labels : sequences
        Names for the messages.
    table : ArcTable, optional
        Arcs of the children, where they were cut already: parents that equal what these build need no more.
    faces : array_like of int, shape (n,), optional
        Face label of each child in the table; by default the row number plus one.

    Returns
    -------
    list of Fault
        'child_without_parent', 'parent_without_children', 'parent_exceeds_children' and
        'children_exceed_parent' (by piece, with m2), or the warning 'nesting_vertices' where the areas are
        the same and only vertices differ.
    """
    index = np.asarray(parent_of, dtype=np.int64)
    faults = [_orphan(str(child_labels[i])) for i in np.flatnonzero(index < 0).tolist()]
    counts = np.bincount(index[index >= 0], minlength=len(parents))
    faults += [_childless(str(parent_labels[i]), parents[i]) for i in np.flatnonzero(counts == 0).tolist()]
    doubtful = counts > 0
    if table is not None:
        doubtful &= ~_as_built(table, faces, index, parents)
    rows = np.flatnonzero(doubtful)
    within = np.isin(index, rows)
    number = np.searchsorted(rows, index[within])
    for place in unequal_parents(children[within], number, parents[rows]).tolist() if len(rows) else ():
        parent = int(rows[place])
        faults += _differences(children[index == parent], parents[parent], str(parent_labels[parent]))
    return faults


def _as_built(
    table: ArcTable, faces: npt.ArrayLike | None, parent_of: IntArray, parents: ObjectArray
) -> npt.NDArray[np.bool_]:
    """Whether each parent is, vertex by vertex, the polygon that the arcs of its children build."""
    labels = np.arange(1, len(parent_of) + 1) if faces is None else np.asarray(faces, dtype=np.int64)
    group = dict(zip(labels.tolist(), parent_of.tolist(), strict=True))
    built = build_polygons(table, group, len(parents))
    whole = np.array([shapely.MultiPolygon(shapely.get_parts(p).tolist()) for p in parents], dtype=object)
    return shapely.equals_exact(shapely.normalize(built), shapely.normalize(whole))


def unequal_parents(children: ObjectArray, parent_of: IntArray, parents: ObjectArray) -> IntArray:
    """Return the rows of the parents whose chain is not the sum of the chains of their children."""
    nested = np.flatnonzero(parent_of >= 0)
    below, above = read_rings(children[nested]), read_rings(parents)
    owner = np.concatenate(
        [_per_vertex(below, parent_of[nested][below.geom]), _per_vertex(above, above.geom)]
    )
    sign = np.ones(len(owner), dtype=np.int8)
    sign[len(below.xy) :] = -1
    following = np.concatenate([below.following(), above.following() + np.int32(len(below.xy))])
    vertex, _, _ = number_vertices(np.concatenate([below.xy, above.xy]))
    start, end = vertex, vertex[following]
    sign[start > end] *= -1
    low, high = np.minimum(start, end).astype(np.uint64), np.maximum(start, end).astype(np.uint64)
    return _unbalanced((low << np.uint64(32)) | high, owner, sign)


def _per_vertex(rings: Rings, per_ring: IntArray) -> npt.NDArray[np.int32]:
    return np.repeat(per_ring.astype(np.int32), np.diff(rings.offsets))


def _unbalanced(
    segment: npt.NDArray[np.uint64], owner: npt.NDArray[np.int32], sign: npt.NDArray[np.int8]
) -> IntArray:
    """Return the owners for whom the signs of some segment do not add up to zero."""
    order = np.argsort(segment)
    segment = segment[order]
    number = np.zeros(len(segment), dtype=np.uint64)
    number[1:] = np.cumsum(segment[1:] != segment[:-1])
    del segment
    key = (number << np.uint64(32)) | owner[order].astype(np.uint64)
    sign = sign[order]
    del number, order
    again = np.argsort(key)
    key, sign = key[again], sign[again]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.zeros(0, int)
    totals = np.add.reduceat(sign, starts, dtype=np.int64) if len(starts) else np.zeros(0, int)
    return np.unique(key[starts][totals != 0] & np.uint64(0xFFFFFFFF)).astype(np.int64)


def _differences(children: ObjectArray, parent: BaseGeometry, name: str) -> list[Fault]:
    union = shapely.union_all(children)
    faults = [
        *_pieces("parent_exceeds_children", name, shapely.difference(parent, union)),
        *_pieces("children_exceed_parent", name, shapely.difference(union, parent)),
    ]
    return faults or [
        Fault(
            "nesting_vertices",
            "warning",
            f"{name} 与其下级合并后面积一致，但顶点不同",
            f"{name} covers the same area as its children, with other vertices",
            labels=(name,),
        )
    ]


_SENTENCES = {
    "parent_exceeds_children": ("{} 中有一处不属于任何下级", "A piece of {} belongs to none of its children"),
    "children_exceed_parent": ("{} 的下级超出了它的边界", "The children of {} reach beyond it"),
}


def _pieces(code: str, name: str, difference: BaseGeometry) -> list[Fault]:
    zh, en = (sentence.format(name) for sentence in _SENTENCES[code])
    faults = []
    for piece in shapely.get_parts(difference).tolist():
        area = area_m2(piece) if piece.geom_type == "Polygon" else 0.0
        if area < 1e-4:
            continue
        point = piece.representative_point()
        width = mean_width_m(piece)
        faults.append(
            Fault(
                code,
                "error",
                f"{zh}：{area:.3f} 平方米，宽约 {width:.3f} 米",
                f"{en}: {area:.3f} m2, about {width:.3f} m wide",
                point.x,
                point.y,
                area,
                width,
                (name,),
            )
        )
    return faults


def _orphan(name: str) -> Fault:
    return Fault("child_without_parent", "error", f"{name} 没有上级", f"{name} has no parent", labels=(name,))


def _childless(name: str, parent: BaseGeometry) -> Fault:
    point = parent.representative_point()
    return Fault(
        "parent_without_children",
        "warning",
        f"{name} 没有下级",
        f"{name} has no children",
        point.x,
        point.y,
        labels=(name,),
    )
