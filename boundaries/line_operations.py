"""Operations on lines as people draw them: a stretch reshaped, one vertex, or a node moved."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from boundaries import edits
from boundaries.arcs import Arc
from boundaries.conflicts import Conflict, ConflictKind, ConflictsError, Outcome
from boundaries.grid import IntArray, as_points, strip_repeated
from boundaries.patch import Patch, Position
from boundaries.stretches import find_run, find_untouched, is_split
from boundaries.subgraph import Subgraph

Operation = Mapping[str, Any]


def reshape(graph: Subgraph, operation: Operation) -> Outcome:
    """Replace a stretch of an arc; `operation` has arc, hash, start, end, path and perhaps base_points.

    Raises
    ------
    ConflictsError
        The stretch has changed since, to something else than what is wanted.
    BoundaryError
        'bad_vertex_range'.
    """
    return _replace(graph, operation, int(operation["start"]), int(operation["end"]), operation["path"])


def insert_vertex(graph: Subgraph, operation: Operation) -> Outcome:
    """Put a point between vertex `after` of an arc and the next one; see `reshape`."""
    after = int(operation["after"])
    return _replace(graph, operation, after, after + 1, [operation["point"]])


def move_vertex(graph: Subgraph, operation: Operation) -> Outcome:
    """Move the inner vertex `index` of an arc; see `reshape`."""
    index = int(operation["index"])
    return _replace(graph, operation, index - 1, index + 1, [operation["point"]])


def delete_vertex(graph: Subgraph, operation: Operation) -> Outcome:
    """Take away the inner vertex `index` of an arc; see `reshape`."""
    index = int(operation["index"])
    return _replace(graph, operation, index - 1, index + 1, [])


def _replace(
    graph: Subgraph, operation: Operation, start: int, end: int, path: Sequence[Sequence[int]]
) -> Outcome:
    way = as_points(path)
    arc = graph.arcs.get(int(operation["arc"]))
    outer_changed = bool(operation.get("outer_changed", False))
    if arc is not None and arc.hash == operation["hash"]:
        return Outcome(edits.reshape(graph, arc.id, start, end, way, outer_changed))
    base = base_points(operation)
    if base is None:
        kind: ConflictKind = "gone" if arc is None else "changed"
        raise ConflictsError([Conflict(int(operation["arc"]), kind, None, way, _points(arc))])
    mine = edits.splice(base, start, end, way)
    place = find_untouched(graph, arc, base, start, end)
    if place is not None:
        moved = way[::-1] if place.backward else way
        return Outcome(
            edits.reshape(graph, place.arc, place.start, place.end, moved, outer_changed), "merged"
        )
    result = strip_repeated(np.concatenate([base[start : start + 1], way, base[end : end + 1]]))
    if find_run(graph.arcs.values(), result) is not None:
        return Outcome(Patch(), "already")
    kind = "gone" if arc is None or is_split(graph, arc, base) else "same_stretch"
    raise ConflictsError([Conflict(int(operation["arc"]), kind, base, mine, _points(arc))])


def move_node(graph: Subgraph, operation: Operation) -> Outcome:
    """Move a node; `operation` has node, x, y and arcs, each with arc, hash and perhaps base_points.

    Raises
    ------
    ConflictsError
        The node was moved elsewhere, an arc changed next to it, one is gone, or another has joined it.
    """
    node, target = int(operation["node"]), (int(operation["x"]), int(operation["y"]))
    named = {int(entry["arc"]): entry for entry in operation["arcs"]}
    stale = {i: entry for i, entry in named.items() if not _is_fresh(graph, i, entry, node)}
    if stale and _is_there(graph, named, node, target):
        return Outcome(Patch(), "already")
    conflicts: list[Conflict] = []
    known = named.keys() - stale.keys()
    for arc_id, entry in stale.items():
        found = _arc_at_node(graph, arc_id, entry, node, target)
        if isinstance(found, Conflict):
            conflicts.append(found)
        else:
            known.add(found)
    unseen = [arc for arc in graph.arcs_at(node) if arc.id not in known and arc.id not in named]
    conflicts.extend(Conflict(arc.id, "changed", None, None, arc.points) for arc in unseen)
    if conflicts:
        raise ConflictsError(conflicts)
    patch = edits.move_node(graph, node, *target, bool(operation.get("outer_changed", False)))
    return Outcome(patch, "merged" if stale else "applied")


def _is_fresh(graph: Subgraph, arc_id: int, entry: Operation, node: int) -> bool:
    arc = graph.arcs.get(arc_id)
    return arc is not None and arc.hash == entry["hash"] and node in (arc.start_node, arc.end_node)


def _is_there(graph: Subgraph, named: Mapping[int, Operation], node: int, target: Position) -> bool:
    """Whether the node is where it is wanted, or has become one with the node there."""
    if node in graph.nodes:
        return graph.nodes[node] == target
    arcs = [graph.arcs[i] for i in named if i in graph.arcs]
    return bool(arcs) and all(
        target in {tuple(arc.points[0].tolist()), tuple(arc.points[-1].tolist())} for arc in arcs
    )


def _arc_at_node(
    graph: Subgraph, arc_id: int, entry: Operation, node: int, target: Position
) -> int | Conflict:
    """Return the arc that now has the end stretch seen at the node, or why none has."""
    arc, base = graph.arcs.get(arc_id), base_points(entry)
    is_here = arc is not None and node in (arc.start_node, arc.end_node)
    if base is None:
        return Conflict(arc_id, "changed" if is_here else "gone", None, None, _points(arc))
    if node not in graph.nodes:
        return Conflict(arc_id, "gone", base, None, _points(arc))
    position = np.array(graph.nodes[node])
    ends = [end for end in (0, -1) if (base[end] == position).all()]
    mine = base.copy()
    if not ends:
        near = [e for e in (0, -1) if arc is not None and node == (arc.start_node, arc.end_node)[e]]
        mine[near] = target
        return Conflict(arc_id, "node_moved" if is_here else "gone", base, mine, _points(arc))
    mine[ends] = target
    places = [find_run(graph.arcs_at(node), base[:2] if end == 0 else base[-2:]) for end in ends]
    found = {place.arc for place in places if place is not None}
    if None in places or len(found) != 1:
        return Conflict(arc_id, "same_stretch" if is_here else "gone", base, mine, _points(arc))
    return found.pop()


def _points(arc: Arc | None) -> IntArray | None:
    return None if arc is None else arc.points


def base_points(entry: Operation) -> IntArray | None:
    """Return the arc as the author saw it, where the operation carries it."""
    points = entry.get("base_points")
    return None if points is None else as_points(points)
