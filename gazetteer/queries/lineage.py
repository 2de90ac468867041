"""What became what: predecessors, successors, and what an ended division is today."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gazetteer.queries.stand import DatedQuery, When


@dataclass(frozen=True)
class Ref:
    """A division by the name and code it has, or last had."""

    id: uuid.UUID
    level: int
    name: str
    code: str | None


@dataclass(frozen=True)
class EventRef:
    """The event of a link."""

    id: int
    kind: str
    effective: dt.date
    summary: str


@dataclass(frozen=True)
class LineageLink:
    """One division that went, whole or in part, into another; the share in m2 where known."""

    division: Ref
    event: EventRef
    role: str
    area_m2: float | None
    exact: bool
    basis: str | None


@dataclass(frozen=True)
class LineageView:
    """Where a division came from, and what became of it, the newest event first."""

    predecessors: tuple[LineageLink, ...]
    successors: tuple[LineageLink, ...]


_REFS = DatedQuery(
    """
    SELECT d.id, d.level, n.name, k.code
    FROM division d
    LEFT JOIN LATERAL (
        SELECT name
        FROM division_name
        WHERE division_id = d.id
            AND kind = 'official'
            AND upper_inf(recorded)
        ORDER BY valid @> CAST(:on AS date) DESC, lower(valid) DESC
        LIMIT 1
    ) n ON true
    LEFT JOIN LATERAL (
        SELECT code
        FROM division_code
        WHERE division_id = d.id
            AND upper_inf(recorded)
        ORDER BY valid @> CAST(:on AS date) DESC, lower(valid) DESC, scheme <> 'cn'
        LIMIT 1
    ) k ON true
    WHERE d.id = ANY(:ids)
    """
)
_LINKS = text(
    """
    SELECT l.from_id, l.to_id, l.role, l.area_m2, l.exact, l.basis, e.id, e.kind, e.effective_on, e.summary
    FROM lineage l
    JOIN event e ON e.id = l.event_id
    WHERE l.from_id = :id OR l.to_id = :id
    ORDER BY e.effective_on DESC, e.id DESC, l.area_m2 DESC NULLS LAST, l.id
    """
)
_TODAY = DatedQuery(
    """
    WITH RECURSIVE onward AS (
        SELECT start, start AS id
        FROM unnest(CAST(:ids AS uuid[])) AS start
        UNION
        SELECT o.start, l.to_id
        FROM onward o
        JOIN lineage l ON l.from_id = o.id
        WHERE NOT EXISTS (
            SELECT 1
            FROM division_state s
            WHERE s.division_id = o.id
                AND upper_inf(s.recorded)
                AND s.valid @> CAST(:on AS date)
        )
    )
    SELECT o.start, o.id
    FROM onward o
    JOIN division_state s ON s.division_id = o.id
        AND upper_inf(s.recorded)
        AND s.valid @> CAST(:on AS date)
    ORDER BY o.start, o.id
    """
)

_STANDING = DatedQuery(
    """
    SELECT DISTINCT division_id
    FROM division_state
    WHERE division_id = ANY(:ids)
        AND upper_inf(recorded)
        AND valid @> CAST(:on AS date)
    """
)


def find_refs(session: Session, ids: Collection[uuid.UUID], on: When) -> dict[uuid.UUID, Ref]:
    """Return divisions by the name and code they have on a day, or else last had."""
    rows = _REFS.run(session, on, ids=list(ids))
    return {row.id: Ref(row.id, row.level, row.name or "", row.code) for row in rows}


def find_today(
    session: Session, ids: Collection[uuid.UUID], on: When
) -> dict[uuid.UUID, tuple[uuid.UUID, ...]]:
    """Return for each division what it is on a day: itself while it exists, else those it went into."""
    found: dict[uuid.UUID, list[uuid.UUID]] = {i: [] for i in ids}
    for row in _TODAY.run(session, on, ids=list(ids)):
        found[row.start].append(row.id)
    return {start: tuple(ends) for start, ends in found.items()}


def find_standing(session: Session, ids: Collection[uuid.UUID], on: When) -> list[uuid.UUID]:
    """Return those of the divisions that exist on a day."""
    return list(_STANDING.run(session, on, ids=list(ids)).scalars())


def get_lineage(session: Session, division_id: uuid.UUID, on: dt.date) -> LineageView:
    """Return the predecessors and successors of a division."""
    rows = session.execute(_LINKS, {"id": division_id}).all()
    refs = find_refs(session, {i for row in rows for i in (row.from_id, row.to_id)}, on)
    return LineageView(
        predecessors=tuple(_link(row, refs[row.from_id]) for row in rows if row.to_id == division_id),
        successors=tuple(_link(row, refs[row.to_id]) for row in rows if row.from_id == division_id),
    )


def _link(row: Row[Any], division: Ref) -> LineageLink:
    event = EventRef(row.id, row.kind, row.effective_on, row.summary)
    return LineageLink(division, event, row.role, row.area_m2, row.exact, row.basis)
