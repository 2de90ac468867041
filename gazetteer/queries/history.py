"""The history of a division: each event that touched it, with what was before and after."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gazetteer.queries.sql import load

ASSUMED = "生效日期为推定。The effective day is an assumption."
_WHATS = ("state", "name", "code", "type", "parent", "shape")

_EVENTS = text(
    """
    SELECT id, kind, effective_on, approved_on, document_no, authority, summary, date_assumed
    FROM event
    WHERE id = ANY(:ids)
    ORDER BY effective_on DESC, id DESC
    """
)


@dataclass(frozen=True)
class Change:
    """One thing that an event changed; areas of a shape are in m2."""

    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class HistoryItem:
    """One event of a division."""

    event_id: int
    kind: str
    effective: dt.date
    approved: dt.date | None
    document_no: str | None
    authority: str | None
    summary: str
    note: str | None
    changes: tuple[Change, ...]


def list_history(session: Session, division_id: uuid.UUID) -> list[HistoryItem]:
    """Return the events that founded, changed or ended a division, the newest first."""
    values: dict[int, dict[tuple[str, str], str | None]] = defaultdict(dict)
    for row in session.execute(load("division_history"), {"id": division_id}):
        values[row.event][(row.what, row.side)] = row.value
    events = session.execute(_EVENTS, {"ids": list(values)})
    return [_item(event, _changes(values[event.id])) for event in events]


def _changes(values: dict[tuple[str, str], str | None]) -> tuple[Change, ...]:
    before = {what: value for (what, side), value in values.items() if side == "before"}
    after = {what: value for (what, side), value in values.items() if side == "after"}
    touched = before.keys() | after.keys() | {what for what, side in values if side == "touched"}
    changes = [
        Change(what, before.get(what), after.get(what))
        for what in _WHATS
        if what in touched and (before.get(what) != after.get(what) or what == "shape")
    ]
    return _with_state(changes, before, after)


def _with_state(changes: list[Change], before: Collection[str], after: Collection[str]) -> tuple[Change, ...]:
    """Say that a division begins or ends where its type has one side only."""
    if ("type" in before) == ("type" in after):
        return tuple(changes)
    return tuple(Change("state", c.before, c.after) if c.what == "type" else c for c in changes)


def _item(event: Row[Any], changes: tuple[Change, ...]) -> HistoryItem:
    return HistoryItem(
        event_id=event.id,
        kind=event.kind,
        effective=event.effective_on,
        approved=event.approved_on,
        document_no=event.document_no,
        authority=event.authority,
        summary=event.summary,
        note=ASSUMED if event.date_assumed else None,
        changes=changes,
    )
