"""How a file of routes begins: its tag, and the problems that any of its routes may answer."""

from __future__ import annotations

import re
from typing import Any

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models import OPENAPI3_REF_PREFIX
from flask_openapi.models.tag import Tag
from flask_openapi.types import ResponseDict
from pydantic import BaseModel

from api.errors import PROBLEM

API = "/api/v1"
JSON = "application/json"


def problem(description: str) -> dict[str, Any]:
    """Describe one problem response of a route for the document."""
    schema = {"$ref": f"{OPENAPI3_REF_PREFIX}/Problem"}
    return {"description": description, "content": {PROBLEM: {"schema": schema}}}


def operation_id(*, bp_name: str = "", name: str = "", path: str = "", method: str = "") -> str:
    """Name an operation by its function, which the blueprint's file makes unique."""
    return f"{bp_name}_{name}"


def make_blueprint(name: str, description: str, *, prefix: str = API) -> APIBlueprint:
    """Make the blueprint of api/routes/<name>.py; `description` heads its part of the document."""
    return APIBlueprint(
        name,
        f"api.routes.{name}",
        url_prefix=prefix or None,
        abp_tags=[Tag(name=name, description=description)],
        abp_responses={
            400: problem("The request cannot be understood"),
            422: problem("A parameter or the body does not fit, or a rule is broken"),
            500: problem("Internal error"),
        },
        operation_id_callback=operation_id,
    )


def problems(*statuses: int) -> ResponseDict:
    """Describe several problem responses."""
    return {status: problem(DESCRIPTIONS[status]) for status in statuses}


DESCRIPTIONS = {
    401: "Nobody is signed in",
    403: "The role, the area of responsibility or the origin does not allow it",
    404: "There is no such thing, or the caller may not know of it",
    409: "Stale version, stale content, wrong state, or a conflict",
    413: "The upload is too large",
    415: "The body is not JSON",
    429: "Too many tries",
    503: "Not available just now",
}


def reply(model: BaseModel, status: int = 200) -> Response:
    """Serialise a model."""
    return Response(model.model_dump_json(), status, content_type=JSON)


def is_operation_path(rule: str) -> str:
    """Return a Flask rule as a path of the OpenAPI document."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule)
