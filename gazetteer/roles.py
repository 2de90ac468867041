"""Who may do what, and where: the one place where permission is decided."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from gazetteer.errors import Forbidden

ACTIONS: dict[str, frozenset[str]] = {
    "request.read": frozenset({"surveyor", "clerk", "reviewer", "approver", "publisher", "administrator"}),
    "request.draft": frozenset({"surveyor", "clerk"}),
    "request.withdraw": frozenset({"surveyor", "clerk"}),
    "request.return": frozenset({"reviewer", "approver"}),
    "request.decide": frozenset({"approver"}),
    "working.read": frozenset({"surveyor", "clerk", "reviewer", "approver", "publisher", "administrator"}),
    "inspection.record": frozenset({"surveyor", "reviewer"}),
    "marker.photo": frozenset({"surveyor", "clerk"}),
    "release.build": frozenset({"publisher"}),
    "export": frozenset({"surveyor", "clerk", "reviewer", "approver", "publisher", "administrator"}),
    "import.first_load": frozenset({"administrator"}),
    "import.edition": frozenset({"administrator"}),
    "import.sign": frozenset({"approver", "administrator"}),
    "audit.read": frozenset({"administrator"}),
}
"""Action -> the roles that may do it; a role counts only within its subtree."""


@dataclass(frozen=True)
class Grant:
    """A role within the subtree of a division; `division_id` None is the whole register."""

    role: str
    division_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts: the account and the grants it holds now."""

    user_id: uuid.UUID
    login: str
    display_name: str
    grants: tuple[Grant, ...]


def can(actor: Actor, action: str, path: Collection[uuid.UUID] | None = None) -> bool:
    """Tell whether `actor` may do `action` on a division.

    Parameters
    ----------
    action : str
        A key of ``ACTIONS``; an unknown one is a programming error and raises KeyError.
    path : collection of UUID, optional
        The division and all its ancestors. None asks "anywhere": for lists and for what has no place.
    """
    allowed = ACTIONS[action]
    return any(
        grant.role in allowed and (path is None or grant.division_id is None or grant.division_id in path)
        for grant in actor.grants
    )


def require(actor: Actor, action: str, path: Collection[uuid.UUID] | None = None) -> None:
    """Raise Forbidden unless ``can``."""
    if not can(actor, action, path):
        raise Forbidden(
            "您的角色或管辖范围不允许此操作。",
            "Your role or area of responsibility does not allow this.",
            action=action,
        )
