"""Writing change requests: the request row, its append-only operations and reviews."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gazetteer.models import ChangeRequest, Operation, Review
from gazetteer.rules.intents import Intent


def add_operations(
    session: Session,
    request: ChangeRequest,
    added: Sequence[Intent],
    retracted: Sequence[uuid.UUID],
    actor_id: uuid.UUID,
    at: dt.datetime,
) -> None:
    """Append operations and retractions after the last one of the request."""
    last = select(func.coalesce(func.max(Operation.seq), 0)).where(Operation.request_id == request.id)
    seq = session.scalar(last) or 0
    rows = [Operation(id=uuid.uuid4(), kind="retract", body={}, retracts=gone) for gone in retracted]
    rows += [Operation(id=intent.id, kind=intent.kind, body=intent.body) for intent in added]
    for number, row in enumerate(rows, start=seq + 1):
        row.request_id, row.seq, row.created_by, row.created_at = request.id, number, actor_id, at
    session.add_all(rows)
    session.flush()


def add_review(
    session: Session,
    request: ChangeRequest,
    action: str,
    from_state: str | None,
    actor_id: uuid.UUID,
    at: dt.datetime,
    reason: str | None = None,
) -> None:
    """Write one line of the request's log, on the content it has now."""
    session.add(
        Review(
            request_id=request.id,
            action=action,
            from_state=from_state,
            to_state=request.state,
            actor_id=actor_id,
            reason=reason,
            document_no=request.document_no,
            content_hash=request.content_hash,
            at=at,
        )
    )
