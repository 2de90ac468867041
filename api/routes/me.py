"""Oneself."""

from __future__ import annotations

from flask import Response
from sqlalchemy.orm import Session

from api.auth import identify, signed_in
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session
from api.schemas.people import GrantOut, Me
from gazetteer import clock
from gazetteer.errors import NotSignedIn
from gazetteer.operations.sessions import SignedIn
from gazetteer.queries.lineage import find_refs, find_standing
from gazetteer.roles import Actor

api = make_blueprint("me", "Who is signed in 当前用户")


def describe(found: SignedIn) -> Me:
    """Return what a person may know of themselves, the CSRF token of this session included."""
    session = get_session()
    actor = found.actor
    return Me(
        id=actor.user_id,
        login=actor.login,
        display_name=actor.display_name,
        grants=_grants(session, actor),
        csrf_token=found.csrf_token,
    )


def _grants(session: Session, actor: Actor) -> list[GrantOut]:
    """Return the grants that count now: one that followed its division is shown where it is today."""
    held = {grant.division_id for grant in actor.grants if grant.division_id}
    today = clock.today(session)
    standing = set(find_standing(session, held, today)) if held else set()
    refs = find_refs(session, held, today) if held else {}
    return [
        GrantOut(
            role=grant.role,
            division_id=grant.division_id,
            division_name=refs[grant.division_id].name if grant.division_id else None,
        )
        for grant in actor.grants
        if grant.division_id is None or not standing or grant.division_id in standing
    ]


@api.get("/me", responses={200: Me, **problems(401)})
@signed_in
def get_me() -> Response:
    """Return who is signed in, with roles and the token that writes need."""
    found = identify()
    if found is None:
        raise NotSignedIn("请先登录。", "Sign in first.")
    return reply(describe(found))
