"""Requests that change divisions over HTTP: day of effect, codes, what is founded and ends, and overlaps."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.api.conftest import Browser, SignIn
from tests.api.problems import problem
from tests.api.test_requests import REQUESTS, between, step
from tests.gazetteer.register import Register
from tests.gazetteer.restructuring import merge, op, recode, transfer


@pytest.fixture
def clerk(sign_in: SignIn, register: Register) -> Browser:
    return sign_in("clerk", within=register.ids["district"])


@pytest.fixture
def approver(sign_in: SignIn) -> Browser:
    return sign_in("approver")


def drafted(browser: Browser, *operations: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = browser.post(REQUESTS, json={"kind": "division_change", "title": "区划变更", **more})
    assert made.status_code == 201, made.text
    answer = browser.put(
        f"{REQUESTS}/{made.json['id']}/operations",
        json={"version": made.json["version"], "operations": list(operations)},
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def test_merger_when_it_goes_the_whole_way_then_previewed_signed_with_its_document_and_in_force(
    register: Register, clerk: Browser, approver: Browser
) -> None:
    draft = drafted(clerk, merge(register, "a", "c"))
    preview = clerk.get(f"{REQUESTS}/{draft['id']}/preview").json
    assert preview["ok"], preview["issues"]
    assert [(unit["name"], unit["code"]) for unit in preview["ended"]] == [("C村", "510132100202")]
    assert preview["founded"] == []
    (row,) = preview["lineage"]
    assert (row["from"]["name"], row["to"]["name"], row["role"]) == ("C村", "A村", "whole")
    shapes = {division["name"]: division for division in preview["divisions"]}
    assert (shapes["C村"]["status"], shapes["C村"]["area_after_m2"]) == ("ended", 0)
    assert len(preview["before"]["features"]) == 2
    assert len(preview["after"]["features"]) == 1
    assert [piece["properties"]["to"] for piece in preview["pieces"]["features"]] == ["A村"]
    sent = step(clerk, draft, "submit").json
    problem(step(approver, sent, "approve"), 422, "document_required")
    done = step(approver, sent, "approve", document_no="川府民政〔2026〕24号")
    assert done.json["state"] == "in_force", done.text
    ended = clerk.get(f"/api/v1/divisions/{register.ids['c']}").json
    assert ended["valid_to"] is not None
    shown = clerk.get(f"{REQUESTS}/{draft['id']}/preview").json
    assert shown["ended"] == preview["ended"]


def test_transfer_when_its_code_is_not_confirmed_then_proposed_in_the_check_and_refused(
    register: Register, clerk: Browser
) -> None:
    moving = transfer(register, "a", "东镇", "西镇")
    draft = drafted(clerk, moving)
    check = clerk.post(f"{REQUESTS}/{draft['id']}/check").json
    (code,) = check["codes"]
    assert (code["before"], code["proposed"], code["confirmed"]) == ("510132100201", "510132101203", None)
    assert not check["ok"]
    problem(step(clerk, draft, "submit"), 422, "check_failed")
    confirmed = clerk.put(
        f"{REQUESTS}/{draft['id']}/operations",
        json={
            "version": draft["version"],
            "operations": [moving, recode({register.ids["a"]: code["proposed"]})],
        },
    ).json
    preview = clerk.get(f"{REQUESTS}/{draft['id']}/preview").json
    assert preview["ok"], preview["issues"]
    (unit,) = preview["units"]
    assert (unit["before"]["parent"]["name"], unit["after"]["parent"]["name"]) == ("东镇", "西镇")
    assert [(p["properties"]["from"], p["properties"]["to"]) for p in preview["pieces"]["features"]] == [
        ("东镇", "西镇")
    ]
    assert step(clerk, confirmed, "submit").json["state"] == "submitted"


def test_day_of_effect_when_it_is_changed_in_the_draft_then_kept_and_refused_for_a_correction(
    register: Register, clerk: Browser
) -> None:
    draft = drafted(clerk, merge(register, "a", "c"), effective_on="2027-01-01")
    assert draft["effective_on"] == "2027-01-01"
    edit = {"version": draft["version"], "title": "合并", "reason": "批复", "effective_on": "2027-03-01"}
    edited = clerk.open("PATCH", f"{REQUESTS}/{draft['id']}", json=edit)
    assert edited.status_code == 200, edited.text
    assert (edited.json["title"], edited.json["effective_on"]) == ("合并", "2027-03-01")
    assert edited.json["content_hash"] != draft["content_hash"]
    problem(clerk.open("PATCH", f"{REQUESTS}/{draft['id']}", json=edit), 409, "stale_version")
    body = {"kind": "boundary_correction", "title": "更正", "effective_on": "2027-01-01"}
    problem(clerk.post(REQUESTS, json=body), 422, "effective_not_expected")
    sent = step(clerk, edited.json, "submit").json
    late = {**edit, "version": sent["version"]}
    problem(clerk.open("PATCH", f"{REQUESTS}/{draft['id']}", json=late), 409, "wrong_state")


def test_approval_when_a_division_has_ended_since_then_409_names_it(
    register: Register, clerk: Browser, approver: Browser, sign_in: SignIn
) -> None:
    draft = drafted(
        clerk, transfer(register, "c", "东镇", "西镇"), recode({register.ids["c"]: "510132101203"})
    )
    waiting = step(clerk, draft, "submit").json
    other = sign_in("clerk", within=register.ids["district"])
    merger = step(other, drafted(other, merge(register, "a", "c")), "submit").json
    assert step(approver, merger, "approve", document_no="川府民政〔2026〕24号").status_code == 200
    body = problem(step(approver, waiting, "approve", document_no="川府民政〔2026〕25号"), 409, "conflict")
    assert {found["kind"] for found in body["conflicts"]} == {"division_gone"}
    assert body["conflicts"][0]["division"]["id"] == str(register.ids["c"])
    assert body["conflicts"][0]["arc"] is None
    assert "division_gone" in {issue["code"] for issue in body["issues"]}


def test_correction_when_it_holds_an_operation_of_another_kind_then_an_issue(
    register: Register, clerk: Browser
) -> None:
    draft = drafted(clerk, merge(register, "a", "c"), kind="boundary_correction")
    issues = clerk.post(f"{REQUESTS}/{draft['id']}/check").json["issues"]
    assert "operation_not_allowed" in {issue["code"] for issue in issues}


def test_overlaps_when_somebody_else_drafts_on_the_line_then_shown_before_one_starts(
    session: Session, register: Register, clerk: Browser, sign_in: SignIn
) -> None:
    operation = between(session, register, "a", "b", dy=0)
    theirs = drafted(clerk, operation, kind="boundary_correction")
    other = sign_in("clerk", within=register.ids["district"])
    found = other.get(f"{REQUESTS}/overlapping?arcs={operation['arc']}").json["items"]
    assert [(item["id"], item["same_line"], item["mine"]) for item in found] == [(theirs["id"], True, False)]
    named = other.get(f"{REQUESTS}/overlapping?divisions={register.ids['a']}").json["items"]
    assert [shared["name"] for shared in named[0]["shared"]] == ["A村"]
    mine = drafted(other, merge(register, "a", "c"))
    overlaps = other.get(f"{REQUESTS}/{mine['id']}/overlaps").json["items"]
    assert [item["id"] for item in overlaps] == [theirs["id"]]
    problem(other.get(f"{REQUESTS}/overlapping?divisions=x"), 422, "invalid_input")
    problem(other.get(f"{REQUESTS}/{uuid.uuid4()}/overlaps"), 404, "not_found")


def test_new_division_when_its_id_is_in_use_then_an_issue(register: Register, clerk: Browser) -> None:
    converted = op(
        "convert",
        division=str(register.ids["东镇"]),
        new=str(register.ids["d"]),
        type="街道",
        name="东街道",
    )
    draft = drafted(clerk, converted)
    issues = clerk.post(f"{REQUESTS}/{draft['id']}/check").json["issues"]
    assert "division_exists" in {issue["code"] for issue in issues}
