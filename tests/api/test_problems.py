"""Every error path answers in the one shape."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy
import sqlalchemy.exc
from flask.testing import FlaskClient
from flask_openapi.openapi import OpenAPI
from sqlalchemy.orm import Session, sessionmaker

import gazetteer.errors
from api.app import create_app
from api.auth import public
from api.errors import STATUS, status_of
from boundaries.errors import BoundaryError
from gazetteer.db import create_pool
from gazetteer.settings import Settings
from tests.api.conftest import SignIn
from tests.api.problems import problem


def failing(app: OpenAPI, error: Exception) -> FlaskClient:
    @public
    def fail() -> str:
        raise error

    app.add_url_rule("/api/v1/fail", "fail", fail)
    return app.test_client()


def test_unknown_address_when_called_then_404(client: FlaskClient) -> None:
    problem(client.get("/api/v1/nothing"), 404, "not_found")
    problem(client.get("/tiles/nothing"), 404, "not_found")


def test_wrong_method_when_called_then_405_with_the_right_ones(client: FlaskClient) -> None:
    answer = client.get("/api/v1/sessions")
    problem(answer, 405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_malformed_json_when_sent_then_400(client: FlaskClient) -> None:
    answer = client.post("/api/v1/sessions", data="{", content_type="application/json")
    problem(answer, 400, "bad_request")


@pytest.mark.parametrize(
    "body", [b"[" * 200_000, b'{"a": "\xff"}', b"nonsense", b'{"a": ' + b"9" * 5000 + b"}"]
)
def test_odd_json_when_sent_then_400(client: FlaskClient, body: bytes) -> None:
    problem(client.post("/api/v1/sessions", data=body, content_type="application/json"), 400, "bad_request")


def test_lone_surrogate_when_sent_then_422(client: FlaskClient) -> None:
    body = b'{"login": "\\ud800", "password": "x"}'
    problem(client.post("/api/v1/sessions", data=body, content_type="application/json"), 422)


def test_text_plain_when_sent_then_415(client: FlaskClient) -> None:
    answer = client.post("/api/v1/sessions", data='{"login": "a"}', content_type="text/plain")
    problem(answer, 415, "wrong_content_type")


def test_body_over_the_limit_when_sent_then_413(app: OpenAPI) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 10
    problem(app.test_client().post("/api/v1/sessions", json={"login": "a" * 50}), 413, "too_large")


def test_wrong_fields_when_sent_then_all_are_named_in_both_languages(client: FlaskClient) -> None:
    body = problem(client.post("/api/v1/sessions", json={"login": "", "x": 1}), 422, "invalid_input")
    assert {e["field"]: e["code"] for e in body["errors"]} == {
        "login": "string_too_short",
        "password": "missing",
        "x": "extra_forbidden",
    }
    assert body["errors"][0]["message"] == "至少 1 个字符"
    assert "1 character" in body["errors"][0]["message_en"]


def test_wrong_parameters_when_sent_then_each_is_named(client: FlaskClient) -> None:
    answer = client.get("/api/v1/divisions?level=9&as_of=yesterday&limit=0&sort=password_hash")
    body = problem(answer, 422, "invalid_input")
    assert {e["field"] for e in body["errors"]} == {"level", "as_of", "limit", "sort"}


def test_json_when_larger_than_sixteen_megabytes_then_413(client: FlaskClient) -> None:
    answer = client.post("/api/v1/sessions", json={"login": "a" * (16 * 2**20)})
    problem(answer, 413, "too_large")


def test_stored_twice_when_two_come_at_once_then_409(app: OpenAPI) -> None:
    client = failing(app, sqlalchemy.exc.IntegrityError("INSERT secret", None, Exception()))
    answer = client.get("/api/v1/fail")
    problem(answer, 409, "conflicts_with_stored")
    assert "secret" not in answer.text


def test_unforeseen_error_when_raised_then_500_tells_nothing_and_the_log_tells_all(
    app: OpenAPI, caplog: pytest.LogCaptureFixture
) -> None:
    client = failing(app, RuntimeError("the password is 1234"))
    with caplog.at_level(logging.ERROR, "quming.api"):
        answer = client.get("/api/v1/fail")
    body = problem(answer, 500, "internal_error")
    assert "1234" not in answer.text
    assert body["detail_en"] == "Internal error."
    assert body["request_id"] in caplog.text
    assert "the password is 1234" in caplog.text


@pytest.mark.parametrize("cls", [cls for cls in STATUS if issubclass(cls, gazetteer.errors.RegisterError)])
def test_domain_error_when_raised_then_it_has_the_status_of_the_table(
    app: OpenAPI, cls: type[gazetteer.errors.RegisterError]
) -> None:
    field = gazetteer.errors.FieldError("name", "bad", "不好", "bad")
    client = failing(app, cls("出错。", "It went wrong.", errors=(field,), version=3, detail="not this"))
    body = problem(client.get("/api/v1/fail"), STATUS[cls], cls.code)
    assert body["version"] == 3
    assert body["detail"] == "出错。"
    assert body["errors"][0]["message"] == "不好"


def test_geometry_error_when_raised_then_422_with_its_code(app: OpenAPI) -> None:
    client = failing(app, BoundaryError("ring_crosses", "环自相交。", "The ring crosses itself.", lon=103.8))
    assert problem(client.get("/api/v1/fail"), 422, "ring_crosses")["lon"] == 103.8


def test_status_when_the_class_is_a_subclass_then_its_nearest_ancestor_counts() -> None:
    assert status_of(gazetteer.errors.OwnRequest("不", "no")) == 403
    assert status_of(sqlalchemy.exc.OperationalError("", None, Exception())) == 503
    assert status_of(KeyError("x")) == 500


def test_zero_byte_when_searched_then_422(client: FlaskClient) -> None:
    problem(client.get("/api/v1/search?q=a%00b"), 422, "invalid_input")


def test_database_when_it_is_away_then_503_and_healthz_still_answers(settings: Settings) -> None:
    engine = create_pool("postgresql://nobody@127.0.0.1:1/nothing", size=1)
    client = create_app(settings, sessionmaker(engine)).test_client()
    answer = client.get("/readyz")
    problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert client.get("/healthz").json == {"status": "ok"}
    engine.dispose()


def test_readyz_when_the_schema_is_of_this_version_then_ready(client: FlaskClient) -> None:
    assert client.get("/readyz").json["status"] == "ok"


def test_readyz_when_the_schema_is_older_then_503_says_what_to_do(
    session: Session, client: FlaskClient
) -> None:
    session.execute(sqlalchemy.text("UPDATE alembic_version SET version_num = '0001'"))
    session.commit()
    body = problem(client.get("/readyz"), 503, "not_ready")
    assert body["schema_revision"] == "0001"
    assert "quming migrate" in body["detail_en"]


def test_request_id_when_the_proxy_sends_one_then_kept_unless_it_is_not_sane(client: FlaskClient) -> None:
    sent = "a1b2c3d4-proxy"
    assert client.get("/healthz", headers={"X-Request-Id": sent}).headers["X-Request-Id"] == sent
    odd = "x\tforged line"
    assert client.get("/healthz", headers={"X-Request-Id": odd}).headers["X-Request-Id"] != odd


def test_access_log_when_a_key_is_in_the_address_then_it_is_not_written(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "quming.access"):
        client.get("/api/v1/search?q=%E4%B8%9C&key=topsecret&Token=topsecret")
    assert "topsecret" not in caplog.text
    assert "key=***" in caplog.text


def test_headers_when_any_page_is_served_then_browsers_are_told_to_be_careful(client: FlaskClient) -> None:
    for address in ("/healthz", "/api/v1/nothing", "/api/docs"):
        headers = client.get(address).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in headers


def test_role_when_it_is_not_held_then_403(sign_in: SignIn) -> None:
    nobody = sign_in()
    problem(nobody.get("/api/v1/arcs?bbox=103,30,104,31"), 403, "forbidden")
