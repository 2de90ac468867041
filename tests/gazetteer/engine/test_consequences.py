"""What happens to codes by event, row by row of the rules on codes (行政区划代码管理办法 Art. 6)."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from gazetteer.engine.consequences import CodeProposal, check_codes, code_prefixes, propose_codes
from gazetteer.engine.register_state import RegisterState
from gazetteer.engine.replay import Replayed
from gazetteer.rules.codes import next_code
from tests.gazetteer.engine.drawn import Ref, done, id_of, op, refs, register
from tests.gazetteer.engine.plain import AT, county

TAKEN = {unit.code for unit in county().units.values() if unit.code}


@pytest.fixture
def state() -> RegisterState:
    return county()


def proposals(
    replayed: Replayed, taken: Collection[str] = frozenset(TAKEN)
) -> dict[str, tuple[str | None, str | None, str | None]]:
    """Return (before, proposed, confirmed) by name of every division whose code is asked for."""
    found = proposed(replayed, taken)
    return {p.name: (p.before, p.proposed, p.confirmed) for p in found}


def proposed(replayed: Replayed, taken: Collection[str] = frozenset(TAKEN)) -> tuple[CodeProposal, ...]:
    return propose_codes(replayed.before, replayed.after, taken, replayed.confirmed)


def faults(replayed: Replayed, taken: Collection[str] = frozenset(TAKEN)) -> list[tuple[str, str]]:
    found = check_codes(proposed(replayed, taken), replayed.after, taken)
    assert all(fault.severity == "error" for fault in found)
    return [(fault.code, fault.labels[0]) for fault in found]


def recode(**codes: str) -> dict[str, Any]:
    return op("recode", codes=[{"division": Ref(name), "code": code} for name, code in codes.items()])


HALF = {
    "lines": [[[AT["1"][0] + 2_000_000, AT["1"][1] + 10**6], [AT["1"][0] + 2_000_000, AT["5"][1] - 10**6]]],
    "inside": [AT["1"][0] + 3_000_000, AT["1"][1] - 500_000],
}


@pytest.mark.parametrize(
    "operation",
    [
        op("rename", division=Ref("甲镇"), name="新镇", base_name="甲镇"),
        op("move_seat", division=Ref("甲镇"), seat=AT["5"]),
        op("transfer_part", division=Ref("一村"), to=Ref("二村"), cut=HALF),
        op("transfer_part", division=Ref("一村"), to=Ref("三村"), cut=HALF),
    ],
    ids=["更名", "驻地迁移", "界线变更", "界线变更 across towns"],
)
def test_codes_when_renamed_or_moved_then_kept(state: RegisterState, operation: dict[str, Any]) -> None:
    assert proposals(done(state, operation)) == {}


def test_codes_when_absorbed_then_the_taker_keeps_and_the_villages_get_new_ones(state: RegisterState) -> None:
    replayed = done(state, op("merge", divisions=refs("甲镇"), into=Ref("乙镇")))
    assert proposals(replayed) == {
        "一村": ("510101101201", "510101102203", None),
        "二村": ("510101101202", "510101102204", None),
    }


def test_codes_when_two_become_a_third_then_it_and_all_children_get_new_ones(state: RegisterState) -> None:
    sources = [{"division": Ref("甲镇")}, {"division": Ref("丙乡")}]
    body = {"division": Ref("新镇"), "level": 4, "type": "镇", "name": "新镇", "parent": Ref("本县")}
    assert proposals(done(state, op("establish", **body, from_=sources))) == {
        "新镇": (None, "510101103", None),
        "一村": ("510101101201", "510101103200", None),
        "二村": ("510101101202", "510101103201", None),
        "四村": ("510101201201", "510101103202", None),
        "五村": ("510101201202", "510101103203", None),
    }


def test_codes_when_a_town_becomes_a_street_then_a_0_digit_and_all_children_new(state: RegisterState) -> None:
    street = op("convert", division=Ref("甲镇"), new=Ref("甲街道"), type="街道", name="甲街道")
    assert proposals(done(state, street)) == {
        "甲街道": (None, "510101001", None),
        "一村": ("510101101201", "510101001200", None),
        "二村": ("510101101202", "510101001201", None),
    }


def test_codes_when_a_village_becomes_a_community_then_a_0_digit_under_the_same_town(
    state: RegisterState,
) -> None:
    replayed = done(state, op("reclass", division=Ref("一村"), type="社区", name="一社区"))
    assert proposals(replayed) == {"一社区": ("510101101201", "510101101001", None)}


def test_codes_when_a_county_becomes_a_district_then_the_clerk_gives_one_and_all_follow(
    state: RegisterState,
) -> None:
    district = op("convert", division=Ref("本县"), new=Ref("本区"), type="区", name="本区")
    replayed = done(state, district)
    assert proposals(replayed)["本区"] == (None, None, None)
    assert proposals(replayed)["甲镇"] == ("510101101", None, None)
    assert {fault for fault, _ in faults(replayed)} == {"code_unconfirmed"}
    given = done(state, district, recode(本区="510118"))
    assert proposals(given) == {
        "本区": (None, None, "510118"),
        "甲镇": ("510101101", "510118100", None),
        "乙镇": ("510101102", "510118101", None),
        "丙乡": ("510101201", "510118200", None),
        "一村": ("510101101201", "510118100200", None),
        "二村": ("510101101202", "510118100201", None),
        "三村": ("510101102201", "510118101200", None),
        "六村": ("510101102202", "510118101201", None),
        "四村": ("510101201201", "510118200200", None),
        "五村": ("510101201202", "510118200201", None),
    }


def test_codes_when_a_unit_gets_another_parent_then_a_new_one_each(state: RegisterState) -> None:
    replayed = done(state, op("transfer", division=Ref("二村"), from_=Ref("甲镇"), to=Ref("乙镇")))
    assert proposals(replayed) == {"二村": ("510101101202", "510101102203", None)}


def test_codes_when_a_town_is_recoded_then_its_villages_follow(state: RegisterState) -> None:
    assert proposals(done(state, recode(甲镇="510101105"))) == {
        "甲镇": ("510101101", None, "510101105"),
        "一村": ("510101101201", "510101105200", None),
        "二村": ("510101101202", "510101105201", None),
    }


def test_codes_when_a_village_is_split_then_the_new_one_gets_the_next_in_sequence(
    state: RegisterState,
) -> None:
    part = {"inside": HALF["inside"], "division": Ref("新村"), "type": "村", "name": "新村"}
    replayed = done(state, op("split", division=Ref("一村"), cuts={"lines": HALF["lines"]}, parts=[part]))
    assert proposals(replayed) == {"新村": (None, "510101101203", None)}


def test_codes_when_retired_ones_are_known_then_never_again(state: RegisterState) -> None:
    replayed = done(state, op("transfer", division=Ref("二村"), from_=Ref("甲镇"), to=Ref("乙镇")))
    taken = TAKEN | {"510101102208", "510101102001"}
    assert proposals(replayed, taken)["二村"][1] == "510101102209"


def test_codes_when_confirmed_then_nothing_is_wrong(state: RegisterState) -> None:
    merged = op("merge", divisions=refs("甲镇"), into=Ref("乙镇"))
    replayed = done(state, merged, recode(一村="510101102203", 二村="510101102250"))
    assert faults(replayed) == []


def test_codes_when_some_are_confirmed_then_the_others_are_proposed_around_them(state: RegisterState) -> None:
    merged = op("merge", divisions=refs("甲镇"), into=Ref("乙镇"))
    replayed = done(state, merged, recode(二村="510101102203"))
    assert proposals(replayed)["一村"] == ("510101101201", "510101102204", None)
    assert faults(replayed) == [("code_unconfirmed", "一村")]


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("510101102201", "code_taken"),
        ("510101102299", "code_taken"),
        ("510101101202", "code_taken"),
        ("51010110220", "code_format"),
        ("510101102001", "code_type_disagrees"),
        ("510101201209", "code_prefix"),
    ],
)
def test_codes_when_given_wrongly_then_told(state: RegisterState, code: str, fault: str) -> None:
    moved = op("transfer", division=Ref("二村"), from_=Ref("甲镇"), to=Ref("乙镇"))
    replayed = done(state, moved)
    taken = TAKEN | {"510101102299"}
    confirmed = {id_of("二村"): code}
    found = propose_codes(replayed.before, replayed.after, taken, confirmed)
    assert fault in {f.code for f in check_codes(found, replayed.after, taken)}


def test_codes_when_two_get_the_same_then_taken(state: RegisterState) -> None:
    replayed = done(state, op("merge", divisions=refs("甲镇"), into=Ref("乙镇")))
    confirmed = dict.fromkeys((id_of("一村"), id_of("二村")), "510101102203")
    found = propose_codes(replayed.before, replayed.after, TAKEN, confirmed)
    assert [f.code for f in check_codes(found, replayed.after, TAKEN)] == ["code_taken"] * 2


def test_codes_when_the_scheme_is_another_then_nothing_is_proposed(state: RegisterState) -> None:
    units = {i: replace(unit, scheme="local") for i, unit in state.units.items()}
    merged = done(replace(state, units=units), op("merge", divisions=refs("甲镇"), into=Ref("乙镇")))
    assert proposals(merged) == {}


def test_codes_when_the_register_has_none_then_none_is_asked_for() -> None:
    state = register(
        "1 2 3\n\n4 5 6",
        {1: "1 4 5 2", 2: "2 5 6 3"},
        "县 本县 -",
        "镇 甲镇 - 本县 1",
        "镇 乙镇 - 本县 2",
    )
    street = op("convert", division=Ref("甲镇"), new=Ref("甲街道"), type="街道", name="甲街道")
    assert proposals(done(state, street), ()) == {}


def test_prefixes_when_a_county_gets_its_code_then_what_was_used_under_it_is_asked_for(
    state: RegisterState,
) -> None:
    district = op("convert", division=Ref("本县"), new=Ref("本区"), type="区", name="本区", code="510118")
    replayed = done(state, district)
    found = code_prefixes(replayed.before, replayed.after, replayed.confirmed)
    assert {"5101", "510118"} <= found


@pytest.mark.parametrize(
    ("parent", "level", "type_", "taken", "expected"),
    [
        ("510118", 4, "街道", (), "510118001"),
        ("510118", 4, "镇", ("510118101",), "510118102"),
        ("510118", 4, "民族乡", (), "510118200"),
        ("510118", 4, "农场", (), "510118400"),
        ("510118001", 5, "社区", ("510118001003", "510118001200"), "510118001004"),
        ("510118001", 5, "村", (), "510118001200"),
        ("4419", 4, "镇", (), "441900100"),
        ("510118", 4, "街道", ("510118099", "510118001"), "510118002"),
        ("510118", 4, "街道", tuple(f"5101180{n:02d}" for n in range(1, 100)), None),
    ],
)
def test_next_code_when_asked_then_in_sequence_within_the_digits_of_the_type(
    parent: str, level: int, type_: str, taken: tuple[str, ...], expected: str | None
) -> None:
    assert next_code(parent, level, type_, taken) == expected


# -- Xinjin 2019 to 2020 (川府函〔2020〕127号), with the codes that were published ----------------------

XINJIN = (
    "街道 五津街道 510132001 新津县",
    "镇 花桥镇 510132101 新津县",
    "镇 花源镇 510132102 新津县",
    "镇 金华镇 510132103 新津县",
    "镇 普兴镇 510132104 新津县",
    "镇 兴义镇 510132105 新津县",
    "镇 新平镇 510132106 新津县",
    "镇 方兴镇 510132107 新津县",
    "镇 安西镇 510132108 新津县",
    "镇 永商镇 510132109 新津县",
    "镇 邓双镇 510132110 新津县",
    "乡 文井乡 510132202 新津县",
    "社区 城北社区 510132001004 五津街道",
    "村 临江村 510132001206 五津街道",
)
PUBLISHED = {
    "新津区": "510118",
    "五津街道": "510118001",
    "普兴街道": "510118002",
    "花桥街道": "510118003",
    "花源街道": "510118004",
    "兴义镇": "510118101",
    "安西镇": "510118102",
    "永商镇": "510118103",
    "宝墩镇": "510118104",
    "城北社区": "510118001003",
    "临江村": "510118001200",
}


def xinjin_plan() -> list[dict[str, Any]]:
    def founded(name: str, type_: str, *sources: str) -> dict[str, Any]:
        whole = [{"division": Ref(source)} for source in sources]
        body = {"division": Ref(name), "level": 4, "type": type_, "name": name, "parent": Ref("新津县")}
        return op("establish", **body, from_=whole)

    return [
        founded("普兴街道", "街道", "普兴镇", "金华镇"),
        op("convert", division=Ref("花桥镇"), new=Ref("花桥街道"), type="街道", name="花桥街道"),
        op("convert", division=Ref("花源镇"), new=Ref("花源街道"), type="街道", name="花源街道"),
        op("merge", divisions=refs("方兴镇"), into=Ref("安西镇")),
        op("merge", divisions=refs("邓双镇"), into=Ref("永商镇")),
        founded("宝墩镇", "镇", "新平镇", "文井乡"),
        op("convert", division=Ref("新津县"), new=Ref("新津区"), type="区", name="新津区"),
    ]


def test_xinjin_when_the_published_codes_are_given_then_each_is_accepted() -> None:
    state = register("", {}, "县 新津县 510132", *XINJIN)
    replayed = done(state, *xinjin_plan(), recode(**PUBLISHED))
    taken = {unit.code for unit in state.units.values() if unit.code}
    found = proposed(replayed, taken)
    assert {p.name: p.confirmed for p in found} == PUBLISHED
    assert check_codes(found, replayed.after, taken) == []
    kept = {u.name for i, u in replayed.after.units.items() if i in state.units}
    assert kept == {"五津街道", "兴义镇", "安西镇", "永商镇", "城北社区", "临江村"}


def test_xinjin_when_only_the_district_is_given_then_no_prefix_is_simply_swapped() -> None:
    state = register("", {}, "县 新津县 510132", *XINJIN)
    replayed = done(state, *xinjin_plan(), recode(新津区="510118"))
    found = {name: codes[1] for name, codes in proposals(replayed, ()).items()}
    assert found["五津街道"] == "510118001"
    assert {found[n] for n in ("普兴街道", "花桥街道", "花源街道")} == {"510118002", "510118003", "510118004"}
    assert found["兴义镇"] == "510118100"
    assert (found["城北社区"], found["临江村"]) == ("510118001001", "510118001200")
