"""The outline of an area mended where it changed, held against the area built from all its arcs."""

from collections.abc import Hashable
from itertools import product

import numpy as np
import pytest
from shapely.geometry import MultiPolygon

from boundaries.chain import chain, chain_of_arcs, equal_chains
from boundaries.edits import move_node, reshape
from boundaries.outline import BorderChange, Owners, border_changes, mend_outlines
from boundaries.rebuild import build_polygon
from boundaries.subgraph import Subgraph
from tests.boundaries.drawing import subgraph_of
from tests.boundaries.test_rebuild import NESTED, NESTED_FACES, PINCHED

TILES = {1: "1 5 6 2", 2: "2 6 7 3", 3: "3 7 8 4", 4: "5 9 a 6", 5: "6 a b 7", 6: "7 b c 8"}
SUBSETS = [{1}, {1, 3}, {2, 4}, {1, 2, 3, 4}, {1, 4}, {2}, {3, 4}]
TOWN = "town"


def in_town(faces: set[int]) -> Owners:
    def owners(face: int) -> frozenset[Hashable]:
        return frozenset([TOWN]) if face in faces else frozenset()

    return owners


def mended(graph: Subgraph, was: set[int], after: Subgraph, now: set[int]) -> MultiPolygon | None:
    changes = border_changes(graph, after, in_town(was), in_town(now))
    stored = build_polygon(list(graph.arcs.values()), was)
    return mend_outlines([stored], [changes.get(TOWN, BorderChange())])[0]


@pytest.mark.parametrize(("was", "now"), list(product(SUBSETS, SUBSETS)))
@pytest.mark.parametrize(("picture", "faces"), [(NESTED, NESTED_FACES), (PINCHED, TILES)])
def test_mend_outlines_when_faces_pass_to_another_town_then_chain_is_that_of_its_faces(
    picture: str, faces: dict[int, str], was: set[int], now: set[int]
) -> None:
    graph = subgraph_of(picture, faces)
    result = mended(graph, was, graph, now)
    pinched = build_polygon(list(graph.arcs.values()), now)
    if result is None:
        # Cells that meet in a point alone: the whole outline is linked anew.
        assert len(pinched.geoms) > 1 or len(pinched.geoms[0].interiors) > 0
        return
    assert result.is_valid
    assert equal_chains(chain(result), chain_of_arcs(graph.arcs.values(), now))


@pytest.mark.parametrize("town", [{1}, {1, 2}, {1, 2, 4, 5}, {2, 3, 5}, {1, 2, 3, 4, 5, 6}])
def test_mend_outlines_when_a_node_moves_then_equals_the_town_built_anew(town: set[int]) -> None:
    graph = subgraph_of(PINCHED, TILES)
    for node, (x, y) in graph.nodes.items():
        after = graph.apply(move_node(graph, node, x + 100_000, y - 200_000))
        result = mended(graph, town, after, town)
        assert result is not None
        assert result.equals(build_polygon(list(after.arcs.values()), town))


def test_mend_outlines_when_a_line_is_reshaped_then_equals_the_town_built_anew() -> None:
    graph = subgraph_of(NESTED, NESTED_FACES)
    arc = next(a for a in graph.arcs.values() if {a.left, a.right} == {2, 3})
    path = (arc.points[1:2] + np.array([10_000, 10_000])).tolist()
    after = graph.apply(reshape(graph, arc.id, 0, 2, path))
    for town in ({2}, {3}, {1, 2}, {3, 4}):
        result = mended(graph, town, after, town)
        assert result is not None
        assert result.equals(build_polygon(list(after.arcs.values()), town))


def test_border_changes_when_both_sides_lie_in_one_town_then_town_has_none() -> None:
    graph = subgraph_of(PINCHED, TILES)
    arc = next(a for a in graph.arcs.values() if {a.left, a.right} == {1, 2})
    after = graph.apply(reshape(graph, arc.id, 0, 1, [(arc.points.sum(axis=0) // 2 + 50).tolist()]))
    assert border_changes(graph, after, in_town({1, 2}), in_town({1, 2})) == {}


def test_mend_outlines_when_stored_polygon_is_another_one_then_is_left_to_be_built() -> None:
    graph = subgraph_of(PINCHED, TILES)
    change = border_changes(graph, graph, in_town({1}), in_town({1, 2}))
    elsewhere = build_polygon(list(graph.arcs.values()), {6})
    stored = build_polygon(list(graph.arcs.values()), {1})
    assert mend_outlines([elsewhere, stored], [change[TOWN]] * 2)[0] is None
    assert mend_outlines([elsewhere, stored], [change[TOWN]] * 2)[1] is not None
