"""Operations that draw no line: each on a drawn county, done, done already, in conflict and refused."""

from dataclasses import replace

import pytest

from gazetteer.engine.outcomes import DivisionConflict
from gazetteer.engine.register_state import RegisterState, Unit
from tests.gazetteer.engine.drawn import (
    Ref,
    children,
    done,
    id_of,
    land,
    names,
    only,
    op,
    refs,
    refusal,
    register,
    run,
    unit,
)
from tests.gazetteer.engine.plain import FACES, PICTURE, UNITS, county


@pytest.fixture
def state() -> RegisterState:
    return county()


def transfer(what: str, giver: str, taker: str) -> dict[str, object]:
    return op("transfer", division=Ref(what), from_=Ref(giver), to=Ref(taker))


def conflict(state: RegisterState, operation: dict[str, object]) -> DivisionConflict:
    replayed = run(state, operation)
    outcome = only(replayed)
    assert outcome.status == "conflict"
    assert replayed.after is state
    (found,) = outcome.conflicts
    assert isinstance(found, DivisionConflict)
    assert replayed.division_conflicts == (found,)
    return found


def test_transfer_when_a_village_passes_then_no_arc_moves_and_both_towns_change(state: RegisterState) -> None:
    change = done(state, transfer("二村", "甲镇", "乙镇")).change
    (moved,) = change.changed
    assert (moved.before.parent, moved.after.parent) == (id_of("甲镇"), id_of("乙镇"))
    assert moved.fields == {"parent"}
    assert change.cells == {}
    assert [a.points.tolist() for a in change.patch.added] == [
        state.graph.arcs[r.id].points.tolist() for r in change.patch.removed
    ]
    assert change.reshaped == {id_of("甲镇"), id_of("乙镇")}
    assert change.touched_divisions == {id_of("甲镇"), id_of("乙镇"), id_of("二村")}


def test_transfer_when_the_last_village_leaves_then_the_land_of_the_town_is_one_cell() -> None:
    strip = {1: "1 6 7 2", 2: "2 7 8 3", 3: "3 8 9 4", 4: "4 9 0 5"}
    state = register(
        "1 2 3 4 5\n\n6 7 8 9 0",
        strip,
        "县 本县 510101",
        "镇 甲镇 510101101 本县 1 3",
        "镇 乙镇 510101102 本县",
        "村 一村 510101101201 甲镇 2",
        "村 二村 510101102201 乙镇 4",
    )
    after = done(state, transfer("一村", "甲镇", "乙镇")).after
    (cell,) = after.own_faces(id_of("甲镇"))
    assert after.face_kinds[cell] == "unit"
    assert land(after, "甲镇") == pytest.approx(land(state, "甲镇") - land(state, "一村"))


def test_transfer_when_done_already_then_nothing_is_to_do(state: RegisterState) -> None:
    replayed = run(state, transfer("一村", "丙乡", "甲镇"))
    assert only(replayed).status == "already"
    assert replayed.change.is_empty


def test_transfer_when_the_village_moved_elsewhere_since_then_conflict(state: RegisterState) -> None:
    found = conflict(state, transfer("一村", "乙镇", "丙乡"))
    assert (found.division, found.kind, found.field) == (id_of("一村"), "division_changed", "parent")
    assert (found.base, found.theirs) == (str(id_of("乙镇")), str(id_of("甲镇")))


@pytest.mark.parametrize(("what", "taker"), [("无村", "乙镇"), ("一村", "无镇")])
def test_transfer_when_a_division_is_gone_then_conflict(state: RegisterState, what: str, taker: str) -> None:
    assert conflict(state, transfer(what, "甲镇", taker)).kind == "division_gone"


def test_transfer_when_the_parent_is_of_no_higher_level_then_refused(state: RegisterState) -> None:
    assert refusal(state, transfer("甲镇", "本县", "一村")) == "parent_level"


def test_transfer_when_to_a_neighbour_then_refused(state: RegisterState) -> None:
    neighbour = Unit(id_of("邻镇"), 4, "镇", "邻镇", None, external=True)
    beside = replace(state, units={**state.units, neighbour.id: neighbour})
    assert refusal(beside, transfer("一村", "甲镇", "邻镇")) == "division_external"


def test_merge_when_towns_merge_then_children_and_land_pass_and_the_other_ends(state: RegisterState) -> None:
    total = land(state, "甲镇") + land(state, "乙镇")
    replayed = done(state, op("merge", divisions=refs("甲镇", "乙镇"), into=Ref("甲镇")))
    after, change = replayed.after, replayed.change
    assert children(after, "甲镇") == {"一村", "二村", "三村", "六村"}
    assert land(after, "甲镇") == pytest.approx(total)
    assert [u.name for u in change.ended] == ["乙镇"]
    assert (change.cells[7].before, change.cells[7].after) == (id_of("乙镇"), id_of("甲镇"))
    assert change.reshaped == {id_of("甲镇"), id_of("乙镇")}


def test_merge_when_villages_merge_then_their_faces_become_one(state: RegisterState) -> None:
    total = land(state, "一村") + land(state, "二村")
    replayed = done(state, op("merge", divisions=refs("一村"), into=Ref("二村")))
    assert land(replayed.after, "二村") == pytest.approx(total)
    assert replayed.change.retired_faces == (1,)
    assert children(replayed.after, "甲镇") == {"二村"}
    assert id_of("甲镇") not in replayed.change.reshaped


def test_merge_when_the_villages_do_not_touch_then_the_land_has_two_parts(state: RegisterState) -> None:
    replayed = done(state, op("merge", divisions=refs("一村", "五村"), into=Ref("五村")))
    (face,) = replayed.after.own_faces(id_of("五村"))
    assert face == 5
    assert land(replayed.after, "五村") == pytest.approx(land(state, "一村") + land(state, "五村"))


def test_merge_when_the_lines_between_have_changed_then_the_reviewer_looks(state: RegisterState) -> None:
    seen = [
        {"arc": arc.id, "hash": "0" * 64}
        for arc in state.graph.arcs.values()
        if {arc.left, arc.right} == {1, 2}
    ]
    replayed = run(state, op("merge", divisions=refs("一村"), into=Ref("二村"), arcs=seen))
    assert only(replayed).status == "merged"
    assert [fault.code for fault in replayed.faults] == ["merged_with_newer"]


def test_merge_when_one_is_gone_then_conflict_names_it(state: RegisterState) -> None:
    found = conflict(state, op("merge", divisions=refs("甲镇", "旧镇"), into=Ref("乙镇")))
    assert (found.division, found.kind) == (id_of("旧镇"), "division_gone")


def test_merge_when_of_two_levels_then_refused(state: RegisterState) -> None:
    assert refusal(state, op("merge", divisions=refs("一村"), into=Ref("甲镇"))) == "level_differs"


def test_merge_when_a_town_of_its_own_land_joins_one_with_villages_then_the_land_is_rest() -> None:
    towns = ("县 本县 510101", "镇 甲镇 510101101 本县 1 ", "镇 乙镇 510101102 本县", "村 二村 - 乙镇 2")
    state = register(PICTURE, {1: FACES[1], 2: FACES[2]}, *towns)
    assert state.face_kinds[1] == "unit"
    replayed = done(state, op("merge", divisions=refs("甲镇"), into=Ref("乙镇")))
    (rest,) = replayed.after.own_faces(id_of("乙镇"))
    assert rest < 0
    assert replayed.after.face_kinds[rest] == "rest"
    assert replayed.change.retired_faces == (1,)
    assert replayed.after.origins[rest] == 1


def test_convert_when_a_town_becomes_a_street_then_children_pass_and_the_old_one_ends(
    state: RegisterState,
) -> None:
    street = op(
        "convert", division=Ref("乙镇"), new=Ref("乙街道"), type="街道", name="乙街道", code="510101001"
    )
    replayed = done(state, street)
    assert children(replayed.after, "乙街道") == {"三村", "六村"}
    assert replayed.after.cells[7] == id_of("乙街道")
    assert "乙镇" not in names(replayed.after)
    assert replayed.confirmed == {id_of("乙街道"): "510101001"}
    assert not any((replayed.change.new_faces, replayed.change.retired_faces))
    assert [u.name for u in replayed.change.founded] == ["乙街道"]


def test_convert_when_sent_again_then_already(state: RegisterState) -> None:
    street = op("convert", division=Ref("乙镇"), new=Ref("乙街道"), type="街道", name="乙街道")
    after = done(state, street).after
    assert only(run(after, street)).status == "already"


def test_convert_when_the_new_id_is_in_use_then_refused(state: RegisterState) -> None:
    street = op("convert", division=Ref("乙镇"), new=Ref("甲镇"), type="街道", name="乙街道")
    assert refusal(state, street) == "division_exists"


def test_reclass_when_a_village_becomes_a_community_then_it_goes_on(state: RegisterState) -> None:
    replayed = done(state, op("reclass", division=Ref("一村"), type="社区", name="一社区"))
    (changed,) = replayed.change.changed
    assert changed.fields == {"type", "name"}
    assert changed.after.id == id_of("一村")
    assert not replayed.change.reshaped


def test_reclass_when_a_town_then_refused_since_it_is_another_unit(state: RegisterState) -> None:
    assert refusal(state, op("reclass", division=Ref("甲镇"), type="街道")) == "reclass_level"


def test_recode_when_given_then_codes_are_confirmed(state: RegisterState) -> None:
    codes = [{"division": Ref("甲镇"), "code": "510101105"}, {"division": Ref("乙镇"), "code": "510101102"}]
    replayed = done(state, op("recode", codes=codes))
    assert unit(replayed.after, "甲镇").code == "510101105"
    assert replayed.confirmed == {id_of("甲镇"): "510101105", id_of("乙镇"): "510101102"}
    assert [c.fields for c in replayed.change.changed] == [{"code"}]


def test_recode_when_padded_then_stored_without(state: RegisterState) -> None:
    padded = op("recode", codes=[{"division": Ref("甲镇"), "code": "510101105000"}])
    assert unit(done(state, padded).after, "甲镇").code == "510101105"


def test_rename_when_the_name_is_the_one_seen_then_changed(state: RegisterState) -> None:
    renamed = op("rename", division=Ref("甲镇"), name="新镇", romanization="Xīn Zhèn", base_name="甲镇")
    (changed,) = done(state, renamed).change.changed
    assert (changed.after.name, changed.after.pinyin) == ("新镇", "Xīn Zhèn")


def test_rename_when_renamed_since_then_conflict(state: RegisterState) -> None:
    found = conflict(state, op("rename", division=Ref("甲镇"), name="新镇", base_name="老镇"))
    assert (found.field, found.base, found.mine, found.theirs) == ("name", "老镇", "新镇", "甲镇")


def test_rename_when_the_name_is_the_old_one_then_refused(state: RegisterState) -> None:
    assert refusal(state, op("rename", division=Ref("甲镇"), name="甲镇", base_name="甲镇")) == "same_name"


def test_rename_when_twice_then_the_second_starts_from_the_first(state: RegisterState) -> None:
    first = op("rename", division=Ref("甲镇"), name="新镇", base_name="甲镇")
    second = op("rename", division=Ref("甲镇"), name="更新镇", base_name="新镇")
    (changed,) = done(state, first, second).change.changed
    assert changed.after.name == "更新镇"


def test_move_seat_when_moved_then_place_and_address_change(state: RegisterState) -> None:
    moved = op("move_seat", division=Ref("甲镇"), seat=[103801000000, 30499000000], address="一村1组")
    (changed,) = done(state, moved).change.changed
    assert changed.fields == {"seat"}
    assert only(run(done(state, moved).after, moved)).status == "already"


def test_operations_when_one_is_refused_then_the_others_still_hold(state: RegisterState) -> None:
    wrong = op("merge", divisions=refs("一村"), into=Ref("甲镇"))
    right = op("rename", division=Ref("甲镇"), name="新镇", base_name="甲镇")
    replayed = run(state, wrong, right)
    assert [o.status for o in replayed.outcomes] == ["refused", "applied"]
    assert [f.code for f in replayed.faults] == ["level_differs"]
    assert replayed.change.touched_divisions == {id_of("甲镇")}


def test_county_when_drawn_then_it_has_the_units_named() -> None:
    assert len(county().units) == len(UNITS)
