"""Geodesic areas on the CGCS2000 ellipsoid."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.area import area_m2, areas_m2, mean_width_m, mu
from tests.boundaries.drawing import box


def test_area_m2_of_a_small_square_then_equals_the_plane_figure() -> None:
    # One second of arc square at the equator: M and N on CGCS2000 give 30.7150 m by 30.9221 m.
    second = 1 / 3600
    square = box(110.0, -second / 2, 110.0 + second, second / 2)
    assert area_m2(square) == pytest.approx(30.71503 * 30.92208, rel=1e-5)


def test_area_m2_when_the_ring_turns_the_other_way_then_is_the_same() -> None:
    polygon = box(103.8, 30.4, 103.9, 30.5)
    assert area_m2(polygon.reverse()) == area_m2(polygon) > 0


def test_area_m2_when_there_is_a_hole_then_it_is_taken_away() -> None:
    outer, hole = box(103.8, 30.4, 103.9, 30.5), box(103.84, 30.44, 103.85, 30.45)
    cut = shapely.Polygon(outer.exterior, [hole.exterior])
    assert area_m2(cut) == pytest.approx(area_m2(outer) - area_m2(hole), abs=0.001)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-60, 60),
    st.floats(1e-6, 0.1),
    st.lists(st.floats(0.2, 1.0), min_size=5, max_size=12),
)
def test_areas_m2_of_any_polygon_then_is_within_a_thousandth_of_the_exact_one(
    lat: float, size: float, radii: list[float]
) -> None:
    angles = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    ring = np.c_[103 + size * np.cos(angles) * radii, lat + size * np.sin(angles) * radii]
    polygon = shapely.Polygon(ring)
    assert areas_m2(np.array([polygon]))[0] == pytest.approx(area_m2(polygon), abs=0.001)


def test_areas_m2_when_some_are_empty_or_missing_then_they_are_zero() -> None:
    hole = shapely.Polygon(
        box(103, 30, 103.02, 30.02).exterior, [box(103.01, 30.005, 103.015, 30.01).exterior]
    )
    several = shapely.MultiPolygon([hole, box(104, 30, 104.01, 30.01)])
    geoms = np.array([None, shapely.Polygon(), several], dtype=object)
    assert areas_m2(geoms) == pytest.approx([0, 0, area_m2(several)], abs=0.001)


def test_mean_width_m_of_a_strip_then_is_its_width() -> None:
    strip = box(103.8, 30.4, 103.8 + 1e-6, 30.41)
    assert mean_width_m(strip) == pytest.approx(0.096, abs=0.001)


def test_mu_of_a_square_kilometre_then_is_fifteen_hundred() -> None:
    assert mu(1_000_000.0) == pytest.approx(1500.0)
