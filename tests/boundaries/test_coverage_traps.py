"""Traps of `shapely.coverage_is_valid` seen on real data: each one it accepts, and our check does not."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely

from boundaries.coverage import check_coverage
from boundaries.grid import snap_polygon
from tests.boundaries.drawing import box, draw

PICTURE = """
1     2     3
  a b
  d c
4     5     6
"""


def bow_tie() -> list[shapely.Geometry | None]:
    return [shapely.Polygon([(103, 30), (103.1, 30.1), (103.1, 30), (103, 30.1)])]


def overlapping_parts() -> list[shapely.Geometry | None]:
    return [shapely.MultiPolygon([box(103, 30, 103.1, 30.1), box(103.05, 30, 103.2, 30.1)])]


def parts_with_a_common_edge() -> list[shapely.Geometry | None]:
    return [shapely.MultiPolygon([box(103, 30, 103.1, 30.1), box(103.1, 30, 103.2, 30.1)])]


def an_empty_row() -> list[shapely.Geometry | None]:
    return [box(103, 30, 103.1, 30.1), shapely.Polygon()]


def a_missing_row() -> list[shapely.Geometry | None]:
    return [box(103, 30, 103.1, 30.1), None]


def a_hole() -> list[shapely.Geometry | None]:
    return list(draw(PICTURE, {1: "1 4 5 2 / a b c d", 2: "2 5 6 3"})[0])


def a_gap_of_13_6_square_metres() -> list[shapely.Geometry | None]:
    south, north = (103.1, 30.05), (103.1, 30.0502)
    bay = [(103, 30), (103.1, 30), south, (103.099987, 30.0501), north, (103.1, 30.1), (103, 30.1)]
    straight = [(103.1, 30), (103.2, 30), (103.2, 30.1), (103.1, 30.1), north, south]
    return [snap_polygon(shapely.Polygon(ring)) for ring in (bay, straight)]


TRAPS: list[tuple[Callable[[], list[shapely.Geometry | None]], str]] = [
    (bow_tie, "geometry_invalid"),
    (overlapping_parts, "geometry_invalid"),
    (parts_with_a_common_edge, "geometry_invalid"),
    (an_empty_row, "geometry_empty"),
    (a_missing_row, "geometry_missing"),
    (a_hole, "gap"),
    (a_gap_of_13_6_square_metres, "gap"),
]


@pytest.mark.parametrize(("trap", "code"), TRAPS, ids=[trap.__name__ for trap, _ in TRAPS])
def test_check_coverage_when_shapely_is_satisfied_then_still_finds_the_fault(
    trap: Callable[[], list[shapely.Geometry | None]], code: str
) -> None:
    geoms = np.array(trap(), dtype=object)
    assert shapely.coverage_is_valid(geoms)
    assert [f.code for f in check_coverage(geoms, range(len(geoms)))] == [code]


def test_check_coverage_when_a_gap_is_thin_then_gives_its_size_whatever_its_width() -> None:
    (gap,) = check_coverage(np.array(a_gap_of_13_6_square_metres(), dtype=object), ["甲", "乙"])
    assert gap.area_m2 == pytest.approx(13.6, abs=0.5)
    assert gap.width_m == pytest.approx(0.6, abs=0.1)
