"""Patches judged: the fault, its place and the divisions named."""

from dataclasses import replace

import numpy as np
import pytest

from boundaries.arcs import Arc
from boundaries.edits import move_node, reshape
from boundaries.patch import ArcRef, NewArc, Patch
from boundaries.subgraph import Subgraph
from boundaries.validate import judge, validate
from tests.boundaries.drawing import arc_between, points_of, subgraph_of

PICTURE = """
1     2     3
  a b   c
4     5     6
    f   d e
7     8     9
"""
FACES = {1: "1 4 5 2", 2: "2 5 6 3", 3: "4 7 8 9 6 5"}
NAMES = {1: "甲村", 2: "乙村", 3: "丙村", 4: "丁村"}

ENCLAVE = """
1       2       3

    k l     a b
    n m  e  d c

4       5       6
"""
ENCLAVE_FACES = {1: "1 4 5 2 / k n m l", 2: "2 5 6 3 / a d c b", 3: "k n m l", 4: "a d c b"}

Point = tuple[int, int]


@pytest.fixture
def subgraph() -> Subgraph:
    return subgraph_of(PICTURE, FACES)


def bend(subgraph: Subgraph, path: str) -> Patch:
    """Bend the border of faces 1 and 2, which runs between the points 2 and 5, through named points."""
    arc, points = arc_between(subgraph, 1, 2), points_of(PICTURE)
    way = [points[name] for name in path.split()]
    if tuple(arc.points[0].tolist()) != points["2"]:
        way.reverse()
    return reshape(subgraph, arc.id, 0, 1, way)


def codes(subgraph: Subgraph, patch: Patch) -> list[str]:
    return [fault.code for fault in validate(subgraph, patch, NAMES)]


def test_validate_when_a_border_bends_inside_its_two_faces_then_is_accepted(subgraph: Subgraph) -> None:
    verdict = judge(subgraph, bend(subgraph, "b"), NAMES)
    assert verdict.ok
    assert set(verdict.polygons) == {1, 2}


def test_validate_when_a_node_of_three_arcs_moves_then_is_accepted(subgraph: Subgraph) -> None:
    points = points_of(PICTURE)
    assert codes(subgraph, move_node(subgraph, node_at(subgraph, points["5"]), *points["d"])) == []


def test_validate_when_the_border_crosses_a_third_face_then_names_place_and_divisions(
    subgraph: Subgraph,
) -> None:
    (fault,) = validate(subgraph, bend(subgraph, "d"), NAMES)
    assert fault.code == "arc_crosses"
    assert fault.labels == ("甲村", "乙村", "乙村", "丙村")
    assert (fault.lon, fault.lat) == pytest.approx((103.8073333, 30.498))
    assert "甲村与乙村之间的界线碰到了乙村与丙村之间的界线（103.807333, 30.498000）" in fault.zh


def test_validate_when_the_border_touches_another_vertex_then_is_refused(subgraph: Subgraph) -> None:
    assert set(codes(subgraph, bend(subgraph, "6"))) == {"arc_crosses"}


@pytest.mark.parametrize("path", ["b c b", "c d b e", "b b c b"])
def test_validate_when_the_border_crosses_or_retraces_itself_then_is_refused(
    subgraph: Subgraph, path: str
) -> None:
    assert codes(subgraph, bend(subgraph, path)) == ["arc_crosses_itself"]


def test_validate_when_the_outline_changes_undeclared_then_is_refused(subgraph: Subgraph) -> None:
    arc = arc_between(subgraph, 1, 0)
    patch = reshape(subgraph, arc.id, 0, 1, [points_of(PICTURE)["a"]])
    (fault,) = validate(subgraph, patch, NAMES)
    assert (fault.code, fault.labels) == ("outer_changed", ("甲村",))
    assert codes(subgraph, replace(patch, outer_changed=True)) == []


def test_validate_when_a_border_is_swung_over_an_enclave_then_is_refused_by_name() -> None:
    subgraph, points = subgraph_of(ENCLAVE, ENCLAVE_FACES), points_of(ENCLAVE)
    arc = arc_between(subgraph, 1, 2)
    x = points["b"][0] + 10**6
    way = [(x, points["2"][1] - 10**6), (x, points["5"][1] + 10**6)]
    if tuple(arc.points[0].tolist()) != points["2"]:
        way.reverse()
    (fault,) = validate(subgraph, reshape(subgraph, arc.id, 0, 1, way), NAMES)
    assert (fault.code, fault.labels) == ("enclave_swallowed", ("丁村", "乙村"))
    assert points["a"][0] <= round((fault.lon or 0) * 1e9) <= points["b"][0]


def test_validate_when_the_enclave_is_relabelled_in_the_same_patch_then_is_accepted() -> None:
    subgraph, points = subgraph_of(ENCLAVE, ENCLAVE_FACES), points_of(ENCLAVE)
    arc, ring = arc_between(subgraph, 1, 2), arc_between(subgraph, 2, 4)
    x = points["b"][0] + 10**6
    way = [(x, points["2"][1] - 10**6), (x, points["5"][1] + 10**6)]
    if tuple(arc.points[0].tolist()) != points["2"]:
        way.reverse()
    swing = reshape(subgraph, arc.id, 0, 1, way)
    sides = {2: 1, 4: 4}
    relabelled = replace(NewArc.of(ring), left=sides[ring.left], right=sides[ring.right])
    patch = Patch((*swing.removed, ArcRef.of(ring)), (*swing.added, relabelled))
    assert codes(subgraph, patch) == []


def test_validate_when_an_outer_border_swallows_an_exclave_of_others_then_is_refused() -> None:
    picture = """
    1   2     a b
              d c
    4   5
    """
    subgraph, points = subgraph_of(picture, {1: "1 4 5 2", 2: "a d c b"}), points_of(picture)
    arc = arc_between(subgraph, 1, 0)
    far = points["b"][0] + 10**6
    corner = next(i for i, p in enumerate(arc.points.tolist()) if tuple(p) == points["5"])
    path = [(far, points["5"][1]), (far, points["2"][1] + 10**6)]
    patch = reshape(subgraph, arc.id, corner, corner + 1, path, outer_changed=True)
    assert "enclave_swallowed" in codes(subgraph, patch)


def test_validate_when_a_border_shrinks_to_nothing_then_is_refused() -> None:
    subgraph = subgraph_of(ENCLAVE, ENCLAVE_FACES)
    ring = arc_between(subgraph, 1, 3)
    assert codes(subgraph, reshape(subgraph, ring.id, 0, len(ring.points) - 2, [])) == ["arc_degenerate"]


def test_validate_when_a_ring_is_turned_inside_out_then_is_refused() -> None:
    subgraph = subgraph_of(ENCLAVE, ENCLAVE_FACES)
    ring = arc_between(subgraph, 1, 3)
    path = ring.points[-2:0:-1]
    found = codes(subgraph, reshape(subgraph, ring.id, 0, len(ring.points) - 1, path))
    assert set(found) == {"face_invalid"}


def test_validate_when_the_arc_changed_meanwhile_then_is_refused(subgraph: Subgraph) -> None:
    patch = bend(subgraph, "b")
    assert codes(subgraph.apply(patch), patch) == ["arc_changed"]


def test_validate_when_the_arc_is_gone_then_is_refused(subgraph: Subgraph) -> None:
    patch = bend(subgraph, "b")
    arcs = {i: a for i, a in subgraph.arcs.items() if i != patch.removed[0].id}
    assert codes(Subgraph(arcs, subgraph.nodes, subgraph.faces), patch) == ["arc_gone"]


def test_validate_when_a_face_is_not_fully_loaded_then_is_refused(subgraph: Subgraph) -> None:
    partial = Subgraph(subgraph.arcs, subgraph.nodes, frozenset({1}))
    assert codes(partial, bend(subgraph, "b")) == ["subgraph_incomplete"]


def test_validate_when_an_end_alone_is_moved_then_breaks_off(subgraph: Subgraph) -> None:
    arc = arc_between(subgraph, 1, 2)
    points = arc.points.copy()
    points[0] = (points[0] + points[1]) // 2
    loose = replace(NewArc.of(arc, points), start_node=None)
    assert "dangling_end" in codes(subgraph, Patch((ArcRef.of(arc),), (loose,)))


def test_validate_when_an_arc_is_taken_away_then_breaks_off_or_is_invalid(subgraph: Subgraph) -> None:
    arc = arc_between(subgraph, 1, 2)
    assert codes(subgraph, Patch((ArcRef.of(arc),), ())) != []


def test_validate_when_the_sides_are_swapped_then_is_invalid(subgraph: Subgraph) -> None:
    arc = arc_between(subgraph, 1, 2)
    swapped = replace(NewArc.of(arc), left=arc.right, right=arc.left)
    assert set(codes(subgraph, Patch((ArcRef.of(arc),), (swapped,)))) == {"face_invalid"}


def test_validate_when_both_sides_are_one_face_then_is_refused(subgraph: Subgraph) -> None:
    arc = arc_between(subgraph, 1, 2)
    folded = replace(NewArc.of(arc), left=arc.right)
    assert codes(subgraph, Patch((ArcRef.of(arc),), (folded,))) == ["same_face_both_sides"]


def test_validate_when_faces_merge_then_the_lost_face_is_reported(subgraph: Subgraph) -> None:
    arc, long = arc_between(subgraph, 1, 2), arc_between(subgraph, 2, 3)
    outer = arc_between(subgraph, 2, 0)
    relabelled = [
        replace(NewArc.of(a), left={2: 1}.get(a.left, a.left), right={2: 1}.get(a.right, a.right))
        for a in (long, outer)
    ]
    patch = Patch(tuple(ArcRef.of(a) for a in (arc, long, outer)), tuple(relabelled))
    assert codes(subgraph, patch) == ["face_vanished"]


def test_validate_when_a_neck_is_pinched_to_a_point_then_warns_of_a_new_part() -> None:
    picture = """
    1     2
     3   4
     5   6
    7     8
    """
    faces = {1: "1 3 5 7", 2: "1 2 4 3", 3: "3 4 6 5", 4: "5 6 8 7", 5: "2 8 6 4"}
    subgraph, points = subgraph_of(picture, faces), points_of(picture)
    joined = subgraph_of(picture, {1: "1 3 5 7", 2: "1 2 4 3 + 5 6 8 7", 3: "3 4 6 5", 5: "2 8 6 4"})
    target = points["5"]
    patch = move_node(subgraph, node_at(subgraph, points["3"]), *target)
    verdict = judge(subgraph, patch)
    assert [f.code for f in verdict.faults] == []
    assert len(verdict.after.arcs_at(node_at(verdict.after, target))) == 4
    assert joined.faces == {1, 2, 3, 5}


def test_validate_then_leaves_the_subgraph_as_it_was(subgraph: Subgraph) -> None:
    before = dict(subgraph.arcs)
    validate(subgraph, bend(subgraph, "d"), NAMES)
    assert dict(subgraph.arcs) == before


def test_validate_when_everything_moves_one_grid_step_then_is_exact(subgraph: Subgraph) -> None:
    points = points_of(PICTURE)
    x, y = points["5"]
    patch = move_node(subgraph, node_at(subgraph, (x, y)), x + 1, y + 1)
    after = judge(subgraph, patch).after
    assert after.nodes[node_at(after, (x + 1, y + 1))] == (x + 1, y + 1)


def test_patch_inverse_when_applied_then_restores_the_hashes(subgraph: Subgraph) -> None:
    patch = bend(subgraph, "b")
    after = subgraph.apply(patch)
    applied = [after.arcs[new.continues] for new in patch.added if new.continues is not None]
    undone = after.apply(patch.inverse(subgraph.arcs, applied, subgraph.nodes))
    assert hashes(undone) == hashes(subgraph)


def hashes(subgraph: Subgraph) -> dict[int, str]:
    return {i: arc.hash for i, arc in subgraph.arcs.items()}


def node_at(subgraph: Subgraph, position: Point) -> int:
    return next(n for n, xy in subgraph.nodes.items() if xy == position)


def test_arc_hash_of_equal_arcs_then_is_equal() -> None:
    points = np.array([[0, 0], [1, 1]])
    assert Arc(1, 1, 1, 2, 1, 2, points) == Arc(1, 1, 1, 2, 1, 2, points.copy())
