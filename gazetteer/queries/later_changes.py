"""Whether what a change touches is changed again later by something that is registered already."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class LaterEvent:
    """An event that takes effect after a day."""

    id: int
    kind: str
    effective_on: dt.date
    document_no: str | None
    summary: str


def _touched(condition: str) -> str:
    tables = (
        ("arc", "id", "CAST(:arcs AS bigint[])"),
        ("member", "face_id", "CAST(:faces AS bigint[])"),
        ("member", "child_id", "CAST(:divisions AS uuid[])"),
        ("division_state", "division_id", "CAST(:divisions AS uuid[])"),
        ("division_name", "division_id", "CAST(:divisions AS uuid[])"),
        ("division_code", "division_id", "CAST(:divisions AS uuid[])"),
    )
    return "UNION ALL".join(
        f"""
        SELECT valid, event_id, closed_event_id
        FROM {table}
        WHERE {column} = ANY({values}) {condition}
        """
        for table, column, values in tables
    )


_ENDS = text(
    f"""
    SELECT min(upper(valid))
    FROM (
        {_touched("AND upper_inf(recorded)")}
        UNION ALL
        SELECT valid, event_id, NULL
        FROM division_shape
        WHERE division_id = ANY(CAST(:shapes AS uuid[]))
    ) standing
    WHERE valid @> CAST(:on AS date)
        AND NOT upper_inf(valid)
    """
)
_EVENTS = text(
    f"""
    WITH touched AS ({_touched("")})
    SELECT id, kind, effective_on, document_no, summary
    FROM event
    WHERE effective_on = :day
        AND kind <> 'correct'
    ORDER BY id IN (
            SELECT event_id FROM touched WHERE lower(valid) = :day
            UNION
            SELECT closed_event_id FROM touched
            UNION
            SELECT event_id FROM division_shape
            WHERE division_id = ANY(CAST(:shapes AS uuid[])) AND lower(valid) = :day
        ) DESC, id DESC
    LIMIT 1
    """
)


def find_later_event(
    session: Session,
    on: dt.date,
    *,
    arcs: Collection[int],
    faces: Collection[int],
    divisions: Collection[uuid.UUID],
    shapes: Collection[uuid.UUID],
) -> tuple[dt.date, LaterEvent | None] | None:
    """Return the first day after `on` from which what is touched is registered otherwise, and the event.

    Parameters
    ----------
    arcs, faces, divisions : collections of ids
        Lines that change, faces that change hands, divisions that change or end.
    shapes : collection of UUID
        Divisions whose polygon changes.
    """
    touched = {
        "arcs": list(arcs),
        "faces": list(faces),
        "divisions": list(divisions),
        "shapes": list(shapes),
    }
    day = session.scalar(_ENDS, {"on": on, **touched})
    if day is None:
        return None
    row = session.execute(_EVENTS, {"day": day, **touched}).one_or_none()
    if row is None:
        return day, None
    return day, LaterEvent(row.id, row.kind, row.effective_on, row.document_no, row.summary)
