"""Oneself."""

from __future__ import annotations

from flask import Response

from api.auth import identify, signed_in
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session
from api.schemas.people import GrantOut, Me
from gazetteer import clock
from gazetteer.errors import NotSignedIn
from gazetteer.operations.sessions import SignedIn
from gazetteer.queries.grants import list_named_grants

api = make_blueprint("me", "Who is signed in 当前用户")


def describe(found: SignedIn) -> Me:
    """Return what a person may know of themselves, the CSRF token of this session included."""
    session = get_session()
    actor = found.actor
    grants = list_named_grants(session, actor.user_id, clock.today(session))
    return Me(
        id=actor.user_id,
        login=actor.login,
        display_name=actor.display_name,
        grants=[GrantOut.model_validate(grant) for grant in grants],
        csrf_token=found.csrf_token,
    )


@api.get("/me", responses={200: Me, **problems(401)})
@signed_in
def get_me() -> Response:
    """Return who is signed in, with roles and the token that writes need."""
    found = identify()
    if found is None:
        raise NotSignedIn("请先登录。", "Sign in first.")
    return reply(describe(found))
