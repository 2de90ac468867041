"""Settled lines refuse a correction and yield to a legal change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from boundaries.edits import move_node, reshape
from gazetteer.engine.register_state import RegisterState
from gazetteer.engine.settled import settled_faults
from tests.gazetteer.engine.line_states import T1, T2, U1, W1, W2, arc_of, county, line_id, with_line

SETTLED = {"legal_status": "600001"}


@pytest.fixture
def before() -> RegisterState:
    return with_line(county(), line_id("甲镇", "乙镇"), **SETTLED)


def reshaped(state: RegisterState, one: int, other: int) -> RegisterState:
    arc = arc_of(state, one, other)
    x, y = ((arc.points[0] + arc.points[-1]) // 2).tolist()
    return replace(state, graph=state.graph.apply(reshape(state.graph, arc.id, 0, 1, [[x + 5, y + 7]])))


def test_settled_when_its_arc_is_reshaped_by_a_correction_then_refused_with_its_place(
    before: RegisterState,
) -> None:
    (fault,) = settled_faults(before, reshaped(before, T2, U1), "boundary_correction")
    assert (fault.code, fault.severity, fault.labels) == ("line_settled", "error", ("甲—乙线",))
    assert "参照勘定" in fault.zh
    assert 103.8 < fault.lon < 103.9
    assert 30.4 < fault.lat < 30.6


@pytest.mark.parametrize("kind", ["boundary_change", "division_change"])
def test_settled_when_the_request_is_a_legal_change_then_allowed(before: RegisterState, kind: str) -> None:
    assert settled_faults(before, reshaped(before, T2, U1), kind) == []


def test_settled_when_another_line_is_reshaped_then_allowed(before: RegisterState) -> None:
    assert settled_faults(before, reshaped(before, T1, W1), "boundary_correction") == []
    assert settled_faults(before, reshaped(before, W1, W2), "boundary_correction") == []


def test_settled_when_a_node_at_its_end_moves_then_refused(before: RegisterState) -> None:
    node = arc_of(before, T2, U1).start_node
    x, y = before.graph.nodes[node]
    moved = replace(before, graph=before.graph.apply(move_node(before.graph, node, x + 3, y + 3)))
    assert [f.code for f in settled_faults(before, moved, "boundary_correction")] == ["line_settled"]


@pytest.mark.parametrize(
    "changes", [{"legal_status": "600004"}, {"agreement_no": "新"}, {"follows": "ridge"}]
)
def test_settled_when_its_substance_is_edited_by_a_correction_then_refused(
    before: RegisterState, changes: dict[str, str]
) -> None:
    after = with_line(before, line_id("甲镇", "乙镇"), **changes)
    (fault,) = settled_faults(before, after, "boundary_correction")
    assert (fault.code, fault.lon) == ("line_settled", None)


def test_settled_when_only_its_course_text_is_edited_then_allowed(before: RegisterState) -> None:
    after = with_line(before, line_id("甲镇", "乙镇"), course="从1号界桩起", accuracy_m=0.5)
    assert settled_faults(before, after, "boundary_correction") == []


def test_settled_when_a_county_line_then_it_is_settled_by_law(before: RegisterState) -> None:
    before = with_line(before, line_id("本县", "邻县"), **SETTLED)
    (fault,) = settled_faults(before, reshaped(before, T1, 0), "boundary_correction")
    assert "法定勘定" in fault.zh


def test_settled_when_a_village_line_is_marked_so_then_it_does_not_count(before: RegisterState) -> None:
    before = with_line(before, line_id("甲镇", "乙镇"), level=5)
    assert settled_faults(before, reshaped(before, T2, U1), "boundary_correction") == []
