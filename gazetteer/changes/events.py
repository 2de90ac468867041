"""Opening events: every change of the register happens under one."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.models import Event

MOMENT = dt.timedelta(microseconds=1)
_EVENT_LOCK = 704_353_755


def lock_events(session: Session) -> None:
    """Let nobody else open an event until this transaction ends.

    Without it an event could be committed after one with a higher id: a release that was read in between
    would name the higher one as its last, and the lower one would stand in no release's list of changes; and
    what was known at a moment would change afterwards.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _EVENT_LOCK})


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
    last = session.scalar(select(Event.recorded_at).order_by(Event.id.desc()).limit(1))
    now = clock.now(session)
    event = Event(
        kind=kind,
        recorded_at=now if last is None else max(now, last + MOMENT),
        effective_on=effective_on,
        summary=summary,
        actor_id=actor_id,
        **details,
    )
    session.add(event)
    session.flush()
    return event
