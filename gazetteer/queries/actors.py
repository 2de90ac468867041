"""Who somebody is: the account behind a session or token with the grants it holds now."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gazetteer.errors import NotFound
from gazetteer.models import ApiToken, User, UserGrant, UserSession
from gazetteer.roles import Actor, Grant


@dataclass(frozen=True)
class SessionFound:
    """A session row with its account."""

    row: UserSession
    user: User


_GRANTS = text(
    """
    WITH RECURSIVE held AS (
        SELECT role, division_id
        FROM user_grant
        WHERE user_id = :user
        UNION
        SELECT h.role, l.to_id
        FROM held h
        JOIN lineage l ON l.from_id = h.division_id
        JOIN division d ON d.id = l.to_id
            AND d.created_event = l.event_id
        WHERE l.role = 'whole'
            AND NOT EXISTS (
                SELECT 1
                FROM lineage other
                WHERE other.to_id = l.to_id
                    AND other.event_id = l.event_id
                    AND other.from_id <> l.from_id
            )
    )
    SELECT role, division_id
    FROM held
    ORDER BY role, division_id
    """
)


def get_actor(session: Session, user: User) -> Actor:
    """Return the account as an actor with its grants.

    A grant follows its division into the one that took its place alone and whole (a county that became a
    district); where several were merged into one, nobody's grant grows over the land of the others.
    """
    rows = session.execute(_GRANTS, {"user": user.id})
    grants = tuple(Grant(role, division_id) for role, division_id in rows)
    return Actor(user.id, user.login, user.display_name, grants)


def find_user(session: Session, login: str) -> User | None:
    """Return the enabled account with this login."""
    return session.scalar(select(User).where(User.login == login.lower(), User.disabled_at.is_(None)))


def get_actor_by_login(session: Session, login: str) -> Actor:
    """Return an enabled account as an actor; NotFound when there is none."""
    user = find_user(session, login)
    if user is None:
        raise NotFound(f"没有可用的账号“{login}”。", f"There is no enabled account '{login}'.")
    return get_actor(session, user)


def find_session(session: Session, token_sha256: bytes, moment: dt.datetime) -> SessionFound | None:
    """Return the session behind a token's hash, if it lives and its account is enabled."""
    found = session.execute(
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.token_sha256 == token_sha256,
            UserSession.expires_at > moment,
            User.disabled_at.is_(None),
        )
    ).one_or_none()
    return SessionFound(found[0], found[1]) if found else None


def find_token(session: Session, token_sha256: bytes, moment: dt.datetime) -> tuple[ApiToken, User] | None:
    """Return the personal token behind a hash, if it is neither expired nor revoked."""
    found = session.execute(
        select(ApiToken, User)
        .join(User, User.id == ApiToken.user_id)
        .where(
            ApiToken.token_sha256 == token_sha256,
            ApiToken.expires_at > moment,
            ApiToken.revoked_at.is_(None),
            User.disabled_at.is_(None),
        )
    ).one_or_none()
    return (found[0], found[1]) if found else None


@dataclass(frozen=True)
class Account:
    """An account as an administrator sees it."""

    id: uuid.UUID
    login: str
    display_name: str
    demo: bool
    disabled: bool
    roles: tuple[str, ...]


def list_accounts(session: Session) -> list[Account]:
    """Return all accounts by login."""
    roles: dict[uuid.UUID, list[str]] = {}
    for user_id, role in session.execute(select(UserGrant.user_id, UserGrant.role).order_by(UserGrant.id)):
        roles.setdefault(user_id, []).append(role)
    return [
        Account(u.id, u.login, u.display_name, u.demo, u.disabled_at is not None, tuple(roles.get(u.id, ())))
        for u in session.scalars(select(User).order_by(User.login))
    ]
