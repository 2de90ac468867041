"""Formats and digits of codes, against the examples of the standards."""

import pytest

from gazetteer.rules.codes import fits_format, parent_prefix, strip_padding, type_digit_agrees
from gazetteer.rules.generic_terms import find_levels, specific_term, type_of


@pytest.mark.parametrize(
    ("code", "level", "fits"),
    [
        ("51", 1, True),
        ("5101", 2, True),
        ("510118", 3, True),
        ("510118001", 4, True),
        ("510118000", 4, False),
        ("510118601", 4, False),
        ("510118001200", 5, True),
        ("510118001000", 5, False),
        ("156510113", 3, False),
        ("51011８", 3, False),
    ],
)
def test_format_when_read_then_only_codes_of_the_level_fit(code: str, level: int, fits: bool) -> None:
    assert fits_format(code, level) is fits


@pytest.mark.parametrize(
    ("code", "level", "plain"),
    [
        ("510000", 1, "51"),
        ("510100", 2, "5101"),
        ("510118000000", 3, "510118"),
        ("510118001000", 4, "510118001"),
        ("510118001200", 5, "510118001200"),
        ("510110", 3, "510110"),
    ],
)
def test_padding_when_stripped_then_the_code_of_the_level_stays(code: str, level: int, plain: str) -> None:
    assert strip_padding(code, level) == plain


@pytest.mark.parametrize(
    ("code", "level", "kind", "agrees"),
    [
        ("510118001", 4, "街道", True),
        ("510118001", 4, "镇", False),
        ("510118101", 4, "镇", True),
        ("510132202", 4, "乡", True),
        ("510132202", 4, "民族乡", True),
        ("510118401", 4, "管委会", True),
        ("510118001001", 5, "社区", True),
        ("510118001200", 5, "社区", False),
        ("510118001200", 5, "村", True),
        ("510118", 3, "区", True),
    ],
)
def test_type_digit_when_compared_then_it_must_be_that_of_the_type(
    code: str, level: int, kind: str, agrees: bool
) -> None:
    assert type_digit_agrees(code, level, kind) is agrees


def test_parent_prefix_when_taken_then_it_is_the_code_of_the_level_above() -> None:
    assert parent_prefix("510118001200", 4) == "510118001"
    assert parent_prefix("510118001", 3) == "510118"


@pytest.mark.parametrize(
    ("name", "level", "kind", "specific"),
    [
        ("五津街道", 4, "街道", "五津"),
        ("新津区", 3, "区", "新津"),
        ("临江村", 5, "村", "临江"),
        ("城北社区", 5, "社区", "城北"),
        ("凉山彝族自治州", 2, "自治州", "凉山彝族"),
        ("南投市", 4, "市", "南投"),
        ("天府新区直管区", 4, "乡级", "天府新区直管"),
        ("镇", 4, "乡级", "镇"),
    ],
)
def test_generic_term_when_taken_from_a_name_then_type_and_specific_term_are_right(
    name: str, level: int, kind: str, specific: str
) -> None:
    assert type_of(name, level) == kind
    assert specific_term(name) == specific


def test_levels_when_a_term_has_several_then_all_are_given() -> None:
    assert find_levels("成都市") == {1, 2, 3, 4}
    assert find_levels("岷江") == frozenset()
