"""What lies on what: areas and shares of drawn cells."""

from __future__ import annotations

import pytest
from shapely.geometry import Polygon

from boundaries.area import area_m2
from boundaries.overlay import overlay
from tests.boundaries.drawing import face_of, points_of

PICTURE = """
    1   2   3
    4   5   6
"""
WEST, EAST, WHOLE = "1 4 5 2", "2 5 6 3", "1 4 6 3"
POINTS = points_of(PICTURE)


def cell(spec: str) -> Polygon:
    return face_of(POINTS, spec)


def test_overlay_when_two_become_one_then_each_went_as_a_whole() -> None:
    found = overlay({"w": cell(WEST), "e": cell(EAST)}, {"all": cell(WHOLE)})
    assert [(o.source, o.target) for o in found] == [("w", "all"), ("e", "all")]
    assert [o.source_share for o in found] == pytest.approx([1, 1], abs=1e-12)
    assert sum(o.target_share for o in found) == pytest.approx(1, abs=1e-9)


def test_overlay_when_neighbours_only_touch_then_nothing_passes() -> None:
    cells = {"w": cell(WEST), "e": cell(EAST)}
    assert [(o.source, o.target) for o in overlay(cells, cells)] == [("w", "w"), ("e", "e")]


def test_overlay_when_land_leaves_or_comes_then_the_other_side_is_nobody() -> None:
    found = overlay({"w": cell(WEST)}, {"e": cell(EAST)})
    assert [(o.source, o.target) for o in found] == [("w", None), (None, "e")]
    assert found[0].area_m2 == pytest.approx(area_m2(cell(WEST)))


def test_overlay_when_a_line_moved_by_less_than_a_millimetre_then_nothing_passes() -> None:
    (x, y) = POINTS["2"]
    moved = {**POINTS, "2": (x + 5, y)}
    after = {"w": face_of(moved, WEST), "e": face_of(moved, EAST)}
    found = overlay({"w": cell(WEST), "e": cell(EAST)}, after)
    assert [(o.source, o.target) for o in found] == [("w", "w"), ("e", "e")]


def test_overlay_when_empty_then_nothing() -> None:
    assert overlay({}, {}) == []
