"""Operations on lines, markers and tripoints: what they set, and what they refuse."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest

from boundaries.edits import move_node
from gazetteer.engine.line_needs import named_objects
from gazetteer.engine.line_objects import Marker
from gazetteer.engine.lines import assign_lines
from gazetteer.engine.marker_sides import line_object_faults
from gazetteer.engine.register_state import RegisterState
from gazetteer.engine.replay import replay
from gazetteer.engine.steps_lines import LINE_STEPS
from gazetteer.errors import RuleBroken
from gazetteer.rules.intents import parse_intents
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
    with_unit,
    without_units,
)

NEW = "11111111-1111-4111-8111-111111111111"
MARKER = uuid.UUID("22222222-2222-4222-8222-222222222222")
LINE = line_id("甲镇", "丙乡")


@pytest.fixture
def state() -> RegisterState:
    return county()


def body(kind: str, **fields: Any) -> dict[str, Any]:
    (intent,) = parse_intents([{"id": NEW, "kind": kind, **fields}])
    return intent.to_json()


def apply(state: RegisterState, kind: str, **fields: Any) -> RegisterState:
    return LINE_STEPS[kind](state, body(kind, **fields)).state


def refused(state: RegisterState, kind: str, **fields: Any) -> str:
    with pytest.raises(RuleBroken) as caught:
        apply(state, kind, **fields)
    assert caught.value.zh
    assert caught.value.args[0]
    return caught.value.code


def put(state: RegisterState, **changes: Any) -> RegisterState:
    return apply(state, "put_marker", **marker_fields(state, **changes))


def marker_fields(state: RegisterState, **changes: Any) -> dict[str, Any]:
    fields = {
        "marker": str(MARKER),
        "line": LINE,
        "number": "001",
        "letter": "Q",
        "form": "single_two",
        "material": "石质",
        "sides": [str(division("甲镇")), str(division("丙乡"))],
        "place": {"node": middle(state)},
        "accuracy_m": 0.1,
    }
    return {name: value for name, value in {**fields, **changes}.items() if value is not ...}


def middle(state: RegisterState) -> int:
    """Return the node in which 一村, 二村, 四村 and 五村 meet."""
    ends = [{arc.start_node, arc.end_node} for arc in (arc_of(state, T1, T2), arc_of(state, W1, W2))]
    (node,) = ends[0] & ends[1]
    return node


def corner(state: RegisterState) -> int:
    """Return the node in which 二村, 三村, 五村 and 六村 meet: 甲, 乙 and 丙."""
    ends = [{arc.start_node, arc.end_node} for arc in (arc_of(state, T2, U1), arc_of(state, W2, U2))]
    (node,) = ends[0] & ends[1]
    return node


def test_set_line_when_fields_are_given_then_only_they_change(state: RegisterState) -> None:
    after = apply(
        state,
        "set_line",
        line=LINE,
        base={"legal_status": "600004", "line_type": "660200"},
        legal_status="600001",
        agreement_no="协1号",
        agreement_date="2001-09-30",
        follows="ridge",
    )
    line = after.lines[LINE]
    assert (line.legal_status, line.agreement_no, line.follows) == ("600001", "协1号", "ridge")
    assert line.agreement_date == dt.date(2001, 9, 30)
    assert (
        replace(line, legal_status="600004", agreement_no=None, agreement_date=None, follows=None)
        == state.lines[LINE]
    )


def test_set_line_when_it_says_what_is_so_already_then_already(state: RegisterState) -> None:
    result = LINE_STEPS["set_line"](state, body("set_line", line=LINE, follows=None))
    assert (result.status, result.state) == ("already", state)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"line": NEW, "follows": "ridge"}, "line_gone"),
        ({"line": LINE, "base": {"follows": "ditch"}, "follows": "ridge"}, "line_changed"),
        ({"line": LINE, "agreement_date": "2001-09-30"}, "agreement_missing"),
        ({"line": LINE, "agreement_clause": "第二条"}, "agreement_missing"),
        ({"line": LINE, "line_type": "650200"}, "line_type_disagrees"),
    ],
)
def test_set_line_when_it_does_not_fit_then_refused(
    state: RegisterState, fields: dict[str, Any], code: str
) -> None:
    assert refused(state, "set_line", **fields) == code


def arcs(state: RegisterState, *pairs: tuple[int, int]) -> list[dict[str, Any]]:
    found = [arc_of(state, *pair) for pair in pairs]
    return [{"arc": arc.id, "hash": arc.hash} for arc in found]


def test_found_line_when_arcs_part_two_villages_then_they_belong_to_it(state: RegisterState) -> None:
    after = apply(state, "found_line", line=NEW, arcs=arcs(state, (W1, W2)), follows="ditch")
    line = line_between(after, W1, W2)
    assert (line.id, line.name, line.level, line.line_type) == (NEW, "四—五线", 5, "670500")
    assert (line.follows, line.left) == ("ditch", division("四村"))
    assert assign_lines(state, after, seed=NEW) == after


def test_found_line_when_an_arc_has_changed_then_a_reviewer_looks(state: RegisterState) -> None:
    sent = [{**arcs(state, (W1, W2))[0], "hash": "0" * 64}]
    assert LINE_STEPS["found_line"](state, body("found_line", line=NEW, arcs=sent)).status == "merged"


@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        ([(T1, W1)], "arc_has_line"),
        ([(W1, W2), (T1, T2)], "line_sides_differ"),
    ],
)
def test_found_line_when_the_arcs_do_not_fit_then_refused(
    state: RegisterState, pairs: list[tuple[int, int]], code: str
) -> None:
    assert refused(state, "found_line", line=NEW, arcs=arcs(state, *pairs)) == code


def test_found_line_when_the_arcs_part_towns_then_refused(state: RegisterState) -> None:
    arc = arc_of(state, T1, W1)
    bare = replace(
        state, graph=replace(state.graph, arcs={**state.graph.arcs, arc.id: replace(arc, line=None)})
    )
    assert refused(bare, "found_line", line=NEW, arcs=arcs(state, (T1, W1))) == "line_level"


def test_found_line_when_the_arc_is_gone_or_the_id_is_taken_then_refused(state: RegisterState) -> None:
    gone = [{"arc": 999, "hash": "0" * 64}]
    assert refused(state, "found_line", line=NEW, arcs=gone) == "arc_gone"
    assert refused(state, "found_line", line=LINE, arcs=arcs(state, (W1, W2))) == "line_exists"


def test_put_marker_when_on_a_node_then_it_stands_there(state: RegisterState) -> None:
    marker = put(state, references=[{"name": "桥", "azimuth_deg": 10.0, "distance_m": 5.0}]).markers[MARKER]
    assert marker.place == state.graph.nodes[middle(state)]
    assert (marker.sides, marker.status) == ((division("甲镇"), division("丙乡")), "standing")
    assert marker.references[0].name == "桥"


def test_put_marker_when_it_is_inaccurate_then_warned(state: RegisterState) -> None:
    fields = marker_fields(state, place={"x": 103_801_000_000, "y": 30_498_000_000}, accuracy_m=1.01)
    (fault,) = LINE_STEPS["put_marker"](state, body("put_marker", **fields)).faults
    assert (fault.code, fault.severity) == ("marker_inaccurate", "warning")
    exact = marker_fields(state, accuracy_m=1.0)
    assert LINE_STEPS["put_marker"](state, body("put_marker", **exact)).faults == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"line": NEW}, "line_gone"),
        ({"place": {"node": 999}}, "node_gone"),
        ({"letter": "A"}, "marker_letter"),
        ({"form": "double"}, "marker_letter"),
        ({"form": "single_three"}, "marker_sides_count"),
        ({"sides": [str(division("甲镇")), str(division("乙镇"))]}, "marker_sides_differ"),
    ],
)
def test_put_marker_when_it_does_not_fit_then_refused(
    state: RegisterState, changes: dict[str, Any], code: str
) -> None:
    assert refused(state, "put_marker", **marker_fields(state, **changes)) == code


def test_put_marker_when_its_node_is_on_another_line_then_refused(state: RegisterState) -> None:
    arc = arc_of(state, T1, 0)
    far = next(
        n for n in (arc.start_node, arc.end_node) if all(a.line != LINE for a in state.graph.arcs_at(n))
    )
    assert refused(state, "put_marker", **marker_fields(state, place={"node": far})) == "marker_off_node"


def test_put_marker_when_the_id_or_the_number_is_taken_then_refused(state: RegisterState) -> None:
    state = put(state)
    assert refused(state, "put_marker", **marker_fields(state)) == "marker_exists"
    assert refused(state, "put_marker", **marker_fields(state, marker=NEW)) == "marker_number_taken"
    assert put(state, marker=NEW, number="002").markers.keys() == {MARKER, uuid.UUID(NEW)}


def test_put_marker_when_at_a_tripoint_then_it_has_three_sides(state: RegisterState) -> None:
    sides = [str(division(name)) for name in ("甲镇", "丙乡", "乙镇")]
    node = {"node": corner(state)}
    after = put(state, form="triple", letter="C", sides=sides, place=node)
    assert len(after.markers[MARKER].sides) == 3


def test_set_marker_when_seen_as_it_is_then_set_and_else_refused(state: RegisterState) -> None:
    state = put(state)
    base = {"status": "standing", "sides": [str(division("甲镇")), str(division("丙乡"))], "references": []}
    after = apply(state, "set_marker", marker=str(MARKER), base=base, status="damaged")
    assert after.markers[MARKER].status == "damaged"
    assert refused(after, "set_marker", marker=str(MARKER), base=base, status="lost") == "marker_changed"
    assert refused(state, "set_marker", marker=NEW, status="lost") == "marker_gone"
    again = LINE_STEPS["set_marker"](after, body("set_marker", marker=str(MARKER), status="damaged"))
    assert again.status == "already"


def test_move_marker_when_seen_where_it_is_then_moved_and_else_refused(state: RegisterState) -> None:
    state = put(state)
    x, y = state.markers[MARKER].place
    to = {"x": x + 10, "y": y}
    after = apply(state, "move_marker", marker=str(MARKER), **{"from": {"x": x, "y": y}}, place=to)
    assert (after.markers[MARKER].node, after.markers[MARKER].place) == (None, (x + 10, y))
    away = {"from": {"x": x, "y": y}, "place": {"x": x, "y": y + 9}}
    assert refused(after, "move_marker", marker=str(MARKER), **away) == "marker_moved"
    assert refused(state, "move_marker", marker=NEW, place=to) == "marker_gone"
    again = LINE_STEPS["move_marker"](after, body("move_marker", marker=str(MARKER), place=to))
    assert again.status == "already"


def test_remove_marker_when_it_stands_then_gone_and_again_already(state: RegisterState) -> None:
    after = apply(put(state), "remove_marker", marker=str(MARKER), reason="修路")
    assert after.markers == {}
    result = LINE_STEPS["remove_marker"](after, body("remove_marker", marker=str(MARKER), reason="修路"))
    assert result.status == "already"


def tripoint_fields(state: RegisterState, **changes: Any) -> dict[str, Any]:
    sides = [str(division(name)) for name in ("甲镇", "乙镇", "丙乡")]
    return {"tripoint": NEW, "node": corner(state), "sides": sides, "name": "甲乙丙三交点", **changes}


def test_set_tripoint_when_three_meet_there_then_declared_and_its_node_is_kept(state: RegisterState) -> None:
    after = apply(state, "set_tripoint", **tripoint_fields(state))
    assert after.kept_nodes == {corner(state)}
    again = LINE_STEPS["set_tripoint"](after, body("set_tripoint", **tripoint_fields(state)))
    assert again.status == "already"
    assert apply(after, "remove_tripoint", tripoint=NEW, reason="错").tripoints == {}
    gone = body("remove_tripoint", tripoint=NEW, reason="错")
    assert LINE_STEPS["remove_tripoint"](state, gone).status == "already"


def test_set_tripoint_when_a_neighbour_is_a_side_then_it_counts(state: RegisterState) -> None:
    arc = arc_of(state, T2, U1)
    outer = next(n for n in (arc.start_node, arc.end_node) if n != corner(state))
    sides = [str(division(name)) for name in ("甲镇", "乙镇", "邻县")]
    after = apply(state, "set_tripoint", **tripoint_fields(state, node=outer, sides=sides))
    assert len(after.tripoints) == 1


def test_set_tripoint_when_it_does_not_fit_then_refused(state: RegisterState) -> None:
    assert refused(state, "set_tripoint", **tripoint_fields(state, node=999)) == "node_gone"
    here = tripoint_fields(state, node=middle(state))
    assert refused(state, "set_tripoint", **here) == "tripoint_sides_differ"
    dated = tripoint_fields(state, agreement_date="2001-01-01")
    assert refused(state, "set_tripoint", **dated) == "agreement_missing"
    taken = apply(state, "set_tripoint", **tripoint_fields(state))
    assert refused(taken, "set_tripoint", **tripoint_fields(state, tripoint=str(MARKER))) == "tripoint_taken"


def test_marker_when_its_node_moves_then_it_moves_too(state: RegisterState) -> None:
    state = put(state)
    x, y = state.graph.nodes[middle(state)]
    graph = state.graph.apply(move_node(state.graph, middle(state), x + 4, y + 4))
    after = assign_lines(state, replace(state, graph=graph), seed=NEW)
    assert after.markers[MARKER].place == (x + 4, y + 4)
    assert line_object_faults(state, after) == []


def test_marker_when_its_town_is_converted_then_its_sides_and_line_follow(state: RegisterState) -> None:
    state = apply(put(state), "set_tripoint", **tripoint_fields(state))
    street = replace(state.units[division("甲镇")], id=division("甲街道"), name="甲街道")
    changed = replace(state, units={**state.units, street.id: street})
    for name in ("一村", "二村"):
        changed = with_unit(changed, name, parent=street.id)
    after = assign_lines(state, without_units(changed, "甲镇"), seed=NEW)
    assert after.markers[MARKER].sides == (street.id, division("丙乡"))
    assert after.markers[MARKER].line == LINE
    assert street.id in after.tripoints[uuid.UUID(NEW)].sides
    assert line_object_faults(state, after) == []


def test_marker_when_its_line_passes_into_another_then_it_goes_along(state: RegisterState) -> None:
    state = put(state)
    changed = state
    for name in ("一村", "二村"):
        changed = with_unit(changed, name, parent=division("乙镇"))
    after = assign_lines(state, without_units(changed, "甲镇"), seed=NEW)
    assert after.markers[MARKER].line in after.lines
    assert set(after.markers[MARKER].sides) == {division("乙镇"), division("丙乡")}


def test_marker_when_its_line_ends_without_heir_then_the_draft_must_say_what_becomes_of_it(
    state: RegisterState,
) -> None:
    state = put(state)
    changed = state
    for name in ("四村", "五村"):
        changed = with_unit(changed, name, parent=division("甲镇"))
    after = assign_lines(state, without_units(changed, "丙乡"), seed=NEW)
    assert "marker_without_line" in {fault.code for fault in line_object_faults(state, after)}


def test_tripoint_when_two_of_its_sides_become_one_then_the_draft_must_say_so(state: RegisterState) -> None:
    state = apply(state, "set_tripoint", **tripoint_fields(state))
    changed = state
    for name in ("三村", "六村"):
        changed = with_unit(changed, name, parent=division("甲镇"))
    after = assign_lines(state, without_units(changed, "乙镇"), seed=NEW)
    assert [fault.code for fault in line_object_faults(state, after)] == ["tripoint_side_gone"]


def test_markers_when_two_lines_become_one_then_equal_numbers_are_named(state: RegisterState) -> None:
    state = put(state)
    other = {
        "marker": NEW,
        "line": line_id("乙镇", "丙乡"),
        "sides": [str(division("乙镇")), str(division("丙乡"))],
        "place": {"node": corner(state)},
    }
    state = put(state, **other)
    changed = state
    for name in ("一村", "二村"):
        changed = with_unit(changed, name, parent=division("乙镇"))
    after = assign_lines(state, without_units(changed, "甲镇"), seed=NEW)
    assert {marker.line for marker in after.markers.values()} == {next(iter(after.markers.values())).line}
    assert "marker_number_taken" in {fault.code for fault in line_object_faults(state, after)}


def test_objects_when_their_node_is_gone_then_the_draft_must_say_what_becomes_of_them(
    state: RegisterState,
) -> None:
    state = apply(put(state), "set_tripoint", **tripoint_fields(state))
    gone = {middle(state), corner(state)}
    nodes = {node: place for node, place in state.graph.nodes.items() if node not in gone}
    after = replace(state, graph=replace(state.graph, nodes=nodes))
    assert {f.code for f in line_object_faults(state, after)} == {"marker_node_gone", "tripoint_node_gone"}


def test_named_objects_when_read_then_everything_that_must_be_loaded(state: RegisterState) -> None:
    intents = parse_intents(
        [
            {"id": str(uuid.UUID(int=1)), "kind": "put_marker", **marker_fields(state)},
            {"id": str(uuid.UUID(int=2)), "kind": "set_tripoint", **tripoint_fields(state)},
            {"id": str(uuid.UUID(int=3)), "kind": "found_line", "line": NEW, "arcs": arcs(state, (W1, W2))},
        ]
    )
    named = named_objects(intents)
    assert named.lines == {LINE, NEW}
    assert named.markers == {MARKER}
    assert named.tripoints == {uuid.UUID(NEW)}
    assert named.nodes == {middle(state), corner(state)}
    assert named.arcs == {arc_of(state, W1, W2).id}
    assert named.divisions == {division(name) for name in ("甲镇", "乙镇", "丙乡")}


def test_marker_when_made_then_a_value(state: RegisterState) -> None:
    assert isinstance(put(state).markers[MARKER], Marker)


@pytest.mark.parametrize("marked", [True, False])
def test_node_when_it_carries_a_marker_then_arcs_are_not_joined_over_it(
    state: RegisterState, marked: bool
) -> None:
    node = middle(state)
    pairs = [("一村", "二村"), ("四村", "五村")]
    merges = [
        {
            "id": str(uuid.uuid4()),
            "kind": "merge",
            "divisions": [str(division(gone))],
            "into": str(division(into)),
            "arcs": [],
        }
        for into, gone in pairs
    ]
    after = replay(put(state) if marked else state, parse_intents(merges)).after
    assert (node in after.graph.nodes) is marked
    assert {arc.line for arc in after.graph.arcs_at(node)} <= {LINE}
