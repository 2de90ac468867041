"""Guessing which column is what, from Chinese and English names and from the values."""

from __future__ import annotations

import pytest

from boundaries.files.fields import guess_fields, is_code_field


@pytest.mark.parametrize(
    ("columns", "code", "name", "parent", "level"),
    [
        (
            ["VILLCODE", "VILLNAME", "TOWNCODE", "TOWNNAME", "COUNTYCODE"],
            "VILLCODE",
            "VILLNAME",
            "TOWNCODE",
            5,
        ),
        (["TOWNCODE", "TOWNNAME", "COUNTYCODE", "COUNTYNAME"], "TOWNCODE", "TOWNNAME", "COUNTYCODE", 4),
        (["COUNTYCODE", "COUNTYNAME"], "COUNTYCODE", "COUNTYNAME", None, 3),
        (["XZQDM", "XZQMC", "BZ"], "XZQDM", "XZQMC", None, None),
        (["名称", "代码", "上级代码"], "代码", "名称", "上级代码", None),
        (["code", "name", "parent_code", "level"], "code", "name", "parent_code", None),
        (["村代码", "村名称", "镇代码"], "村代码", "村名称", "镇代码", 5),
        (["行政区划代", "行政区划名"], "行政区划代", "行政区划名", None, None),
        (["AREA", "ADCODE99", "NAME99"], "ADCODE99", "NAME99", None, None),
        (["BSM", "YSDM", "ZLDWDM", "ZLDWMC"], "ZLDWDM", "ZLDWMC", None, None),
    ],
)
def test_fields_when_named_as_in_the_field_then_recognised(columns, code, name, parent, level):
    guess = guess_fields(columns)

    assert (guess.code, guess.name, guess.parent_code, guess.level_guess) == (code, name, parent, level)


@pytest.mark.parametrize(
    ("codes", "level"),
    [
        (["510118001201"], 5),
        (["510118001", "510118002"], 4),
        (["510118001000"], 4),
        (["510118"], 3),
        (["156510113", "156510112"], 3),
        (["510118", "510118001"], None),
        (["10008010"], None),
    ],
)
def test_level_when_codes_agree_on_it_then_it_is_guessed(codes, level):
    assert guess_fields({"XZQDM": codes, "XZQMC": ["x"] * len(codes)}).level_guess == level


def test_parent_when_codes_are_local_parts_then_not_taken():
    guess = guess_fields({"XZQDM": ["510199001201"], "JDDM": ["001"], "CDM": ["201"], "XZQMC": ["白鹭村"]})

    assert (guess.code, guess.parent_code) == ("XZQDM", None)


def test_fields_when_level_type_and_pinyin_are_there_then_taken():
    guess = guess_fields(["code", "name", "级别", "类型", "拼音"])

    assert (guess.level, guess.type, guess.pinyin) == ("级别", "类型", "拼音")


def test_fields_when_nothing_is_known_then_it_says_so():
    guess = guess_fields(["AREA", "PERIMETER"])

    assert [note.code for note in guess.notes] == ["code_missing", "name_missing"]


def test_fields_when_assumed_then_each_is_told():
    notes = guess_fields(["TOWNCODE", "TOWNNAME"]).notes

    assert [(note.code, note.field) for note in notes] == [
        ("field_assumed", "TOWNCODE"),
        ("field_assumed", "TOWNNAME"),
        ("level_assumed", None),
    ]


@pytest.mark.parametrize(
    ("name", "is_code"), [("XZQDM", True), ("CDM", True), ("VILLCODE", True), ("DCMJ", False)]
)
def test_code_field_when_asked_then_known_by_its_ending(name, is_code):
    assert is_code_field(name) is is_code
