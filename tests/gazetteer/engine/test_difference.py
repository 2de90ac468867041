"""A change as one value: what it names, where it leads, and that its inverse leads back."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetteer.engine.checks import check_register
from gazetteer.engine.difference import NewFace, RegisterChange, UnitChange, apply_change, difference
from gazetteer.engine.line_objects import Line
from gazetteer.engine.lineage import trace
from gazetteer.engine.register_state import RegisterState
from gazetteer.engine.replay import replay
from tests.gazetteer.engine.drawn import Ref, area, content, done, id_of, intents_of, land, op, refs, run
from tests.gazetteer.engine.plain import AT, county
from tests.gazetteer.engine.test_step_land import establish, halved, new

COUNTY = county()


@pytest.fixture
def state() -> RegisterState:
    return county()


def test_change_when_nothing_differs_then_empty(state: RegisterState) -> None:
    assert difference(state, state).is_empty
    assert RegisterChange().is_empty
    assert difference(state, replace(state)).touched_divisions == frozenset()


def test_change_when_units_are_founded_then_parents_come_first_and_children_end_first(
    state: RegisterState,
) -> None:
    piece = {"division": Ref("一村"), "cut": halved("1", "5"), "child": new("东一村")}
    change = done(state, establish("新镇", "镇", 4, {"division": Ref("丙乡")}, piece)).change
    assert [unit.name for unit in change.founded] == ["新镇", "东一村"]
    back = difference(*reversed(_states(state, establish("新镇", "镇", 4, {"division": Ref("丙乡")}, piece))))
    assert [unit.name for unit in back.ended] == ["东一村", "新镇"]


def _states(state: RegisterState, *operations: dict[str, Any]) -> tuple[RegisterState, RegisterState]:
    replayed = done(state, *operations)
    return replayed.before, replayed.after


def test_change_when_a_face_is_made_then_kind_and_cell_are_named(state: RegisterState) -> None:
    cut = halved("1", "5")
    part = {"inside": cut.pop("inside"), **new("新村")}
    change = done(state, op("split", division=Ref("一村"), cuts=cut, parts=[part])).change
    assert list(change.new_faces.values()) == [NewFace("unit", id_of("新村"))]
    assert set(change.patch.new_faces) == set(change.new_faces)
    assert min(change.touched_faces) >= 0


def test_change_when_inverted_then_the_retired_face_comes_back_under_its_id(state: RegisterState) -> None:
    before, after = _states(state, op("merge", divisions=refs("一村"), into=Ref("二村")))
    back = difference(after, before)
    assert back.new_faces == {1: NewFace("unit", id_of("一村"))}
    assert content(apply_change(after, back)) == content(state)


def test_fields_when_a_unit_changes_then_what_is_dated_apart_is_named(state: RegisterState) -> None:
    unit = state.units[id_of("甲镇")]
    changed = replace(unit, pinyin="Jiǎ Zhèn", scheme="local", seat_address="路1号", type="乡")
    assert UnitChange(unit, changed).fields == {"name", "code", "seat", "type"}
    assert UnitChange(unit, replace(unit, parent=None)).fields == {"parent"}
    assert UnitChange(unit, unit).fields == frozenset()


def test_change_when_lines_differ_then_founded_ended_and_changed_are_told(state: RegisterState) -> None:
    first, second, *_ = state.lines.values()
    made = Line("new", 4, "新线", None, None)
    lines = {i: line for i, line in state.lines.items() if i != second.id}
    after = replace(state, lines={**lines, first.id: replace(first, name="改名线"), made.id: made})
    change = difference(state, after)
    assert change.founded_lines == (made,)
    assert change.ended_lines == (second,)
    assert [line.after.name for line in change.changed_lines] == ["改名线"]
    assert not change.is_empty
    assert content(apply_change(state, change)) == content(after)


def test_reshaped_when_inner_lines_alone_change_then_the_town_keeps_its_outline(state: RegisterState) -> None:
    change = done(state, op("merge", divisions=refs("三村"), into=Ref("六村"))).change
    assert id_of("乙镇") not in change.reshaped
    assert id_of("六村") in change.reshaped


def test_reshaped_when_lines_of_a_moved_face_are_not_loaded_then_counted_as_reshaped(
    state: RegisterState,
) -> None:
    blind = replace(state, graph=replace(state.graph, faces=frozenset()))
    moved = op("transfer", division=Ref("二村"), from_=Ref("甲镇"), to=Ref("乙镇"))
    assert {id_of("甲镇"), id_of("乙镇")} <= replay(blind, intents_of(moved)).change.reshaped


# -- whatever is done ----------------------------------------------------------------------------------

VILLAGES = ("一村", "二村", "三村", "四村", "五村", "六村")
TOWNS = ("甲镇", "乙镇", "丙乡")
PARENT = {"一村": "甲镇", "二村": "甲镇", "三村": "乙镇", "六村": "乙镇", "四村": "丙乡", "五村": "丙乡"}
WEST, NORTH, EAST, SOUTH = *AT["1"], *AT["f"]


@st.composite
def operations(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an operation that may or may not fit: cuts run anywhere, divisions may be gone by then."""
    village, other = draw(st.permutations(VILLAGES))[:2]
    town, target = draw(st.permutations(TOWNS))[:2]
    taker = draw(st.sampled_from([name for name in TOWNS if name != PARENT[village]]))
    cut = {"lines": [draw(_lines())], "inside": draw(_points())}
    fresh = f"新{draw(st.integers(0, 3))}"
    return draw(
        st.sampled_from(
            [
                op("transfer", division=Ref(village), from_=Ref(PARENT[village]), to=Ref(taker)),
                op("merge", divisions=refs(village), into=Ref(other)),
                op("merge", divisions=refs(town), into=Ref(target)),
                op("convert", division=Ref(town), new=Ref(f"{fresh}街道"), type="街道", name=f"{fresh}街道"),
                op("transfer_part", division=Ref(village), to=Ref(other), cut=cut),
                op("transfer_part", division=Ref(village), to=Ref(town), cut=cut, child=new(f"{fresh}村")),
                op("transfer_part", division=Ref(town), to=Ref(target), cut=cut),
                op(
                    "split",
                    division=Ref(town),
                    cuts={"lines": cut["lines"]},
                    parts=[{"inside": cut["inside"], **new(f"{fresh}镇", "镇")}],
                ),
                op("abolish", division=Ref(village), into=[{"division": Ref(PARENT[village])}]),
                establish(
                    f"{fresh}镇", "镇", 4, {"division": Ref(town)}, {"division": Ref(other), "cut": cut}
                ),
                establish(f"{fresh}村", "村", 5, {"division": Ref(town), "cut": cut}, parent=Ref(town)),
            ]
        )
    )


def _points() -> st.SearchStrategy[list[int]]:
    return st.tuples(st.integers(WEST, EAST), st.integers(SOUTH, NORTH)).map(list)


@st.composite
def _lines(draw: st.DrawFn) -> list[list[int]]:
    """Draw a line right through the county, with a bend."""
    if draw(st.booleans()):
        ends = [[draw(st.integers(WEST, EAST)), y] for y in (NORTH + 10**6, SOUTH - 10**6)]
    else:
        ends = [[x, draw(st.integers(SOUTH, NORTH))] for x in (WEST - 10**6, EAST + 10**6)]
    return [ends[0], draw(_points()), ends[1]]


@settings(max_examples=150, deadline=None)
@given(st.lists(operations(), min_size=1, max_size=6))
def test_operations_when_any_then_land_is_neither_lost_nor_made(plan: list[dict[str, Any]]) -> None:
    unique = list({operation["id"]: operation for operation in plan}.values())
    replayed = run(COUNTY, *unique)
    after = replayed.after
    total = sum(area(after, face) for face in after.cells)
    assert total == pytest.approx(land(COUNTY, "本县"), rel=1e-4)
    assert "land_unassigned" not in {fault.code for fault in check_register(COUNTY, after)}
    for row in trace(COUNTY, after, replayed.populations):
        assert row.area_m2 is not None
        assert row.area_m2 > 0
        assert row.role == "part" or row.from_id not in after.units
