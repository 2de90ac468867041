"""Errors as HTTP: one table from exception class to status, one body (RFC 9457) for all of them."""

from __future__ import annotations

import dataclasses
import json
import logging
from http import HTTPStatus
from typing import Any, NoReturn, cast

import sqlalchemy.exc
from flask import Flask, Response, g
from pydantic import BaseModel, Field, ValidationError
from werkzeug.exceptions import HTTPException

from api.error_texts import FIELD_TEXTS, HTTP_TEXTS, OTHER_FIELD_TEXT
from boundaries.errors import BoundaryError
from gazetteer import errors

log = logging.getLogger("quming.api")

PROBLEM = "application/problem+json"


class InvalidInput(errors.RuleBroken):
    """A parameter or body that does not fit its description."""

    code = "invalid_input"


class WrongContentType(errors.RegisterError):
    """A body that is not declared as JSON (or as a form, where files are uploaded)."""

    code = "wrong_content_type"


class CrossSite(errors.Forbidden):
    """A write by cookie without the token of the session, or from a foreign page."""

    code = "cross_site"


class NotReady(errors.RegisterError):
    """The server lives but cannot work yet."""

    code = "not_ready"


STATUS: dict[type[BaseException], int] = {
    errors.RegisterError: 422,
    WrongContentType: 415,
    NotReady: 503,
    errors.NotSignedIn: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Stale: 409,
    errors.WrongState: 409,
    errors.ConflictFound: 409,
    errors.RuleBroken: 422,
    errors.TooManyTries: 429,
    BoundaryError: 422,
    sqlalchemy.exc.DataError: 422,
    sqlalchemy.exc.IntegrityError: 409,
    sqlalchemy.exc.OperationalError: 503,
    sqlalchemy.exc.TimeoutError: 503,
}
"""Exception class -> HTTP status; a subclass has the status of its nearest ancestor, all else is 500."""


class ProblemField(BaseModel):
    """One wrong field."""

    field: str = Field(description="Where: a dotted path into the body, or the name of a parameter")
    code: str
    message: str = Field(description="What is wrong, in Chinese")
    message_en: str


class Problem(BaseModel):
    """The body of every error (RFC 9457); further members depend on `code`."""

    type: str = Field(description="A URI of the kind of problem: about:blank or urn:quming:problem:<code>")
    title: str
    status: int
    detail: str = Field(description="What is wrong and what to do, in Chinese")
    detail_en: str
    code: str = Field(description="Stable snake_case name of the problem")
    errors: list[ProblemField] = []
    request_id: str


def status_of(error: BaseException) -> int:
    """Return the HTTP status of an exception."""
    return next((STATUS[cls] for cls in type(error).__mro__ if cls in STATUS), 500)


def make_problem(
    status: int,
    code: str,
    detail: str,
    detail_en: str,
    *,
    fields: tuple[ProblemField, ...] = (),
    more: dict[str, Any] | None = None,
) -> Response:
    """Make the response of a problem; `more` are members beside the standard ones."""
    request_id = g.get("request_id", "")
    problem = Problem(
        type=f"urn:quming:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        detail_en=detail_en,
        code=code,
        errors=list(fields),
        request_id=request_id,
    )
    body = {
        **problem.model_dump(),
        **{k: v for k, v in (more or {}).items() if k not in Problem.model_fields},
    }
    text = json.dumps(body, ensure_ascii=False, default=_plain)
    return Response(text + "\n", status, content_type=PROBLEM)


def _plain(value: object) -> object:
    """Write what JSON has no word for: dataclasses as objects, sets as lists, all else as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, set | frozenset):
        return list(value)
    return str(value)


def raise_invalid(error: ValidationError) -> NoReturn:
    """Turn a failed validation into the one exception for it (flask-openapi calls this)."""
    raise InvalidInput(
        "输入内容不符合要求，请查看 errors。",
        "The input does not fit its description; see errors.",
        errors=tuple(_field_error(item) for item in error.errors(include_url=False, include_input=False)),
    )


def _field_error(item: Any) -> errors.FieldError:
    place = ".".join(str(part) for part in item["loc"]) or "body"
    zh = FIELD_TEXTS.get(item["type"], OTHER_FIELD_TEXT)
    limits = {key: value for key, value in item.get("ctx", {}).items() if key != "error"}
    try:
        zh = zh.format(**limits)
    except (KeyError, IndexError):
        zh = OTHER_FIELD_TEXT
    return errors.FieldError(place, item["type"], zh, item["msg"])


def _from_register(error: errors.RegisterError) -> Response:
    fields = tuple(
        ProblemField(field=item.field, code=item.code, message=item.zh, message_en=item.en)
        for item in error.errors
    )
    response = make_problem(
        status_of(error), error.code, error.zh, error.en, fields=fields, more=error.fields
    )
    if isinstance(error, errors.NotSignedIn):
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.TooManyTries):
        response.headers["Retry-After"] = str(error.fields.get("retry_after_s", 60))
    return response


def _from_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:  # the router's redirect to the address as it is written
        return cast("Response", error.get_response())
    code, zh, en = HTTP_TEXTS.get(status, HTTP_TEXTS[400 if status < 500 else 500])
    response = make_problem(status, code, zh, en)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def answer(error: Exception) -> Response:
    """Answer any exception with a problem; what we did not foresee is logged and told as 500 only."""
    if isinstance(error, errors.RegisterError):
        return _from_register(error)
    if isinstance(error, BoundaryError):
        return make_problem(status_of(error), error.code, error.zh, error.en, more=dict(error.fields))
    if isinstance(error, HTTPException):
        return _from_http(error)
    status = status_of(error)
    code, zh, en = HTTP_TEXTS[status]
    if status >= 500:
        log.error("request %s failed", g.get("request_id", ""), exc_info=error)
    response = make_problem(status, code, zh, en)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def register(app: Flask) -> None:
    """Make `answer` the only place where exceptions become responses."""
    app.register_error_handler(Exception, answer)
