"""What a person does to a line, turned into a patch: reshape a stretch of an arc, or move a node."""

from collections.abc import Sequence

import numpy as np

from boundaries.arcs import Arc
from boundaries.errors import BoundaryError
from boundaries.grid import IntArray, as_points, strip_repeated
from boundaries.patch import ArcRef, NewArc, Patch
from boundaries.subgraph import Subgraph


def reshape(
    subgraph: Subgraph,
    arc_id: int,
    start_index: int,
    end_index: int,
    path: IntArray | Sequence[Sequence[int]],
    outer_changed: bool = False,
) -> Patch:
    """Replace the stretch of an arc between two of its vertices.

    Parameters
    ----------
    subgraph : Subgraph
    arc_id : int
    start_index, end_index : int
        Vertices that stay, ``0 <= start < end < n``; the new points are
        ``points[:start + 1] + path + points[end:]``.
    path : array of int64, shape (k, 2)
        Grid integers, without the two vertices that stay; empty to delete the vertices between.
    outer_changed : bool
        Declare that the outline of the district changes.

    Returns
    -------
    Patch
        With repeated points left out and every other vertex copied. It is not judged: see `validate`.

    Raises
    ------
    BoundaryError
        'arc_gone' or 'bad_vertex_range'.
    """
    arc = subgraph.arc(arc_id)
    points = splice(arc.points, start_index, end_index, path)
    return Patch((ArcRef.of(arc),), (NewArc.of(arc, points),), (), outer_changed)


def splice(
    points: IntArray, start_index: int, end_index: int, path: IntArray | Sequence[Sequence[int]]
) -> IntArray:
    """Return the points with the stretch between two vertices replaced, repeated points left out."""
    if not 0 <= start_index < end_index < len(points):
        raise BoundaryError(
            "bad_vertex_range",
            f"顶点范围 {start_index}–{end_index} 不在边的 {len(points)} 个顶点之内。",
            f"The range {start_index} to {end_index} is not within the {len(points)} vertices of the arc.",
            start=start_index,
            end=end_index,
            count=len(points),
        )
    return strip_repeated(
        np.concatenate([points[: start_index + 1], as_points(path), points[end_index:]]).astype(np.int64)
    )


def move_node(subgraph: Subgraph, node_id: int, x: int, y: int, outer_changed: bool = False) -> Patch:
    """Move a node, and with it the end of every arc that meets there.

    Moved onto another node, the two become one; an arc that shrinks to a point disappears, which is how
    two three-valent nodes become a four-valent one.

    Parameters
    ----------
    subgraph : Subgraph
    node_id : int
    x, y : int
        New position in grid integers.
    outer_changed : bool
        Declare that the outline of the district changes.

    Raises
    ------
    BoundaryError
        'node_gone'.
    """
    arcs = subgraph.arcs_at(node_id)
    if not arcs:
        raise BoundaryError(
            "node_gone",
            f"节点 {node_id} 已不存在。",
            f"Node {node_id} does not exist any more.",
            node=node_id,
        )
    target = next((n for n, xy in sorted(subgraph.nodes.items()) if xy == (x, y)), node_id)
    added = [_with_end_moved(arc, node_id, target, x, y) for arc in arcs]
    return Patch(
        removed=tuple(ArcRef.of(arc) for arc in arcs),
        added=tuple(arc for arc in added if len(arc.points) > 1),
        moved_nodes=((node_id, x, y),) if target == node_id else (),
        outer_changed=outer_changed,
    )


def _with_end_moved(arc: Arc, node: int, target: int, x: int, y: int) -> NewArc:
    points = arc.points.copy()
    if arc.start_node == node:
        points[0] = (x, y)
    if arc.end_node == node:
        points[-1] = (x, y)
    return NewArc(
        points=strip_repeated(points),
        left=arc.left,
        right=arc.right,
        line=arc.line,
        continues=arc.id,
        start_node=target if arc.start_node == node else arc.start_node,
        end_node=target if arc.end_node == node else arc.end_node,
    )
