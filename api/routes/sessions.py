"""Signing in and out."""

from __future__ import annotations

from flask import Response, request

from api.auth import (
    drop_session_cookie,
    get_actor,
    public,
    session_token,
    set_session_cookie,
    signed_in,
)
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session, get_settings
from api.limiter import count_failure, require_tries_left
from api.routes.me import describe
from api.schemas.people import Me, SignIn
from gazetteer.errors import NotSignedIn
from gazetteer.operations import sessions
from gazetteer.operations.sessions import SignedIn

api = make_blueprint("sessions", "Signing in and out 登录与退出")


@api.post("/sessions", responses={201: Me, **problems(401, 403, 415, 429)})
@public
def sign_in(body: SignIn) -> Response:
    """Sign in: opens a session with a new token in the cookie."""
    address = request.remote_addr or ""
    require_tries_left(address, body.login)
    try:
        opened = sessions.sign_in(
            get_session(),
            body.login,
            body.password,
            replaces=session_token(),
            allow_demo=not get_settings().production,
        )
    except NotSignedIn:
        count_failure(address, body.login)
        raise
    response = reply(describe(SignedIn(opened.actor, opened.csrf_token)), 201)
    set_session_cookie(response, opened)
    return response


@api.delete("/sessions/current", responses={204: None, **problems(401, 403)})
@signed_in
def sign_out() -> Response:
    """Sign out: the session ends on the server; a bearer token is revoked at its own address."""
    sessions.sign_out(get_session(), get_actor(), session_token() or "")
    response = Response(status=204)
    drop_session_cookie(response)
    return response
