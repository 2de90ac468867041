"""Opening events: every change of the register happens under one."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy.orm import Session, make_transient_to_detached

from gazetteer.clock import NOW
from gazetteer.models import Event
from gazetteer.queries.direct import DirectQuery

_EVENT_LOCK = 704_353_755
_LOCK = DirectQuery(f"SELECT pg_advisory_xact_lock({_EVENT_LOCK})")
_DETAILS = (
    "approved_on",
    "completed_on",
    "document_no",
    "authority",
    "date_assumed",
    "request_id",
    "import_id",
)
_INSERT = DirectQuery(
    f"""
    INSERT INTO event (kind, effective_on, summary, actor_id, {", ".join(_DETAILS)}, recorded_at)
    SELECT :kind, :effective_on, :summary, CAST(:actor_id AS uuid), CAST(:approved_on AS date),
        CAST(:completed_on AS date), CAST(:document_no AS text), CAST(:authority AS text), :date_assumed,
        CAST(:request_id AS uuid), CAST(:import_id AS uuid),
        GREATEST({NOW}, (
            SELECT recorded_at + interval '1 microsecond'
            FROM event
            ORDER BY id DESC
            LIMIT 1
        ))
    RETURNING id, recorded_at
    """
)


def lock_events(session: Session) -> None:
    """Let nobody else open an event until this transaction ends.

    Without it an event could be committed after one with a higher id: a release that was read in between
    would name the higher one as its last, and the lower one would stand in no release's list of changes; and
    what was known at a moment would change afterwards.
    """
    _LOCK.rows(session)


def new_event(
    session: Session,
    kind: str,
    effective_on: dt.date,
    summary: str,
    actor_id: uuid.UUID | None,
    **details: Any,
) -> Event:
    """Write an event and return it with its id.

    Call it after the locks are held: `recorded_at` is the moment that all rows of the event carry. Ids and
    moments grow in the order of commits, so that a row one event added can be ended by the next.

    Parameters
    ----------
    kind : str
        One of the kinds the table allows.
    effective_on : date
        The day the law changes (Asia/Shanghai).
    **details
        approved_on, completed_on, document_no, authority, date_assumed, request_id, import_id.
    """
    lock_events(session)
    values = {
        **dict.fromkeys(_DETAILS),
        "date_assumed": False,
        "kind": kind,
        "effective_on": effective_on,
        "summary": summary,
        "actor_id": actor_id,
        **details,
    }
    ((event_id, recorded_at),) = _INSERT.rows(session, **values)
    event = Event(id=event_id, recorded_at=recorded_at, **values)
    make_transient_to_detached(event)
    session.add(event)
    return event
