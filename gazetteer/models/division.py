"""Divisions: identity, and the dated rows of state, code, name and shape."""

from __future__ import annotations

import datetime as dt
import uuid

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, ForeignKey, Identity, SmallInteger
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from gazetteer.models.base import Base, Dated


class Division(Base):
    """A division 行政区划单位: identity only."""

    __tablename__ = "division"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    level: Mapped[int] = mapped_column(SmallInteger)
    external: Mapped[bool] = mapped_column(default=False)
    created_event: Mapped[int] = mapped_column(BigInteger, ForeignKey("event.id"))


class DivisionState(Dated, Base):
    """That a division exists in a period, with its type and seat 驻地."""

    __tablename__ = "division_state"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    division_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("division.id"))
    type: Mapped[str]
    seat_address: Mapped[str | None]
    seat: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=4490, spatial_index=False))


class DivisionCode(Dated, Base):
    """The code 代码 a division carries in a period; never a key."""

    __tablename__ = "division_code"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    division_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("division.id"))
    scheme: Mapped[str] = mapped_column(default="cn")
    code: Mapped[str]


class DivisionName(Dated, Base):
    """A name 名称 a division carries in a period; one official name at a time."""

    __tablename__ = "division_name"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    division_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("division.id"))
    kind: Mapped[str] = mapped_column(default="official")
    name: Mapped[str]
    pinyin: Mapped[str | None]


class DivisionShape(Base):
    """The polygon of a division in a period as known now: a checked cache (EPSG:4490, m2)."""

    __tablename__ = "division_shape"
    division_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("division.id"), primary_key=True)
    valid: Mapped[Range[dt.date]] = mapped_column(DATERANGE, primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger)
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4490, spatial_index=False))
    area_m2: Mapped[float]
    event_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("event.id"))
