"""Events: each change of the register, in order, with its dates and documents; and lineage."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import BigInteger, ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from gazetteer.models.base import Base


class Event(Base):
    """One change of the register; `id` is the order, `recorded_at` the moment, the dates are law."""

    __tablename__ = "event"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    recorded_at: Mapped[dt.datetime]
    approved_on: Mapped[dt.date | None]
    effective_on: Mapped[dt.date]
    completed_on: Mapped[dt.date | None]
    document_no: Mapped[str | None]
    authority: Mapped[str | None]
    date_assumed: Mapped[bool] = mapped_column(default=False)
    summary: Mapped[str]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("app_user.id"))
    request_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("change_request.id"))
    import_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("import_batch.id"))


class Lineage(Base):
    """What became what: from one division to another at one event, whole or in part (m2)."""

    __tablename__ = "lineage"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    event_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("event.id"))
    from_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("division.id"))
    to_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("division.id"))
    role: Mapped[str]
    area_m2: Mapped[float | None]
    population: Mapped[int | None] = mapped_column(BigInteger)
    source_population: Mapped[int | None] = mapped_column(BigInteger)
    exact: Mapped[bool]
    basis: Mapped[str | None]
