"""Simplified coverages stay coverages, at every level."""

import numpy as np
import pytest
import shapely

from boundaries.arcs import ArcTable
from boundaries.area import areas_m2
from boundaries.coverage import check_coverage
from boundaries.extract import extract
from boundaries.grid import snap, to_degrees
from boundaries.rebuild import build_polygons
from boundaries.simplify import simplify_arcs
from tests.boundaries.drawing import draw

TRIPLE = (103.84, 30.43)


def wiggle(start: tuple[float, float], end: tuple[float, float], count: int, seed: int) -> list[list[float]]:
    """Return a rough line between two points, as a surveyed stream looks."""
    rng = np.random.default_rng(seed)
    along = np.linspace(0, 1, count)[:, None]
    line = np.array(start) + along * (np.array(end) - np.array(start))
    line[:, :1] += rng.uniform(-0.0012, 0.0012, (count, 1)) * np.sin(np.pi * along)
    rough: list[list[float]] = to_degrees(snap(line)).tolist()
    return rough


def three_towns() -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """Case P404: three towns that meet at 103.84, 30.43 along rough borders."""
    south = wiggle((103.84, 30.41), TRIPLE, 41, 1)
    west = wiggle(TRIPLE, (103.83, 30.45), 41, 2)
    east = wiggle(TRIPLE, (103.85, 30.45), 41, 3)
    green = [[103.82, 30.41], *south, *west[1:], [103.82, 30.45]]
    cedar = [*south, *east[1:], [103.86, 30.45], [103.86, 30.41]]
    pomegranate = [*west, *east[:0:-1]]
    return np.array([shapely.Polygon(r) for r in (green, cedar, pomegranate)], dtype=object)


def test_simplify_arcs_of_three_towns_then_neither_overlap_nor_gap_appears() -> None:
    towns = three_towns()
    assert check_coverage(towns, ["青禾镇", "云杉街道", "石榴镇"]) == []
    simpler = simplify_arcs(extract(towns, [1, 2, 3]), 0.0008)
    after = build_polygons(simpler, {1: 0, 2: 1, 3: 2})
    assert len(simpler.coords) < shapely.get_num_coordinates(towns).sum() / 3
    assert check_coverage(after, ["青禾镇", "云杉街道", "石榴镇"]) == []
    assert sum(areas_m2(after)) == pytest.approx(areas_m2(np.array([shapely.union_all(after)]))[0], abs=0.01)
    corner = shapely.Point(TRIPLE)
    assert all(corner in shapely.points(shapely.get_coordinates(town)) for town in after)


def test_simplify_each_alone_when_borders_are_rough_then_they_drift_apart() -> None:
    # What the case report saw: why the arcs, and not the polygons, are simplified.
    alone = shapely.simplify(three_towns(), 0.0008)
    assert check_coverage(alone, ["青禾镇", "云杉街道", "石榴镇"]) != []


def test_simplify_arcs_when_levels_are_built_from_it_then_they_nest() -> None:
    simpler = simplify_arcs(extract(three_towns(), [1, 2, 3]), 0.0008)
    leaves = build_polygons(simpler, {1: 0, 2: 1, 3: 2})
    parent = build_polygons(simpler, {1: 0, 3: 0})[0]
    assert parent.equals(shapely.union(leaves[0], leaves[2]))


@pytest.mark.parametrize("tolerance_deg", [1e-5, 1e-3, 0.005, 1.0])
def test_simplify_arcs_when_faces_are_small_then_none_vanishes_or_turns(tolerance_deg: float) -> None:
    picture = """
    1              2
      a b
      d c   p q
            s r
    3  m           4
    5              6
    """
    faces = {
        1: "1 3 m 4 2 / a b c d / p q r s",
        2: "a d c b",
        3: "p s r q",
        4: "3 5 6 4 m",
    }
    geoms, labels = draw(picture, faces)
    table = extract(geoms, labels)
    after = build_polygons(
        simplify_arcs(table, tolerance_deg), dict(zip(labels.tolist(), range(4), strict=True))
    )
    assert check_coverage(after, labels.tolist()) == []
    assert not shapely.is_empty(after).any()


def test_simplify_arcs_then_keeps_nodes_and_sides() -> None:
    table = extract(three_towns(), [1, 2, 3])
    simpler = simplify_arcs(table, 0.0008)
    assert ends(simpler) == ends(table)
    assert simpler.left.tolist() == table.left.tolist()


def ends(table: ArcTable) -> list[tuple[list[int], list[int]]]:
    return [(table.points(i)[0].tolist(), table.points(i)[-1].tolist()) for i in range(len(table))]
