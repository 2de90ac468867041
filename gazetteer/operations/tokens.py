"""Personal bearer tokens for programs: 30 days, listed, revocable, only their SHA-256 stored."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.changes import audit
from gazetteer.errors import NotFound, RuleBroken
from gazetteer.models import ApiToken
from gazetteer.operations.sessions import TOKEN_BYTES, SignedIn, digest, require_allowed
from gazetteer.queries.actors import find_token, get_actor
from gazetteer.queries.tokens import count_living_tokens
from gazetteer.roles import Actor

LIFE = dt.timedelta(days=30)
PREFIX = "qm_"
MOST = 20
_TOUCH_EVERY = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class NewToken:
    """A token just made; `token` is told once."""

    id: uuid.UUID
    name: str
    token: str
    created_at: dt.datetime
    expires_at: dt.datetime


def create_token(session: Session, actor: Actor, name: str) -> NewToken:
    """Make a token that acts as `actor` for 30 days; at most 20 live at a time (RuleBroken)."""
    moment = clock.now(session)
    if count_living_tokens(session, actor.user_id, moment) >= MOST:
        raise RuleBroken(
            f"最多同时持有 {MOST} 个令牌，请先撤销不用的。",
            f"At most {MOST} tokens at a time; revoke one first.",
            code="too_many_tokens",
        )
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    row = ApiToken(
        id=uuid.uuid4(),
        user_id=actor.user_id,
        name=name,
        token_sha256=digest(token),
        created_at=moment,
        expires_at=moment + LIFE,
    )
    session.add(row)
    audit.append(session, actor.user_id, "token.create", "token", row.id, {"name": name})
    session.commit()
    return NewToken(row.id, name, token, row.created_at, row.expires_at)


def use_token(session: Session, token: str, *, allow_demo: bool = True) -> SignedIn | None:
    """Return who a bearer token belongs to; None when it is unknown, expired or revoked."""
    moment = clock.now(session)
    found = find_token(session, digest(token), moment)
    if found is None:
        return None
    row, user = found
    require_allowed(user, allow_demo)
    if row.last_used_at is None or row.last_used_at <= moment - _TOUCH_EVERY:
        row.last_used_at = moment
        session.commit()
    return SignedIn(get_actor(session, user), None)


def revoke_token(session: Session, actor: Actor, token_id: uuid.UUID) -> None:
    """Revoke one of one's own tokens; anybody else's is NotFound."""
    row = session.scalar(
        select(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == actor.user_id).with_for_update()
    )
    if row is None:
        raise NotFound("没有这个令牌。", "There is no such token.")
    if row.revoked_at is None:
        row.revoked_at = clock.now(session)
        audit.append(session, actor.user_id, "token.revoke", "token", row.id)
    session.commit()
