"""Boundary markers 界桩 with their photos, and tripoints 三交点."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gazetteer.models.base import Base, Dated


class Marker(Base):
    """A boundary marker 界桩; identity only."""

    __tablename__ = "marker"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    created_event: Mapped[int] = mapped_column(BigInteger, ForeignKey("event.id"))


class MarkerState(Dated, Base):
    """Number, form, place and sides of a marker in a period; on a node, or at x, y in 1e-9 degree."""

    __tablename__ = "marker_state"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    marker_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("marker.id"))
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("boundary_line.id"))
    number: Mapped[str]
    letter: Mapped[str]
    form: Mapped[str]
    material: Mapped[str]
    node_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("node.id"))
    x: Mapped[int | None] = mapped_column(BigInteger)
    y: Mapped[int | None] = mapped_column(BigInteger)
    elevation_m: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    gnss: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    side_1_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("division.id"))
    side_2_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("division.id"))
    side_3_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("division.id"))
    reference_objects: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    status: Mapped[str] = mapped_column(default="standing")
    note: Mapped[str | None]


class MarkerPhoto(Base):
    """A photo of a marker; the file lies in the data folder under its hash."""

    __tablename__ = "marker_photo"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    marker_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("marker.id"))
    sha256: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    taken_on: Mapped[dt.date | None]
    note: Mapped[str | None]
    uploaded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    uploaded_at: Mapped[dt.datetime]


class Tripoint(Base):
    """A place where three divisions meet 三交点; identity only."""

    __tablename__ = "tripoint"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    created_event: Mapped[int] = mapped_column(BigInteger, ForeignKey("event.id"))


class TripointState(Dated, Base):
    """Node, name, sides and agreement of a tripoint in a period."""

    __tablename__ = "tripoint_state"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    tripoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tripoint.id"))
    node_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("node.id"))
    name: Mapped[str]
    side_1_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("division.id"))
    side_2_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("division.id"))
    side_3_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("division.id"))
    agreement_no: Mapped[str | None]
    agreement_date: Mapped[dt.date | None]
