"""Opening events: every change of the register happens under one."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.models import Event


def new_event(
    session: Session,
    kind: str,
    effective_on: dt.date,
    summary: str,
    actor_id: uuid.UUID | None,
    **details: Any,
) -> Event:
    """Write an event and return it with its id.

    Call it after the locks are held: `recorded_at` is the moment that all rows of the transaction carry.

    Parameters
    ----------
    kind : str
        One of the kinds the table allows.
    effective_on : date
        The day the law changes (Asia/Shanghai).
    **details
        approved_on, completed_on, document_no, authority, date_assumed, request_id, import_id.
    """
    event = Event(
        kind=kind,
        recorded_at=clock.now(session),
        effective_on=effective_on,
        summary=summary,
        actor_id=actor_id,
        **details,
    )
    session.add(event)
    session.flush()
    return event
