"""Parents and their children."""

import numpy as np
import pytest
import shapely

from boundaries.area import area_m2
from boundaries.coverage import check_nesting, survey
from boundaries.errors import Fault
from boundaries.grid import snap_polygon
from tests.boundaries.drawing import draw, face_of, points_of

PICTURE = """
1   2   3   4
  a      b
5   6   7   8
"""
CHILDREN = {1: "1 5 6 2", 2: "2 6 7 3", 3: "3 7 8 4"}
PARENTS = {1: "1 5 6 7 3 2", 2: "3 7 8 4"}


def nest(parents: dict[int, str], parent_of: list[int], with_table: bool = False) -> list[Fault]:
    children, labels = draw(PICTURE, CHILDREN)
    table = survey(children, labels.tolist()).table if with_table else None
    above = draw(PICTURE, parents)[0]
    return check_nesting(children, parent_of, above, ["甲村", "乙村", "丙村"], ["东镇", "西镇"], table)


@pytest.mark.parametrize("with_table", [False, True])
def test_check_nesting_when_parents_are_the_sum_then_finds_nothing(with_table: bool) -> None:
    assert nest(PARENTS, [0, 0, 1], with_table) == []


@pytest.mark.parametrize("with_table", [False, True])
def test_check_nesting_when_a_parent_reaches_too_far_then_the_piece_is_measured(with_table: bool) -> None:
    faults = nest({1: "1 5 6 7 b 3 2", 2: "3 7 8 4"}, [0, 0, 1], with_table)
    piece = face_of(points_of(PICTURE), "3 b 7")
    assert [(f.code, f.labels) for f in faults] == [("parent_exceeds_children", ("东镇",))]
    assert faults[0].area_m2 == pytest.approx(area_m2(piece), abs=0.001)


def test_check_nesting_when_a_child_is_in_the_wrong_parent_then_both_parents_are_named() -> None:
    faults = nest(PARENTS, [0, 1, 1])
    assert {(f.code, f.labels[0]) for f in faults} == {
        ("parent_exceeds_children", "东镇"),
        ("children_exceed_parent", "西镇"),
    }


def test_check_nesting_when_parents_only_lack_vertices_then_is_a_warning() -> None:
    (fault,) = nest({1: "1 5 7 3", 2: "3 7 8 4"}, [0, 0, 1])
    assert (fault.code, fault.severity) == ("nesting_vertices", "warning")


def test_check_nesting_when_rows_have_no_partner_then_each_is_named() -> None:
    faults = nest(PARENTS, [0, 0, -1])
    assert [(f.code, f.labels[0]) for f in faults] == [
        ("child_without_parent", "丙村"),
        ("parent_without_children", "西镇"),
    ]


def test_check_nesting_when_a_border_differs_by_one_step_then_is_not_equal() -> None:
    children, _ = draw(PICTURE, CHILDREN)
    moved = [snap_polygon(shapely.transform(children[2], lambda xy: xy + (xy == xy.max(axis=0)) * 1e-9))]
    faults = check_nesting(children[2:], [0], np.array(moved, dtype=object), ["丙村"], ["西镇"])
    assert faults[0].labels == ("西镇",)
