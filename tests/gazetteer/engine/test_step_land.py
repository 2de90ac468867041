"""Operations that divide land: splits, parts that pass, divisions set up and abolished."""

from typing import Any

import pytest

from boundaries.conflicts import Conflict
from gazetteer.engine.outcomes import DivisionConflict
from gazetteer.engine.register_state import RegisterState
from tests.gazetteer.engine.drawn import (
    Ref,
    beside,
    children,
    done,
    id_of,
    land,
    names,
    only,
    op,
    parts_of,
    refs,
    refusal,
    run,
    unit,
)
from tests.gazetteer.engine.plain import AT, county

SPLIT_EDGES = 1e-5
"""A vertex put into an edge of 400 m makes two geodesics of one: the area changes by some dm2."""


@pytest.fixture
def state() -> RegisterState:
    return county()


def halved(mark: str, below: str) -> dict[str, Any]:
    """A cut down the middle of the cell whose corners are `mark` (north-west) and `below` (south-west)."""
    top, bottom = beside(AT[mark], east=2, south=-1), beside(AT[below], east=2, south=1)
    return {"lines": [[top, bottom]], "inside": beside(AT[mark], east=3, south=0.5)}


def across(first: str, last: str, below: float, inside: list[int]) -> dict[str, Any]:
    """A cut from west of one point to east of another, some lines further down."""
    west, east = beside(AT[first], east=-1, south=below), beside(AT[last], east=1, south=below)
    return {"lines": [[west, east]], "inside": inside}


def new(name: str, type_: str = "村", **more: Any) -> dict[str, Any]:
    return {"division": Ref(name), "type": type_, "name": name, **more}


# -- split ---------------------------------------------------------------------------------------------


def test_split_when_a_village_is_halved_then_a_new_one_gets_the_part_and_the_rest_stays(
    state: RegisterState,
) -> None:
    cut = halved("1", "5")
    part = {"inside": cut.pop("inside"), **new("新村", code="510101101203")}
    replayed = done(state, op("split", division=Ref("一村"), cuts=cut, parts=[part]))
    after, change = replayed.after, replayed.change
    assert children(after, "甲镇") == {"一村", "二村", "新村"}
    assert land(after, "一村") + land(after, "新村") == pytest.approx(land(state, "一村"), rel=1e-9)
    assert land(after, "新村") == pytest.approx(land(state, "一村") / 2, rel=1e-3)
    (face,) = change.new_faces
    assert change.new_faces[face].cell == id_of("新村")
    assert after.face_kinds[face] == "unit"
    assert after.origins[face] == 1
    assert replayed.confirmed == {id_of("新村"): "510101101203"}
    assert change.touched_faces >= {0, 1, 2, 4}
    assert id_of("四村") in change.reshaped, "its line gets a vertex where the cut ends in it"


def test_split_when_a_town_is_cut_between_villages_then_they_pass_whole(state: RegisterState) -> None:
    part = {"inside": beside(AT["1"], east=1, south=0.5), **new("西镇", "镇")}
    line = {"lines": [[AT["2"], AT["6"]]]}
    replayed = done(state, op("split", division=Ref("甲镇"), cuts=line, parts=[part]))
    assert children(replayed.after, "西镇") == {"一村"}
    assert children(replayed.after, "甲镇") == {"二村"}
    assert unit(replayed.after, "西镇").parent == id_of("本县")
    assert not replayed.change.new_faces
    assert not replayed.faults


def test_split_when_a_child_is_cut_and_named_then_its_piece_is_a_new_child(state: RegisterState) -> None:
    cut = halved("1", "5")
    inside = beside(AT["2"], east=1, south=0.5)
    del cut["inside"]
    child = {"division": Ref("一村"), "new": Ref("东一村"), "type": "村", "name": "东一村"}
    parts = [{"inside": inside, **new("东镇", "镇", population=30)}]
    replayed = done(state, op("split", division=Ref("甲镇"), cuts=cut, parts=parts, children=[child]))
    assert children(replayed.after, "东镇") == {"东一村", "二村"}
    assert children(replayed.after, "甲镇") == {"一村"}
    assert replayed.populations == {(id_of("甲镇"), id_of("东镇")): 30}
    assert not replayed.faults


def test_split_when_a_child_is_cut_and_not_named_then_its_piece_is_rest_and_a_warning_says_so(
    state: RegisterState,
) -> None:
    cut = halved("1", "5")
    del cut["inside"]
    parts = [{"inside": beside(AT["2"], east=1, south=0.5), **new("东镇", "镇")}]
    replayed = done(state, op("split", division=Ref("甲镇"), cuts=cut, parts=parts))
    assert [fault.code for fault in replayed.faults] == ["child_cut"]
    (rest,) = replayed.after.own_faces(id_of("东镇"))
    assert replayed.after.face_kinds[rest] == "rest"


def test_split_when_into_several_parts_then_each_gets_its_own(state: RegisterState) -> None:
    lines = [
        [beside(AT[top], east=2, south=-1), beside(AT[below], east=2, south=1)]
        for top, below in (("1", "5"), ("2", "6"))
    ]
    parts = [
        {"inside": beside(AT["1"], east=1, south=0.5), **new("西镇", "镇")},
        {"inside": beside(AT["3"], east=-1, south=0.5), **new("东镇", "镇")},
    ]
    named = [
        {"division": Ref("一村"), "new": Ref("西一村"), "type": "村", "name": "西一村"},
        {"division": Ref("二村"), "new": Ref("东二村"), "type": "村", "name": "东二村"},
    ]
    replayed = done(
        state, op("split", division=Ref("甲镇"), cuts={"lines": lines}, parts=parts, children=named)
    )
    assert children(replayed.after, "西镇") == {"西一村"}
    assert children(replayed.after, "东镇") == {"东二村"}
    assert children(replayed.after, "甲镇") == {"一村", "二村"}


def test_split_when_two_parts_take_all_of_a_child_then_it_goes_on_in_the_last(state: RegisterState) -> None:
    cut = halved("1", "5")
    del cut["inside"]
    parts = [
        {"inside": beside(AT["1"], east=1, south=0.5), **new("西镇", "镇")},
        {"inside": beside(AT["2"], east=1, south=0.5), **new("东镇", "镇")},
    ]
    named = [{"division": Ref("一村"), "new": Ref("西一村"), "type": "村", "name": "西一村"}]
    replayed = done(state, op("split", division=Ref("甲镇"), cuts=cut, parts=parts, children=named))
    assert children(replayed.after, "西镇") == {"西一村"}
    assert children(replayed.after, "东镇") == {"一村", "二村"}
    assert children(replayed.after, "甲镇") == set()


def test_split_when_by_a_ring_then_the_new_village_is_an_enclave(state: RegisterState) -> None:
    ring = [beside(AT["1"], east=e, south=s) for e, s in ((1, 0.25), (3, 0.25), (3, 0.75), (1, 0.75))]
    part = {"inside": beside(AT["1"], east=2, south=0.5), **new("飞村")}
    replayed = done(state, op("split", division=Ref("一村"), cuts={"ring": ring}, parts=[part]))
    assert land(replayed.after, "飞村") + land(replayed.after, "一村") == pytest.approx(land(state, "一村"))
    assert replayed.change.reshaped == {id_of("飞村"), id_of("一村")}


def test_split_when_a_county_is_cut_through_a_town_without_a_name_for_its_piece_then_refused(
    state: RegisterState,
) -> None:
    part = {"inside": beside(AT["1"], east=1, south=0.5), **new("西县", "县")}
    operation = op("split", division=Ref("本县"), cuts={"lines": [[AT["2"], AT["6"], AT["a"]]]}, parts=[part])
    assert refusal(state, operation) == "child_unnamed"


def test_split_when_the_line_does_not_divide_then_refused(state: RegisterState) -> None:
    part = {"inside": beside(AT["1"], east=1, south=0.5), **new("新村")}
    line = [[beside(AT["1"], east=1, south=-1), beside(AT["1"], east=1, south=0.5)]]
    code = refusal(state, op("split", division=Ref("一村"), cuts={"lines": line}, parts=[part]))
    assert code == "line_does_not_divide"


def test_split_when_two_parts_are_one_piece_then_refused(state: RegisterState) -> None:
    cut = halved("1", "5")
    inside = cut.pop("inside")
    parts = [{"inside": inside, **new("新村")}, {"inside": beside(inside, south=0.1), **new("又村")}]
    assert refusal(state, op("split", division=Ref("一村"), cuts=cut, parts=parts)) == "parts_overlap"


def test_split_when_sent_again_on_its_own_result_then_already(state: RegisterState) -> None:
    cut = halved("1", "5")
    part = {"inside": cut.pop("inside"), **new("新村")}
    operation = op("split", division=Ref("一村"), cuts=cut, parts=[part])
    assert only(run(done(state, operation).after, operation)).status == "already"


# -- transfer of a part --------------------------------------------------------------------------------


def test_part_when_it_passes_to_a_village_then_it_is_dissolved_into_it(state: RegisterState) -> None:
    operation = op("transfer_part", division=Ref("一村"), to=Ref("二村"), cut=halved("1", "5"), population=7)
    replayed = done(state, operation)
    after, change = replayed.after, replayed.change
    assert land(after, "一村") == pytest.approx(land(state, "一村") / 2, rel=1e-3)
    assert land(after, "一村") + land(after, "二村") == pytest.approx(land(state, "甲镇"), rel=1e-9)
    assert not change.new_faces
    assert not change.retired_faces
    assert replayed.populations == {(id_of("一村"), id_of("二村")): 7}
    assert parts_of(after, "二村") == 1


def test_part_when_it_passes_across_towns_then_both_change(state: RegisterState) -> None:
    operation = op("transfer_part", division=Ref("二村"), to=Ref("三村"), cut=halved("2", "6"))
    change = done(state, operation).change
    assert {id_of("甲镇"), id_of("乙镇"), id_of("二村"), id_of("三村")} <= change.reshaped
    assert not change.changed


def test_part_when_it_does_not_touch_its_taker_then_the_taker_has_two_parts(state: RegisterState) -> None:
    operation = op("transfer_part", division=Ref("一村"), to=Ref("三村"), cut=halved("1", "5"))
    after = done(state, operation).after
    assert parts_of(after, "三村") == 2
    exclave = {"inside": beside(AT["1"], east=3, south=0.5)}
    back = done(after, op("transfer_part", division=Ref("三村"), to=Ref("一村"), cut=exclave)).after
    assert land(back, "一村") == pytest.approx(land(state, "一村"), rel=SPLIT_EDGES)


def test_part_when_an_exclave_passes_then_a_point_in_it_says_so(state: RegisterState) -> None:
    scattered = done(state, op("merge", divisions=refs("三村"), into=Ref("四村"))).after
    exclave = {"inside": beside(AT["3"], east=1, south=0.5)}
    after = done(scattered, op("transfer_part", division=Ref("四村"), to=Ref("六村"), cut=exclave)).after
    assert (parts_of(scattered, "四村"), parts_of(after, "四村"), parts_of(after, "六村")) == (2, 1, 1)
    assert land(after, "四村") == pytest.approx(land(state, "四村"), rel=1e-9)


def test_part_when_it_is_all_of_the_land_then_refused(state: RegisterState) -> None:
    everything = {"inside": beside(AT["1"], east=1, south=0.5)}
    operation = op("transfer_part", division=Ref("一村"), to=Ref("二村"), cut=everything)
    assert refusal(state, operation) == "part_is_all"


def test_split_when_an_exclave_is_meant_then_it_is_a_division_of_its_own(state: RegisterState) -> None:
    scattered = done(state, op("merge", divisions=refs("三村"), into=Ref("四村"))).after
    part = {"inside": beside(AT["3"], east=1, south=0.5), **new("飞村")}
    after = done(scattered, op("split", division=Ref("四村"), cuts={}, parts=[part])).after
    assert land(after, "飞村") == pytest.approx(land(state, "三村"), rel=1e-9)
    assert parts_of(after, "四村") == 1


def test_part_when_it_passes_to_a_town_then_it_is_rest_land_joined_to_what_it_touches(
    state: RegisterState,
) -> None:
    cut = across("3", "4", 0.5, beside(AT["4"], east=-1, south=0.75))
    replayed = run(state, op("transfer_part", division=Ref("三村"), to=Ref("乙镇"), cut=cut))
    assert only(replayed).status == "applied"
    assert [fault.code for fault in replayed.faults] == ["child_cut"]
    assert replayed.after.own_faces(id_of("乙镇")) == (7,)
    assert land(replayed.after, "乙镇") == pytest.approx(land(state, "乙镇"), rel=1e-9)


def test_part_when_a_child_is_named_then_the_piece_is_a_new_village_of_the_town(state: RegisterState) -> None:
    operation = op(
        "transfer_part", division=Ref("二村"), to=Ref("乙镇"), cut=halved("2", "6"), child=new("新村")
    )
    replayed = done(state, operation)
    assert children(replayed.after, "乙镇") == {"三村", "六村", "新村"}
    assert land(replayed.after, "新村") == pytest.approx(land(state, "二村") / 2, rel=1e-3)


def test_part_when_towns_then_whole_villages_pass_and_a_cut_one_is_named(state: RegisterState) -> None:
    cut = halved("5", "9")
    cut["inside"] = beside(AT["6"], east=1, south=0.5)
    operation = op("transfer_part", division=Ref("丙乡"), to=Ref("乙镇"), cut=cut, child=new("东四村"))
    replayed = done(state, operation)
    assert children(replayed.after, "乙镇") == {"三村", "六村", "五村", "东四村"}
    assert children(replayed.after, "丙乡") == {"四村"}


def test_part_when_the_target_is_lower_then_refused(state: RegisterState) -> None:
    cut = halved("1", "5")
    assert (
        refusal(state, op("transfer_part", division=Ref("甲镇"), to=Ref("三村"), cut=cut)) == "level_differs"
    )


def test_part_when_sent_again_then_already(state: RegisterState) -> None:
    operation = op("transfer_part", division=Ref("一村"), to=Ref("二村"), cut=halved("1", "5"))
    assert only(run(done(state, operation).after, operation)).status == "already"


def test_part_when_somebody_else_took_the_piece_then_conflict(state: RegisterState) -> None:
    taken = done(state, op("transfer_part", division=Ref("一村"), to=Ref("二村"), cut=halved("1", "5"))).after
    mine = op("transfer_part", division=Ref("一村"), to=Ref("三村"), cut=halved("1", "5"))
    outcome = only(run(taken, mine))
    assert outcome.status == "conflict"
    (found,) = outcome.conflicts
    assert isinstance(found, DivisionConflict)
    assert (found.field, found.theirs) == ("land", "二村")


def test_part_when_the_line_it_ends_in_is_gone_then_conflict(state: RegisterState) -> None:
    cut = {**halved("1", "5"), "arcs": [{"arc": 999, "hash": "0" * 64}]}
    outcome = only(run(state, op("transfer_part", division=Ref("一村"), to=Ref("二村"), cut=cut)))
    assert outcome.status == "conflict"
    (found,) = outcome.conflicts
    assert isinstance(found, Conflict)
    assert found.kind == "gone"


# -- establish -----------------------------------------------------------------------------------------


def establish(name: str, type_: str, level: int, *sources: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {**new(name, type_, **more), "level": level, "from": list(sources)}
    return op("establish", **{"parent": Ref("本县"), **body})


def test_establish_when_from_whole_towns_then_they_end_and_their_children_pass(state: RegisterState) -> None:
    whole = [{"division": Ref("甲镇")}, {"division": Ref("丙乡")}]
    replayed = done(
        state, establish("新镇", "镇", 4, *whole, seat=AT["6"], seat_address="路1号", code="510101103")
    )
    after = replayed.after
    assert children(after, "新镇") == {"一村", "二村", "四村", "五村"}
    assert names(after) & {"甲镇", "丙乡"} == set()
    made = unit(after, "新镇")
    assert (made.seat, made.seat_address, made.code) == (tuple(AT["6"]), "路1号", "510101103")
    assert {u.name for u in replayed.change.ended} == {"甲镇", "丙乡"}


def test_establish_when_from_whole_villages_then_their_faces_are_one(state: RegisterState) -> None:
    sources = [{"division": Ref("一村")}, {"division": Ref("二村"), "population": 4}]
    replayed = done(state, establish("新村", "村", 5, *sources, parent=Ref("甲镇")))
    assert replayed.after.own_faces(id_of("新村")) == (1,)
    assert replayed.change.retired_faces == (2,)
    assert replayed.populations == {(id_of("二村"), id_of("新村")): 4}


def test_establish_when_from_children_then_their_towns_go_on(state: RegisterState) -> None:
    sources = [
        {"division": Ref("甲镇"), "children": refs("二村")},
        {"division": Ref("乙镇"), "children": refs("三村")},
    ]
    after = done(state, establish("新镇", "镇", 4, *sources)).after
    assert children(after, "新镇") == {"二村", "三村"}
    assert children(after, "甲镇") == {"一村"}


def test_establish_when_a_child_has_moved_since_then_conflict(state: RegisterState) -> None:
    source = {"division": Ref("乙镇"), "children": refs("二村")}
    (found,) = only(run(state, establish("新镇", "镇", 4, source))).conflicts
    assert isinstance(found, DivisionConflict)
    assert (found.division, found.field, found.theirs) == (id_of("二村"), "parent", str(id_of("甲镇")))


def test_establish_when_from_pieces_then_villages_are_cut(state: RegisterState) -> None:
    sources = [
        {"division": Ref("甲镇"), "children": refs("二村")},
        {"division": Ref("一村"), "cut": halved("1", "5"), "child": new("东一村")},
    ]
    replayed = done(state, establish("新镇", "镇", 4, *sources, population=50))
    assert children(replayed.after, "新镇") == {"二村", "东一村"}
    assert replayed.populations == {}


def test_establish_when_from_a_piece_of_a_village_then_one_village_is_made(state: RegisterState) -> None:
    source = {"division": Ref("一村"), "cut": halved("1", "5")}
    replayed = done(state, establish("新村", "村", 5, source, parent=Ref("甲镇"), population=12))
    (face,) = replayed.after.own_faces(id_of("新村"))
    assert replayed.after.face_kinds[face] == "unit"
    assert replayed.populations == {(id_of("一村"), id_of("新村")): 12}


def test_establish_when_a_village_on_land_of_a_town_then_the_rest_stays(state: RegisterState) -> None:
    cut = across("8", "e", 0, beside(AT["4"], east=2, south=0.5))
    source = {"division": Ref("乙镇"), "cut": cut}
    replayed = done(state, establish("新村", "村", 5, source, parent=Ref("乙镇")))
    assert children(replayed.after, "乙镇") == {"三村", "六村", "新村"}
    (face,) = replayed.after.own_faces(id_of("新村"))
    assert replayed.after.face_kinds[face] == "unit"
    assert replayed.after.own_faces(id_of("乙镇")) == (7,)


def test_establish_when_the_source_is_of_another_level_then_refused(state: RegisterState) -> None:
    assert refusal(state, establish("新镇", "镇", 4, {"division": Ref("一村")})) == "level_differs"


def test_establish_when_the_parent_is_no_higher_then_refused(state: RegisterState) -> None:
    source = {"division": Ref("甲镇")}
    assert refusal(state, establish("新镇", "镇", 4, source, parent=Ref("三村"))) == "parent_level"


def test_establish_when_sent_again_then_already(state: RegisterState) -> None:
    operation = establish("新镇", "镇", 4, {"division": Ref("甲镇")})
    assert only(run(done(state, operation).after, operation)).status == "already"


# -- abolish -------------------------------------------------------------------------------------------


def test_abolish_when_its_villages_are_shared_out_then_all_land_passes(state: RegisterState) -> None:
    shares = [
        {"division": Ref("甲镇"), "children": refs("四村"), "population": 5},
        {"division": Ref("乙镇"), "population": 6},
    ]
    replayed = done(state, op("abolish", division=Ref("丙乡"), into=shares))
    assert children(replayed.after, "甲镇") == {"一村", "二村", "四村"}
    assert children(replayed.after, "乙镇") == {"三村", "六村", "五村"}
    assert [u.name for u in replayed.change.ended] == ["丙乡"]
    assert replayed.populations == {(id_of("丙乡"), id_of("甲镇")): 5, (id_of("丙乡"), id_of("乙镇")): 6}


def test_abolish_when_a_village_is_cut_between_neighbours_then_each_has_its_piece(
    state: RegisterState,
) -> None:
    shares = [{"division": Ref("二村"), "cut": halved("1", "5")}, {"division": Ref("四村")}]
    after = done(state, op("abolish", division=Ref("一村"), into=shares)).after
    assert land(after, "二村") + land(after, "四村") == pytest.approx(
        land(state, "一村") + land(state, "二村") + land(state, "四村"), rel=SPLIT_EDGES
    )
    assert "一村" not in names(after)


def test_abolish_when_a_village_goes_to_its_town_then_its_land_is_rest(state: RegisterState) -> None:
    replayed = done(state, op("abolish", division=Ref("三村"), into=[{"division": Ref("乙镇")}]))
    (rest,) = replayed.after.own_faces(id_of("乙镇"))
    assert replayed.after.face_kinds[rest] == "rest"
    assert id_of("乙镇") not in replayed.change.reshaped


def test_abolish_when_land_is_left_then_refused(state: RegisterState) -> None:
    shares = [{"division": Ref("甲镇"), "children": refs("四村")}]
    assert refusal(state, op("abolish", division=Ref("丙乡"), into=shares)) == "land_left"


def test_abolish_when_into_itself_then_refused(state: RegisterState) -> None:
    assert (
        refusal(state, op("abolish", division=Ref("丙乡"), into=[{"division": Ref("丙乡")}])) == "into_itself"
    )


def test_abolish_when_a_town_with_villages_would_go_into_the_county_then_refused(
    state: RegisterState,
) -> None:
    operation = op("abolish", division=Ref("甲镇"), into=[{"division": Ref("本县")}])
    assert refusal(state, operation) == "level_differs"


# -- a whole plan --------------------------------------------------------------------------------------


def test_plan_when_later_operations_name_what_earlier_ones_found_then_it_works_as_the_sum(
    state: RegisterState,
) -> None:
    plan = [
        establish(
            "新镇", "镇", 4, {"division": Ref("甲镇")}, {"division": Ref("丙乡"), "children": refs("五村")}
        ),
        op("merge", divisions=refs("丙乡"), into=Ref("乙镇")),
        op("rename", division=Ref("新镇"), name="宝镇", base_name="新镇"),
        op("transfer_part", division=Ref("四村"), to=Ref("一村"), cut=halved("5", "9")),
        op("reclass", division=Ref("五村"), type="社区", name="五社区"),
        op("convert", division=Ref("乙镇"), new=Ref("乙街道"), type="街道", name="乙街道"),
        op("recode", codes=[{"division": Ref("新镇"), "code": "510101103"}]),
    ]
    replayed = done(state, *plan)
    after = replayed.after
    assert children(after, "宝镇") == {"一村", "二村", "五社区"}
    assert children(after, "乙街道") == {"三村", "六村", "四村"}
    assert {u.name for u in replayed.change.founded} == {"宝镇", "乙街道"}
    assert {u.name for u in replayed.change.ended} == {"甲镇", "乙镇", "丙乡"}
    assert land(after, "本县") == pytest.approx(land(state, "本县"), rel=SPLIT_EDGES)


def test_plan_when_replayed_twice_then_nothing_is_left_to_do(state: RegisterState) -> None:
    plan = [
        establish("新镇", "镇", 4, {"division": Ref("甲镇")}),
        op("transfer", division=Ref("五村"), from_=Ref("丙乡"), to=Ref("新镇")),
        op("transfer_part", division=Ref("四村"), to=Ref("五村"), cut=halved("5", "9")),
    ]
    again = run(done(state, *plan).after, *plan)
    assert [o.status for o in again.outcomes] == ["already"] * 3
    assert again.change.is_empty
