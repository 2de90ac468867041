"""Signing in and out: fixation, logout, cross-site writes, tries, and what the cookie is."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi.openapi import OpenAPI
from sqlalchemy.orm import Session

from api.app import create_app
from api.limiter import BY_LOGIN
from gazetteer import clock
from gazetteer.models import AuditEntry, UserSession
from gazetteer.operations.users import disable_user
from gazetteer.settings import Settings
from tests.api.conftest import PASSWORD, Browser, SignIn, add_user
from tests.api.problems import problem
from tests.gazetteer.register import Register

MORNING = dt.datetime(2026, 11, 25, 8, tzinfo=clock.LAW_ZONE)


@pytest.fixture
def surveyor(sign_in: SignIn) -> Browser:
    return sign_in("surveyor")


def token_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("quming_session")
    assert cookie is not None
    return cookie.value


def test_sign_in_when_right_then_who_one_is_and_a_guarded_cookie(session: Session, app: OpenAPI) -> None:
    user = add_user(session, "surveyor")
    answer = app.test_client().post("/api/v1/sessions", json={"login": user.login, "password": PASSWORD})
    assert answer.status_code == 201
    assert answer.json["id"] == str(user.id)
    assert answer.json["grants"] == [{"role": "surveyor", "division_id": None, "division_name": None}]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("quming_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_cookie_when_the_site_is_https_then_secure_and_host_only(session: Session, app: OpenAPI) -> None:
    user = add_user(session, "surveyor")
    answer = app.test_client().post(
        "/api/v1/sessions",
        json={"login": user.login, "password": PASSWORD},
        base_url="https://quming.example",
    )
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-quming_session=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"]


def test_token_when_stored_then_only_its_hash_is(session: Session, surveyor: Browser) -> None:
    stored = session.scalars(sa.select(UserSession.token_sha256)).all()
    token = token_of(surveyor.client)
    assert stored == [hashlib.sha256(token.encode()).digest()]
    assert len(token) >= 43  # 256 bits


def test_me_when_signed_in_then_grants_have_the_name_of_their_division(
    sign_in: SignIn, register: Register
) -> None:
    town = register.ids["东镇"]
    clerk = sign_in("clerk", within=town)
    assert clerk.get("/api/v1/me").json["grants"] == [
        {"role": "clerk", "division_id": str(town), "division_name": "东镇"}
    ]


def test_me_when_nobody_is_signed_in_then_401(client: FlaskClient) -> None:
    answer = client.get("/api/v1/me")
    problem(answer, 401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("login", ["", "nobody"])
def test_sign_in_when_wrong_then_the_login_is_not_betrayed(
    session: Session, client: FlaskClient, login: str
) -> None:
    sent = {"login": login or add_user(session).login, "password": "wrong"}
    body = problem(client.post("/api/v1/sessions", json=sent), 401, "wrong_password")
    assert body["detail"] == "用户名或密码不正确。"


def test_sign_in_when_failed_too_often_then_429_for_that_login_only(
    session: Session, client: FlaskClient
) -> None:
    user, other = add_user(session), add_user(session)
    for _ in range(BY_LOGIN.amount):
        client.post("/api/v1/sessions", json={"login": user.login, "password": "wrong"})
    answer = client.post("/api/v1/sessions", json={"login": user.login, "password": PASSWORD})
    problem(answer, 429, "too_many_tries")
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    fine = client.post("/api/v1/sessions", json={"login": other.login, "password": PASSWORD})
    assert fine.status_code == 201


def test_sign_in_when_a_session_was_planted_then_it_gets_a_new_one_and_the_old_is_dead(
    session: Session, app: OpenAPI, surveyor: Browser
) -> None:
    planted = token_of(surveyor.client)
    victim = app.test_client()
    victim.set_cookie("quming_session", planted)
    user = add_user(session, "approver")
    victim.post("/api/v1/sessions", json={"login": user.login, "password": PASSWORD})
    assert token_of(victim) != planted
    problem(surveyor.get("/api/v1/me"), 401, "not_signed_in")


def test_sign_out_when_done_then_the_old_cookie_is_worth_nothing(app: OpenAPI, surveyor: Browser) -> None:
    token = token_of(surveyor.client)
    assert surveyor.delete("/api/v1/sessions/current").status_code == 204
    thief = app.test_client()
    thief.set_cookie("quming_session", token)
    problem(thief.get("/api/v1/me"), 401, "not_signed_in")


def test_session_when_idle_for_twelve_hours_then_over(session: Session, sign_in: SignIn) -> None:
    clock.freeze(session, MORNING)
    browser = sign_in("surveyor")
    clock.freeze(session, MORNING + dt.timedelta(hours=11))
    assert browser.get("/api/v1/me").status_code == 200
    clock.freeze(session, MORNING + dt.timedelta(hours=22))
    assert browser.get("/api/v1/me").status_code == 200
    clock.freeze(session, MORNING + dt.timedelta(hours=34))
    problem(browser.get("/api/v1/me"), 401, "not_signed_in")


def test_session_when_seven_days_old_then_over_however_busy(session: Session, sign_in: SignIn) -> None:
    clock.freeze(session, MORNING)
    browser = sign_in("surveyor")
    for hours in range(10, 7 * 24, 10):
        clock.freeze(session, MORNING + dt.timedelta(hours=hours))
        assert browser.get("/api/v1/me").status_code == 200
    clock.freeze(session, MORNING + dt.timedelta(days=7))
    problem(browser.get("/api/v1/me"), 401, "not_signed_in")


def test_account_when_disabled_then_its_sessions_end_at_once(session: Session, surveyor: Browser) -> None:
    disable_user(session, surveyor.me["login"])
    problem(surveyor.get("/api/v1/me"), 401, "not_signed_in")


def test_write_when_sent_from_a_foreign_page_then_403(surveyor: Browser) -> None:
    for header in ("Origin", "Referer"):
        answer = surveyor.client.post(
            "/api/v1/tokens",
            json={"name": "x"},
            headers={header: "https://evil.invalid/page", "X-CSRF-Token": surveyor.csrf_token},
        )
        problem(answer, 403, "cross_site")


def test_write_when_a_foreign_form_posts_text_plain_then_403(surveyor: Browser) -> None:
    answer = surveyor.client.post(
        "/api/v1/tokens",
        data='{"name": "x"}',
        content_type="text/plain",
        headers={"Origin": "https://evil.invalid"},
    )
    problem(answer, 403, "cross_site")


def test_sign_in_when_sent_from_a_foreign_page_then_403(session: Session, client: FlaskClient) -> None:
    sent = {"login": add_user(session).login, "password": PASSWORD}
    answer = client.post("/api/v1/sessions", json=sent, headers={"Origin": "null"})
    problem(answer, 403, "cross_site")


def test_write_when_no_origin_is_sent_then_the_token_alone_counts(surveyor: Browser) -> None:
    send = surveyor.client.post
    problem(send("/api/v1/tokens", json={"name": "x"}), 403, "csrf_token")
    wrong = {"X-CSRF-Token": "wrong é"}
    problem(send("/api/v1/tokens", json={"name": "x"}, headers=wrong), 403, "csrf_token")
    right = {"X-CSRF-Token": surveyor.csrf_token}
    assert send("/api/v1/tokens", json={"name": "x"}, headers=right).status_code == 201


def test_write_when_the_token_is_another_persons_then_403(sign_in: SignIn, surveyor: Browser) -> None:
    other = sign_in("surveyor")
    answer = surveyor.post("/api/v1/tokens", json={"name": "x"}, headers={"X-CSRF-Token": other.csrf_token})
    problem(answer, 403, "csrf_token")


def test_write_when_the_origin_is_a_named_one_then_allowed(
    session: Session, app: OpenAPI, surveyor: Browser
) -> None:
    settings = app.extensions["quming"].settings
    named = Settings.model_validate(settings.model_dump() | {"origins": ("http://127.0.0.1:5173",)})
    developing = create_app(named, app.extensions["quming"].sessions).test_client()
    developing.set_cookie("quming_session", token_of(surveyor.client))
    headers = {"Origin": "http://127.0.0.1:5173", "X-CSRF-Token": surveyor.csrf_token}
    assert developing.post("/api/v1/tokens", json={"name": "x"}, headers=headers).status_code == 201


def test_reading_when_an_address_changes_state_then_405(surveyor: Browser) -> None:
    problem(surveyor.get("/api/v1/sessions/current"), 405, "method_not_allowed")
    assert surveyor.get("/api/v1/me").status_code == 200


def test_signing_in_and_out_when_done_then_both_are_audited(session: Session, surveyor: Browser) -> None:
    surveyor.delete("/api/v1/sessions/current")
    who = sa.cast(AuditEntry.actor_id, sa.Text) == surveyor.me["id"]
    actions = session.scalars(sa.select(AuditEntry.action).where(who).order_by(AuditEntry.id)).all()
    assert actions == ["session.open", "session.close"]


def test_demo_account_when_in_production_then_refused(session: Session, app: OpenAPI) -> None:
    user = add_user(session, "surveyor", demo=True)
    settings = Settings(env="production", secret_key="x" * 40)
    client = create_app(settings, app.extensions["quming"].sessions).test_client()
    answer = client.post("/api/v1/sessions", json={"login": user.login, "password": PASSWORD})
    problem(answer, 403, "demo_account")


def test_address_when_behind_a_trusted_proxy_then_it_says_who_and_how(session: Session, app: OpenAPI) -> None:
    user = add_user(session, "surveyor")
    settings = Settings(secret_key="x" * 40, proxies=1)
    client = create_app(settings, app.extensions["quming"].sessions).test_client()
    answer = client.post(
        "/api/v1/sessions",
        json={"login": user.login, "password": PASSWORD},
        headers={
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "quming.example",
            "Origin": "https://quming.example",
        },
    )
    assert answer.status_code == 201
    assert answer.headers["Set-Cookie"].startswith("__Host-")
