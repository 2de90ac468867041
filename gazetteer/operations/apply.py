"""Applying an approved request: both neighbours and all parents, in the transaction of its approval."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.changes import dated
from gazetteer.changes.arcs import apply_patch
from gazetteer.changes.dated import Moment
from gazetteer.changes.events import new_event
from gazetteer.changes.shapes import rebuild_shapes
from gazetteer.models import ChangeRequest, Event
from gazetteer.operations.drafts import Evaluation


def apply_evaluation(
    session: Session, evaluation: Evaluation, request: ChangeRequest, actor_id: uuid.UUID
) -> Event:
    """Write what was evaluated under the lock; the caller commits.

    The event is a correction of today: the law is as it was, the register was wrong. Lines hold from the
    last legal change of what they touch (``evaluation.since``), names over the whole period of the row
    they replace.
    """
    since, today = evaluation.since, clock.today(session)
    event = new_event(
        session,
        "correct",
        today,
        request.title,
        actor_id,
        approved_on=today,
        document_no=request.document_no,
        request_id=request.id,
    )
    moment = Moment(event.id, event.recorded_at, since)
    if evaluation.draft.patch.removed:
        apply_patch(session, evaluation.draft.patch, evaluation.loaded, moment)
        rebuild_shapes(session, evaluation.affected, event, since)
    names = {
        rename.row.row_id: {"name": rename.name, "pinyin": rename.pinyin}
        for rename in evaluation.renames
        if rename.row is not None
    }
    if names:
        dated.correct(session, dated.NAME, names, moment)
    return event
