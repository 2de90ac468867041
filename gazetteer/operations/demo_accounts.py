"""The accounts of the demonstration: one a role, marked so that production refuses them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer.errors import Forbidden
from gazetteer.models import User
from gazetteer.operations.users import create_user, grant_roles
from gazetteer.roles import Grant

PASSWORD = "quming-demo"


@dataclass(frozen=True)
class DemoAccount:
    """An account; `scope` names the level of the subtree its role holds in, None the whole register."""

    login: str
    display_name: str
    role: str
    scope: str | None = None


ACCOUNTS = (
    DemoAccount("surveyor", "陈测绘（外业）", "surveyor", "district"),
    DemoAccount("clerk", "李经办（永商镇）", "clerk", "town"),
    DemoAccount("reviewer", "王科长（区民政局）", "reviewer", "district"),
    DemoAccount("approver", "赵审批", "approver"),
    DemoAccount("publisher", "孙发布", "publisher"),
    DemoAccount("admin", "系统管理员", "administrator"),
)


def create_demo_accounts(session: Session, *, production: bool) -> dict[str, uuid.UUID]:
    """Make the accounts that are missing and return all by login; those with a place get roles later."""
    if production:
        raise Forbidden(
            "生产环境不允许创建演示账号。", "Production has no demo accounts.", code="demo_account"
        )
    known = {user.login: user.id for user in session.scalars(select(User))}
    for account in ACCOUNTS:
        if account.login not in known:
            grants = () if account.scope else (Grant(account.role),)
            known[account.login] = create_user(
                session, account.login, account.display_name, PASSWORD, grants, demo=True
            )
    return {account.login: known[account.login] for account in ACCOUNTS}


def grant_demo_roles(session: Session, places: dict[str, uuid.UUID]) -> None:
    """Give the accounts with a place their roles there; those they have already stay.

    Parameters
    ----------
    places : dict of str to UUID
        The division of each scope: 'district' and 'town'.
    """
    for account in ACCOUNTS:
        if account.scope:
            grant_roles(session, account.login, [Grant(account.role, places[account.scope])])
