"""Edits become patches: what is replaced, what is copied, what is refused before any check."""

import pytest

from boundaries.edits import move_node, reshape
from boundaries.errors import BoundaryError
from boundaries.patch import Patch
from boundaries.subgraph import Subgraph
from tests.boundaries.drawing import arc_between, points_of, subgraph_of

PICTURE = """
1   2   3
  a   b
4   5   6
  c
7   8   9
"""
FACES = {1: "1 4 5 2", 2: "2 5 6 3", 3: "4 7 8 9 6 5"}


@pytest.fixture
def subgraph() -> Subgraph:
    return subgraph_of(PICTURE, FACES)


def test_reshape_when_a_path_is_given_then_only_the_stretch_between_changes(subgraph: Subgraph) -> None:
    arc, points = arc_between(subgraph, 1, 2), points_of(PICTURE)
    patch = reshape(subgraph, arc.id, 0, 1, [points["a"], points["b"]])
    (new,) = patch.added
    assert new.points.tolist() == [
        arc.points[0].tolist(),
        [*points["a"]],
        [*points["b"]],
        arc.points[1].tolist(),
    ]
    assert (new.continues, new.left, new.right) == (arc.id, arc.left, arc.right)
    assert [ref.hash for ref in patch.removed] == [arc.hash]


def test_reshape_when_the_path_is_empty_then_the_vertices_between_are_deleted(subgraph: Subgraph) -> None:
    arc = arc_between(subgraph, 3, 0)
    (new,) = reshape(subgraph, arc.id, 0, 2, []).added
    assert len(new.points) == len(arc.points) - 1


def test_reshape_when_points_repeat_then_each_stays_once(subgraph: Subgraph) -> None:
    arc, points = arc_between(subgraph, 1, 2), points_of(PICTURE)
    start = tuple(arc.points[0].tolist())
    (new,) = reshape(subgraph, arc.id, 0, 1, [start, points["a"], points["a"]]).added
    assert len(new.points) == 3


@pytest.mark.parametrize(("start", "end"), [(0, 0), (1, 0), (-1, 1), (0, 2)])
def test_reshape_when_the_range_is_no_stretch_then_is_refused(
    subgraph: Subgraph, start: int, end: int
) -> None:
    with pytest.raises(BoundaryError) as raised:
        reshape(subgraph, arc_between(subgraph, 1, 2).id, start, end, [])
    assert raised.value.code == "bad_vertex_range"


def test_reshape_when_the_arc_is_gone_then_says_so(subgraph: Subgraph) -> None:
    with pytest.raises(BoundaryError) as raised:
        reshape(subgraph, 999, 0, 1, [])
    assert (raised.value.code, raised.value.fields["arc"]) == ("arc_gone", 999)


def test_move_node_then_moves_the_end_of_every_arc_there_and_nothing_else(subgraph: Subgraph) -> None:
    points = points_of(PICTURE)
    node = node_at(subgraph, points["5"])
    patch = move_node(subgraph, node, *points["c"])
    after = subgraph.apply(patch)
    assert after.nodes[node] == points["c"]
    assert len(patch.added) == 3
    for arc in after.arcs_at(node):
        before = subgraph.arcs[arc.id].points
        assert sum((a != b).any() for a, b in zip(arc.points, before, strict=True)) == 1


def test_move_node_when_there_is_none_then_is_refused(subgraph: Subgraph) -> None:
    with pytest.raises(BoundaryError) as raised:
        move_node(subgraph, 999, 0, 0)
    assert raised.value.code == "node_gone"


def test_move_node_of_a_ring_then_moves_both_its_ends() -> None:
    picture = """
    1       2
      a b
      d c
    4       5
    """
    subgraph = subgraph_of(picture, {1: "1 4 5 2 / a b c d", 2: "a d c b"})
    ring = arc_between(subgraph, 1, 2)
    x, y = ring.points[0].tolist()
    (new,) = move_node(subgraph, ring.start_node, x - 5, y - 7).added
    assert new.points[0].tolist() == new.points[-1].tolist() == [x - 5, y - 7]


def test_move_node_onto_its_neighbour_then_the_arc_between_disappears(subgraph: Subgraph) -> None:
    points = points_of(PICTURE)
    top, centre = node_at(subgraph, points["2"]), node_at(subgraph, points["5"])
    between = arc_between(subgraph, 1, 2)
    after = subgraph.apply(move_node(subgraph, top, *points["5"]))
    assert between.id not in after.arcs
    assert top not in after.nodes
    assert len(after.arcs_at(centre)) == 4


def test_patch_when_written_and_read_as_json_then_is_equal(subgraph: Subgraph) -> None:
    node = node_at(subgraph, points_of(PICTURE)["5"])
    patch = move_node(subgraph, node, 1, 2, outer_changed=True)
    assert Patch.from_json(patch.to_json()) == patch


def test_patch_then_knows_the_faces_it_touches(subgraph: Subgraph) -> None:
    patch = reshape(subgraph, arc_between(subgraph, 1, 0).id, 0, 1, [])
    assert patch.touched_faces == {0, 1}


def node_at(subgraph: Subgraph, position: tuple[int, int]) -> int:
    return next(n for n, xy in subgraph.nodes.items() if xy == position)
