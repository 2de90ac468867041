"""A drawn register and operations on it, for two drafts that meet: see test_conflict_matrix."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from boundaries.arcs import Arc
from boundaries.draft import OperationResult, replay
from boundaries.subgraph import Subgraph
from boundaries.validate import validate
from tests.boundaries.drawing import points_of, subgraph_of

PICTURE = """
1       2       3
        a
        b
   p    c    q
        d
        e
        f
4 h i k 5       6
   r    s    t
7       l       9
   u    v    w
0               z
"""
FACES = {1: "1 4 h i k 5 f e d c b a 2", 2: "2 a b c d e f 5 6 3", 3: "4 7 l 9 6 5 k i h", 4: "7 0 z 9 l"}
P = points_of(PICTURE)
NEXT = {"a": "b", "b": "c", "c": "d", "d": "e", "e": "f", "f": "5", "h": "i", "i": "k", "k": "5"}
"""The vertex that follows in the picture, towards the node 5."""

Operation = dict[str, Any]
Builder = Callable[[Subgraph], Operation]
"""Makes an operation as a client would that sees this state."""


def register() -> Subgraph:
    return subgraph_of(PICTURE, FACES)


def positions(arc: Arc) -> list[tuple[int, int]]:
    return [(x, y) for x, y in arc.points.tolist()]


def holder(graph: Subgraph, name: str) -> Arc:
    """Return the arc with this vertex in its inside."""
    return next(a for a in graph.arcs.values() if P[name] in positions(a)[1:-1])


def between(graph: Subgraph, one: int, other: int) -> Arc:
    return next(a for a in graph.arcs.values() if {a.left, a.right} == {one, other})


def seen(*arcs: Arc) -> list[dict[str, Any]]:
    return [{"arc": a.id, "hash": a.hash, "base_points": a.points.tolist()} for a in arcs]


def move(name: str, by: int = 1000) -> Builder:
    def build(graph: Subgraph) -> Operation:
        line, (x, y) = holder(graph, name), P[name]
        index = positions(line).index((x, y))
        return {"kind": "move_vertex", **seen(line)[0], "index": index, "point": [x + by, y + by // 3]}

    return build


def insert(name: str, by: int = 1000) -> Builder:
    """Put a vertex between the one named and the next."""

    def build(graph: Subgraph) -> Operation:
        line = holder(graph, name)
        after = min(positions(line).index(P[name]), positions(line).index(P[NEXT[name]]))
        x, y = ((line.points[after] + line.points[after + 1]) // 2).tolist()
        return {"kind": "insert_vertex", **seen(line)[0], "after": after, "point": [x + by, y + by]}

    return build


def delete(name: str, by: int = 0) -> Builder:
    def build(graph: Subgraph) -> Operation:
        line = holder(graph, name)
        return {"kind": "delete_vertex", **seen(line)[0], "index": positions(line).index(P[name])}

    return build


def reshape(name: str, by: int = 1000) -> Builder:
    """Run around the vertex named in two points."""

    def build(graph: Subgraph) -> Operation:
        line = holder(graph, name)
        i = positions(line).index(P[name])
        (x0, y0), (x, y), (x1, y1) = positions(line)[i - 1 : i + 2]
        path = [[x + (x0 - x) // 9 + by, y + (y0 - y) // 9 + by], [x + (x1 - x) // 9 + by, y + (y1 - y) // 9]]
        return {"kind": "reshape", **seen(line)[0], "start": i - 1, "end": i + 1, "path": path}

    return build


def cut(
    graph: Subgraph, face: int, way: Sequence[Sequence[int]], inside: str, ends: Sequence[Arc]
) -> Operation:
    parts = [{"inside": list(P[inside])}]
    lines = [[list(point) for point in way]]
    return {"kind": "cut", "faces": [face], "lines": lines, "parts": parts, "arcs": seen(*ends)}


def split(face: int, name: str, by: int = 0) -> Builder:
    """Cut face 1 or 2 from its outer side to a place below a vertex of the border of the two."""

    def build(graph: Subgraph) -> Operation:
        x, y = P[name][0], P[name][1] - 500_000 + by
        far = P["1"][0] - 10**6 if face == 1 else P["3"][0] + 10**6
        ends = [holder(graph, name), between(graph, face, 0)]
        return cut(graph, face, [(far, y), (x, y)], {1: "p", 2: "q"}[face], ends)

    return build


def split_at_node(face: int) -> Builder:
    """Cut face 1 or 2 from the node 5 to its outer side."""

    def build(graph: Subgraph) -> Operation:
        far = P["1"][0] - 10**6 if face == 1 else P["3"][0] + 10**6
        ends = [*graph.arcs_at(node_at(graph, "5")), between(graph, face, 0)]
        return cut(graph, face, [(far, P["c"][1]), P["5"]], {1: "p", 2: "q"}[face], ends)

    return build


def merge(faces: Sequence[int], into: int, shared: tuple[int, int]) -> Builder:
    def build(graph: Subgraph) -> Operation:
        arcs = seen(between(graph, *shared))
        return {"kind": "dissolve", "faces": list(faces), "into": into, "arcs": arcs}

    return build


def node_at(graph: Subgraph, name: str) -> int:
    return next(n for n, xy in graph.nodes.items() if xy == P[name])


def move_node(name: str, by: int = 1000) -> Builder:
    def build(graph: Subgraph) -> Operation:
        node, (x, y) = node_at(graph, name), P[name]
        arcs = seen(*graph.arcs_at(node))
        place = {"node": node, "x": x + by, "y": y + by // 3}
        return {"kind": "move_node", **place, "arcs": arcs, "outer_changed": True}

    return build


def stored(graph: Subgraph) -> Subgraph:
    """Give what a draft made the ids that the register would give."""

    highest = max(*graph.arcs, *graph.nodes, *graph.faces)

    def number(i: int) -> int:
        return i if i >= 0 else highest - i

    arcs = [
        replace(
            a,
            id=number(a.id),
            left=number(a.left),
            right=number(a.right),
            start_node=number(a.start_node),
            end_node=number(a.end_node),
        )
        for a in graph.arcs.values()
    ]
    return Subgraph.of(arcs, {number(face) for face in graph.faces})


def second_after_first(first: Sequence[Builder], second: Builder) -> OperationResult:
    """Put the first draft in force and replay the second; what is accepted must be a map."""
    now = register()
    mine = second(now)
    for build in first:
        draft = replay(now, [{"id": "first", **build(now)}])
        assert draft.results[0].status == "applied"
        assert validate(now, draft.patch) == []
        now = stored(now.apply(draft.patch))
    draft = replay(now, [{"id": "second", **mine}])
    if draft.results[0].status in ("applied", "merged"):
        assert draft.patch.removed
        assert validate(now, draft.patch) == []
    else:
        assert (draft.patch.removed, draft.patch.added) == ((), ())
    return draft.results[0]
