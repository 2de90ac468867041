"""Who else works on the same lines or divisions: open requests that touch them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.models import ChangeRequest
from gazetteer.queries.chains import Link, find_links
from gazetteer.queries.requests import Person, find_people, may_see, require_request
from gazetteer.queries.stand import DatedQuery
from gazetteer.roles import Actor
from gazetteer.states import OPEN_STATES

MOST = 100

_PAIRS = DatedQuery(
    """
    SELECT left_face, right_face
    FROM arc
    WHERE id = ANY(CAST(:arcs AS bigint[]))
        AND upper_inf(recorded)
        AND valid @> CAST(:on AS date)
    """
)


@dataclass(frozen=True)
class Overlap:
    """An open request on the same ground.

    Attributes
    ----------
    same_line : bool
        It touches both sides of a line, not only one of the divisions beside it.
    shared : tuple of Link
        Divisions that both change.
    mine : bool
        The caller wrote it.
    """

    id: uuid.UUID
    number: int
    kind: str
    title: str
    state: str
    author: Person
    updated_at: dt.datetime
    same_line: bool
    shared: tuple[Link, ...]
    mine: bool


def list_overlaps(session: Session, actor: Actor, request_id: uuid.UUID) -> list[Overlap]:
    """Return the other open requests that touch what a request touches, the newest first."""
    request = require_request(session, actor, request_id)
    faces = frozenset(request.touched_faces) - {0}
    found = _find(session, actor, faces, request.touched_divisions, request.id)
    return _overlaps(session, actor, found, [faces], request.touched_divisions)


def find_overlapping(
    session: Session, actor: Actor, arcs: Collection[int], divisions: Collection[uuid.UUID]
) -> list[Overlap]:
    """Return the open requests on both sides of one of the arcs, or on one of the divisions."""
    rows = _PAIRS.run(session, clock.today(session), arcs=list(arcs))
    pairs = [frozenset((row.left_face, row.right_face)) - {0} for row in rows]
    found = _find(session, actor, frozenset[int]().union(*pairs), divisions, None)
    wanted = set(divisions)
    near = [r for r in found if _on_a_line(r, pairs) or wanted & set(r.touched_divisions)]
    return _overlaps(session, actor, near, pairs, divisions)


def _find(
    session: Session,
    actor: Actor,
    faces: Collection[int],
    divisions: Collection[uuid.UUID],
    own: uuid.UUID | None,
) -> list[ChangeRequest]:
    query = (
        select(ChangeRequest)
        .where(
            ChangeRequest.state.in_(sorted(OPEN_STATES)),
            or_(
                ChangeRequest.touched_faces.overlap(sorted(faces)),
                ChangeRequest.touched_divisions.overlap(list(divisions)),
            ),
        )
        .order_by(ChangeRequest.number.desc())
        .limit(MOST)
    )
    return [r for r in session.scalars(query) if r.id != own and may_see(actor, r)]


def _on_a_line(request: ChangeRequest, pairs: Iterable[frozenset[int]]) -> bool:
    touched = set(request.touched_faces)
    return any(pair and pair <= touched for pair in pairs)


def _overlaps(
    session: Session,
    actor: Actor,
    found: list[ChangeRequest],
    pairs: Collection[frozenset[int]],
    divisions: Collection[uuid.UUID],
) -> list[Overlap]:
    people = find_people(session, {r.created_by for r in found})
    shared = {r.id: set(r.touched_divisions) & set(divisions) for r in found}
    links = find_links(session, {d for ids in shared.values() for d in ids}, clock.today(session))
    return [
        Overlap(
            id=r.id,
            number=r.number,
            kind=r.kind,
            title=r.title,
            state=r.state,
            author=people[r.created_by],
            updated_at=r.updated_at,
            same_line=any(len(pair & set(r.touched_faces)) >= min(2, len(pair)) > 0 for pair in pairs),
            shared=tuple(sorted((links[d] for d in shared[r.id] if d in links), key=_by_level)),
            mine=r.created_by == actor.user_id,
        )
        for r in found
    ]


def _by_level(link: Link) -> tuple[int, str, uuid.UUID]:
    return (link.level, link.code or "~", link.id)
