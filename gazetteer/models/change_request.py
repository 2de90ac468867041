"""Change requests, their append-only operations and their reviews."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, FetchedValue, ForeignKey, Identity, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gazetteer.models.base import Base


class ChangeRequest(Base):
    """A change on its way: draft, review, decision; its operations are what is decided."""

    __tablename__ = "change_request"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    number: Mapped[int] = mapped_column(BigInteger, FetchedValue())
    kind: Mapped[str]
    title: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    effective_on: Mapped[dt.date | None]
    base_event: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("event.id"))
    content_hash: Mapped[str]
    touched_faces: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)
    touched_divisions: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid), default=list)
    scope: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid), default=list)
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    last_editor: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    document_no: Mapped[str | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("app_user.id"))
    applied_event: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("event.id"))


class Operation(Base):
    """One operation of a request: the person's intent; rows are only added."""

    __tablename__ = "operation"
    row_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    id: Mapped[uuid.UUID]
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("change_request.id"))
    seq: Mapped[int]
    kind: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    retracts: Mapped[uuid.UUID | None]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[dt.datetime]


class Review(Base):
    """One step of a request: who did what, from which state to which, and on what content."""

    __tablename__ = "review"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("change_request.id"))
    action: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    reason: Mapped[str | None]
    document_no: Mapped[str | None]
    content_hash: Mapped[str]
    at: Mapped[dt.datetime]
