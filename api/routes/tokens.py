"""Personal bearer tokens for programs."""

from __future__ import annotations

from flask import Response

from api.auth import get_actor, require_session, signed_in
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session
from api.schemas.base import IdPath
from api.schemas.people import NewTokenOut, TokenIn, TokenList, TokenOut
from gazetteer.operations import tokens
from gazetteer.queries.tokens import list_tokens

api = make_blueprint("tokens", "Personal tokens 个人令牌")


@api.post("/tokens", responses={201: NewTokenOut, **problems(401, 403, 415)})
@signed_in
def create_token(body: TokenIn) -> Response:
    """Make a token that lives for 30 days; it is told this once. A token makes no further ones."""
    require_session()
    return reply(NewTokenOut.model_validate(tokens.create_token(get_session(), get_actor(), body.name)), 201)


@api.get("/tokens", responses={200: TokenList, **problems(401)})
@signed_in
def list_own_tokens() -> Response:
    """List one's own tokens that are not revoked."""
    found = list_tokens(get_session(), get_actor().user_id)
    return reply(TokenList(items=[TokenOut.model_validate(token) for token in found]))


@api.delete("/tokens/<uuid:id>", responses={204: None, **problems(401, 403, 404)})
@signed_in
def revoke_token(path: IdPath) -> Response:
    """Revoke one of one's own tokens."""
    tokens.revoke_token(get_session(), get_actor(), path.id)
    return Response(status=204)
