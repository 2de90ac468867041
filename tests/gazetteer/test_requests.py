"""A change request from draft to force: guards, checks, conflicts, four eyes, and what is written."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gazetteer.changes import audit
from gazetteer.clock import today
from gazetteer.errors import ConflictFound, Forbidden, NotFound, OwnRequest, RuleBroken, Stale, WrongState
from gazetteer.operations.previews import preview_request
from gazetteer.operations.requests import check_request, create_request, put_operations, step_request
from gazetteer.queries.requests import RequestView, get_request, list_log, list_requests
from gazetteer.roles import Actor, Grant
from tests.gazetteer.drafting import bulge, line_between, node_move, person, rename, shape_of
from tests.gazetteer.register import Register, build_register, three_levels

PICTURE = """
    aabb
    aabb
    ccdd
    ccdd
"""


@pytest.fixture
def register(session: Session) -> Register:
    return build_register(session, three_levels(PICTURE, {"东镇": "ac", "西镇": "bd"}))


@pytest.fixture
def surveyor(session: Session, register: Register) -> Actor:
    return person(session, "surveyor", within=register.ids["district"])


@pytest.fixture
def approver(session: Session) -> Actor:
    return person(session, "approver")


def drafted(session: Session, actor: Actor, *operations: dict[str, Any]) -> RequestView:
    request = create_request(session, actor, kind="boundary_correction", title="更正界线", reason="实地核查")
    return put_operations(session, actor, request.id, version=request.version, operations=operations)[0]


def step(session: Session, actor: Actor, request: RequestView, action: str, **more: Any) -> RequestView:
    seen = {"version": request.version, "content_hash": request.content_hash, **more}
    return step_request(session, actor, request.id, action, **seen)


def submitted(session: Session, actor: Actor, *operations: dict[str, Any]) -> RequestView:
    return step(session, actor, drafted(session, actor, *operations), "submit")


def test_approval_when_a_line_between_towns_moves_then_sides_and_towns_change_and_the_district_does_not(
    session: Session, register: Register, surveyor: Actor, approver: Actor
) -> None:
    before = {key: shape_of(session, i) for key, i in register.ids.items()}
    arc = line_between(session, register.faces["a"], register.faces["b"])
    request = step(
        session,
        approver,
        submitted(session, surveyor, bulge(arc, dy=0)),
        "approve",
        document_no="新民〔2026〕1号",
    )
    after = {key: shape_of(session, i) for key, i in register.ids.items()}
    assert request.state == "in_force"
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {"a", "b", "东镇", "西镇"}
    gained = after["a"][1] - before["a"][1]
    assert abs(gained) > 1000
    assert after["b"][1] - before["b"][1] == pytest.approx(-gained, abs=1e-3)
    assert after["东镇"][1] - before["东镇"][1] == pytest.approx(gained, abs=1e-3)
    moved = line_between(session, register.faces["a"], register.faces["b"])
    assert (moved.id, moved.version) == (arc.id, 2)
    assert audit.verify(session) == []


def test_approval_when_done_then_the_old_version_stays_as_what_was_known_before(
    session: Session, register: Register, surveyor: Actor, approver: Actor
) -> None:
    arc = line_between(session, register.faces["a"], register.faces["b"])
    request = step(session, approver, submitted(session, surveyor, bulge(arc, dy=0)), "approve")
    rows = session.execute(
        sa.text(
            "SELECT version, lower(valid) AS since, upper_inf(recorded) AS known"
            " FROM arc WHERE id = :id ORDER BY version"
        ),
        {"id": arc.id},
    ).all()
    assert [(row.version, row.known) for row in rows] == [(1, False), (2, True)]
    assert rows[0].since == rows[1].since
    event = session.execute(
        sa.text("SELECT kind, request_id, effective_on FROM event WHERE id = :id"),
        {"id": request.applied_event},
    ).one()
    assert (event.kind, event.request_id) == ("correct", request.id)
    assert event.effective_on == today(session)


def test_approval_when_a_node_of_four_arcs_moves_then_four_villages_change_and_the_node_has_a_new_position(
    session: Session, register: Register, surveyor: Actor, approver: Actor
) -> None:
    arc = line_between(session, register.faces["a"], register.faces["b"])
    outer = session.scalar(sa.text("SELECT ST_YMax(ST_Extent(geom)) FROM division_shape"))
    node = arc.start_node if arc.points[0][1] < outer * 1e9 - 1 else arc.end_node
    before = {key: shape_of(session, i) for key, i in register.ids.items()}
    step(
        session,
        approver,
        submitted(session, surveyor, node_move(session, node, 1_000_000, 500_000)),
        "approve",
    )
    after = {key: shape_of(session, i) for key, i in register.ids.items()}
    assert {key for key in before if before[key] != after[key]} == {"a", "b", "c", "d", "东镇", "西镇"}
    positions = session.scalar(
        sa.text("SELECT count(*) FROM node_position WHERE node_id = :id"), {"id": node}
    )
    assert positions == 2


def test_approval_when_a_division_is_renamed_then_the_old_name_stays_as_known_before(
    session: Session, register: Register, surveyor: Actor, approver: Actor
) -> None:
    step(
        session, approver, submitted(session, surveyor, rename(register.ids["a"], "A村", "临江村")), "approve"
    )
    rows = session.execute(
        sa.text(
            "SELECT name, upper_inf(recorded) AS known FROM division_name WHERE division_id = :id ORDER BY id"
        ),
        {"id": register.ids["a"]},
    ).all()
    assert [tuple(row) for row in rows] == [("A村", False), ("临江村", True)]


def test_rename_when_a_sibling_bears_the_name_then_refused_with_its_name(
    session: Session, register: Register, surveyor: Actor
) -> None:
    request = drafted(session, surveyor, rename(register.ids["a"], "A村", "B村"))
    with pytest.raises(RuleBroken) as caught:
        step(session, surveyor, request, "submit")
    assert [error.code for error in caught.value.errors] == ["duplicate_name"]


@pytest.mark.parametrize("edit_last", [False, True])
def test_approval_by_the_author_when_they_hold_both_roles_then_refused(
    session: Session, register: Register, edit_last: bool
) -> None:
    both = person(session, "surveyor", "approver")
    arc = line_between(session, register.faces["a"], register.faces["b"])
    request = submitted(session, both, bulge(arc, dy=0))
    if edit_last:
        session.execute(sa.text("UPDATE change_request SET created_by = :other"), {"other": register.user_id})
        session.expire_all()
    with pytest.raises(OwnRequest):
        step(session, both, request, "approve")


def test_approval_when_the_content_changed_since_it_was_opened_then_refused(
    session: Session, register: Register, surveyor: Actor, approver: Actor
) -> None:
    arc = line_between(session, register.faces["a"], register.faces["b"])
    opened = submitted(session, surveyor, bulge(arc, dy=0))
    back = step(session, approver, opened, "return", reason="请核实")
    again = put_operations(
        session, surveyor, back.id, version=back.version, operations=[bulge(arc, dx=2_000_000, dy=0)]
    )[0]
    now = step(session, surveyor, again, "submit")
    with pytest.raises(Stale) as caught:
        step(session, approver, now, "approve", content_hash=opened.content_hash)
    assert caught.value.code == "stale_content"
    with pytest.raises(Stale) as caught:
        step(session, approver, opened, "approve")
    assert caught.value.code == "stale_version"


def test_approval_when_the_line_has_changed_since_then_a_conflict_with_three_versions_and_nothing_applied(
    session: Session, register: Register, surveyor: Actor, approver: Actor
) -> None:
    arc = line_between(session, register.faces["a"], register.faces["b"])
    first = submitted(session, surveyor, bulge(arc, dy=0))
    second = submitted(session, surveyor, bulge(arc, dx=-1_000_000, dy=0))
    step(session, approver, first, "approve")
    standing = line_between(session, register.faces["a"], register.faces["b"])
    with pytest.raises(ConflictFound) as caught:
        step(session, approver, second, "approve")
    session.rollback()
    conflict = caught.value.fields["evaluation"].conflicts[0]
    assert conflict.kind == "same_stretch"
    assert conflict.base.tolist() == arc.points.tolist()
    assert conflict.theirs.tolist() == standing.points.tolist()
    assert len(conflict.mine) == len(arc.points) + 1
    assert line_between(session, register.faces["a"], register.faces["b"]).hash == standing.hash
    assert get_request(session, approver, second.id).state == "submitted"


def test_submission_when_the_line_crosses_itself_or_a_third_face_then_refused_with_the_place(
    session: Session, register: Register, surveyor: Actor
) -> None:
    arc = line_between(session, register.faces["a"], register.faces["b"])
    far = bulge(arc, dx=0, dy=-25_000_000)
    request = drafted(session, surveyor, far)
    evaluation = check_request(session, surveyor, request.id)
    assert not evaluation.ok
    assert all(f.lon is not None for f in evaluation.faults if f.severity == "error")
    with pytest.raises(RuleBroken):
        step(session, surveyor, request, "submit")


def test_operations_when_sent_again_then_nothing_changes(
    session: Session, register: Register, surveyor: Actor
) -> None:
    arc = line_between(session, register.faces["a"], register.faces["b"])
    operation = bulge(arc, dy=0)
    request = drafted(session, surveyor, operation)
    for _ in range(5):
        again, receipts = put_operations(session, surveyor, request.id, version=1, operations=[operation])
        assert [receipt.status for receipt in receipts] == ["duplicate"]
        assert (again.version, again.content_hash) == (request.version, request.content_hash)
    assert session.scalar(sa.text("SELECT count(*) FROM operation")) == 1


def test_operations_when_one_is_taken_back_then_it_is_retracted_by_a_row_of_its_own(
    session: Session, register: Register, surveyor: Actor
) -> None:
    arc = line_between(session, register.faces["a"], register.faces["b"])
    request = drafted(session, surveyor, bulge(arc, dy=0))
    empty, receipts = put_operations(session, surveyor, request.id, version=request.version, operations=[])
    assert [receipt.status for receipt in receipts] == ["retracted"]
    assert empty.operations == ()
    assert session.scalars(sa.text("SELECT kind FROM operation ORDER BY seq")).all() == ["reshape", "retract"]


def test_operations_when_malformed_then_every_fault_is_named_and_nothing_stored(
    session: Session, register: Register, surveyor: Actor
) -> None:
    request = drafted(session, surveyor)
    wrong = [
        {"id": "x", "kind": "reshape", "arc": 1.5, "hash": "z", "start": 3, "end": 2, "path": [[1]]},
        {"kind": "fly"},
    ]
    with pytest.raises(RuleBroken) as caught:
        put_operations(session, surveyor, request.id, version=request.version, operations=wrong)
    assert {error.field for error in caught.value.errors} == {
        "operations[0].id",
        "operations[0].arc",
        "operations[0].hash",
        "operations[0].end",
        "operations[0].path[0]",
        "operations[1].kind",
    }


def test_preview_when_a_line_moves_then_gains_and_losses_meet_and_nothing_is_written(
    session: Session, register: Register, surveyor: Actor
) -> None:
    arc = line_between(session, register.faces["a"], register.faces["b"])
    request = drafted(session, surveyor, bulge(arc, dy=0))
    preview = preview_request(session, surveyor, request.id)
    by_name = {change.division.name: change for change in preview.divisions}
    assert set(by_name) == {"东镇", "西镇", "A村", "B村"}
    assert sum(change.change_m2 for change in preview.divisions) == pytest.approx(0, abs=1e-3)
    winner = by_name["A村"] if by_name["A村"].change_m2 > 0 else by_name["B村"]
    assert winner.gained_m2 - winner.lost_m2 == pytest.approx(winner.change_m2, abs=1e-3)
    assert winner.change_mu == pytest.approx(winner.change_m2 * 3 / 2000)
    assert len(preview.pieces) == 1
    assert line_between(session, register.faces["a"], register.faces["b"]).hash == arc.hash


def test_preview_when_the_request_is_in_force_then_it_shows_what_was_decided(
    session: Session, register: Register, surveyor: Actor, approver: Actor
) -> None:
    arc = line_between(session, register.faces["a"], register.faces["b"])
    request = submitted(session, surveyor, bulge(arc, dy=0), rename(register.ids["c"], "C村", "临江村"))
    before = preview_request(session, approver, request.id)
    step(session, approver, request, "approve")
    later = line_between(session, register.faces["a"], register.faces["b"])
    step(session, approver, submitted(session, surveyor, bulge(later, dx=-500_000, dy=0)), "approve")
    after = preview_request(session, approver, request.id)
    assert after.evaluation.ok
    assert [change.change_m2 for change in after.divisions] == [
        change.change_m2 for change in before.divisions
    ]
    assert [piece.area_m2 for piece in after.pieces] == [piece.area_m2 for piece in before.pieces]
    assert [(name.before, name.after) for name in after.names] == [("C村", "临江村")]


def test_draft_when_the_line_lies_in_another_subtree_then_refused_and_the_request_is_unknown_there(
    session: Session, register: Register, surveyor: Actor
) -> None:
    clerk = person(session, "clerk", within=register.ids["东镇"])
    inner = line_between(session, register.faces["b"], register.faces["d"])
    request = create_request(session, clerk, kind="boundary_correction", title="越界", reason="")
    with pytest.raises(Forbidden):
        put_operations(session, clerk, request.id, version=1, operations=[bulge(inner, dx=0)])
    session.rollback()
    theirs = drafted(session, surveyor, bulge(inner, dx=0))
    with pytest.raises(NotFound):
        get_request(session, clerk, theirs.id)
    assert theirs.id not in {view.id for view in list_requests(session, clerk)}


def test_decision_when_one_side_lies_outside_the_approvers_subtree_then_refused(
    session: Session, register: Register, surveyor: Actor
) -> None:
    half = person(session, "approver", within=register.ids["东镇"])
    arc = line_between(session, register.faces["a"], register.faces["b"])
    request = submitted(session, surveyor, bulge(arc, dy=0))
    assert get_request(session, half, request.id).allowed_actions == ("return", "reject")
    with pytest.raises(Forbidden):
        step(session, half, request, "approve")


def test_decision_when_both_sides_lie_in_the_approvers_subtrees_then_open_and_taken(
    session: Session, register: Register, surveyor: Actor
) -> None:
    one = person(session, "approver", within=register.ids["东镇"])
    both = replace(one, grants=(*one.grants, Grant("approver", register.ids["西镇"])))
    arc = line_between(session, register.faces["a"], register.faces["b"])
    request = submitted(session, surveyor, bulge(arc, dy=0))
    assert "approve" in get_request(session, both, request.id).allowed_actions
    assert step(session, both, request, "approve").state == "in_force"


def test_submission_when_the_operations_change_nothing_then_refused(
    session: Session, register: Register, surveyor: Actor
) -> None:
    arc = line_between(session, register.faces["a"], register.faces["b"])
    for operations in ([], [{**bulge(arc), "path": []}]):
        request = drafted(session, surveyor, *operations)
        with pytest.raises(RuleBroken) as caught:
            step(session, surveyor, request, "submit")
        session.rollback()
        assert caught.value.code == "empty_request"


def test_document_number_when_the_author_gives_one_then_refused_since_it_belongs_to_the_decision(
    session: Session, register: Register, surveyor: Actor
) -> None:
    arc = line_between(session, register.faces["a"], register.faces["b"])
    request = drafted(session, surveyor, bulge(arc, dy=0))
    with pytest.raises(RuleBroken) as caught:
        step(session, surveyor, request, "submit", document_no="新民〔2026〕9号")
    assert caught.value.code == "document_not_expected"


def test_submission_when_a_line_was_given_back_since_then_the_request_is_shown_where_it_lies(
    session: Session, register: Register, surveyor: Actor, approver: Actor
) -> None:
    reviewer = person(session, "reviewer", within=register.ids["东镇"])
    arc = line_between(session, register.faces["a"], register.faces["b"])
    moved = step(session, approver, submitted(session, surveyor, bulge(arc, dy=0)), "approve")
    request = drafted(session, surveyor, bulge(arc, dx=-1_000_000, dy=0))
    assert check_request(session, surveyor, request.id).conflicts
    now = line_between(session, register.faces["a"], register.faces["b"])
    undo = {**bulge(now), "start": 0, "end": 2, "path": []}
    step(session, approver, submitted(session, surveyor, undo), "approve")
    assert moved.state == "in_force"
    sent = step(session, surveyor, request, "submit")
    assert sent.id in {view.id for view in list_requests(session, reviewer)}


def test_steps_when_taken_out_of_order_then_refused_and_the_log_tells_the_way(
    session: Session, register: Register, surveyor: Actor, approver: Actor
) -> None:
    arc = line_between(session, register.faces["a"], register.faces["b"])
    request = drafted(session, surveyor, bulge(arc, dy=0))
    with pytest.raises(WrongState):
        step(session, approver, request, "approve")
    sent = step(session, surveyor, request, "submit")
    with pytest.raises(WrongState):
        put_operations(session, surveyor, sent.id, version=sent.version, operations=[])
    with pytest.raises(RuleBroken):
        step(session, approver, sent, "reject")
    session.rollback()
    done = step(session, approver, sent, "reject", reason="依据不足")
    log = [(line.action, line.to_state) for line in list_log(session, surveyor, done.id)]
    assert log == [("create", "draft"), ("edit", "draft"), ("submit", "submitted"), ("reject", "rejected")]


def test_request_when_unknown_then_not_found(session: Session, register: Register, approver: Actor) -> None:
    with pytest.raises(NotFound):
        get_request(session, approver, uuid.uuid4())
