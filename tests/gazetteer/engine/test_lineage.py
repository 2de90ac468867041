"""What became what: at every level, whole and in part, with areas from the lines."""

from dataclasses import replace
from typing import Any

import pytest

from gazetteer.engine.lineage import LineageRow, trace
from gazetteer.engine.register_state import RegisterState
from gazetteer.engine.replay import Replayed
from tests.gazetteer.engine.drawn import Ref, beside, done, id_of, land, op, refs
from tests.gazetteer.engine.plain import AT, county
from tests.gazetteer.engine.test_step_land import halved, new

Row = tuple[str, str, str]


@pytest.fixture
def state() -> RegisterState:
    return county()


def rows(replayed: Replayed) -> dict[tuple[str, str], LineageRow]:
    found = trace(replayed.before, replayed.after, replayed.populations)
    return {(_name(replayed, r.from_id), _name(replayed, r.to_id)): r for r in found}


def _name(replayed: Replayed, identity: Any) -> str:
    state = replayed.before if identity in replayed.before.units else replayed.after
    return state.units[identity].name


def roles(replayed: Replayed) -> dict[tuple[str, str], str]:
    return {pair: row.role for pair, row in rows(replayed).items()}


def test_lineage_when_nothing_changes_hands_then_none(state: RegisterState) -> None:
    renamed = op("rename", division=Ref("甲镇"), name="新镇", base_name="甲镇")
    assert roles(done(state, renamed)) == {}
    assert roles(done(state, op("reclass", division=Ref("一村"), type="社区"))) == {}


def test_lineage_when_a_town_is_absorbed_then_whole_and_its_villages_go_on(state: RegisterState) -> None:
    found = rows(done(state, op("merge", divisions=refs("乙镇"), into=Ref("甲镇"))))
    assert {pair: row.role for pair, row in found.items()} == {("乙镇", "甲镇"): "whole"}
    row = found["乙镇", "甲镇"]
    assert row.area_m2 == pytest.approx(land(state, "乙镇"), abs=0.001)
    assert (row.level, row.exact, row.population) == (4, True, None)
    assert row.basis


def test_lineage_when_villages_merge_then_only_their_level(state: RegisterState) -> None:
    found = rows(done(state, op("merge", divisions=refs("一村"), into=Ref("二村"))))
    assert {pair: row.role for pair, row in found.items()} == {("一村", "二村"): "whole"}
    assert found["一村", "二村"].area_m2 == pytest.approx(land(state, "一村"), abs=0.001)


def test_lineage_when_two_become_a_third_then_both_whole(state: RegisterState) -> None:
    body = {"division": Ref("新镇"), "level": 4, "type": "镇", "name": "新镇", "parent": Ref("本县")}
    sources = [{"division": Ref("甲镇")}, {"division": Ref("丙乡")}]
    assert roles(done(state, op("establish", **body, from_=sources))) == {
        ("甲镇", "新镇"): "whole",
        ("丙乡", "新镇"): "whole",
    }


def test_lineage_when_converted_then_whole(state: RegisterState) -> None:
    street = op("convert", division=Ref("甲镇"), new=Ref("甲街道"), type="街道", name="甲街道")
    assert roles(done(state, street)) == {("甲镇", "甲街道"): "whole"}
    district = op("convert", division=Ref("本县"), new=Ref("本区"), type="区", name="本区")
    assert roles(done(state, district)) == {("本县", "本区"): "whole"}


def test_lineage_when_a_village_gets_another_town_then_part_of_the_towns(state: RegisterState) -> None:
    found = rows(done(state, op("transfer", division=Ref("二村"), from_=Ref("甲镇"), to=Ref("乙镇"))))
    assert {pair: row.role for pair, row in found.items()} == {("甲镇", "乙镇"): "part"}
    assert found["甲镇", "乙镇"].area_m2 == pytest.approx(land(state, "二村"), abs=0.001)


def test_lineage_when_a_piece_passes_across_towns_then_part_at_both_levels(state: RegisterState) -> None:
    operation = op("transfer_part", division=Ref("二村"), to=Ref("三村"), cut=halved("2", "6"), population=8)
    replayed = done(state, operation)
    found = rows(replayed)
    assert {pair: row.role for pair, row in found.items()} == {
        ("甲镇", "乙镇"): "part",
        ("二村", "三村"): "part",
    }
    gained = land(replayed.after, "三村") - land(state, "三村")
    for row in found.values():
        assert row.area_m2 == pytest.approx(gained, abs=0.5)
    assert found["二村", "三村"].population == 8


def test_lineage_when_a_piece_becomes_rest_land_then_its_people_stand_with_the_towns(
    state: RegisterState,
) -> None:
    operation = op("transfer_part", division=Ref("二村"), to=Ref("乙镇"), cut=halved("2", "6"), population=8)
    replayed = done(state, operation)
    found = rows(replayed)
    assert set(found) == {("甲镇", "乙镇")}
    assert found["甲镇", "乙镇"].population == 8


def test_lineage_when_a_village_is_split_then_part_and_the_neighbours_get_no_row(
    state: RegisterState,
) -> None:
    cut = halved("1", "5")
    part = {"inside": cut.pop("inside"), **new("新村")}
    replayed = done(state, op("split", division=Ref("一村"), cuts=cut, parts=[part]))
    found = rows(replayed)
    assert {pair: row.role for pair, row in found.items()} == {("一村", "新村"): "part"}
    assert found["一村", "新村"].area_m2 == pytest.approx(land(replayed.after, "新村"), abs=0.5)


def test_lineage_when_a_slanted_line_gets_a_vertex_beside_it_then_the_neighbours_get_no_row(
    state: RegisterState,
) -> None:
    corner = state.graph.nodes
    node = next(n for n, xy in corner.items() if list(xy) == AT["6"])
    arcs = [{"arc": a.id, "hash": a.hash} for a in state.graph.arcs_at(node)]
    slanted = op("move_node", node=node, x=AT["6"][0] + 333_331, y=AT["6"][1] + 77_773, arcs=arcs)
    base = done(state, slanted).after
    cut = {
        "lines": [[beside(AT["2"], east=-1.37, south=-1), beside(AT["6"], east=-0.71, south=0.6)]],
        "inside": beside(AT["2"], east=-0.3, south=0.3),
    }
    replayed = done(base, op("transfer_part", division=Ref("一村"), to=Ref("二村"), cut=cut))
    assert set(roles(replayed)) == {("一村", "二村")}


def test_lineage_when_abolished_between_two_then_part_of_each(state: RegisterState) -> None:
    shares = [{"division": Ref("二村"), "cut": halved("1", "5")}, {"division": Ref("四村")}]
    found = roles(done(state, op("abolish", division=Ref("一村"), into=shares)))
    assert found == {("一村", "二村"): "part", ("一村", "四村"): "part", ("甲镇", "丙乡"): "part"}


def test_lineage_when_a_line_is_reshaped_then_both_ways(state: RegisterState) -> None:
    (arc,) = (a for a in state.graph.arcs.values() if {a.left, a.right} == {2, 3})
    top, bottom = beside(AT["3"], south=0.25), beside(AT["3"], south=0.75)
    bow = [beside(top, east=0.5), beside(AT["3"], south=0.5), beside(bottom, east=-0.5)]
    path = bow if arc.points[0].tolist() == AT["3"] else bow[::-1]
    edit = op("reshape", arc=arc.id, hash=arc.hash, start=0, end=1, path=path)
    found = rows(done(state, edit))
    assert set(found) == {("二村", "三村"), ("三村", "二村"), ("甲镇", "乙镇"), ("乙镇", "甲镇")}
    assert {row.role for row in found.values()} == {"part"}
    there, back = (found[pair].area_m2 for pair in (("二村", "三村"), ("三村", "二村")))
    assert there == pytest.approx(back, rel=1e-3)
    assert found["甲镇", "乙镇"].area_m2 == there


def test_lineage_when_lines_are_not_loaded_then_the_stored_area_stands(state: RegisterState) -> None:
    graph = replace(state.graph, faces=frozenset())
    replayed = done(
        replace(state, graph=graph),
        op("convert", division=Ref("甲镇"), new=Ref("甲街道"), type="街道", name="甲街道"),
    )
    (unknown,) = trace(replayed.before, replayed.after)
    assert (unknown.role, unknown.area_m2) == ("whole", None)
    (known,) = trace(replayed.before, replayed.after, areas={id_of("甲镇"): 12.5})
    assert known.area_m2 == 12.5


def test_lineage_when_a_whole_plan_then_every_source_is_accounted_for(state: RegisterState) -> None:
    body = {"division": Ref("新镇"), "level": 4, "type": "镇", "name": "新镇", "parent": Ref("本县")}
    replayed = done(
        state,
        op("establish", **body, from_=[{"division": Ref("甲镇")}]),
        op("transfer", division=Ref("五村"), from_=Ref("丙乡"), to=Ref("新镇")),
        op("transfer_part", division=Ref("四村"), to=Ref("五村"), cut=halved("5", "9")),
        op("merge", divisions=refs("二村"), into=Ref("一村")),
    )
    found = rows(replayed)
    assert {pair: row.role for pair, row in found.items()} == {
        ("甲镇", "新镇"): "whole",
        ("丙乡", "新镇"): "part",
        ("四村", "五村"): "part",
        ("二村", "一村"): "whole",
    }
    areas = {pair: row.area_m2 or 0 for pair, row in found.items()}
    assert areas["丙乡", "新镇"] == pytest.approx(land(state, "五村") + areas["四村", "五村"], abs=0.5)
