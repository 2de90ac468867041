"""No route can be born unprotected, and the document says what the routes do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from flask_openapi.openapi import OpenAPI
from openapi_spec_validator import validate
from werkzeug.routing import Rule

from api.auth import Unguarded, guard, guard_of, require_guards, unguarded
from api.blueprint import is_operation_path
from gazetteer.roles import ACTIONS
from gazetteer.settings import Settings
from tests.api.conftest import SignIn
from tests.api.problems import problem

ROOT = Path(__file__).parents[2]
AUTOMATIC = {"HEAD", "OPTIONS"}
# Pages and files for browsers; everything else is in the document.
NOT_IN_DOCUMENT = re.compile(r"/|/<page:name>|/assets/.*|/api/(openapi\.json|docs.*)")


def operations(app: OpenAPI) -> set[tuple[str, str]]:
    return {
        (method, is_operation_path(rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - AUTOMATIC
        if not NOT_IN_DOCUMENT.fullmatch(rule.rule)
    }


def address_of(rule: Rule) -> str:
    """Return an address that leads to a route."""
    address = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
    address = re.sub(r"<int:[^>]+>", "1", address)
    return re.sub(r"<[^>]+>", "00000000-0000-4000-8000-000000000000", address)


def test_routes_when_walked_then_every_one_has_a_guard(app: OpenAPI) -> None:
    assert unguarded(app) == []
    assert len(list(app.url_map.iter_rules())) > 15


def test_start_when_a_route_has_no_guard_then_refused(app: OpenAPI) -> None:
    app.add_url_rule("/api/v1/open-door", "open_door", lambda: "come in")
    with pytest.raises(Unguarded, match="open-door"):
        require_guards(app)


def test_call_when_a_route_has_no_guard_then_it_fails_closed(app: OpenAPI) -> None:
    app.add_url_rule("/api/v1/open-door", "open_door", lambda: "come in")
    problem(app.test_client().get("/api/v1/open-door"), 500, "internal_error")


def test_guard_when_the_action_is_unknown_then_refused_at_import() -> None:
    with pytest.raises(KeyError):
        guard("request.everything")


def test_writes_when_nobody_is_signed_in_then_all_but_signing_in_are_refused(app: OpenAPI) -> None:
    client = app.test_client()
    tried = 0
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}:
            address = address_of(rule)
            if address != "/api/v1/sessions":
                problem(client.open(address, method=method, json={}), 401, "not_signed_in")
                tried += 1
    assert tried >= 3


def guarded(app: OpenAPI, *, action: bool) -> list[tuple[str, str]]:
    """Return method and a real address of every route that needs an account (and a permission)."""
    found = []
    for rule in app.url_map.iter_rules():
        needed = guard_of(app.view_functions[rule.endpoint])
        if needed and needed.signed_in and (needed.action or not action):
            found += [(method, address_of(rule)) for method in (rule.methods or set()) - AUTOMATIC]
    return sorted(found)


def test_guarded_routes_when_nobody_is_signed_in_then_401(app: OpenAPI) -> None:
    for method, address in guarded(app, action=False):
        problem(app.test_client().open(address, method=method, json={}), 401, "not_signed_in")


def test_permitted_routes_when_no_role_is_held_then_403(app: OpenAPI, sign_in: SignIn) -> None:
    nobody = sign_in()
    routes = guarded(app, action=True)
    assert len(routes) > 15
    for method, address in routes:
        problem(nobody.open(method, address, json={}), 403, "forbidden")


def test_writes_when_the_body_is_not_declared_as_json_then_415(app: OpenAPI, sign_in: SignIn) -> None:
    everybody = sign_in(*sorted(set().union(*ACTIONS.values())))
    for method, address in guarded(app, action=False):
        if method in {"POST", "PUT"}:
            answer = everybody.open(method, address, data="{}", content_type="text/plain")
            problem(answer, 415, "wrong_content_type")


def test_writes_when_the_csrf_token_is_missing_then_403(app: OpenAPI, sign_in: SignIn) -> None:
    everybody = sign_in(*sorted(set().union(*ACTIONS.values())))
    for method, address in guarded(app, action=False):
        if method != "GET":
            problem(everybody.client.open(address, method=method, json={}), 403, "csrf_token")


def test_permissions_when_compared_then_every_guard_names_a_known_action(app: OpenAPI) -> None:
    asked = {guard_of(view).action for view in app.view_functions.values() if guard_of(view)}
    assert asked - {None} <= ACTIONS.keys()


def test_document_when_compared_with_the_routes_then_equal(app: OpenAPI, client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").json
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == operations(app)


def test_document_when_validated_then_it_is_openapi(client: FlaskClient) -> None:
    validate(client.get("/api/openapi.json").json)


def test_document_when_read_then_every_operation_is_described_and_guarded(client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").json
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert "security" in operation, where
            if operation["security"]:
                assert "401" in operation["responses"], where
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"], (where, status)
                else:
                    assert response["description"], (where, status)


def test_operation_ids_when_collected_then_unique(client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").json
    ids = [o["operationId"] for methods in document["paths"].values() for o in methods.values()]
    assert len(ids) == len(set(ids))


def test_settings_when_listed_then_each_stands_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"QUMING_{name.upper()}=" not in example]
    assert missing == []


def test_api_pages_when_read_then_nothing_is_loaded_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert not re.search(r"(?:src|href)=[\"'](?:https?:)?//", page.text)
    for address in re.findall(r"(?:src|href)=\"([^\"]+)\"", page.text):
        with client.get(f"/api/{address}") as found:
            assert found.status_code == 200, address
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"].split("style-src")[0]
