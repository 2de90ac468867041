"""Changes that are approved and not yet in force 待生效: seen by staff, invisible to everybody else."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from gazetteer.queries.lineage import EventRef, Ref, find_refs

_TO_COME = text(
    """
    WITH coming AS (
        SELECT id, kind, effective_on, summary, document_no
        FROM event
        WHERE effective_on > CAST(:today AS date)
            AND kind <> 'correct'
    ),
    touched AS (
        SELECT event_id, closed_event_id, division_id FROM division_state
        UNION ALL
        SELECT event_id, closed_event_id, division_id FROM division_name
        UNION ALL
        SELECT event_id, closed_event_id, division_id FROM division_code
        UNION ALL
        SELECT event_id, closed_event_id, child_id FROM member WHERE child_id IS NOT NULL
        UNION ALL
        SELECT event_id, NULL, division_id FROM division_shape
    )
    SELECT DISTINCT c.id, c.kind, c.effective_on, c.summary, c.document_no, t.division_id
    FROM coming c
    LEFT JOIN touched t ON c.id IN (t.event_id, t.closed_event_id)
    ORDER BY c.effective_on, c.id, t.division_id
    """
)


@dataclass(frozen=True)
class Upcoming:
    """An event to come, with the divisions that it touches as they will be called."""

    event: EventRef
    document_no: str | None
    status: str
    divisions: tuple[Ref, ...]


def list_upcoming(session: Session, today: dt.date) -> list[Upcoming]:
    """Return the events that take effect after a day, the nearest first."""
    rows = session.execute(_TO_COME, {"today": today}).all()
    events = {row.id: row for row in rows}
    divisions: dict[int, list[uuid.UUID]] = defaultdict(list)
    for row in rows:
        if row.division_id is not None:
            divisions[row.id].append(row.division_id)
    return [
        Upcoming(
            EventRef(event.id, event.kind, event.effective_on, event.summary),
            event.document_no,
            f"待生效 {event.effective_on}",
            _named(session, divisions[event.id], event.effective_on),
        )
        for event in events.values()
    ]


def _named(session: Session, divisions: list[uuid.UUID], on: dt.date) -> tuple[Ref, ...]:
    refs = find_refs(session, divisions, on).values()
    return tuple(sorted(refs, key=lambda ref: (ref.level, ref.code or "~", str(ref.id))))
