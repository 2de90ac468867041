"""Applying an approved request: both neighbours and all parents, in the transaction of its approval."""

from __future__ import annotations

import uuid
from dataclasses import replace

from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.changes.changed_shapes import write_shapes
from gazetteer.changes.dated import Moment
from gazetteer.changes.events import new_event
from gazetteer.changes.lines import write_line_objects
from gazetteer.changes.register_change import write_change, write_lineage
from gazetteer.engine.event_kind import kind_of_change
from gazetteer.engine.lineage import trace
from gazetteer.models import ChangeRequest, Event
from gazetteer.operations.drafts import Evaluation
from gazetteer.queries.stand import day_of


def apply_evaluation(
    session: Session, evaluation: Evaluation, request: ChangeRequest, actor_id: uuid.UUID
) -> Event:
    """Write what was evaluated under the lock; the caller commits.

    A change of the law has the day it takes effect and leaves what was before as it was; who came from whom
    is written with it. A correction is an event of today: the law is as it was, the register was wrong; its
    lines hold from the last legal change of what they touch (``evaluation.since``), names and codes over
    the whole period of the row they replace.
    """
    today = clock.today(session)
    legal = evaluation.legal
    before, after, change = evaluation.before, evaluation.after, evaluation.change
    event = new_event(
        session,
        kind_of_change(before, after, evaluation.intents, evaluation.outcomes) if legal else "correct",
        day_of(evaluation.on) if legal else today,
        request.title,
        actor_id,
        approved_on=today,
        document_no=request.document_no,
        request_id=request.id,
    )
    moment = Moment(event.id, event.recorded_at, evaluation.since)
    write_change(session, change, evaluation.stored, after, moment, legal=legal)
    write_shapes(session, change, evaluation.stored, after, evaluation.verdict.polygons, event, moment)
    write_line_objects(session, before, after, replace(moment, effective_on=event.effective_on))
    if legal:
        write_lineage(session, trace(before, after, evaluation.replayed.populations), moment)
    return event
