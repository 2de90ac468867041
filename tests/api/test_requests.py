"""A change request over HTTP: the whole way, and every way it is refused."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.api.conftest import Browser, SignIn
from tests.api.problems import problem
from tests.gazetteer.drafting import bulge, line_between, rename
from tests.gazetteer.register import Register

REQUESTS = "/api/v1/requests"


@pytest.fixture
def surveyor(sign_in: SignIn, register: Register) -> Browser:
    return sign_in("surveyor", within=register.ids["district"])


@pytest.fixture
def approver(sign_in: SignIn) -> Browser:
    return sign_in("approver")


def between(session: Session, register: Register, left: str, right: str, **shift: int) -> dict[str, Any]:
    return bulge(line_between(session, register.faces[left], register.faces[right]), **shift)


def drafted(browser: Browser, *operations: dict[str, Any]) -> dict[str, Any]:
    made = browser.post(REQUESTS, json={"title": "更正界线", "reason": "实地核查"})
    assert made.status_code == 201, made.text
    answer = browser.put(
        f"{REQUESTS}/{made.json['id']}/operations",
        json={"version": made.json["version"], "operations": list(operations)},
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def step(browser: Browser, request: dict[str, Any], action: str, **more: Any) -> TestResponse:
    seen = {"version": request["version"], "content_hash": request["content_hash"], **more}
    return browser.post(f"{REQUESTS}/{request['id']}/{action}", json=seen)


def submitted(browser: Browser, *operations: dict[str, Any]) -> dict[str, Any]:
    answer = step(browser, drafted(browser, *operations), "submit")
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def test_request_when_it_goes_the_whole_way_then_the_register_shows_it(
    session: Session, register: Register, surveyor: Browser, approver: Browser
) -> None:
    draft = drafted(surveyor, between(session, register, "a", "b", dy=0))
    assert [receipt["status"] for receipt in draft["receipts"]] == ["applied"]
    assert draft["allowed_actions"] == ["edit", "submit", "withdraw"]
    check = surveyor.post(f"{REQUESTS}/{draft['id']}/check").json
    assert check == {"ok": True, "issues": [], "conflicts": [], "codes": []}
    preview = surveyor.get(f"{REQUESTS}/{draft['id']}/preview").json
    changes = {d["name"]: d for d in preview["divisions"]}
    assert set(changes) == {"A村", "B村", "东镇", "西镇"}
    assert changes["A村"]["change_m2"] == pytest.approx(-changes["B村"]["change_m2"], abs=0.001)
    assert changes["A村"]["change_mu"] == pytest.approx(changes["A村"]["change_m2"] * 3 / 2000)
    assert len(preview["pieces"]["features"]) == 1
    assert len(preview["before"]["features"]) == len(preview["after"]["features"]) == 4

    sent = step(surveyor, draft, "submit").json
    assert sent["state"] == "submitted"
    shown = approver.get(f"{REQUESTS}/{draft['id']}").json
    assert "approve" in shown["allowed_actions"]
    approved = step(approver, shown, "approve", document_no="新民〔2026〕1号")
    assert approved.status_code == 200, approved.text
    assert approved.json["state"] == "in_force"
    assert approved.json["decided_by"]["id"] == approver.me["id"]

    village = surveyor.get(f"/api/v1/divisions/{register.ids['a']}").json
    assert village["area_m2"] == pytest.approx(changes["A村"]["area_after_m2"], abs=0.001)
    newest = surveyor.get(f"/api/v1/divisions/{register.ids['a']}/history").json["items"][0]
    assert newest["document_no"] == "新民〔2026〕1号"
    area = f"{changes['A村']['area_after_m2']:.3f}"
    assert newest["changes"] == [{"what": "shape", "before": None, "after": area}]
    found = surveyor.get(f"/api/v1/divisions/{register.ids['a']}/history").json["items"][-1]
    assert {"what": "shape", "before": None, "after": None} in found["changes"]
    log = approver.get(f"{REQUESTS}/{draft['id']}/log").json["items"]
    assert [line["action"] for line in log] == ["create", "edit", "submit", "approve", "apply"]


def test_rename_when_approved_then_search_tells_the_former_name(
    register: Register, surveyor: Browser, approver: Browser
) -> None:
    request = submitted(surveyor, rename(register.ids["a"], "A村", "新月村"))
    assert step(approver, request, "approve").json["state"] == "in_force"
    assert surveyor.get(f"/api/v1/divisions/{register.ids['a']}").json["name"] == "新月村"
    newest = surveyor.get(f"/api/v1/divisions/{register.ids['a']}/history").json["items"][0]
    assert {"what": "name", "before": "A村", "after": "新月村"} in newest["changes"]


def test_operations_when_sent_again_then_harmless(
    session: Session, register: Register, surveyor: Browser
) -> None:
    operation = between(session, register, "a", "b", dy=0)
    draft = drafted(surveyor, operation)
    again = surveyor.put(
        f"{REQUESTS}/{draft['id']}/operations", json={"version": 1, "operations": [operation]}
    ).json
    assert [r["status"] for r in again["receipts"]] == ["duplicate"]
    assert again["version"] == draft["version"]
    emptied = surveyor.put(
        f"{REQUESTS}/{draft['id']}/operations", json={"version": draft["version"], "operations": []}
    ).json
    assert emptied["receipts"] == [{"id": operation["id"], "status": "retracted", "reason": None}]
    assert emptied["operations"] == []


def test_operations_when_malformed_then_every_fault_is_named(surveyor: Browser) -> None:
    made = surveyor.post(REQUESTS, json={"title": "更正"}).json
    wrong = [{"kind": "explode"}, {"kind": "reshape", "id": "x", "arc": "one"}, "text"]
    answer = surveyor.put(f"{REQUESTS}/{made['id']}/operations", json={"version": 1, "operations": wrong})
    body = problem(answer, 422, "malformed_operation")
    assert len(body["errors"]) > 4
    assert surveyor.get(f"{REQUESTS}/{made['id']}").json["version"] == 1


@pytest.mark.parametrize("name", ["\ud800", "村\x00"])
def test_operations_when_a_name_cannot_be_stored_then_422(
    register: Register, surveyor: Browser, name: str
) -> None:
    made = surveyor.post(REQUESTS, json={"title": "更正"}).json
    sent = json.dumps({"version": 1, "operations": [rename(register.ids["a"], "A村", name)]})
    address = f"{REQUESTS}/{made['id']}/operations"
    problem(surveyor.put(address, data=sent, content_type="application/json"), 422)
    assert surveyor.get(f"{REQUESTS}/{made['id']}").json["version"] == 1


def test_operations_when_the_version_is_stale_then_409(
    session: Session, register: Register, surveyor: Browser
) -> None:
    draft = drafted(surveyor, between(session, register, "a", "b", dy=0))
    answer = surveyor.put(
        f"{REQUESTS}/{draft['id']}/operations",
        json={"version": 1, "operations": [rename(register.ids["a"], "A村", "新月村")]},
    )
    assert problem(answer, 409, "stale_version")["version"] == draft["version"]


def test_submit_when_the_line_would_cross_then_422_names_the_place(
    session: Session, register: Register, surveyor: Browser
) -> None:
    draft = drafted(surveyor, between(session, register, "a", "b", dx=10**9 // 20))
    check = surveyor.post(f"{REQUESTS}/{draft['id']}/check").json
    assert check["ok"] is False
    assert check["issues"][0]["message"]
    assert check["issues"][0]["message_en"]
    problem(step(surveyor, draft, "submit"), 422, "check_failed")


def test_approve_when_the_line_has_changed_since_then_409_with_base_mine_and_theirs(
    session: Session, register: Register, surveyor: Browser, sign_in: SignIn, approver: Browser
) -> None:
    late = submitted(surveyor, between(session, register, "a", "b", dy=0))
    other = sign_in("surveyor", within=register.ids["district"])
    first = submitted(other, between(session, register, "a", "b", dx=-(10**9 // 500), dy=0))
    assert step(approver, first, "approve").status_code == 200
    body = problem(step(approver, late, "approve"), 409, "conflict")
    assert body["ok"] is False
    (conflict,) = body["conflicts"]
    assert conflict["kind"] in {"changed", "same_stretch"}
    assert conflict["mine"] != conflict["theirs"]
    assert approver.get(f"{REQUESTS}/{late['id']}").json["state"] == "submitted"


def test_approve_when_it_is_ones_own_then_403_for_author_and_last_editor_and_not_for_another(
    session: Session, register: Register, sign_in: SignIn, approver: Browser
) -> None:
    """P901: also one by one through a list, where the others are not affected."""
    author = sign_in("surveyor", "approver")
    own = submitted(author, between(session, register, "a", "b", dy=0))
    foreign = submitted(
        sign_in("surveyor", within=register.ids["district"]), between(session, register, "c", "d", dy=0)
    )
    answers = {r["id"]: step(author, r, "approve").status_code for r in (own, foreign)}
    assert answers == {own["id"]: 403, foreign["id"]: 200}
    problem(step(author, own, "approve"), 403, "own_request")
    assert step(approver, own, "approve").status_code == 200


def test_approve_when_the_last_editor_was_somebody_else_then_403_for_both(
    session: Session, register: Register, sign_in: SignIn
) -> None:
    from gazetteer.models import ChangeRequest

    author, editor = sign_in("surveyor", "approver"), sign_in("surveyor", "approver")
    request = submitted(author, between(session, register, "a", "b", dy=0))
    row = session.get_one(ChangeRequest, uuid.UUID(request["id"]))
    row.last_editor = uuid.UUID(editor.me["id"])
    session.commit()
    for person in (author, editor):
        problem(step(person, request, "approve"), 403, "own_request")


def test_approve_when_the_content_changed_after_it_was_seen_then_409_by_hash(
    session: Session, register: Register, surveyor: Browser, approver: Browser
) -> None:
    """P903: what is signed is what was seen."""
    seen = submitted(surveyor, between(session, register, "a", "b", dy=0))
    step(approver, seen, "return", reason="请补充")
    returned = surveyor.get(f"{REQUESTS}/{seen['id']}").json
    edited = surveyor.put(
        f"{REQUESTS}/{seen['id']}/operations",
        json={
            "version": returned["version"],
            "operations": [between(session, register, "a", "b", dx=-(10**9 // 500), dy=0)],
        },
    ).json
    now = step(surveyor, edited, "submit").json
    problem(step(approver, seen, "approve"), 409, "stale_version")
    newest_version = {**seen, "version": now["version"]}
    body = problem(step(approver, newest_version, "approve"), 409, "stale_content")
    assert body["content_hash"] == now["content_hash"]
    assert approver.get(f"{REQUESTS}/{seen['id']}").json["state"] == "submitted"


def test_edit_when_submitted_or_in_force_then_409(
    session: Session, register: Register, surveyor: Browser, approver: Browser
) -> None:
    request = submitted(surveyor, between(session, register, "a", "b", dy=0))
    edit = {"version": request["version"], "operations": []}
    problem(surveyor.put(f"{REQUESTS}/{request['id']}/operations", json=edit), 409, "wrong_state")
    step(approver, request, "approve")
    problem(surveyor.put(f"{REQUESTS}/{request['id']}/operations", json=edit), 409, "wrong_state")


def test_return_when_no_reason_is_given_then_422(
    session: Session, register: Register, surveyor: Browser, approver: Browser
) -> None:
    request = submitted(surveyor, between(session, register, "a", "b", dy=0))
    problem(step(approver, request, "return"), 422, "reason_required")
    assert step(approver, request, "reject", reason="无依据").json["state"] == "rejected"


def test_withdraw_when_the_author_wants_then_withdrawn(
    session: Session, register: Register, surveyor: Browser, sign_in: SignIn
) -> None:
    request = submitted(surveyor, between(session, register, "a", "b", dy=0))
    other = sign_in("surveyor", within=register.ids["district"])
    problem(step(other, request, "withdraw"), 403, "forbidden")
    assert step(surveyor, request, "withdraw").json["state"] == "withdrawn"


def test_steps_when_read_by_address_then_405(session: Session, register: Register, surveyor: Browser) -> None:
    request = submitted(surveyor, between(session, register, "a", "b", dy=0))
    for action in ("submit", "approve", "return", "reject", "withdraw", "check"):
        problem(surveyor.get(f"{REQUESTS}/{request['id']}/{action}"), 405, "method_not_allowed")


def test_approve_when_a_foreign_page_posts_then_403_and_nothing_happens(
    session: Session, register: Register, surveyor: Browser, approver: Browser
) -> None:
    """P912."""
    request = submitted(surveyor, between(session, register, "a", "b", dy=0))
    answer = approver.client.post(
        f"{REQUESTS}/{request['id']}/approve",
        data='{"decision": "approve"}',
        content_type="text/plain",
        headers={"Origin": "https://evil.invalid"},
    )
    problem(answer, 403, "cross_site")
    assert surveyor.get(f"{REQUESTS}/{request['id']}").json["state"] == "submitted"


@pytest.mark.parametrize("role", ["reviewer", "approver", "publisher", "administrator"])
def test_draft_when_the_role_does_not_draft_then_403(sign_in: SignIn, role: str) -> None:
    problem(sign_in(role).post(REQUESTS, json={"title": "更正"}), 403, "forbidden")


@pytest.mark.parametrize("role", ["surveyor", "clerk", "reviewer", "publisher", "administrator"])
def test_approve_when_the_role_does_not_decide_then_403(
    session: Session, register: Register, surveyor: Browser, sign_in: SignIn, role: str
) -> None:
    request = submitted(surveyor, between(session, register, "a", "b", dy=0))
    problem(step(sign_in(role), request, "approve"), 403, "forbidden")


def test_list_when_paged_then_every_request_once_newest_first(
    session: Session, register: Register, surveyor: Browser
) -> None:
    made = [drafted(surveyor)["number"] for _ in range(5)]
    submitted(surveyor, between(session, register, "a", "b", dy=0))
    numbers, cursor = [], ""
    while cursor is not None:
        page = surveyor.get(f"{REQUESTS}?state=draft&limit=2{cursor and '&cursor=' + cursor}").json
        numbers += [item["number"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert numbers == sorted(made, reverse=True)
    assert len(surveyor.get(f"{REQUESTS}?state=draft,submitted&mine=true").json["items"]) == 6
    problem(surveyor.get(f"{REQUESTS}?cursor=zzz"), 422, "bad_cursor")
    problem(surveyor.get(f"{REQUESTS}?state=lost"), 422, "invalid_input")
