"""Replaying: stale lines with and without their base, outcomes in order, lines healed at the end."""

from typing import Any

import pytest

from boundaries.arcs import Arc
from boundaries.conflicts import Conflict
from gazetteer.engine.register_state import RegisterState
from gazetteer.engine.replay import find_stale_arcs, replay
from gazetteer.engine.steps import STEPS
from gazetteer.engine.steps_lines import LINE_STEPS
from gazetteer.rules.intents import KINDS
from tests.gazetteer.engine.drawn import Ref, beside, done, id_of, intents_of, only, op, refs, register, run
from tests.gazetteer.engine.plain import AT, county
from tests.gazetteer.engine.test_step_land import halved


@pytest.fixture
def state() -> RegisterState:
    return county()


def line_between(state: RegisterState, one: int, other: int) -> Arc:
    (arc,) = (a for a in state.graph.arcs.values() if {a.left, a.right} == {one, other})
    return arc


def insert(arc: Arc, after: int, point: list[int]) -> dict[str, Any]:
    return op("insert_vertex", arc=arc.id, hash=arc.hash, after=after, point=point)


def test_kinds_when_parsed_then_each_has_a_step() -> None:
    assert set(KINDS) == {*STEPS, *LINE_STEPS}


def test_vertices_when_put_moved_and_taken_out_then_each_sees_the_one_before(state: RegisterState) -> None:
    arc = line_between(state, 2, 3)
    middle = beside(AT["3"], east=0.3, south=0.5)
    put = insert(arc, 0, middle)
    second = line_between(done(state, put).after, 2, 3)
    moved = op("move_vertex", arc=arc.id, hash=second.hash, index=1, point=beside(middle, east=0.2))
    third = line_between(done(state, put, moved).after, 2, 3)
    assert [len(a.points) for a in (arc, second, third)] == [2, 3, 3]
    taken = op("delete_vertex", arc=arc.id, hash=third.hash, index=1)
    assert done(state, put, moved, taken).change.is_empty


def test_vertex_when_the_line_has_changed_then_it_is_merged_with_its_base_only(state: RegisterState) -> None:
    arc = line_between(state, 2, 3)
    path = [beside(AT["3"], east=0.2, south=south) for south in (0.2, 0.5, 0.8)]
    path = path if arc.points[0].tolist() == AT["3"] else path[::-1]
    seen = done(state, op("reshape", arc=arc.id, hash=arc.hash, start=0, end=1, path=path)).after
    base = line_between(seen, 2, 3)
    theirs = op("move_vertex", arc=arc.id, hash=base.hash, index=1, point=beside(path[0], east=0.1))
    mine = op("move_vertex", arc=arc.id, hash=base.hash, index=3, point=beside(path[2], east=0.1))
    now = done(seen, theirs).after
    assert find_stale_arcs(seen, intents_of(mine)) == frozenset()
    assert find_stale_arcs(now, intents_of(mine)) == {(arc.id, base.hash)}
    (found,) = only(run(now, mine)).conflicts
    assert isinstance(found, Conflict)
    assert found.kind == "changed"
    merged = replay(now, intents_of(mine), {(arc.id, base.hash): base.points})
    assert only(merged).status == "merged"
    assert [fault.code for fault in merged.faults] == ["merged_with_newer"]


def test_cut_when_a_line_it_ends_in_has_changed_elsewhere_then_merged(state: RegisterState) -> None:
    plain = line_between(state, 1, 4)
    corner = beside(AT["5"], east=3)
    seen = done(state, insert(plain, 0, corner)).after
    base, outer = line_between(seen, 1, 4), line_between(seen, 0, 1)
    named = [{"arc": arc.id, "hash": arc.hash} for arc in (base, outer)]
    cut = {**halved("1", "5"), "arcs": named}
    operation = op("transfer_part", division=Ref("一村"), to=Ref("二村"), cut=cut)
    east = 0 if base.points[0].tolist() == AT["6"] else 1
    now = done(seen, insert(base, east, beside(AT["5"], east=3.5, south=0.1))).after
    assert only(replay(now, intents_of(operation))).status == "conflict"
    replayed = replay(now, intents_of(operation), {(base.id, base.hash): base.points})
    assert only(replayed).status == "merged"
    moved = done(seen, insert(base, 1 - east, beside(AT["5"], east=1, south=0.1))).after
    replayed = replay(moved, intents_of(operation), {(base.id, base.hash): base.points})
    assert only(replayed).status == "conflict"


def test_lines_when_towns_merge_then_arcs_of_one_pair_are_joined_where_a_third_ended() -> None:
    picture = "1   2   3\n\n4   5   6\n\n7   8   9"
    state = register(
        picture,
        {1: "1 4 5 2", 2: "2 5 6 3", 3: "4 7 8 9 6 5"},
        "县 本县 510101",
        "镇 甲镇 510101101 本县 1",
        "镇 乙镇 510101102 本县 2",
        "镇 丙镇 510101103 本县 3",
    )
    after = done(state, op("merge", divisions=refs("乙镇"), into=Ref("甲镇"))).after
    assert len([a for a in after.graph.arcs.values() if {a.left, a.right} == {1, 3}]) == 1
    assert {line.name for line in after.lines.values()} == {"本县外界线", "甲—丙线"}


def test_outcomes_when_line_operations_are_mixed_in_then_they_stand_in_the_order_sent(
    state: RegisterState,
) -> None:
    line = next(line for line in state.lines.values() if line.name == "甲—乙线")
    first = op("set_line", line=line.id, base={"name": line.name}, name="新线名")
    second = op("rename", division=Ref("丙乡"), name="丁乡", base_name="丙乡")
    replayed = run(state, first, second)
    assert [o.kind for o in replayed.outcomes] == ["set_line", "rename"]
    assert [o.id for o in replayed.outcomes] == [first["id"], second["id"]]


def test_faults_when_refused_then_code_and_sentences_are_kept(state: RegisterState) -> None:
    replayed = run(state, op("reclass", division=Ref("甲镇"), type="街道"))
    (fault,) = replayed.faults
    assert (fault.code, fault.severity) == ("reclass_level", "error")
    assert replayed.change.touched_divisions == frozenset()
    assert id_of("甲镇") in replayed.after.units
