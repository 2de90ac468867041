"""Which demo accounts can sign in."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer.models.user import User


def find_demo_logins(session: Session) -> list[str]:
    """Return the logins of demo accounts that are not disabled, in the order of the alphabet."""
    enabled_demo = select(User.login).where(User.demo, User.disabled_at.is_(None))
    return list(session.scalars(enabled_demo.order_by(User.login)))
