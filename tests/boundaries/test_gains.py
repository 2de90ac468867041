"""The pieces that change hands."""

import pytest
import shapely

from boundaries.area import area_m2
from boundaries.gains import pieces
from tests.boundaries.drawing import box, draw

BEFORE = """
1   2   3
  a   b
4   5   6
"""


def faces(first: str, second: str) -> dict[str, shapely.Geometry]:
    geoms, _ = draw(BEFORE, {1: first, 2: second}, step_deg=1e-4)
    return {"甲": geoms[0], "乙": geoms[1]}


def test_pieces_when_a_border_bends_then_gives_the_one_piece() -> None:
    before, after = faces("1 4 5 2", "2 5 6 3"), faces("1 4 5 b 2", "2 b 5 6 3")
    (piece,) = pieces(before, after)
    assert (piece.from_key, piece.to_key) == ("乙", "甲")
    assert piece.area_m2 == pytest.approx(area_m2(after["甲"]) - area_m2(before["甲"]), abs=0.01)


def test_pieces_when_a_border_crosses_its_old_way_then_both_gain_and_lose() -> None:
    before = faces("1 4 5 2", "2 5 6 3")
    after = faces("1 4 5 a b 2", "2 b a 5 6 3")
    found = pieces(before, after)
    assert {(p.from_key, p.to_key) for p in found} == {("甲", "乙"), ("乙", "甲")}
    gained = sum(p.area_m2 for p in found if p.to_key == "甲") - sum(
        p.area_m2 for p in found if p.from_key == "甲"
    )
    assert gained == pytest.approx(area_m2(after["甲"]) - area_m2(before["甲"]), abs=0.01)


def test_pieces_when_nothing_changes_then_is_empty() -> None:
    before = faces("1 4 5 2", "2 5 6 3")
    assert pieces(before, before) == []


def test_pieces_when_the_outline_changes_then_the_other_side_is_none() -> None:
    before, after = {"甲": box(103, 30, 103.1, 30.1)}, {"甲": box(103, 30, 103.1, 30.2)}
    (piece,) = pieces(before, after)
    assert (piece.from_key, piece.to_key) == (None, "甲")


def test_pieces_when_a_face_is_merged_then_all_of_it_passes_over() -> None:
    before = faces("1 4 5 2", "2 5 6 3")
    (piece,) = pieces(before, {"甲": shapely.coverage_union_all(list(before.values()))})
    assert (piece.from_key, piece.to_key) == ("乙", "甲")
    assert piece.area_m2 == pytest.approx(area_m2(before["乙"]), abs=0.001)
