"""Write topology.json: edits and what they must give, for the Python and the TypeScript topology core alike.

Run `python -m tests.vectors.make_topology` after a change of the rules. Every case has the subgraph, one
operation as a client sends it, and what is expected: whether it is accepted, the codes of the faults in
order, the arcs after it (points and hash), and the area of every touched face before and after in m2.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from boundaries.arcs import Arc
from boundaries.area import area_m2
from boundaries.draft import replay
from boundaries.errors import Fault
from boundaries.grid import arc_hash, as_points
from boundaries.rebuild import build_polygon
from boundaries.subgraph import Subgraph
from boundaries.validate import judge
from tests.boundaries.drawing import arc_between, points_of, subgraph_of

TARGET = Path(__file__).with_name("topology.json")

THREE = """
1     2     3
  a b   c
4     5     6
        d e
7     8     9
"""
THREE_FACES = {1: "1 4 5 2", 2: "2 5 6 3", 3: "4 7 8 9 6 5"}

ENCLAVE = """
1       2       3

    k l     a b
    n m  e  d c

4       5       6
"""
ENCLAVE_FACES = {1: "1 4 5 2 / k n m l", 2: "2 5 6 3 / a d c b", 3: "k n m l", 4: "a d c b"}

PARTS = """
1   2   3   4

5   6   7   8
  x
"""
PARTS_FACES = {1: "1 5 6 2 + 3 7 8 4", 2: "2 6 7 3"}

NECK = """
1     2
  3 4
  5 6
7     8
"""
NECK_FACES = {1: "1 3 4 2", 2: "1 7 5 3", 3: "7 8 6 5", 4: "2 4 6 8", 5: "3 5 6 4"}

Point = tuple[int, int]


def reshape(arc: Arc, start: int, end: int, path: Iterable[Point]) -> dict[str, Any]:
    return {
        "id": "00000000-0000-4000-8000-000000000001",
        "kind": "reshape",
        "arc": arc.id,
        "hash": arc.hash,
        "start": start,
        "end": end,
        "path": [list(p) for p in path],
    }


def move_node(subgraph: Subgraph, node: int, target: Point) -> dict[str, Any]:
    return {
        "id": "00000000-0000-4000-8000-000000000002",
        "kind": "move_node",
        "node": node,
        "x": target[0],
        "y": target[1],
        "arcs": [{"arc": a.id, "hash": a.hash} for a in subgraph.arcs_at(node)],
    }


def node_at(subgraph: Subgraph, position: Point) -> int:
    return next(n for n, xy in subgraph.nodes.items() if xy == position)


def along(arc: Arc, path: list[Point], first: Point) -> list[Point]:
    """Return the path in the direction of the arc, given the end of the arc it begins at."""
    return path if tuple(arc.points[0].tolist()) == first else path[::-1]


def three_faces() -> Iterable[tuple[str, Subgraph, dict[str, Any]]]:
    sub, p = subgraph_of(THREE, THREE_FACES), points_of(THREE)
    middle, long = arc_between(sub, 1, 2), arc_between(sub, 2, 3)
    bent = sub.apply(replay(sub, [reshape(middle, 0, 1, along(middle, [p["b"]], p["2"]))]).patch)
    arc = bent.arcs[middle.id]
    yield "insert_a_vertex", sub, reshape(middle, 0, 1, [p["b"]])
    yield "move_a_vertex", bent, reshape(arc, 0, 2, [p["c"]])
    yield "delete_a_vertex", bent, reshape(arc, 0, 2, [])
    yield "reshape_a_stretch", sub, reshape(middle, 0, 1, along(middle, [p["b"], p["c"]], p["2"]))
    yield "repeated_points_are_left_out", sub, reshape(middle, 0, 1, [p["b"], p["b"]])
    yield "nothing_changes", sub, reshape(middle, 0, 1, [])
    yield "move_by_one_grid_step", bent, reshape(arc, 0, 2, [(p["b"][0] + 1, p["b"][1])])
    yield "move_the_node_of_three_arcs", sub, move_node(sub, node_at(sub, p["5"]), p["d"])
    yield "move_a_node_over_another_arc_is_refused", bent, move_node(bent, node_at(bent, p["5"]), p["1"])
    yield "cross_another_arc_is_refused", sub, reshape(middle, 0, 1, [p["d"]])
    yield "touch_another_arc_at_a_vertex_is_refused", sub, reshape(middle, 0, 1, [p["6"]])
    beyond = (p["4"][0] - 10**6, p["a"][1])
    yield "cross_the_outline_is_refused", sub, reshape(middle, 0, 1, [beyond])
    yield "cross_itself_is_refused", sub, reshape(long, 0, 1, figure_of_eight(long))
    bulge = along(middle, [p["c"], p["d"]], p["2"])
    yield "bulge_into_a_neighbour_is_refused", sub, reshape(middle, 0, 1, bulge)
    yield "spike_is_refused", sub, reshape(middle, 0, 1, [p["b"], p["c"], p["b"]])
    outer = arc_between(sub, 1, 0)
    yield "change_the_outline_is_refused", sub, reshape(outer, 0, 1, [p["a"]])
    declared = reshape(outer, 0, 1, [p["a"]])
    yield "change_the_outline_is_accepted_when_declared", sub, {**declared, "outer_changed": True}
    yield "stale_hash_is_a_conflict", bent, reshape(middle, 0, 1, [p["b"]])
    yield "bad_range_is_refused", sub, reshape(middle, 1, 1, [])


def figure_of_eight(arc: Arc) -> list[Point]:
    (x0, y0), (x1, _) = arc.points[0].tolist(), arc.points[-1].tolist()
    dx = (x1 - x0) // 8
    return [(x0 + 5 * dx, y0 + 2 * 10**5), (x0 + 5 * dx, y0 - 2 * 10**5), (x0 + 2 * dx, y0 + 2 * 10**5)]


def enclaves() -> Iterable[tuple[str, Subgraph, dict[str, Any]]]:
    sub, p = subgraph_of(ENCLAVE, ENCLAVE_FACES), points_of(ENCLAVE)
    middle, ring = arc_between(sub, 1, 2), arc_between(sub, 1, 3)
    x, top, bottom = p["b"][0] + 10**6, p["2"][1] - 10**6, p["5"][1] + 10**6
    swing = along(middle, [(x, top), (x, bottom)], p["2"])
    yield "bend_beside_an_enclave", sub, reshape(middle, 0, 1, [p["e"]])
    yield "swallow_an_enclave_is_refused", sub, reshape(middle, 0, 1, swing)
    yield "run_through_an_enclave_is_refused", sub, reshape(middle, 0, 1, [p["d"]])
    second = ring.points[1]
    moved = (int(second[0]) + 2 * 10**5, int(second[1]) - 3 * 10**5)
    yield "move_a_vertex_of_a_ring", sub, reshape(ring, 0, 2, [moved])
    x, y = ring.points[0].tolist()
    yield "move_the_node_of_a_ring", sub, move_node(sub, ring.start_node, (x - 10**5, y - 10**5))
    yield "collapse_a_ring_is_refused", sub, reshape(ring, 0, 3, [])
    inside_out = [(px, py) for px, py in ring.points[-2:0:-1].tolist()]
    yield "turn_a_ring_inside_out_is_refused", sub, reshape(ring, 0, 4, inside_out)


def parts_and_points() -> Iterable[tuple[str, Subgraph, dict[str, Any]]]:
    sub, p = subgraph_of(PARTS, PARTS_FACES), points_of(PARTS)
    line = next(a for a in sub.arcs.values() if 0 not in (a.left, a.right))
    x, y = ((line.points[0] + line.points[-1]) // 2).tolist()
    yield "bend_the_border_of_a_part", sub, reshape(line, 0, 1, [(x + 10**6, y)])
    sub, p = subgraph_of(NECK, NECK_FACES), points_of(NECK)
    yield "collapse_a_short_arc_to_a_four_valent_node", sub, move_node(sub, node_at(sub, p["3"]), p["5"])


def state(subgraph: Subgraph) -> dict[str, Any]:
    return {
        "arcs": [
            {
                "id": a.id,
                "version": a.version,
                "start_node": a.start_node,
                "end_node": a.end_node,
                "left": a.left,
                "right": a.right,
                "line": a.line,
                "points": a.points.tolist(),
                "hash": a.hash,
            }
            for a in sorted(subgraph.arcs.values(), key=lambda a: a.id)
        ],
        "nodes": [{"id": n, "x": x, "y": y} for n, (x, y) in sorted(subgraph.nodes.items())],
        "faces": sorted(subgraph.faces),
    }


def outcome(subgraph: Subgraph, operation: Mapping[str, Any]) -> dict[str, Any]:
    draft = replay(subgraph, [operation])
    result = draft.results[0]
    verdict = judge(subgraph, draft.patch)
    codes = [f.code for f in verdict.faults] if result.error is None else [result.error.code]
    accepted = verdict.ok and result.status in ("applied", "merged")
    areas = {str(f): face_areas(subgraph, verdict.after, f) for f in sorted(verdict.polygons)}
    return {
        "status": result.status,
        "accepted": accepted,
        "fault_codes": codes,
        "faults": [place(f) for f in verdict.faults],
        "patch": draft.patch.to_json() if accepted else None,
        "after": state(draft.subgraph) if accepted else None,
        "areas_m2": areas if accepted else None,
    }


def face_areas(before: Subgraph, after: Subgraph, face: int) -> dict[str, float]:
    areas = [round(area_m2(build_polygon(s.arcs_of(face), {face})), 4) for s in (before, after)]
    return {"before": areas[0], "after": areas[1]}


def place(fault: Fault) -> dict[str, Any]:
    return {"code": fault.code, "severity": fault.severity, "lon": fault.lon, "lat": fault.lat}


def hashes() -> list[dict[str, Any]]:
    samples = [
        ([(103_800_000_000, 30_500_000_000), (103_801_000_000, 30_499_000_000)], 1, 0),
        ([(103_800_000_000, 30_500_000_000), (103_801_000_000, 30_499_000_000)], 0, 1),
        ([(-1, -2), (3, 4), (5, -6)], 12, 9_007_199_254_740_991),
        ([(0, 0), (0, 1)], -1, -2),
    ]
    return [
        {
            "points": [list(p) for p in pts],
            "left": left,
            "right": right,
            "hash": arc_hash(as_points(pts), left, right),
        }
        for pts, left, right in samples
    ]


def vectors() -> dict[str, Any]:
    cases = [*three_faces(), *enclaves(), *parts_and_points()]
    return {
        "grid": 1_000_000_000,
        "arc_hash": hashes(),
        "cases": [
            {"name": name, "subgraph": state(sub), "operation": op, "expected": outcome(sub, op)}
            for name, sub, op in cases
        ],
    }


def text() -> str:
    return json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
