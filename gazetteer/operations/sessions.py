"""Signing in and out: a random token in the browser, its SHA-256 in the database."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.changes import audit
from gazetteer.errors import Forbidden, NotSignedIn
from gazetteer.models import User, UserSession
from gazetteer.passwords import is_password
from gazetteer.queries.actors import find_session, find_user, get_actor
from gazetteer.roles import Actor

IDLE = dt.timedelta(hours=12)
LONGEST = dt.timedelta(days=7)
_TOUCH_EVERY = dt.timedelta(minutes=1)
TOKEN_BYTES = 32


@dataclass(frozen=True)
class OpenSession:
    """A session just opened; `token` is told once and kept by the browser alone."""

    token: str
    csrf_token: str
    expires_at: dt.datetime
    actor: Actor


@dataclass(frozen=True)
class SignedIn:
    """Who a request comes from; `csrf_token` is None for a bearer token."""

    actor: Actor
    csrf_token: str | None


def digest(token: str) -> bytes:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def sign_in(
    session: Session, login: str, password: str, *, replaces: str | None = None, allow_demo: bool = True
) -> OpenSession:
    """Open a session with a new token; the session that the browser had before ends.

    Parameters
    ----------
    replaces : str, optional
        The token the browser sent along, so that no session survives a sign-in (fixation).
    allow_demo : bool
        False in production.

    Raises
    ------
    NotSignedIn
        Unknown login or wrong password; the two are not told apart.
    Forbidden
        A demo account in production.
    """
    user = find_user(session, login)
    if not is_password(user.password_hash if user else None, password) or user is None:
        raise NotSignedIn(
            "用户名或密码不正确。", "The user name or the password is wrong.", code="wrong_password"
        )
    require_allowed(user, allow_demo)
    moment = clock.now(session)
    _drop_ended(session, user, moment, replaces)
    opened = OpenSession(
        token=secrets.token_urlsafe(TOKEN_BYTES),
        csrf_token=secrets.token_urlsafe(TOKEN_BYTES),
        expires_at=moment + LONGEST,
        actor=get_actor(session, user),
    )
    session.add(
        UserSession(
            token_sha256=digest(opened.token),
            user_id=user.id,
            csrf_token=opened.csrf_token,
            created_at=moment,
            last_seen_at=moment,
            expires_at=opened.expires_at,
        )
    )
    audit.append(session, user.id, "session.open", "user", user.id)
    session.commit()
    return opened


def require_allowed(user: User, allow_demo: bool) -> None:
    """Raise Forbidden for a demo account where those are not allowed."""
    if user.demo and not allow_demo:
        raise Forbidden(
            "生产环境不允许使用演示账号。", "Demo accounts are refused in production.", code="demo_account"
        )


def _drop_ended(session: Session, user: User, moment: dt.datetime, replaces: str | None) -> None:
    ended = (UserSession.user_id == user.id) & (
        (UserSession.expires_at <= moment) | (UserSession.last_seen_at <= moment - IDLE)
    )
    if replaces:
        ended = ended | (UserSession.token_sha256 == digest(replaces))
    session.execute(delete(UserSession).where(ended))


def resume(session: Session, token: str, *, allow_demo: bool = True) -> SignedIn | None:
    """Return who a session token belongs to; None when it is unknown, ended or idle for too long."""
    moment = clock.now(session)
    found = find_session(session, digest(token), moment)
    if found is None or found.row.last_seen_at <= moment - IDLE:
        return None
    require_allowed(found.user, allow_demo)
    if found.row.last_seen_at <= moment - _TOUCH_EVERY:
        found.row.last_seen_at = moment
        session.commit()
    return SignedIn(get_actor(session, found.user), found.row.csrf_token)


def sign_out(session: Session, actor: Actor, token: str) -> None:
    """End a session; its token is worth nothing from then on."""
    session.execute(delete(UserSession).where(UserSession.token_sha256 == digest(token)))
    audit.append(session, actor.user_id, "session.close", "user", actor.user_id)
    session.commit()
