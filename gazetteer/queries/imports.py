"""Imports as they are kept."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer.errors import NotFound
from gazetteer.models import ImportBatch


def get_import(session: Session, import_id: uuid.UUID) -> ImportBatch:
    """Return an import; NotFound when there is none."""
    batch = session.get(ImportBatch, import_id)
    if batch is None:
        raise NotFound("没有这次导入。", "There is no such import.", id=str(import_id))
    return batch


def list_imports(session: Session, limit: int) -> list[ImportBatch]:
    """Return the imports, the newest first."""
    query = select(ImportBatch).order_by(ImportBatch.created_at.desc(), ImportBatch.id).limit(limit)
    return list(session.scalars(query))
