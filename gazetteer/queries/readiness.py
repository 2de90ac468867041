"""Whether the database is there and at the step of the schema that this code needs."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session


def get_schema_revision(session: Session) -> str | None:
    """Return the migration the database stands at; None for an empty database."""
    if session.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    revision: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
    return revision
