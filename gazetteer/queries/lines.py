"""Boundary lines 界线 as legal objects: a page of them by place, status and due inspection; one in full."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gazetteer.errors import NotFound
from gazetteer.queries.chains import Link, find_links
from gazetteer.queries.pages import Page, escape_like, parse_cursor, write_cursor
from gazetteer.rules.lines import LOWEST_LEGAL_LEVEL, SETTLED, line_type_of

_DUE = """coalesce(i.next_due,
        (coalesce(s.agreement_date, s.survey_date) + make_interval(years => :years))::date)"""
_FOUND = f"""
    SELECT l.id, l.level, s.name, s.line_type, s.legal_status, s.follows, s.agreement_no, s.agreement_date,
        s.agreement_clause, s.survey_date, s.accuracy_m, s.course, s.left_id, s.right_id,
        lower(s.valid) AS since, upper(s.valid) AS until, i.inspected_on, {_DUE} AS due
    FROM boundary_line l
    JOIN boundary_line_state s ON s.line_id = l.id
        AND upper_inf(s.recorded)
        AND s.valid @> CAST(:on AS date)
    LEFT JOIN (
        SELECT line_id, max(next_due) AS next_due, max(inspected_on) AS inspected_on
        FROM inspection
        WHERE id NOT IN (SELECT corrects FROM inspection WHERE corrects IS NOT NULL)
        GROUP BY line_id
    ) i ON i.line_id = l.id
    WHERE true
"""
_CONDITIONS = {
    "id": "AND l.id = :id",
    "level": "AND l.level = :level",
    "division": "AND :division IN (s.left_id, s.right_id)",
    "legal_status": "AND s.legal_status = :legal_status",
    "q": r"AND s.name LIKE :contained ESCAPE '\'",
    # A settled line that no date is known of has to be inspected now.
    "due_before": f"""AND ({_DUE} < :due_before
        OR ({_DUE} IS NULL AND s.legal_status = '{SETTLED}' AND l.level <= {LOWEST_LEGAL_LEVEL}))""",
    "after": """AND (l.level, s.name COLLATE "C", l.id)
        > (:after_level, :after_name COLLATE "C", CAST(:after_id AS uuid))""",
}
_SIZES = text(
    """
    SELECT wanted.id, a.arcs, a.length_m, m.markers
    FROM unnest(CAST(:ids AS uuid[])) AS wanted(id)
    CROSS JOIN LATERAL (
        SELECT count(*) AS arcs, coalesce(sum(ST_Length(geom::geography)), 0) AS length_m
        FROM arc
        WHERE line_id = wanted.id
            AND upper_inf(recorded)
            AND valid @> CAST(:on AS date)
    ) a
    CROSS JOIN LATERAL (
        SELECT count(*) AS markers
        FROM marker_state
        WHERE line_id = wanted.id
            AND upper_inf(recorded)
            AND valid @> CAST(:on AS date)
    ) m
    """
)
_HISTORY = text(
    """
    SELECT s.name, s.left_id, s.right_id, s.legal_status, s.follows, s.agreement_no,
        lower(s.valid) AS since, upper(s.valid) AS until, lower(s.recorded) AS recorded_at,
        upper(s.recorded) AS superseded_at, e.id AS event_id, e.kind, e.summary, e.document_no
    FROM boundary_line_state s
    JOIN event e ON e.id = s.event_id
    WHERE s.line_id = :line
    ORDER BY lower(s.recorded) DESC, lower(s.valid) DESC NULLS LAST, s.id DESC
    """
)


@dataclass(frozen=True)
class LineFilter:
    """Which lines; None asks for all.

    Parameters
    ----------
    years : int
        Years from one regular inspection to the next.
    division : UUID or None
        A division that is a side of the line.
    due_before : date or None
        The next inspection is due before that day, or never was one of a settled line.
    """

    on: dt.date
    years: int
    level: int | None = None
    division: uuid.UUID | None = None
    legal_status: str | None = None
    q: str | None = None
    due_before: dt.date | None = None


@dataclass(frozen=True)
class LineView:
    """A boundary line on a day; length ellipsoidal in metres; `next_due` None: no date to count from."""

    id: uuid.UUID
    level: int
    name: str
    line_type: str
    legal_status: str
    follows: str | None
    agreement_no: str | None
    agreement_date: dt.date | None
    agreement_clause: str | None
    survey_date: dt.date | None
    accuracy_m: float | None
    course: str | None
    left: Link | None
    right: Link | None
    length_m: float
    arcs: int
    markers: int
    inspected_on: dt.date | None
    next_due: dt.date | None
    valid_from: dt.date | None
    valid_to: dt.date | None


@dataclass(frozen=True)
class LineHistoryItem:
    """What was recorded of a line under one event; `superseded_at` when another record took its place."""

    event_id: int
    kind: str
    summary: str
    document_no: str | None
    recorded_at: dt.datetime
    superseded_at: dt.datetime | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    name: str
    left: Link | None
    right: Link | None
    legal_status: str
    follows: str | None
    agreement_no: str | None


def list_lines(
    session: Session, wanted: LineFilter, *, limit: int = 50, cursor: str | None = None
) -> Page[LineView]:
    """Return a page of lines by level, name and id."""
    values: dict[str, Any] = {"on": wanted.on, "years": wanted.years, "limit": limit + 1}
    names = ("level", "division", "legal_status", "due_before")
    values |= {name: getattr(wanted, name) for name in names if getattr(wanted, name) is not None}
    asked = [name for name in names if name in values]
    if wanted.q is not None:
        values["contained"] = f"%{escape_like(wanted.q.strip())}%"
        asked.append("q")
    if cursor:
        level, name, after_id = parse_cursor(cursor, int, str, uuid.UUID)
        values |= {"after_level": level, "after_name": name, "after_id": after_id}
        asked.append("after")
    conditions = "\n".join(_CONDITIONS[name] for name in asked)
    query = f'{_FOUND} {conditions} ORDER BY l.level, s.name COLLATE "C", l.id LIMIT :limit'
    rows = session.execute(text(query), values).all()
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    views = _views(session, shown, wanted.on)
    return Page(tuple(views), write_cursor((last.level, last.name, last.id)) if last else None)


def get_line(session: Session, line_id: uuid.UUID, on: dt.date, years: int) -> LineView:
    """Return a line as it stands on a day; NotFound when it does not exist then."""
    values = {"id": line_id, "on": on, "years": years}
    rows = session.execute(text(f"{_FOUND} {_CONDITIONS['id']}"), values).all()
    if not rows:
        raise NotFound(f"没有此界线：{line_id}。", f"There is no boundary line {line_id}.")
    return _views(session, rows, on)[0]


def list_line_history(session: Session, line_id: uuid.UUID, on: dt.date) -> list[LineHistoryItem]:
    """Return every record of a line, the latest first."""
    rows = session.execute(_HISTORY, {"line": line_id}).all()
    links = find_links(session, _sides(rows), on)
    return [
        LineHistoryItem(
            event_id=row.event_id,
            kind=row.kind,
            summary=row.summary,
            document_no=row.document_no,
            recorded_at=row.recorded_at,
            superseded_at=row.superseded_at,
            valid_from=row.since,
            valid_to=row.until,
            name=row.name,
            left=_link(links, row.left_id),
            right=_link(links, row.right_id),
            legal_status=row.legal_status,
            follows=row.follows,
            agreement_no=row.agreement_no,
        )
        for row in rows
    ]


def _views(session: Session, rows: Collection[Row[Any]], on: dt.date) -> list[LineView]:
    if not rows:
        return []
    ids = [row.id for row in rows]
    sizes = {row.id: row for row in session.execute(_SIZES, {"ids": ids, "on": on})}
    links = find_links(session, _sides(rows), on)
    return [_view(row, sizes[row.id], links) for row in rows]


def _view(row: Row[Any], size: Row[Any], links: Mapping[uuid.UUID, Link]) -> LineView:
    return LineView(
        id=row.id,
        level=row.level,
        name=row.name,
        line_type=row.line_type or line_type_of(row.level),
        legal_status=row.legal_status,
        follows=row.follows,
        agreement_no=row.agreement_no,
        agreement_date=row.agreement_date,
        agreement_clause=row.agreement_clause,
        survey_date=row.survey_date,
        accuracy_m=row.accuracy_m,
        course=row.course,
        left=_link(links, row.left_id),
        right=_link(links, row.right_id),
        length_m=size.length_m,
        arcs=size.arcs,
        markers=size.markers,
        inspected_on=row.inspected_on,
        next_due=row.due,
        valid_from=row.since,
        valid_to=row.until,
    )


def _sides(rows: Collection[Row[Any]]) -> set[uuid.UUID]:
    return {side for row in rows for side in (row.left_id, row.right_id) if side is not None}


def _link(links: Mapping[uuid.UUID, Link], side: uuid.UUID | None) -> Link | None:
    return None if side is None else links.get(side)
