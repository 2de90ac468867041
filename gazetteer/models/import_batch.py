"""Imports: what was uploaded, what was understood, who confirmed and who signed."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gazetteer.models.base import Base


class ImportBatch(Base):
    """One import from upload to application; the files are kept as evidence."""

    __tablename__ = "import_batch"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    door: Mapped[str]
    state: Mapped[str]
    folder: Mapped[str]
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    assumptions: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    preview: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    valid_from: Mapped[dt.date | None]
    source: Mapped[str | None]
    document_no: Mapped[str | None]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("app_user.id"))
    signed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[dt.datetime]
    applied_event: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("event.id"))
