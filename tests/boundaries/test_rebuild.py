"""Polygons built from arcs: holes, islands in holes, parts, points where a group meets itself."""

import numpy as np
import pytest
import shapely

from boundaries.arcs import Arc
from boundaries.chain import chain, chain_of_arcs, equal_chains
from boundaries.errors import BoundaryError
from boundaries.extract import extract
from boundaries.grid import to_degrees
from boundaries.rebuild import build_polygon, build_polygons, enclosed_areas
from tests.boundaries.drawing import draw, subgraph_of

NESTED = """
1                 2
   a           b
     k       l
       p  q
       s  r
     n       m
   d           c
4                 5
"""
NESTED_FACES = {1: "1 4 5 2 / a b c d", 2: "a d c b / k l m n", 3: "k n m l / p q r s", 4: "p s r q"}

PINCHED = """
1   2   3   4
5   6   7   8
9   a   b   c
"""


@pytest.mark.parametrize("inside", [{1}, {2}, {3}, {4}, {1, 3}, {2, 4}, {1, 2, 3, 4}, {1, 4}])
def test_build_polygon_of_any_faces_then_equals_even_odd_and_the_chain(inside: set[int]) -> None:
    arcs = list(subgraph_of(NESTED, NESTED_FACES).arcs.values())
    polygon = build_polygon(arcs, inside)
    border = [a for a in arcs if (a.left in inside) != (a.right in inside)]
    even_odd = shapely.build_area(shapely.MultiLineString([to_degrees(a.points) for a in border]))
    assert polygon.equals(even_odd)
    assert equal_chains(chain(polygon), chain_of_arcs(arcs, inside))


@pytest.mark.parametrize(
    ("faces", "parts", "holes"),
    [
        pytest.param({1: "1 5 6 2 + 6 a b 7"}, 2, 0, id="parts that touch at a point"),
        pytest.param({1: "1 9 b 7 6 2", 2: "2 6 7 3"}, 1, 0, id="plain"),
        pytest.param({1: "1 5 9 a b c 8 4 3 7 6 2", 2: "2 6 7 3"}, 1, 0, id="a bay"),
        pytest.param({1: "1 9 c 4 3 2 / 2 7 6", 2: "2 6 7"}, 1, 1, id="a hole that touches the outline"),
        pytest.param({1: "1 5 6 2 + 3 7 8 4", 2: "5 9 a 6", 3: "7 b c 8"}, 2, 0, id="apart"),
    ],
)
def test_build_polygons_when_a_face_meets_itself_then_is_valid(
    faces: dict[int, str], parts: int, holes: int
) -> None:
    geoms, labels = draw(PINCHED, faces)
    polygons = build_polygons(extract(geoms, labels), {label: i for i, label in enumerate(labels.tolist())})
    assert shapely.equals(polygons, geoms).all()
    assert len(polygons[0].geoms) == parts
    assert sum(len(part.interiors) for part in polygons[0].geoms) == holes


def test_build_polygons_when_parts_touch_twice_around_a_gap_then_both_parts_are_valid() -> None:
    picture = """
         1
    2  3   4  5
         6
    """
    geoms, labels = draw(picture, {1: "1 2 6 3 + 1 4 6 5"})
    table = extract(geoms, labels)
    (polygon,) = build_polygons(table, {1: 0})
    assert polygon.is_valid
    assert len(polygon.geoms) == 2
    assert len(enclosed_areas(table, 0)) == 1


def test_build_polygons_when_groups_join_faces_then_inner_arcs_vanish() -> None:
    geoms, labels = draw(NESTED, NESTED_FACES)
    table = extract(geoms, labels)
    whole = build_polygons(table, np.array([-1, 0, 0, 0, 0]))[0]
    assert whole.equals(shapely.union_all(geoms))
    assert len(whole.geoms[0].interiors) == 0


def test_build_polygons_when_a_group_has_no_arc_then_is_empty() -> None:
    geoms, labels = draw(NESTED, NESTED_FACES)
    polygons = build_polygons(extract(geoms, labels), {1: 0}, count=2)
    assert polygons[1].is_empty


def test_enclosed_areas_when_a_lake_has_an_island_then_the_island_is_taken_out() -> None:
    geoms, labels = draw(NESTED, {k: v for k, v in NESTED_FACES.items() if k != 2})
    (lake,) = enclosed_areas(extract(geoms, labels), 0)
    assert lake.equals(draw(NESTED, NESTED_FACES)[0][1])


def test_build_polygon_when_an_arc_is_missing_then_says_where() -> None:
    arcs = [a for a in subgraph_of("1 2\n3 4", {1: "1 3 2", 2: "2 3 4"}).arcs.values() if a.right != 0]
    with pytest.raises(BoundaryError) as raised:
        build_polygon(arcs, {1})
    assert raised.value.code == "dangling_end"
    assert raised.value.fields["lon"] == pytest.approx(103.8, abs=0.01)


def test_build_polygon_when_sides_are_swapped_then_is_invalid() -> None:
    (ring,) = subgraph_of("1 2\n3 4", {1: "1 3 4 2"}).arcs.values()
    swapped = Arc(1, 1, ring.start_node, ring.end_node, ring.right, ring.left, ring.points)
    with pytest.raises(BoundaryError) as raised:
        build_polygon([swapped], {1})
    assert raised.value.code == "face_invalid"
