"""Joint inspections 联合检查 of boundary lines, and when the next one is due."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

_OF_LINE = text(
    """
    SELECT i.id, i.line_id, i.inspected_on, i.occasion, i.inspected_by, i.result, i.findings, i.documents,
        i.next_due, i.corrects, c.id AS corrected_by, i.recorded_by, u.display_name, i.recorded_at
    FROM inspection i
    JOIN app_user u ON u.id = i.recorded_by
    LEFT JOIN inspection c ON c.corrects = i.id
    WHERE i.line_id = :line
    ORDER BY i.inspected_on DESC, i.recorded_at DESC, i.id
    """
)


@dataclass(frozen=True)
class Recorder:
    """Who entered a record."""

    id: uuid.UUID
    display_name: str


@dataclass(frozen=True)
class InspectionView:
    """An inspection of a line; one that another corrects no longer counts."""

    id: uuid.UUID
    line_id: uuid.UUID
    inspected_on: dt.date
    occasion: str
    inspected_by: str
    result: str
    findings: Mapping[str, str]
    documents: tuple[str, ...]
    next_due: dt.date | None
    corrects: uuid.UUID | None
    corrected_by: uuid.UUID | None
    recorded_by: Recorder
    recorded_at: dt.datetime


def list_inspections(session: Session, line_id: uuid.UUID) -> list[InspectionView]:
    """Return the inspections of a line, the latest first, corrected ones included."""
    rows = session.execute(_OF_LINE, {"line": line_id})
    return [
        InspectionView(
            id=row.id,
            line_id=row.line_id,
            inspected_on=row.inspected_on,
            occasion=row.occasion,
            inspected_by=row.inspected_by,
            result=row.result,
            findings=row.findings,
            documents=tuple(row.documents),
            next_due=row.next_due,
            corrects=row.corrects,
            corrected_by=row.corrected_by,
            recorded_by=Recorder(row.recorded_by, row.display_name),
            recorded_at=row.recorded_at,
        )
        for row in rows
    ]
