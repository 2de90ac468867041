"""Place names 地名: identity and dated state."""

from __future__ import annotations

import uuid

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, ForeignKey, Identity, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from gazetteer.models.base import Base, Dated


class PlaceName(Base):
    """A named place; identity only."""

    __tablename__ = "place_name"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    created_event: Mapped[int] = mapped_column(BigInteger, ForeignKey("event.id"))


class PlaceNameState(Dated, Base):
    """Name, legal category (地名管理条例 Art. 3, 1-8), class and geometry (EPSG:4490) in a period."""

    __tablename__ = "place_name_state"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    place_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("place_name.id"))
    name: Mapped[str]
    pinyin: Mapped[str | None]
    legal_category: Mapped[int] = mapped_column(SmallInteger)
    class_code: Mapped[str | None]
    class_name: Mapped[str | None]
    geom: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", srid=4490, spatial_index=False))
    note: Mapped[str | None]
