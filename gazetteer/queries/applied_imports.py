"""Which imports the register has taken in."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from gazetteer.models import Division, ImportBatch


def has_divisions(session: Session) -> bool:
    """Tell whether the register holds anything."""
    return bool(session.scalar(select(exists().where(Division.id.is_not(None)))))


def has_applied(session: Session, door: str) -> bool:
    """Tell whether an import of this door has been applied."""
    query = exists().where(ImportBatch.door == door, ImportBatch.state == "applied")
    return bool(session.scalar(select(query)))
