"""A person's own bearer tokens."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gazetteer.models import ApiToken


def count_living_tokens(session: Session, user_id: uuid.UUID, moment: dt.datetime) -> int:
    """Return how many tokens of a person are neither expired nor revoked."""
    return session.execute(
        select(func.count())
        .select_from(ApiToken)
        .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > moment)
    ).scalar_one()


@dataclass(frozen=True)
class TokenListed:
    """A token as its owner sees it; the token itself is never told again."""

    id: uuid.UUID
    name: str
    created_at: dt.datetime
    expires_at: dt.datetime
    last_used_at: dt.datetime | None


def list_tokens(session: Session, user_id: uuid.UUID) -> list[TokenListed]:
    """Return the tokens that a person has not revoked, newest first."""
    query = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    return [
        TokenListed(row.id, row.name, row.created_at, row.expires_at, row.last_used_at)
        for row in session.scalars(query.order_by(ApiToken.created_at.desc(), ApiToken.id))
    ]
