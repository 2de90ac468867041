"""Reading change requests: one, a page of them, their standing operations and their log."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.errors import NotFound
from gazetteer.models import ChangeRequest, Operation, Review, User
from gazetteer.queries.chains import Link, find_links, find_paths
from gazetteer.roles import Actor, can
from gazetteer.rules.intents import Intent
from gazetteer.states import STEPS


@dataclass(frozen=True)
class Person:
    """Who: id and the name to show."""

    id: uuid.UUID
    display_name: str


@dataclass(frozen=True)
class RequestView:
    """A change request as people see it."""

    id: uuid.UUID
    number: int
    kind: str
    title: str
    reason: str
    state: str
    version: int
    content_hash: str
    effective_on: dt.date | None
    base_event: int | None
    created_by: Person
    last_editor: Person
    decided_by: Person | None
    created_at: dt.datetime
    updated_at: dt.datetime
    document_no: str | None
    applied_event: int | None
    touched_divisions: tuple[Link, ...]
    operations: tuple[dict[str, Any], ...]
    allowed_actions: tuple[str, ...]


@dataclass(frozen=True)
class LogLine:
    """One step of a request."""

    at: dt.datetime
    actor: Person
    action: str
    from_state: str | None
    to_state: str
    reason: str | None
    document_no: str | None
    content_hash: str


def may_see(actor: Actor, request: ChangeRequest) -> bool:
    """Tell whether a request concerns `actor`: their own, or one that touches their subtree."""
    return request.created_by == actor.user_id or can(actor, "request.read", set(request.scope))


def require_request(
    session: Session, actor: Actor, request_id: uuid.UUID, *, lock: bool = False
) -> ChangeRequest:
    """Return a request the actor may see; NotFound for others, whether they exist or not."""
    query = select(ChangeRequest).where(ChangeRequest.id == request_id)
    request = session.scalar(
        query.with_for_update().execution_options(populate_existing=True) if lock else query
    )
    if request is None or not may_see(actor, request):
        raise NotFound(f"没有此变更申请:{request_id}。", f"There is no change request {request_id}.")
    return request


def list_intents(session: Session, request_id: uuid.UUID) -> list[Intent]:
    """Return the standing operations in order: all that were added and not retracted since."""
    rows = session.scalars(
        select(Operation).where(Operation.request_id == request_id).order_by(Operation.seq)
    ).all()
    retracted = {row.retracts for row in rows}
    return [
        Intent(row.id, row.kind, row.body)
        for row in rows
        if row.kind != "retract" and row.id not in retracted
    ]


def get_request(session: Session, actor: Actor, request_id: uuid.UUID) -> RequestView:
    """Return one request with its operations and what the actor may do with it now."""
    request = require_request(session, actor, request_id)
    return _views(session, actor, [request], {request.id: list_intents(session, request.id)})[0]


def list_requests(
    session: Session,
    actor: Actor,
    *,
    states: Collection[str] = (),
    mine: bool = False,
    before: int | None = None,
    limit: int = 50,
) -> list[RequestView]:
    """Return a page of requests the actor may see, the newest number first, without their operations.

    Parameters
    ----------
    before : int, optional
        Only requests with a smaller number: the last number of the page before.
    """
    query = select(ChangeRequest).order_by(ChangeRequest.number.desc()).limit(limit)
    if states:
        query = query.where(ChangeRequest.state.in_(states))
    if before is not None:
        query = query.where(ChangeRequest.number < before)
    own = ChangeRequest.created_by == actor.user_id
    if mine:
        query = query.where(own)
    elif not can(actor, "request.read", ()):
        roots = [grant.division_id for grant in actor.grants if grant.division_id]
        query = query.where(or_(own, ChangeRequest.scope.overlap(roots)))
    return _views(session, actor, list(session.scalars(query)), {})


def list_log(session: Session, actor: Actor, request_id: uuid.UUID) -> list[LogLine]:
    """Return the steps of a request, the oldest first."""
    require_request(session, actor, request_id)
    rows = session.scalars(select(Review).where(Review.request_id == request_id).order_by(Review.id)).all()
    people = find_people(session, {row.actor_id for row in rows})
    return [
        LogLine(
            row.at,
            people[row.actor_id],
            row.action,
            row.from_state,
            row.to_state,
            row.reason,
            row.document_no,
            row.content_hash,
        )
        for row in rows
    ]


def find_people(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Person]:
    """Return people by id, as they are shown."""
    query = select(User.id, User.display_name).where(User.id.in_(ids))
    return {row.id: Person(row.id, row.display_name) for row in session.execute(query)}


def _views(
    session: Session, actor: Actor, requests: list[ChangeRequest], intents: dict[uuid.UUID, list[Intent]]
) -> list[RequestView]:
    ids = {i for r in requests for i in (r.created_by, r.last_editor, r.decided_by) if i}
    people = find_people(session, ids)
    links = find_links(session, {d for r in requests for d in r.touched_divisions}, clock.today(session))
    paths = _find_paths_to_judge(session, actor, requests)
    return [
        RequestView(
            id=r.id,
            number=r.number,
            kind=r.kind,
            title=r.title,
            reason=r.reason,
            state=r.state,
            version=r.version,
            content_hash=r.content_hash,
            effective_on=r.effective_on,
            base_event=r.base_event,
            created_by=people[r.created_by],
            last_editor=people[r.last_editor],
            decided_by=people[r.decided_by] if r.decided_by else None,
            created_at=r.created_at,
            updated_at=r.updated_at,
            document_no=r.document_no,
            applied_event=r.applied_event,
            touched_divisions=tuple(links[d] for d in r.touched_divisions if d in links),
            operations=tuple(i.to_json() for i in intents.get(r.id, ())),
            allowed_actions=tuple(step for step in STEPS[r.kind] if may_step(actor, r, step, paths)),
        )
        for r in requests
    ]


def _find_paths_to_judge(
    session: Session, actor: Actor, requests: Collection[ChangeRequest]
) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Return the paths of the divisions that wait for approval, for who approves in a part of it all."""
    if can(actor, "request.decide", ()) or not can(actor, "request.decide"):
        return {}
    touched = {d for r in requests if r.state == "submitted" for d in r.touched_divisions}
    return find_paths(session, touched, clock.today(session)) if touched else {}


def may_step(
    actor: Actor, request: ChangeRequest, action: str, paths: Mapping[uuid.UUID, Collection[uuid.UUID]]
) -> bool:
    """Tell whether the step stands open to this actor now: state, authorship, role and subtree.

    Parameters
    ----------
    paths : mapping of touched division to itself and all above it
        Who approves must be permitted on both sides; not needed for who approves everywhere.
    """
    step = STEPS[request.kind][action]
    authors = {request.created_by, request.last_editor}
    if request.state not in step.sources:
        return False
    if step.own is True and request.created_by != actor.user_id:
        return False
    if step.own is False and actor.user_id in authors:
        return False
    if action == "approve" and not _covers(actor, step.permission, request.touched_divisions, paths):
        return False
    return can(actor, step.permission, None if step.own else set(request.scope))


def _covers(
    actor: Actor,
    permission: str,
    touched: Collection[uuid.UUID],
    paths: Mapping[uuid.UUID, Collection[uuid.UUID]],
) -> bool:
    """Tell whether a permission holds on all of the lowest divisions touched."""
    lowest = [d for d in touched if not any(d in paths.get(other, ()) for other in touched if other != d)]
    return all(can(actor, permission, paths.get(division, ())) for division in lowest)
