"""Segment chains: an exact equality of borders."""

import shapely

from boundaries.chain import chain, chain_of_arcs, empty_chain, equal_chains
from tests.boundaries.drawing import draw, subgraph_of

PICTURE = """
1   2   3
4   5   6
"""
FACES = {1: "1 4 5 2", 2: "2 5 6 3"}


def test_chain_of_a_union_then_equals_the_sum_of_its_parts() -> None:
    geoms, _ = draw(PICTURE, FACES)
    assert equal_chains(chain(shapely.coverage_union_all(geoms)), chain(geoms[0]) + chain(geoms[1]))


def test_chain_when_a_vertex_differs_by_one_step_then_is_not_equal() -> None:
    geoms, _ = draw(PICTURE, FACES)
    moved = shapely.transform(geoms[0], lambda xy: xy + (xy == xy.max(axis=0)) * 1e-9)
    assert not equal_chains(chain(moved), chain(geoms[0]))


def test_chain_of_a_ring_either_way_round_then_is_the_same() -> None:
    geoms, _ = draw(PICTURE, FACES)
    assert equal_chains(chain(geoms[0]), chain(geoms[0].reverse()))


def test_chain_minus_itself_then_is_empty() -> None:
    geoms, _ = draw(PICTURE, FACES)
    assert equal_chains(chain(geoms[0]) - chain(geoms[0]), empty_chain())


def test_chain_of_arcs_then_equals_the_chain_of_the_polygon() -> None:
    geoms, _ = draw(PICTURE, FACES)
    arcs = subgraph_of(PICTURE, FACES).arcs.values()
    assert equal_chains(chain_of_arcs(arcs, {1}), chain(geoms[0]))
    assert len(chain_of_arcs(arcs, {7})) == 0
