"""An edition load: the register is brought to a newer coverage through dated events, all or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from gazetteer.changes import audit
from gazetteer.changes.dated import Moment
from gazetteer.changes.edition_steps import Numbers, Step
from gazetteer.changes.edition_write import write_step
from gazetteer.changes.events import lock_events, new_event
from gazetteer.changes.load_names import PlaceNames, store_place_names
from gazetteer.errors import Stale
from gazetteer.models import Event, ImportBatch
from gazetteer.operations.import_batches import lock_batch, require_second_person
from gazetteer.roles import Actor


def sign_edition(
    session: Session,
    actor: Actor,
    batch_id: uuid.UUID,
    steps: Sequence[Step],
    base_event: int,
    places: PlaceNames | None = None,
) -> Event:
    """Sign a confirmed edition as the second person and apply its events in one transaction.

    Parameters
    ----------
    steps : sequence of Step
        One an event, planned on the register as it stood after `base_event`.
    places : PlaceNames, optional
        Place names of the edition; in force from the last event on.

    Raises
    ------
    Forbidden
        ``own_request`` for the person who uploaded or confirmed.
    Stale
        The register has changed since the plan was made.
    """
    batch = lock_batch(session, batch_id)
    require_second_person(batch, actor)
    session.execute(text("SELECT id FROM face ORDER BY id FOR UPDATE"))
    lock_events(session)
    _require_base(session, base_event)
    numbers = Numbers()
    events = [_apply(session, actor, batch, step, numbers) for step in steps]
    if places is not None:
        store_place_names(session, places, _moment(events[-1]))
    batch.state = "applied"
    batch.signed_by = actor.user_id
    batch.applied_event = events[-1].id
    session.flush()
    detail = {"events": [event.id for event in events]}
    audit.append(session, actor.user_id, "import.sign", "import", str(batch_id), detail)
    session.commit()
    return events[-1]


def _require_base(session: Session, base_event: int) -> None:
    last = session.scalar(text("SELECT coalesce(max(id), 0) FROM event"))
    if last != base_event:
        raise Stale(
            "登记库在检查之后已有变更，请重新检查导入。",
            "The register has changed since the check: check the import again.",
            base_event=base_event,
            last_event=last,
        )


def _apply(session: Session, actor: Actor, batch: ImportBatch, step: Step, numbers: Numbers) -> Event:
    facts = step.facts
    event = new_event(
        session,
        facts.kind,
        facts.effective,
        facts.summary,
        actor.user_id,
        approved_on=facts.approved,
        document_no=facts.document_no,
        authority=facts.authority,
        date_assumed=facts.assumed,
        import_id=batch.id,
    )
    write_step(session, step, _moment(event), numbers)
    return event


def _moment(event: Event) -> Moment:
    return Moment(event.id, event.recorded_at, event.effective_on)
