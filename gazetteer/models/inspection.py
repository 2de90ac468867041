"""Joint inspections 联合检查 of boundary lines; rows are only added."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gazetteer.models.base import Base


class Inspection(Base):
    """One inspection of a line, and when the next is due; an extra one leaves the due day as it is."""

    __tablename__ = "inspection"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("boundary_line.id"))
    inspected_on: Mapped[dt.date]
    occasion: Mapped[str]
    inspected_by: Mapped[str]
    result: Mapped[str]
    findings: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    documents: Mapped[list[str]] = mapped_column(JSONB, default=list)
    next_due: Mapped[dt.date | None]
    corrects: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("inspection.id"))
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    recorded_at: Mapped[dt.datetime]
