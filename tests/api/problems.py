"""What every error must look like."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

MEMBERS = ["type", "title", "status", "detail", "detail_en", "code", "errors", "request_id"]


def problem(answer: TestResponse, status: int, code: str | None = None) -> dict[str, Any]:
    """Assert that an answer is a problem of this status (and code) in the one shape; return its body."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = answer.json
    assert list(body)[: len(MEMBERS)] == MEMBERS
    assert body["status"] == status
    assert body["request_id"] == answer.headers["X-Request-Id"]
    assert body["type"] == f"urn:quming:problem:{body['code']}"
    assert body["detail"]
    assert body["detail_en"]
    for error in body["errors"]:
        assert set(error) == {"field", "code", "message", "message_en"}
    if code is not None:
        assert body["code"] == code
    return body
