"""Faces, nodes, arcs and boundary lines on the integer grid, and the membership of faces."""

from __future__ import annotations

import datetime as dt
import uuid

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, ForeignKey, Identity, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from gazetteer.models.base import Base, Dated


class Face(Base):
    """A leaf cell: unit, rest, water, or the outside (id 0); identity only."""

    __tablename__ = "face"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    created_event: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("event.id"))


class Member(Dated, Base):
    """A face or a division belongs to a parent division in a period."""

    __tablename__ = "member"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    face_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("face.id"))
    child_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("division.id"))
    parent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("division.id"))


class Node(Base):
    """A place where arcs meet; identity only."""

    __tablename__ = "node"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    created_event: Mapped[int] = mapped_column(BigInteger, ForeignKey("event.id"))


class NodePosition(Dated, Base):
    """Where a node lies in a period: integers in 1e-9 degree (x lon, y lat)."""

    __tablename__ = "node_position"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    node_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("node.id"))
    x: Mapped[int] = mapped_column(BigInteger)
    y: Mapped[int] = mapped_column(BigInteger)


class BoundaryLine(Base):
    """A boundary line 界线: a named thing that owns arcs."""

    __tablename__ = "boundary_line"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    level: Mapped[int] = mapped_column(SmallInteger)
    created_event: Mapped[int] = mapped_column(BigInteger, ForeignKey("event.id"))


class BoundaryLineState(Dated, Base):
    """Name, sides, legal basis, survey and course of a boundary line in a period."""

    __tablename__ = "boundary_line_state"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("boundary_line.id"))
    name: Mapped[str]
    left_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("division.id"))
    right_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("division.id"))
    legal_status: Mapped[str] = mapped_column(default="600004")
    follows: Mapped[str | None]
    agreement_no: Mapped[str | None]
    line_type: Mapped[str | None]
    agreement_date: Mapped[dt.date | None]
    agreement_clause: Mapped[str | None]
    survey_date: Mapped[dt.date | None]
    accuracy_m: Mapped[float | None]
    course: Mapped[str | None]


class ArcRow(Dated, Base):
    """One dated version of an arc; `id` is the arc, `row_id` the row."""

    __tablename__ = "arc"
    row_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    start_node: Mapped[int] = mapped_column(BigInteger, ForeignKey("node.id"))
    end_node: Mapped[int] = mapped_column(BigInteger, ForeignKey("node.id"))
    left_face: Mapped[int] = mapped_column(BigInteger, ForeignKey("face.id"))
    right_face: Mapped[int] = mapped_column(BigInteger, ForeignKey("face.id"))
    line_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("boundary_line.id"))
    geom: Mapped[WKBElement] = mapped_column(Geometry("LINESTRING", srid=4490, spatial_index=False))
    hash: Mapped[str]
