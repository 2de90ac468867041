"""Opening events: every change of the register happens under one."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.models import Event

MOMENT = dt.timedelta(microseconds=1)


def new_event(
    session: Session,
    kind: str,
    effective_on: dt.date,
    summary: str,
    actor_id: uuid.UUID | None,
    **details: Any,
) -> Event:
    """Write an event and return it with its id.

    Call it after the locks are held: `recorded_at` is the moment that all rows of the event carry. It is
    later than that of every event seen, so that a row one event added can be ended by the next.

    Parameters
    ----------
    kind : str
        One of the kinds the table allows.
    effective_on : date
        The day the law changes (Asia/Shanghai).
    **details
        approved_on, completed_on, document_no, authority, date_assumed, request_id, import_id.
    """
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
