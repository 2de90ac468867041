"""The declarative base and the columns that every dated row has."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from sqlalchemy import BigInteger, DateTime, ForeignKey
from sqlalchemy.dialects.postgresql import DATERANGE, TSTZRANGE, Range
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of all tables; the migrations make them, the models only read and write them."""

    type_annotation_map: ClassVar = {dt.datetime: DateTime(timezone=True)}


class Dated:
    """Valid time (the law) and recorded time (what we knew), both half-open, and their events."""

    valid: Mapped[Range[dt.date]] = mapped_column(DATERANGE)
    recorded: Mapped[Range[dt.datetime]] = mapped_column(TSTZRANGE)
    event_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("event.id"))
    closed_event_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("event.id"))
