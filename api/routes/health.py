"""Whether the server lives, and whether it can work."""

from __future__ import annotations

from functools import cache

from flask import Response

from api.auth import public
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session
from api.errors import NotReady
from api.schemas.base import Answer
from gazetteer.migrations import latest_revision
from gazetteer.queries.readiness import get_schema_revision

api = make_blueprint("health", "Operation 运行状态", prefix="")


class Health(Answer):
    """The state of the server."""

    status: str


class Ready(Health):
    """The state of the server and of its database."""

    schema_revision: str


_needed_revision = cache(latest_revision)


@api.get("/healthz", responses={200: Health})
@public
def healthz() -> Response:
    """Tell that the process answers; touches nothing else."""
    return reply(Health(status="ok"))


@api.get("/readyz", responses={200: Ready, **problems(503)})
@public
def readyz() -> Response:
    """Tell that the database answers and stands at the schema of this version."""
    found, needed = get_schema_revision(get_session()), _needed_revision()
    if found != needed:
        raise NotReady(
            "数据库结构不是本版本所需，请运行 quming migrate。",
            "The database schema is not the one of this version: run quming migrate.",
            schema_revision=found,
            needed_revision=needed,
        )
    return reply(Ready(status="ok", schema_revision=needed))
