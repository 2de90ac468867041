"""What keeps polygons from being a coverage, with place, area and width."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.area import area_m2
from boundaries.coverage import check_coverage, require_coverage, survey
from boundaries.errors import CoverageError, Fault
from boundaries.grid import GRID, snap, snap_polygon, to_degrees
from tests.boundaries.drawing import box, draw, face_of, points_of

TWO = """
1   2   3
  a   b
4   5   6
"""
CLEAN = {1: "1 4 5 2", 2: "2 5 6 3"}

LAKE = """
1         2         3
   a b
   d c        k l
   e f        n m
4         5         6
"""
WITH_LAKE = {"西村": "1 4 5 2 / a b c d", "东村": "2 5 6 3"}


def check(picture: str, faces: dict[int, str]) -> list[Fault]:
    geoms, labels = draw(picture, faces)
    return check_coverage(geoms, labels.tolist())


def codes(faults: list[Fault]) -> list[str]:
    return [fault.code for fault in faults]


def test_check_coverage_when_clean_then_finds_nothing() -> None:
    assert check(TWO, CLEAN) == []


def test_check_coverage_when_polygons_overlap_then_gives_the_pair_the_area_and_the_width() -> None:
    (overlap,) = check(TWO, {1: "1 4 5 2", 2: "2 a 5 6 3"})
    piece = face_of(points_of(TWO), "2 a 5")
    assert (overlap.code, overlap.labels) == ("overlap", ("1", "2"))
    assert overlap.area_m2 == pytest.approx(area_m2(piece), abs=0.001)
    assert overlap.width_m == pytest.approx(60, abs=5)
    assert piece.contains(shapely.Point(overlap.lon, overlap.lat))
    assert "1 与 2 重叠" in overlap.zh


def test_check_coverage_when_three_polygons_overlap_then_every_pair_is_named() -> None:
    faults = check(TWO, {1: "1 4 5 2", 2: "a 5 6 b", 3: "2 a 5 6 3"})
    assert {f.labels for f in faults} == {("1", "2"), ("1", "3"), ("2", "3")}
    assert codes(faults) == ["contained", "overlap", "overlap"]


def test_check_coverage_when_polygons_cross_without_a_common_vertex_then_is_an_overlap() -> None:
    geoms = np.array([box(103, 30, 103.2, 30.1), box(103.1, 29.9, 103.15, 30.2)], dtype=object)
    assert codes(check_coverage(geoms, ["甲", "乙"])) == ["overlap"]


def test_check_coverage_when_one_lies_in_another_without_a_hole_then_is_contained() -> None:
    (fault,) = check(LAKE, {1: "1 4 5 2", 2: "2 5 6 3", 3: "k n m l"})
    assert (fault.code, fault.labels) == ("contained", ("3", "2"))


def test_check_coverage_when_two_whole_coverages_lie_on_each_other_then_every_pair_is_found() -> None:
    geoms, _ = draw(TWO, CLEAN)
    shifted = snap_polygon(shapely.transform(geoms[0], lambda xy: xy + np.array([0.0005, 0.0001])))
    stacked = np.array([*geoms, shifted], dtype=object)
    assert {f.labels for f in check_coverage(stacked, ["1", "2", "3"])} == {("1", "3"), ("2", "3")}


def test_check_coverage_when_copies_of_all_are_there_then_each_is_a_duplicate() -> None:
    geoms, _ = draw(TWO, CLEAN)
    faults = check_coverage(np.array([*geoms, *geoms[::-1]], dtype=object), ["甲", "乙", "丙", "丁"])
    assert {f.labels for f in faults} == {("甲", "丁"), ("乙", "丙")}
    assert codes(faults) == ["duplicate", "duplicate"]


def test_check_coverage_when_there_is_a_hole_then_gives_its_area_and_neighbours() -> None:
    geoms, _ = draw(LAKE, dict(enumerate(WITH_LAKE.values(), 1)))
    (gap,) = check_coverage(geoms, list(WITH_LAKE))
    assert (gap.code, gap.labels) == ("gap", ("西村",))
    assert gap.area_m2 == pytest.approx(area_m2(face_of(points_of(LAKE), "a b c d")), abs=0.001)


def test_check_coverage_when_the_hole_is_declared_water_then_is_clean() -> None:
    geoms, _ = draw(LAKE, dict(enumerate(WITH_LAKE.values(), 1)))
    assert check_coverage(geoms, list(WITH_LAKE), [face_of(points_of(LAKE), "a d c b")]) == []


def test_check_coverage_when_water_fills_a_part_of_the_hole_then_the_rest_is_reported() -> None:
    geoms, _ = draw(LAKE, {1: "1 4 5 2 / a b f e", 2: "2 5 6 3"})
    (gap,) = check_coverage(geoms, ["甲", "乙"], [face_of(points_of(LAKE), "a d c b")])
    assert gap.area_m2 == pytest.approx(area_m2(face_of(points_of(LAKE), "d e f c")), abs=0.001)


def test_check_coverage_when_a_gap_touches_the_outline_at_two_points_then_is_found() -> None:
    picture = """
         1
    2  3   4  5
         6
    """
    (gap,) = check(picture, {1: "1 2 6 3", 2: "1 4 6 5"})
    assert gap.code == "gap"
    assert gap.area_m2 == pytest.approx(area_m2(face_of(points_of(picture), "1 3 6 4")), abs=0.001)


def test_check_coverage_when_a_vertex_is_missing_on_one_side_then_says_whose() -> None:
    picture = """
    1   2   3
        a
    4   5   6
    """
    (fault,) = check(picture, {1: "1 4 5 2", 2: "2 a 5 6 3"})
    assert (fault.code, fault.labels) == ("unmatched_vertex", ("2", "1"))
    assert (fault.lon, fault.lat) == pytest.approx((103.804, 30.499))


@pytest.mark.parametrize(
    ("geom", "code"),
    [
        (None, "geometry_missing"),
        (shapely.Polygon(), "geometry_empty"),
        (shapely.Point(103, 30), "geometry_not_areal"),
    ],
)
def test_check_coverage_when_there_is_no_area_then_names_the_row(
    geom: shapely.Geometry | None, code: str
) -> None:
    geoms, _ = draw(TWO, CLEAN)
    (fault,) = check_coverage(np.array([*geoms, geom], dtype=object), ["甲", "乙", "丙"])
    assert (fault.code, fault.labels) == (code, ("丙",))


def test_check_coverage_when_a_town_is_a_bow_tie_then_gives_the_place_of_the_crossing() -> None:
    # Case P401: a vertex dragged across the opposite side.
    ring = [(103.82, 30.41), (103.83, 30.42), (103.83, 30.41), (103.82, 30.42)]
    (fault,) = check_coverage(np.array([shapely.Polygon(ring)], dtype=object), ["青禾镇"])
    assert (fault.code, fault.labels) == ("geometry_invalid", ("青禾镇",))
    assert (fault.lon, fault.lat) == pytest.approx((103.825, 30.415), abs=1e-9)
    assert "自相交" in fault.zh


def test_check_coverage_when_a_coordinate_is_no_number_then_there_is_no_place() -> None:
    whole = box(103, 30, 104, 31)
    geom = shapely.transform(whole, lambda xy: np.where(xy == [104, 31], np.inf, xy))
    (fault,) = check_coverage(np.array([geom], dtype=object), ["青禾镇"])
    assert (fault.code, fault.lon, fault.lat) == ("geometry_invalid", None, None)


def test_check_coverage_when_there_are_no_rows_then_finds_nothing() -> None:
    assert check_coverage(np.array([], dtype=object), []) == []


def test_check_coverage_when_several_things_are_wrong_then_finds_them_all() -> None:
    geoms, _ = draw(LAKE, {1: "1 4 5 2 / a b c d", 2: "2 5 6 3", 3: "k n m l"})
    broken = shapely.Polygon([(104, 30), (104.1, 30.1), (104.1, 30), (104, 30.1)])
    faults = check_coverage(np.array([*geoms, None, broken], dtype=object), list("甲乙丙丁戊"))
    assert sorted(codes(faults)) == ["contained", "gap", "geometry_invalid", "geometry_missing"]


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 4), st.floats(0.2, 0.8), st.sampled_from([1.0, -1.0]), st.floats(0.5, 2.0), st.booleans()
)
def test_check_coverage_when_a_sliver_of_a_square_metre_is_planted_then_is_always_found(
    row: int, where: float, towards: float, size_m2: float, at_home: bool
) -> None:
    geoms = grid_of_cells(5)
    owner = 5 * row + 2
    ring = shapely.get_coordinates(geoms[owner])
    start, end = ring[1], ring[2]
    deep = size_m2 / (np.hypot(*((end - start) * [95_900, 110_850]))) * 2 / 95_900
    planted = to_degrees(snap([start + where * (end - start) + [towards * deep, 0]]))
    geoms[owner] = shapely.Polygon(np.insert(ring, 2, planted, axis=0))
    faults = check_coverage(geoms, range(len(geoms)))
    inner = [f for f in faults if f.code in ("gap", "overlap")]
    assert len(inner) == 1
    assert inner[0].area_m2 == pytest.approx(size_m2, rel=0.05)


def grid_of_cells(count: int) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    side = 0.002
    cells = [
        box(103 + i * side, 30 + j * side, 103 + (i + 1) * side, 30 + (j + 1) * side)
        for j in range(count)
        for i in range(count)
    ]
    return np.array(
        [shapely.Polygon(shapely.get_coordinates(c)[[0, 1, 2, 3, 0]]) for c in cells], dtype=object
    )


def test_survey_when_clean_then_gives_the_arcs_with_the_labels() -> None:
    geoms, _ = draw(TWO, CLEAN)
    found = survey(geoms, ["甲", "乙"], faces=[40, 50])
    assert found.table is not None
    assert set(found.table.left.tolist()) == {40, 50}


def test_survey_when_there_is_a_hole_then_still_gives_the_arcs() -> None:
    geoms, _ = draw(LAKE, dict(enumerate(WITH_LAKE.values(), 1)))
    found = survey(geoms, list(WITH_LAKE))
    assert found.table is not None
    assert codes(list(found.faults)) == ["gap"]


def test_require_coverage_when_faulty_then_raises_with_all_faults() -> None:
    geoms, _ = draw(TWO, {1: "1 4 5 2", 2: "2 a 5 6 3"})
    with pytest.raises(CoverageError) as raised:
        require_coverage(geoms, ["甲", "乙"])
    assert codes(list(raised.value.faults)) == ["overlap"]


def test_check_coverage_of_places_then_are_on_the_pieces_in_degrees() -> None:
    (overlap,) = check(TWO, {1: "1 4 5 2", 2: "2 a 5 6 3"})
    assert 103.8 * GRID < (overlap.lon or 0) * GRID < 103.81 * GRID
