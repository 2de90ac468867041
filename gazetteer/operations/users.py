"""Accounts: made, given roles, disabled. Who may call this stands at the door (the command line, for now)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.changes import audit
from gazetteer.errors import FieldError, NotFound, RuleBroken
from gazetteer.models import ApiToken, User, UserGrant, UserSession
from gazetteer.passwords import hash_password
from gazetteer.roles import ACTIONS, Grant

SHORTEST_PASSWORD = 10
ROLES = frozenset().union(*ACTIONS.values())


def create_user(
    session: Session,
    login: str,
    display_name: str,
    password: str,
    grants: Sequence[Grant] = (),
    *,
    by: uuid.UUID | None = None,
    demo: bool = False,
) -> uuid.UUID:
    """Make an account; RuleBroken names every field that will not do."""
    login = login.strip().lower()
    faults = _faults(session, login, password, grants)
    if faults:
        raise RuleBroken("账号信息不符合要求。", "The account cannot be made.", errors=tuple(faults))
    user = User(
        id=uuid.uuid4(),
        login=login,
        display_name=display_name.strip() or login,
        password_hash=hash_password(password),
        demo=demo,
    )
    session.add(user)
    session.flush()
    _add_grants(session, user.id, grants)
    audit.append(session, by, "user.create", "user", user.id, {"login": login, "demo": demo})
    session.commit()
    return user.id


def _faults(session: Session, login: str, password: str, grants: Sequence[Grant]) -> list[FieldError]:
    faults = []
    if not login or not login.isascii() or any(c.isspace() for c in login):
        faults.append(FieldError("login", "bad_login", "用户名须为英文且不含空格", "ASCII, without spaces"))
    if session.scalar(select(User.id).where(User.login == login)):
        faults.append(FieldError("login", "login_taken", "用户名已存在", "This login exists already"))
    if len(password) < SHORTEST_PASSWORD:
        faults.append(
            FieldError(
                "password",
                "password_too_short",
                f"密码至少 {SHORTEST_PASSWORD} 个字符",
                f"At least {SHORTEST_PASSWORD} characters",
            )
        )
    faults += [
        FieldError("role", "unknown_role", f"没有“{grant.role}”这个角色", f"There is no role '{grant.role}'")
        for grant in grants
        if grant.role not in ROLES
    ]
    return faults


def _add_grants(session: Session, user_id: uuid.UUID, grants: Sequence[Grant]) -> None:
    held = {
        (role, division_id)
        for role, division_id in session.execute(
            select(UserGrant.role, UserGrant.division_id).where(UserGrant.user_id == user_id)
        )
    }
    for grant in grants:
        if (grant.role, grant.division_id) not in held:
            session.add(UserGrant(user_id=user_id, role=grant.role, division_id=grant.division_id))
    session.flush()


def get_user(session: Session, login: str) -> User:
    """Return an account, disabled or not; NotFound when there is none."""
    user = session.scalar(select(User).where(User.login == login.strip().lower()))
    if user is None:
        raise NotFound(f"没有用户“{login}”。", f"There is no user '{login}'.")
    return user


def grant_roles(
    session: Session, login: str, grants: Sequence[Grant], *, by: uuid.UUID | None = None
) -> None:
    """Add roles to an account; those it has already stay as they are."""
    user = get_user(session, login)
    _add_grants(session, user.id, grants)
    detail = {"grants": [[grant.role, str(grant.division_id or "")] for grant in grants]}
    audit.append(session, by, "user.grant", "user", user.id, detail)
    session.commit()


def disable_user(session: Session, login: str, *, by: uuid.UUID | None = None) -> None:
    """Disable an account: it cannot sign in, its sessions end and its tokens are revoked at once."""
    user = get_user(session, login)
    user.disabled_at = user.disabled_at or clock.now(session)
    _end_access(session, user)
    audit.append(session, by, "user.disable", "user", user.id)
    session.commit()


def _end_access(session: Session, user: User) -> None:
    session.execute(delete(UserSession).where(UserSession.user_id == user.id))
    session.execute(
        update(ApiToken)
        .where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=clock.now(session))
    )


def enable_user(session: Session, login: str, *, by: uuid.UUID | None = None) -> None:
    """Let a disabled account sign in again."""
    user = get_user(session, login)
    user.disabled_at = None
    audit.append(session, by, "user.enable", "user", user.id)
    session.commit()


def set_password(session: Session, login: str, password: str, *, by: uuid.UUID | None = None) -> None:
    """Give an account a new password; its sessions end and its tokens are revoked."""
    if len(password) < SHORTEST_PASSWORD:
        raise RuleBroken(
            f"密码至少 {SHORTEST_PASSWORD} 个字符。",
            f"A password has at least {SHORTEST_PASSWORD} characters.",
        )
    user = get_user(session, login)
    user.password_hash = hash_password(password)
    _end_access(session, user)
    audit.append(session, by, "user.password", "user", user.id)
    session.commit()
