"""Boundary lines after a change: which go on, which pass, which begin and end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from boundaries.arcs import Arc
from gazetteer.engine.line_objects import Line
from gazetteer.engine.lines import assign_lines
from gazetteer.engine.register_state import RegisterState
from tests.gazetteer.engine.line_states import (
    T1,
    T2,
    U1,
    U2,
    W1,
    W2,
    arc_of,
    county,
    division,
    line_between,
    line_id,
    unit,
    with_line,
    with_unit,
    without_units,
)

SEED = "0d9e2f7a-0000-4000-8000-000000000001"


@pytest.fixture
def before() -> RegisterState:
    return county()


def transferred(state: RegisterState, village: str, to: str) -> RegisterState:
    return with_unit(state, village, parent=division(to))


def merged(state: RegisterState, gone: str, into: str) -> RegisterState:
    """Return a state in which a town took over another with all its villages."""
    for child in state.children(division(gone)):
        state = with_unit(state, child.name, parent=division(into))
    return without_units(state, gone)


def test_assign_when_nothing_changed_then_nothing_does(before: RegisterState) -> None:
    assert assign_lines(before, before, seed=SEED) == before


def test_assign_when_a_village_passes_then_its_arcs_join_the_line_of_their_new_pair(
    before: RegisterState,
) -> None:
    after = assign_lines(before, transferred(before, "二村", "乙镇"), seed=SEED)
    assert line_between(after, T2, W2).id == line_id("乙镇", "丙乡")
    assert line_between(after, T1, T2).id == line_id("甲镇", "乙镇")
    assert line_between(after, T2, U1) is None
    assert line_between(after, T1, W1).id == line_id("甲镇", "丙乡")
    assert set(after.lines) == set(before.lines)


def test_assign_when_the_last_arc_of_a_pair_is_inside_a_town_then_the_line_ends(
    before: RegisterState,
) -> None:
    after = assign_lines(before, merged(before, "乙镇", "甲镇"), seed=SEED)
    assert line_between(after, T2, U1) is None
    assert line_id("甲镇", "乙镇") not in after.lines


def test_assign_when_a_line_passes_as_a_whole_then_its_pair_takes_the_line_on_the_same_basis(
    before: RegisterState,
) -> None:
    after = assign_lines(before, merged(before, "乙镇", "甲镇"), seed=SEED)
    assert line_between(after, W2, U2).id == line_id("甲镇", "丙乡")
    assert line_id("乙镇", "丙乡") not in after.lines


def test_assign_when_the_legal_basis_differs_then_both_lines_of_the_pair_go_on(before: RegisterState) -> None:
    settled = with_line(before, line_id("乙镇", "丙乡"), legal_status="600001", agreement_no="协〔2001〕3号")
    after = assign_lines(settled, merged(settled, "乙镇", "甲镇"), seed=SEED)
    line = line_between(after, W2, U2)
    assert (line.id, line.legal_status) == (line_id("乙镇", "丙乡"), "600001")
    assert (line.name, line.left, line.right) == ("甲—丙线", division("甲镇"), division("丙乡"))
    assert line_between(after, T1, W1).id == line_id("甲镇", "丙乡")


def test_assign_when_a_town_is_converted_then_its_lines_keep_their_ids(before: RegisterState) -> None:
    street = unit("新津街道", 4, "街道", "本县", "510101001")
    changed = replace(before, units={**before.units, street.id: street})
    changed = merged(changed, "甲镇", "新津街道")
    after = assign_lines(before, changed, seed=SEED)
    line = line_between(after, T2, U1)
    assert line.id == line_id("甲镇", "乙镇")
    assert (line.name, line.left, line.right) == ("新津—乙线", street.id, division("乙镇"))
    assert set(after.lines) == set(before.lines)


def test_assign_when_a_converted_town_has_arcs_elsewhere_then_their_line_goes_on_too(
    before: RegisterState,
) -> None:
    before = with_line(before, line_id("甲镇", "丙乡"), elsewhere=True)
    street = unit("新津街道", 4, "街道", "本县", "510101001")
    changed = replace(before, units={**before.units, street.id: street})
    after = assign_lines(before, merged(changed, "甲镇", "新津街道"), seed=SEED)
    line = after.lines[line_id("甲镇", "丙乡")]
    assert line.sides == {street.id, division("丙乡")}
    assert line.name == "新津—丙线"
    assert line_between(after, T1, W1) == line


def test_assign_when_a_line_has_arcs_elsewhere_then_it_stays_and_the_arcs_here_pass_singly(
    before: RegisterState,
) -> None:
    before = with_line(before, line_id("甲镇", "乙镇"), elsewhere=True)
    after = assign_lines(before, transferred(before, "三村", "丙乡"), seed=SEED)
    assert line_between(after, T2, U1).id == line_id("甲镇", "丙乡")
    assert after.lines[line_id("甲镇", "乙镇")].name == "甲—乙线"


def test_assign_when_a_pair_has_no_line_then_one_is_founded_that_inherits(before: RegisterState) -> None:
    before = with_line(before, line_id("甲镇", "丙乡"), elsewhere=True, follows="ridge", agreement_no="7号")
    new = unit("丁镇", 4, "镇", "本县", "510101103")
    changed = replace(before, units={**before.units, new.id: new})
    after = assign_lines(before, transferred(changed, "五村", "丁镇"), seed=SEED)
    line = line_between(after, T2, W2)
    assert line.id not in before.lines
    assert (line.name, line.follows, line.agreement_no) == ("甲—丁线", "ridge", "7号")
    assert (line.level, line.line_type) == (4, "660200")


def test_assign_when_an_arc_comes_from_nowhere_then_the_line_founded_inherits_nothing(
    before: RegisterState,
) -> None:
    new = unit("丁镇", 4, "镇", "本县", "510101103")
    changed = replace(before, units={**before.units, new.id: new})
    after = assign_lines(before, transferred(changed, "五村", "丁镇"), seed=SEED)
    line = line_between(after, W1, W2)
    assert (line.name, line.legal_status, line.follows) == ("丁—丙线", "600004", None)


def test_assign_when_played_again_then_ids_are_the_same_and_another_draft_has_others(
    before: RegisterState,
) -> None:
    new = unit("丁镇", 4, "镇", "本县", "510101103")
    changed = transferred(replace(before, units={**before.units, new.id: new}), "五村", "丁镇")
    once = assign_lines(before, changed, seed=SEED)
    assert assign_lines(before, changed, seed=SEED) == once
    assert assign_lines(before, once, seed=SEED) == once
    other = assign_lines(before, changed, seed="another")
    assert line_between(other, W1, W2).id != line_between(once, W1, W2).id


def test_assign_when_villages_pass_one_by_one_then_the_line_is_judged_as_a_whole(
    before: RegisterState,
) -> None:
    new = unit("丁镇", 4, "镇", "本县", "510101103")
    first = transferred(replace(before, units={**before.units, new.id: new}), "四村", "丁镇")
    half = assign_lines(before, first, seed=SEED)
    after = assign_lines(before, transferred(half, "五村", "丁镇"), seed=SEED)
    assert line_between(after, T1, W1).id == line_between(after, T2, W2).id == line_id("甲镇", "丙乡")
    assert line_between(after, T1, W1).name == "甲—丁线"


def test_assign_when_the_arcs_of_a_pair_are_drawn_anew_then_its_line_goes_on(before: RegisterState) -> None:
    old = arc_of(before, T2, U1)
    fresh = Arc(-1, 1, old.start_node, old.end_node, old.left, old.right, old.points)
    arcs = {i: arc for i, arc in before.graph.arcs.items() if i != old.id} | {-1: fresh}
    after = assign_lines(before, replace(before, graph=replace(before.graph, arcs=arcs)), seed=SEED)
    assert line_between(after, T2, U1).id == line_id("甲镇", "乙镇")


def test_assign_when_an_outer_arc_is_drawn_anew_then_the_neighbour_beside_it_is_taken(
    before: RegisterState,
) -> None:
    old = arc_of(before, T2, 0)
    fresh = Arc(-1, 1, old.start_node, old.end_node, old.left, old.right, old.points)
    arcs = {i: arc for i, arc in before.graph.arcs.items() if i != old.id} | {-1: fresh}
    after = assign_lines(before, replace(before, graph=replace(before.graph, arcs=arcs)), seed=SEED)
    assert line_between(after, T2, 0).id == line_id("本县", "邻县")


def village_line(state: RegisterState, one: int, other: int) -> RegisterState:
    arc = arc_of(state, one, other)
    left, right = state.cells[arc.left], state.cells[arc.right]
    line = Line("11111111-1111-4111-8111-111111111111", 5, "老堰沟线", left, right, line_type="670500")
    arcs = {**state.graph.arcs, arc.id: replace(arc, line=line.id)}
    lines = {**state.lines, line.id: line}
    return replace(state, graph=replace(state.graph, arcs=arcs), lines=lines)


def test_assign_when_somebody_named_a_village_line_then_it_stays_while_its_pair_fits(
    before: RegisterState,
) -> None:
    named = village_line(before, W1, W2)
    after = assign_lines(named, transferred(named, "二村", "乙镇"), seed=SEED)
    assert line_between(after, W1, W2).name == "老堰沟线"


def test_assign_when_the_villages_come_to_lie_in_two_towns_then_their_line_ends(
    before: RegisterState,
) -> None:
    named = village_line(before, W1, W2)
    after = assign_lines(named, transferred(named, "五村", "乙镇"), seed=SEED)
    assert line_between(after, W1, W2).id == line_id("乙镇", "丙乡")
    assert "11111111-1111-4111-8111-111111111111" not in after.lines


def test_assign_when_a_side_is_renamed_then_the_name_follows_but_a_given_one_stays(
    before: RegisterState,
) -> None:
    before = with_line(before, line_id("甲镇", "丙乡"), name="红旗渠线")
    after = assign_lines(before, with_unit(before, "甲镇", name="金马镇"), seed=SEED)
    assert after.lines[line_id("甲镇", "乙镇")].name == "金马—乙线"
    assert after.lines[line_id("甲镇", "丙乡")].name == "红旗渠线"


def test_assign_when_codes_change_then_the_smaller_one_is_left(before: RegisterState) -> None:
    after = assign_lines(before, with_unit(before, "丙乡", code="510101001"), seed=SEED)
    line = after.lines[line_id("甲镇", "丙乡")]
    assert (line.name, line.left) == ("丙—甲线", division("丙乡"))


def test_assign_when_the_line_was_edited_in_the_draft_then_the_edit_stays(before: RegisterState) -> None:
    changed = with_line(before, line_id("甲镇", "乙镇"), follows="road_centre", name="大件路线")
    after = assign_lines(before, with_unit(changed, "甲镇", name="金马镇"), seed=SEED)
    line = after.lines[line_id("甲镇", "乙镇")]
    assert (line.follows, line.name) == ("road_centre", "大件路线")


def test_assign_when_a_cell_of_nobody_lies_inside_then_its_line_is_not_the_outside_one(
    before: RegisterState,
) -> None:
    water = replace(
        before,
        cells={face: owner for face, owner in before.cells.items() if face != U2},
        face_kinds={**before.face_kinds, U2: "water"},
    )
    after = assign_lines(before, water, seed=SEED)
    inner = line_between(after, U1, U2)
    assert (inner.name, inner.level, inner.right) == ("本县内界线", 3, None)
    assert line_between(after, W2, U2) == inner
    assert line_between(after, U2, 0).sides == {division("邻县")}


def test_assign_when_arcs_are_compared_then_only_lines_changed(before: RegisterState) -> None:
    after = assign_lines(before, merged(before, "乙镇", "甲镇"), seed=SEED)
    for arc_id, arc in before.graph.arcs.items():
        assert np.array_equal(after.graph.arcs[arc_id].points, arc.points)
    assert after.graph.nodes == before.graph.nodes
