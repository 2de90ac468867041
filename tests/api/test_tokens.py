"""Personal bearer tokens: shown once, listed, revocable, thirty days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.operations.tokens import MOST
from gazetteer.operations.users import disable_user, set_password
from tests.api.conftest import Browser, SignIn
from tests.api.problems import problem


@pytest.fixture
def surveyor(sign_in: SignIn) -> Browser:
    return sign_in("surveyor")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_token_when_made_then_it_acts_for_its_owner_without_a_cookie(
    client: FlaskClient, surveyor: Browser
) -> None:
    made = surveyor.post("/api/v1/tokens", json={"name": "导出脚本"})
    assert made.status_code == 201
    me = client.get("/api/v1/me", headers=bearer(made.json["token"])).json
    assert me["login"] == surveyor.me["login"]
    assert me["csrf_token"] is None
    drafted = client.post("/api/v1/requests", json={"title": "更正"}, headers=bearer(made.json["token"]))
    assert drafted.status_code == 201


def test_token_when_it_would_make_another_then_403(client: FlaskClient, surveyor: Browser) -> None:
    made = surveyor.post("/api/v1/tokens", json={"name": "脚本"}).json
    answer = client.post("/api/v1/tokens", json={"name": "二"}, headers=bearer(made["token"]))
    problem(answer, 403, "session_required")


def test_token_when_listed_then_it_is_not_told_again(surveyor: Browser) -> None:
    made = surveyor.post("/api/v1/tokens", json={"name": "脚本"}).json
    listed = surveyor.get("/api/v1/tokens")
    assert [item["id"] for item in listed.json["items"]] == [made["id"]]
    assert made["token"] not in listed.text


def test_token_when_revoked_then_401_and_off_the_list(client: FlaskClient, surveyor: Browser) -> None:
    made = surveyor.post("/api/v1/tokens", json={"name": "脚本"}).json
    assert surveyor.delete(f"/api/v1/tokens/{made['id']}").status_code == 204
    problem(client.get("/api/v1/me", headers=bearer(made["token"])), 401, "not_signed_in")
    assert surveyor.get("/api/v1/tokens").json["items"] == []


def test_token_when_it_is_somebody_elses_then_404(sign_in: SignIn, surveyor: Browser) -> None:
    made = surveyor.post("/api/v1/tokens", json={"name": "脚本"}).json
    problem(sign_in("administrator").delete(f"/api/v1/tokens/{made['id']}"), 404, "not_found")


def test_token_when_thirty_days_old_then_401(
    session: Session, client: FlaskClient, surveyor: Browser
) -> None:
    made = surveyor.post("/api/v1/tokens", json={"name": "脚本"}).json
    now = clock.now(session)
    clock.freeze(session, now + dt.timedelta(days=29, hours=23))
    assert client.get("/api/v1/me", headers=bearer(made["token"])).status_code == 200
    clock.freeze(session, now + dt.timedelta(days=30, minutes=1))
    problem(client.get("/api/v1/me", headers=bearer(made["token"])), 401, "not_signed_in")


def test_token_when_wrong_then_401_even_beside_a_good_cookie(surveyor: Browser) -> None:
    for header in ("Bearer nonsense", "Bearer ", "Basic YTpi"):
        answer = surveyor.client.get("/api/v1/me", headers={"Authorization": header})
        problem(answer, 401, "not_signed_in")


@pytest.mark.parametrize("shut_out", [disable_user, lambda s, login: set_password(s, login, "new password")])
def test_access_when_the_owner_is_disabled_or_has_a_new_password_then_401(
    session: Session,
    client: FlaskClient,
    surveyor: Browser,
    shut_out: Callable[[Session, str], None],
) -> None:
    made = surveyor.post("/api/v1/tokens", json={"name": "脚本"}).json
    shut_out(session, surveyor.me["login"])
    problem(surveyor.get("/api/v1/me"), 401, "not_signed_in")
    problem(client.get("/api/v1/me", headers=bearer(made["token"])), 401, "not_signed_in")


def test_tokens_when_too_many_live_then_422(surveyor: Browser) -> None:
    for i in range(MOST):
        assert surveyor.post("/api/v1/tokens", json={"name": f"t{i}"}).status_code == 201
    problem(surveyor.post("/api/v1/tokens", json={"name": "more"}), 422, "too_many_tokens")
