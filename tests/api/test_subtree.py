"""P904: another district's rows by an id that exists, at every door."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask_openapi.openapi import OpenAPI
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gazetteer.models import Job
from tests.api.conftest import Browser, SignIn
from tests.api.problems import problem
from tests.api.test_requests import REQUESTS, between, drafted, step, submitted
from tests.gazetteer.drafting import rename
from tests.gazetteer.register import Register


@pytest.fixture
def clerk(sign_in: SignIn, register: Register) -> Browser:
    """The clerk of the west town; the requests below are of the east town alone."""
    return sign_in("clerk", within=register.ids["西镇"])


@pytest.fixture
def owner(sign_in: SignIn, register: Register) -> Browser:
    return sign_in("surveyor", within=register.ids["东镇"])


@pytest.fixture
def foreign(session: Session, register: Register, owner: Browser) -> dict[str, Any]:
    return submitted(owner, between(session, register, "a", "c", dx=0))


@pytest.mark.parametrize("door", ["", "/log", "/preview"])
def test_foreign_request_when_read_then_404(clerk: Browser, foreign: dict[str, Any], door: str) -> None:
    problem(clerk.get(f"{REQUESTS}/{foreign['id']}{door}"), 404, "not_found")


def test_foreign_request_when_checked_then_404(clerk: Browser, foreign: dict[str, Any]) -> None:
    problem(clerk.post(f"{REQUESTS}/{foreign['id']}/check"), 404, "not_found")


def test_foreign_request_when_edited_then_404(clerk: Browser, foreign: dict[str, Any]) -> None:
    edit = {"version": foreign["version"], "operations": []}
    problem(clerk.put(f"{REQUESTS}/{foreign['id']}/operations", json=edit), 404, "not_found")


@pytest.mark.parametrize("action", ["submit", "return", "approve", "reject", "withdraw"])
def test_foreign_request_when_stepped_then_404(
    sign_in: SignIn, register: Register, foreign: dict[str, Any], action: str
) -> None:
    everything = sign_in("surveyor", "clerk", "reviewer", "approver", within=register.ids["西镇"])
    problem(step(everything, foreign, action, reason="x"), 404, "not_found")


def test_foreign_request_when_listed_then_not_there(
    clerk: Browser, owner: Browser, foreign: dict[str, Any]
) -> None:
    assert clerk.get(REQUESTS).json["items"] == []
    assert [item["id"] for item in owner.get(REQUESTS).json["items"]] == [foreign["id"]]


def test_unknown_request_when_read_then_it_looks_like_a_foreign_one(
    clerk: Browser, foreign: dict[str, Any]
) -> None:
    unknown = clerk.get(f"{REQUESTS}/00000000-0000-4000-8000-000000000000")
    known = clerk.get(f"{REQUESTS}/{foreign['id']}")
    assert problem(unknown, 404)["code"] == problem(known, 404)["code"]


def test_foreign_line_when_drafted_then_403(session: Session, register: Register, clerk: Browser) -> None:
    made = clerk.post(REQUESTS, json={"title": "越界"}).json
    for operation in (
        between(session, register, "a", "c", dx=0),
        rename(register.ids["a"], "A村", "新月村"),
    ):
        sent = {"version": made["version"], "operations": [operation]}
        problem(clerk.put(f"{REQUESTS}/{made['id']}/operations", json=sent), 403, "forbidden")


def test_line_between_both_when_drafted_then_one_side_is_enough(
    session: Session, register: Register, clerk: Browser, owner: Browser
) -> None:
    request = drafted(clerk, between(session, register, "a", "b", dy=0))
    assert owner.get(f"{REQUESTS}/{request['id']}").status_code == 200


def test_approver_of_one_side_when_the_line_touches_both_then_403(
    session: Session, register: Register, owner: Browser, sign_in: SignIn
) -> None:
    request = submitted(owner, between(session, register, "a", "b", dy=0))
    one_side = sign_in("approver", within=register.ids["西镇"])
    problem(step(one_side, request, "approve"), 403, "forbidden")


def export(browser: Browser, **order: Any) -> TestResponse:
    return browser.post("/api/v1/exports", json={"layer": "villages", "format": "shapefile", **order})


def ordered(session: Session, answer: TestResponse) -> Any:
    assert answer.status_code == 202, answer.text
    return session.get_one(Job, uuid.UUID(answer.json["job"]["id"])).arguments["within"]


def test_foreign_district_when_exported_then_403(register: Register, clerk: Browser) -> None:
    for key in ("东镇", "a", "district"):
        problem(export(clerk, within=str(register.ids[key])), 403, "forbidden")
    problem(export(clerk, within=str(uuid.uuid4())), 403, "forbidden")


def test_export_when_no_area_is_said_then_ones_own(
    session: Session, register: Register, clerk: Browser, sign_in: SignIn
) -> None:
    own = register.ids["西镇"]
    assert ordered(session, export(clerk)) == str(own)
    assert ordered(session, export(clerk, within=str(register.ids["b"]))) == str(register.ids["b"])
    assert ordered(session, export(sign_in("publisher"))) is None


def test_foreign_export_when_fetched_then_404(clerk: Browser, owner: Browser, register: Register) -> None:
    job = export(owner).json["job"]["id"]
    for door in ("", "/file"):
        problem(clerk.get(f"/api/v1/jobs/{job}{door}"), 404, "not_found")


def test_working_tile_when_nobody_is_signed_in_then_401(app: OpenAPI, register: Register) -> None:
    problem(app.test_client().get("/tiles/working/14/12916/6737.mvt"), 401, "not_signed_in")
