"""Operations on a town that surrounds another."""

import pytest

from gazetteer.engine.register_state import RegisterState
from tests.gazetteer.engine.drawn import Ref, beside, children, done, land, op, places_of, refs, register

AROUND = """
1       2

   5  6

   8  7

4       3
"""
AROUND_FACES = {1: "1 4 3 2 / 5 6 7 8", 2: "5 8 7 6"}


def around() -> RegisterState:
    """A town that surrounds another."""
    return register(
        AROUND,
        AROUND_FACES,
        "县 本县 510101",
        "镇 外镇 510101101 本县",
        "镇 内镇 510101102 本县",
        "村 外村 510101101201 外镇 1",
        "村 内村 510101102201 内镇 2",
    )


def test_merge_when_a_town_around_another_takes_it_then_the_ring_between_stays_a_village_line() -> None:
    state = around()
    after = done(state, op("merge", divisions=refs("内镇"), into=Ref("外镇"))).after
    assert children(after, "外镇") == {"外村", "内村"}
    after = done(after, op("merge", divisions=refs("内村"), into=Ref("外村"))).after
    assert land(after, "外镇") == pytest.approx(land(state, "本县"))
    assert len(after.graph.arcs) == 1


def test_split_when_the_cut_crosses_a_town_around_another_then_the_inner_one_is_untouched() -> None:
    state, at = around(), places_of(AROUND)
    line = [beside(at["5"], east=-4, south=1), beside(at["5"], east=1, south=1)]
    other = [beside(at["6"], east=-1, south=1), beside(at["6"], east=4, south=1)]
    part = {"inside": beside(at["1"], east=4, south=1), "division": Ref("北镇"), "type": "镇", "name": "北镇"}
    child = {"division": Ref("外村"), "new": Ref("北村"), "type": "村", "name": "北村"}
    operation = op(
        "split", division=Ref("外镇"), cuts={"lines": [line, other]}, parts=[part], children=[child]
    )
    after = done(state, operation).after
    assert children(after, "北镇") == {"北村"}
    assert land(after, "北村") + land(after, "外村") == pytest.approx(land(state, "外村"), rel=1e-9)
    assert land(after, "内镇") == pytest.approx(land(state, "内镇"))
