"""Drafted texts on a boundary: words, distances and positions as a clerk writes them."""

from __future__ import annotations

import pytest

from boundaries.course import Leg
from gazetteer.rules.course_text import (
    Landmark,
    MarkerPlace,
    Piece,
    Stop,
    Stretch,
    describe_marker,
    format_angle,
    format_distance,
    format_position,
    write_course,
)

A = Stop(0.0, "1号界桩", 103.8, 30.4)
B = Stop(500.0, "2号界桩", 103.81, 30.4)
C = Stop(1500.0, "3号界桩", 103.81, 30.39)
EAST = Leg(0.0, 800.0, 90.0)
SOUTH = Leg(800.0, 1500.0, 180.0)
SIDES = (Stretch(0.0, 1500.0, "甲镇一村", "乙镇二村"),)


def piece(
    *,
    stops: tuple[Stop, ...] = (A, B, C),
    landmarks: tuple[Landmark, ...] = (),
    stretches: tuple[Stretch, ...] = SIDES,
    closed: bool = False,
) -> Piece:
    return Piece((EAST, SOUTH), stops, landmarks, stretches, closed)


def test_course_when_written_then_from_marker_to_marker_in_words_and_metres() -> None:
    assert write_course("甲—乙线", ["甲镇", "乙镇"], "河流中心线", [piece()]) == (
        "甲—乙线为甲镇与乙镇的边界线，全长1.50千米，沿河流中心线延伸。\n"
        "从1号界桩（东经103°48′00.00″，北纬30°24′00.00″）起，左侧为甲镇一村，右侧为乙镇二村，边界线"
        "向东行约500米，到2号界桩（东经103°48′36.00″，北纬30°24′00.00″）；继续向东行约300米；转向南行约700米，"
        "止于3号界桩（东经103°48′36.00″，北纬30°23′24.00″）。"
    )


def test_course_when_names_and_neighbours_change_on_the_way_then_said_in_order() -> None:
    marks = (Landmark(900.0, "新津河", 0.0, True), Landmark(1000.0, "老君山", 42.4, False))
    sides = (Stretch(0.0, 950.0, "甲", "乙"), Stretch(950.0, 1500.0, "甲", "丙"))
    text = write_course("甲—乙线", ["甲镇"], None, [piece(landmarks=marks, stretches=sides)])
    assert text.startswith("甲—乙线为甲镇的边界线，全长1.50千米。\n")
    assert (
        "转向南行约700米，穿过新津河，此后左侧为甲，右侧为丙，经老君山附近（距约42米），止于3号界桩" in text
    )


@pytest.mark.parametrize(("along", "clause"), [(0.0, "向东行约500米"), (500.0, "继续"), (1500.0, "转向南")])
def test_course_when_a_name_lies_at_a_stop_then_it_is_told_once(along: float, clause: str) -> None:
    text = write_course("线", ["甲"], None, [piece(landmarks=(Landmark(along, "桥", 0.0, True),))])
    assert text.count("穿过桥") == 1
    assert "穿过桥" in text[text.index(clause) :].split("；")[0]


def test_course_when_in_several_pieces_then_each_is_numbered() -> None:
    text = write_course("线", ["甲"], None, [piece(), piece(closed=True)])
    first, second = text.split("\n")[1:]
    assert first.startswith("第1段：从1号界桩")
    assert second.startswith("第2段：")
    assert second.endswith("，回到起点。")
    assert "全长3.00千米" in text


def test_marker_when_described_then_form_place_height_and_references() -> None:
    place = MarkerPlace(
        "12",
        "triple",
        "混凝土",
        ["甲镇一村", "乙镇二村"],
        103.8,
        30.4,
        480.0,
        [("桥", 0.0, 1.0), ("塔", 359.5, 20)],
    )
    assert describe_marker(place) == (
        "12号界桩为同号三立混凝土界桩，位于甲镇一村与乙镇二村接壤处（东经103°48′00.00″，北纬30°24′00.00″），"
        "高程480.00米。在坐标方位角0°00′00″，距离1.0米处为桥；在坐标方位角359°30′00″，距离20.0米处为塔。"
    )


def test_marker_when_nothing_is_known_near_it_then_only_its_place() -> None:
    place = MarkerPlace("1", "single_two", "石质", ["甲"], 103.8, 30.4, None, [])
    assert describe_marker(place).endswith("北纬30°24′00.00″）。")


@pytest.mark.parametrize(
    ("metres", "text"), [(0.4, "0米"), (999.4, "999米"), (999.6, "1.00千米"), (12_345.0, "12.35千米")]
)
def test_distance_when_written_then_kilometres_from_a_thousand(metres: float, text: str) -> None:
    assert format_distance(metres) == text


@pytest.mark.parametrize(
    ("degrees", "decimals", "text"),
    [
        (103.8, 2, "103°48′00.00″"),
        (30.999999999, 2, "31°00′00.00″"),
        (0.0, 0, "0°00′00″"),
        (11.25, 0, "11°15′00″"),
        (5.0 / 3600, 2, "0°00′05.00″"),
        (59.9999 / 60, 0, "1°00′00″"),
    ],
)
def test_angle_when_written_then_seconds_never_reach_sixty(degrees: float, decimals: int, text: str) -> None:
    assert format_angle(degrees, decimals) == text


def test_position_when_west_or_south_then_said_so() -> None:
    assert format_position(-1.5, -2.0) == "西经1°30′00.00″，南纬2°00′00.00″"
