"""Releases: immutable editions of the register, and their artefacts."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gazetteer.models.base import Base


class Release(Base):
    """One edition: a version, a content hash, what changed since the one before."""

    __tablename__ = "release"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    version: Mapped[str]
    state: Mapped[str]
    as_of: Mapped[dt.date]
    last_event: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("event.id"))
    content_hash: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    review_number: Mapped[str | None]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    share_token: Mapped[str]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[dt.datetime]
    published_at: Mapped[dt.datetime | None]


class ReleaseArtifact(Base):
    """One file of a release for one audience, with its size and hash."""

    __tablename__ = "release_artifact"
    release_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("release.id"), primary_key=True)
    audience: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
