"""Directions, distances and the order of the pieces of a line."""

from __future__ import annotations

import math

import numpy as np
import pytest

from boundaries.course import (
    STEP_DEG,
    WORDS,
    azimuth_deg,
    direction_word,
    distances_m,
    find_legs,
    join_arcs,
    length_m,
    locate,
)

X, Y = 103_800_000_000, 30_400_000_000
STEP = 1_000_000

# From domain knowledge of the standard: the upper bound of each word, degrees and minutes.
UPPER = {
    "北": (11, 15),
    "北偏东北": (33, 45),
    "东北": (56, 15),
    "东偏东北": (78, 45),
    "东": (101, 15),
    "东偏东南": (123, 45),
    "东南": (146, 15),
    "南偏东南": (168, 45),
    "南": (191, 15),
    "南偏西南": (213, 45),
    "西南": (236, 15),
    "西偏西南": (258, 45),
    "西": (281, 15),
    "西偏西北": (303, 45),
    "西北": (326, 15),
    "北偏西北": (348, 45),
}


def path(*places: tuple[float, float]) -> np.ndarray:
    return np.array([(X + round(x * STEP), Y + round(y * STEP)) for x, y in places], dtype=np.int64)


@pytest.mark.parametrize("word", UPPER)
def test_direction_when_at_a_bound_then_the_next_word_begins_exactly_there(word: str) -> None:
    degrees, minutes = UPPER[word]
    bound = degrees + minutes / 60
    following = WORDS[(WORDS.index(word) + 1) % 16]
    assert direction_word(math.nextafter(bound, 0)) == word
    assert direction_word(bound) == following
    assert direction_word(math.nextafter(bound, 360)) == following


@pytest.mark.parametrize("turn", [-720.0, -360.0, 0.0, 360.0])
@pytest.mark.parametrize("number", range(16))
def test_direction_when_in_the_middle_then_the_word_whatever_the_turn(number: int, turn: float) -> None:
    assert direction_word(number * STEP_DEG + turn) == WORDS[number]


@pytest.mark.parametrize("azimuth", [-1e-20, 359.9999999, 360.0, 0.0])
def test_direction_when_about_north_then_north(azimuth: float) -> None:
    assert direction_word(azimuth) == "北"


@pytest.mark.parametrize(
    ("end", "azimuth"), [((0, 5), 0.0), ((5, 0), 90.0), ((0, -5), 180.0), ((-5, 0), 270.0)]
)
def test_azimuth_when_along_an_axis_then_that_of_true_north(end: tuple[int, int], azimuth: float) -> None:
    found = azimuth_deg((X, Y), path(end)[0].tolist())
    assert math.isclose(found, azimuth, abs_tol=0.01) or math.isclose(found, azimuth + 360, abs_tol=0.01)
    assert 0 <= found < 360


def test_length_when_along_a_meridian_then_ellipsoidal() -> None:
    # One minute of latitude near 30.4 degrees north on CGCS2000: 1847.6 m.
    line = np.array([(X, Y), (X, Y + round(1e9 / 60))], dtype=np.int64)
    assert length_m(line) == pytest.approx(1847.6, abs=0.1)


def test_distances_when_summed_then_grow_from_zero_to_the_length() -> None:
    line = path((0, 0), (1, 0), (1, 1), (3, 1))
    along = distances_m(line)
    assert along[0] == 0
    assert (np.diff(along) > 0).all()
    assert along[-1] == length_m(line)


def test_legs_when_bends_are_small_then_they_are_passed_over() -> None:
    line = path((0, 0), (1, 0.02), (2, -0.02), (3, 0), (3.02, 1), (3, 2))
    legs = find_legs(line, 20.0)
    assert [leg.word for leg in legs] == ["东", "北"]
    assert legs[0].start_m == 0
    assert legs[0].end_m == legs[1].start_m
    assert legs[-1].end_m == pytest.approx(length_m(line))


def test_legs_when_a_bend_is_larger_than_the_tolerance_then_it_is_told() -> None:
    legs = find_legs(path((0, 0), (2, 0), (2, -1), (4, -1)), 20.0)
    assert [leg.word for leg in legs] == ["东", "南", "东"]


def test_legs_when_neighbours_have_the_same_word_then_joined() -> None:
    legs = find_legs(path((0, 0), (3, 0.35), (6, 0), (6, 3)), 5.0)
    assert [leg.word for leg in legs] == ["东", "北"]


def test_legs_when_the_line_is_a_ring_then_it_goes_out_and_back() -> None:
    legs = find_legs(path((0, 0), (0.1, 0.01), (0.1, -0.01), (0, 0)), 500.0)
    assert len(legs) == 2
    assert legs[-1].end_m == pytest.approx(length_m(path((0, 0), (0.1, 0.01), (0.1, -0.01), (0, 0))))


def test_legs_when_the_line_is_two_points_then_one() -> None:
    (leg,) = find_legs(path((0, 0), (1, 1)), 20.0)
    assert leg.word == "东北"
    assert leg.length_m == pytest.approx(length_m(path((0, 0), (1, 1))))


def test_join_when_arcs_are_in_any_order_and_direction_then_one_chain_from_the_west() -> None:
    arcs = [path((2, 0), (3, 0)), path((1, 0.5), (0, 0)), path((2, 0), (1, 0.5))]
    (chain,) = join_arcs(arcs)
    assert chain.points.tolist() == path((0, 0), (1, 0.5), (2, 0), (3, 0)).tolist()
    assert chain.arcs == ((1, True), (2, True), (0, False))
    assert not chain.closed


def test_join_when_the_line_is_taller_than_wide_then_from_the_north() -> None:
    (chain,) = join_arcs([path((1, 0), (0, 3))])
    assert chain.points[0].tolist() == path((0, 3))[0].tolist()


def test_join_when_the_line_is_in_pieces_then_several_chains_from_west_to_east() -> None:
    chains = join_arcs([path((5, 0), (6, 0)), path((1, 0), (0, 0))])
    assert [chain.points[0][0] for chain in chains] == [X, X + 5 * STEP]


def test_join_when_three_arcs_meet_then_chains_end_there() -> None:
    chains = join_arcs([path((0, 0), (1, 0)), path((1, 0), (2, 1)), path((1, 0), (2, -1))])
    assert sorted(len(chain.arcs) for chain in chains) == [1, 1, 1]


def test_join_when_arcs_make_a_ring_then_one_closed_chain() -> None:
    (chain,) = join_arcs([path((0, 0), (1, 0), (1, 1)), path((1, 1), (0, 1), (0, 0))])
    assert chain.closed
    assert len(chain.points) == 5


def test_join_when_a_single_arc_is_a_ring_then_one_closed_chain() -> None:
    (chain,) = join_arcs([path((0, 0), (1, 0), (1, 1), (0, 0))])
    assert chain.closed
    assert chain.arcs == ((0, False),)


def test_join_when_a_line_has_no_arcs_then_no_chains() -> None:
    assert join_arcs([]) == []


def test_locate_when_beside_an_edge_then_along_and_off() -> None:
    line = path((0, 0), (2, 0), (2, 2))
    along, off = locate(line, path((1, 0.5))[0].tolist())
    assert along == pytest.approx(distances_m(line)[1] / 2, rel=1e-6)
    assert off == pytest.approx(55.5, abs=0.5)


def test_locate_when_on_a_vertex_then_nothing_off() -> None:
    line = path((0, 0), (2, 0), (2, 2))
    along, off = locate(line, line[1].tolist())
    assert along == pytest.approx(distances_m(line)[1])
    assert off == 0
