"""The OpenAPI document: what flask-openapi gathers, and what the guards say."""

from __future__ import annotations

from typing import Any

from flask_openapi.openapi import OpenAPI

from api.auth import COOKIE, READS, Guard, guard_of
from api.blueprint import DESCRIPTIONS, is_operation_path, problem

SECURITY_SCHEMES: dict[str, Any] = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "Set by POST /api/v1/sessions (with the prefix __Host- on https). "
        "Every write also needs X-CSRF-Token from /api/v1/me.",
    },
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A personal token, made at /api/v1/tokens.",
    },
}


def build_document(app: OpenAPI) -> dict[str, Any]:
    """Return the document with what holds for every operation written into each: guard, wrong input."""
    document = app.api_doc
    for rule in app.url_map.iter_rules():
        needed = guard_of(app.view_functions[rule.endpoint])
        path = document["paths"].get(is_operation_path(rule.rule), {})
        for method in rule.methods or ():
            operation = path.get(method.lower())
            if operation is not None and needed is not None:
                _write_guard(operation, needed, method)
                _write_input(operation, method)
    return document


def _write_input(operation: dict[str, Any], method: str) -> None:
    """Say that a body may be too large or of another type, and that a mere address cannot be malformed."""
    if "requestBody" in operation:
        operation["responses"].setdefault("413", problem(DESCRIPTIONS[413]))
        operation["responses"].setdefault("415", problem(DESCRIPTIONS[415]))
    elif method in READS and not any(p["in"] == "query" for p in operation.get("parameters", ())):
        operation["responses"].pop("422", None)


def _write_guard(operation: dict[str, Any], needed: Guard, method: str) -> None:
    if not needed.signed_in:
        operation["security"] = []
        return
    operation["security"] = [{"session": []}, {"bearer": []}]
    operation["x-permission"] = needed.action or "signed_in"
    operation["responses"].setdefault("401", problem("Nobody is signed in"))
    if needed.action or method not in READS:
        operation["responses"].setdefault("403", problem("Not allowed, or not sent from our own pages"))
