"""The grants of a person with the names of their divisions."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

_GRANTS = text(
    """
    SELECT g.role, g.division_id, n.name AS division_name
    FROM user_grant g
    LEFT JOIN LATERAL (
        SELECT name
        FROM division_name
        WHERE division_id = g.division_id
            AND kind = 'official'
            AND upper_inf(recorded)
        ORDER BY valid @> CAST(:on AS date) DESC, upper(valid) DESC NULLS FIRST
        LIMIT 1
    ) n ON true
    WHERE g.user_id = :user
    ORDER BY g.role, g.id
    """
)


@dataclass(frozen=True)
class NamedGrant:
    """A role, and the division in whose subtree it holds; None is the whole register."""

    role: str
    division_id: uuid.UUID | None
    division_name: str | None


def list_named_grants(session: Session, user_id: uuid.UUID, on: dt.date) -> list[NamedGrant]:
    """Return the grants of a person; a division that has ended keeps its last name."""
    return [NamedGrant(*row) for row in session.execute(_GRANTS, {"user": user_id, "on": on})]
