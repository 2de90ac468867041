"""Rules of the register on a changed state, and what a change is called."""

from dataclasses import replace
from typing import Any

import pytest

from gazetteer.engine.checks import check_register
from gazetteer.engine.event_kind import crosses_a_unit, kind_of_change
from gazetteer.engine.register_state import RegisterState, Unit
from gazetteer.rules.event_kinds import EVENT_KINDS, EVENT_OF_OPERATION
from tests.gazetteer.engine.drawn import Ref, beside, done, id_of, intents_of, op, refs, run
from tests.gazetteer.engine.plain import AT, county
from tests.gazetteer.engine.test_step_land import establish, halved


@pytest.fixture
def state() -> RegisterState:
    return county()


def found(state: RegisterState, *operations: dict[str, Any]) -> set[tuple[str, str]]:
    replayed = done(state, *operations)
    faults = check_register(replayed.before, replayed.after)
    assert all(fault.zh and fault.en for fault in faults)
    return {(fault.code, fault.severity) for fault in faults}


def with_unit(state: RegisterState, name: str, /, **changes: Any) -> RegisterState:
    unit = replace(state.units[id_of(name)], **changes)
    return replace(state, units={**state.units, unit.id: unit})


def test_register_when_unchanged_then_nothing_is_wrong(state: RegisterState) -> None:
    assert check_register(state, state) == []
    assert found(state, op("transfer", division=Ref("二村"), from_=Ref("甲镇"), to=Ref("乙镇"))) == set()


def test_register_when_a_town_has_lost_its_last_village_then_it_is_empty(state: RegisterState) -> None:
    source = {"division": Ref("甲镇"), "children": refs("一村", "二村")}
    assert found(state, establish("新镇", "镇", 4, source)) == {("division_empty", "error")}


def test_register_when_land_of_a_town_is_not_loaded_then_it_is_not_called_empty(state: RegisterState) -> None:
    cells = {face: unit for face, unit in state.cells.items() if face != 1}
    partly = replace(state, cells=cells)
    after = with_unit(partly, "二村", parent=id_of("乙镇"))
    assert check_register(partly, after) == []


def test_register_when_a_cell_has_no_division_then_land_is_unassigned(state: RegisterState) -> None:
    after = replace(state, cells={face: unit for face, unit in state.cells.items() if face != 1})
    assert {fault.code for fault in check_register(state, after)} == {"division_empty", "land_unassigned"}


def test_register_when_water_belongs_to_nobody_then_that_is_right(state: RegisterState) -> None:
    after = replace(state, face_kinds={**state.face_kinds, 99: "water"})
    assert check_register(state, after) == []


def test_register_when_a_type_does_not_fit_the_level_then_told(state: RegisterState) -> None:
    street = op("convert", division=Ref("甲镇"), new=Ref("甲村"), type="村", name="甲村")
    assert ("type_level", "error") in found(state, street)


def test_register_when_name_and_type_disagree_then_a_warning(state: RegisterState) -> None:
    assert found(state, op("reclass", division=Ref("一村"), type="社区")) == {
        ("name_type_disagrees", "warning")
    }


def test_register_when_a_rename_changes_the_generic_term_then_a_warning(state: RegisterState) -> None:
    renamed = op("rename", division=Ref("甲镇"), name="甲街道", base_name="甲镇")
    assert found(state, renamed) == {("name_type_disagrees", "warning"), ("generic_term_changed", "warning")}


def test_register_when_a_name_has_strange_characters_then_a_warning(state: RegisterState) -> None:
    renamed = op("rename", division=Ref("甲镇"), name="甲A镇", base_name="甲镇")
    assert found(state, renamed) == {("name_characters", "warning")}


def test_register_when_a_town_has_no_parent_then_told(state: RegisterState) -> None:
    assert found(state, establish("新镇", "镇", 4, {"division": Ref("甲镇")}, parent=None)) == {
        ("parent_missing", "error")
    }


def test_register_when_a_level_is_skipped_then_a_warning(state: RegisterState) -> None:
    assert found(state, op("transfer", division=Ref("二村"), from_=Ref("甲镇"), to=Ref("本县"))) == {
        ("parent_level", "warning")
    }


def test_register_when_a_parent_is_not_above_then_told(state: RegisterState) -> None:
    after = with_unit(state, "一村", parent=id_of("二村"))
    assert ("parent_level", "error") in {(f.code, f.severity) for f in check_register(state, after)}


@pytest.mark.parametrize(("name", "base"), [("乙镇", "甲镇"), ("三村", "一村")])
def test_register_when_a_new_name_is_borne_then_told(state: RegisterState, name: str, base: str) -> None:
    assert ("duplicate_name", "error") in found(
        state, op("rename", division=Ref(base), name=name, base_name=base)
    )


def test_register_when_the_bearer_gives_its_name_up_then_it_is_free(state: RegisterState) -> None:
    assert (
        found(
            state,
            op("rename", division=Ref("乙镇"), name="新镇", base_name="乙镇"),
            op("rename", division=Ref("甲镇"), name="乙镇", base_name="甲镇"),
        )
        == set()
    )


def test_register_when_the_bearer_is_a_village_of_another_county_then_it_is_free(
    state: RegisterState,
) -> None:
    county_, town = (
        Unit(id_of("他县"), 3, "县", "他县", None),
        Unit(id_of("他镇"), 4, "镇", "他镇", id_of("他县")),
    )
    village = Unit(id_of("远村"), 5, "村", "远村", id_of("他镇"))
    wider = replace(state, units={**state.units, **{u.id: u for u in (county_, town, village)}})
    assert found(wider, op("rename", division=Ref("一村"), name="远村", base_name="一村")) == set()


def test_register_when_two_villages_of_one_name_come_into_one_town_then_a_warning(
    state: RegisterState,
) -> None:
    alike = with_unit(state, "三村", name="二村")
    moved = op("transfer", division=Ref("二村"), from_=Ref("甲镇"), to=Ref("乙镇"))
    assert found(alike, moved) == {("duplicate_name", "warning")}


# -- what a change is called ---------------------------------------------------------------------------


def called(state: RegisterState, *operations: dict[str, Any]) -> str:
    replayed = run(state, *operations)
    return kind_of_change(replayed.before, replayed.after, intents_of(*operations), replayed.outcomes)


def test_kind_when_one_kind_then_its_name(state: RegisterState) -> None:
    renamed = op("rename", division=Ref("甲镇"), name="新镇", base_name="甲镇")
    assert called(state, renamed) == "rename"
    assert called(state, op("merge", divisions=refs("甲镇"), into=Ref("乙镇"))) == "merge"
    part = op("transfer_part", division=Ref("一村"), to=Ref("二村"), cut=halved("1", "5"))
    assert called(state, part) == "boundary"


def test_kind_when_codes_follow_then_they_do_not_count(state: RegisterState) -> None:
    merged = op("merge", divisions=refs("甲镇"), into=Ref("乙镇"))
    codes = op("recode", codes=[{"division": Ref("一村"), "code": "510101102203"}])
    assert called(state, merged, codes) == "merge"
    assert called(state, codes) == "recode"


def test_kind_when_several_then_a_reform(state: RegisterState) -> None:
    merged = op("merge", divisions=refs("甲镇"), into=Ref("乙镇"))
    assert called(state, merged, op("reclass", division=Ref("五村"), type="社区", name="五社区")) == "reform"


def test_kind_when_an_operation_changes_nothing_then_it_does_not_count(state: RegisterState) -> None:
    merged = op("merge", divisions=refs("甲镇"), into=Ref("乙镇"))
    nothing = op("transfer", division=Ref("三村"), from_=Ref("甲镇"), to=Ref("乙镇"))
    assert called(state, merged, nothing) == "merge"


def test_kind_when_named_then_the_register_knows_it() -> None:
    assert set(EVENT_OF_OPERATION.values()) | {"reform"} <= EVENT_KINDS


@pytest.mark.parametrize(
    ("what", "old", "new_", "expected"),
    [
        ("甲镇", ("1", 1), ("2", 1), "seat"),
        ("甲镇", ("1", 1), ("1", 3), "correct"),
        ("本县", ("1", 1), ("2", 1), "correct"),
        ("本县", ("1", 1), ("5", 1), "seat"),
        ("一村", ("1", 1), ("1", 3), "correct"),
    ],
    ids=["村 to 村", "within a 村", "within a 镇", "镇 to 乡", "a village has none below"],
)
def test_seat_when_moved_then_only_across_a_lower_unit_is_a_move_in_law(
    state: RegisterState, what: str, old: tuple[str, int], new_: tuple[str, int], expected: str
) -> None:
    first, then = (beside(AT[mark], east=columns, south=0.5) for mark, columns in (old, new_))
    seated = with_unit(state, what, seat=tuple(first))
    assert called(seated, op("move_seat", division=Ref(what), seat=then)) == expected


def test_seat_when_first_noted_then_no_move_in_law(state: RegisterState) -> None:
    replayed = done(state, op("move_seat", division=Ref("甲镇"), seat=AT["6"]))
    assert not crosses_a_unit(replayed.before, replayed.after, id_of("甲镇"))
