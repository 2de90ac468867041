"""Dated rows: the one place where a legal change cuts `valid` and a correction closes `recorded`.

Both periods are half-open. Nothing of a recorded row is ever overwritten but the end of its `recorded`.
A legal change on date F of a row R(valid [a, b), recorded [t0, inf)) closes R at the moment of the event,
adds R again with valid [a, F), and, where the thing goes on changed, its new content with [F, b). The part
before F keeps the event that brought it about; the closed row names the event that ended it. A correction
closes R and adds the right content with the very same `valid`: the register was wrong, the law is as it was.
Moments of events grow strictly, so that a row which an event added can be ended by the next one.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from gazetteer.errors import Stale
from gazetteer.queries.direct import DirectQuery


@dataclass(frozen=True)
class DatedTable:
    """A table of dated rows: its name, the primary key of a row, and the columns that are its content."""

    name: str
    key: str
    columns: tuple[str, ...]


STATE = DatedTable("division_state", "id", ("division_id", "type", "seat_address", "seat"))
CODE = DatedTable("division_code", "id", ("division_id", "scheme", "code"))
NAME = DatedTable("division_name", "id", ("division_id", "kind", "name", "pinyin"))
MEMBER = DatedTable("member", "id", ("face_id", "child_id", "parent_id"))
NODE = DatedTable("node_position", "id", ("node_id", "x", "y"))
LINE = DatedTable(
    "boundary_line_state",
    "id",
    (
        "line_id",
        "name",
        "left_id",
        "right_id",
        "legal_status",
        "follows",
        "agreement_no",
        "line_type",
        "agreement_date",
        "agreement_clause",
        "survey_date",
        "accuracy_m",
        "course",
    ),
)
MARKER = DatedTable(
    "marker_state",
    "id",
    (
        "marker_id",
        "line_id",
        "number",
        "letter",
        "form",
        "material",
        "node_id",
        "x",
        "y",
        "elevation_m",
        "accuracy_m",
        "gnss",
        "side_1_id",
        "side_2_id",
        "side_3_id",
        "reference_objects",
        "status",
        "note",
    ),
)
TRIPOINT = DatedTable(
    "tripoint_state",
    "id",
    (
        "tripoint_id",
        "node_id",
        "name",
        "side_1_id",
        "side_2_id",
        "side_3_id",
        "agreement_no",
        "agreement_date",
    ),
)
ARC = DatedTable(
    "arc",
    "row_id",
    ("id", "version", "start_node", "end_node", "left_face", "right_face", "line_id", "geom", "hash"),
)


@dataclass(frozen=True)
class Moment:
    """When a change counts: the event, the moment it was recorded, and the day it takes effect in law."""

    event_id: int
    recorded_at: dt.datetime
    effective_on: dt.date


def close_and_cut(session: Session, table: DatedTable, row_ids: Sequence[int], moment: Moment) -> None:
    """End rows in law on ``moment.effective_on``: close each as recorded, add the part of it before that day.

    Raises
    ------
    Stale
        A row is gone, already closed, or over before that day; the caller rolls back.
    """
    rewrite(session, table, moment, ended=row_ids)


def change_from(
    session: Session, table: DatedTable, changes: Mapping[int, Mapping[str, Any]], moment: Moment
) -> None:
    """Change rows in law from ``moment.effective_on`` on: what they said before stays true until that day.

    Parameters
    ----------
    changes : mapping of row key to mapping of column to new value
        Columns not named keep their value; values must be JSON serialisable (geometry as hex EWKB).
    """
    rewrite(session, table, moment, changed=changes)


def add(
    session: Session,
    table: DatedTable,
    rows: Sequence[Mapping[str, Any]],
    moment: Moment,
    until: dt.date | None = None,
) -> None:
    """Add rows valid from ``moment.effective_on`` (to `until`, exclusive, when given).

    Parameters
    ----------
    rows : sequence of mapping of column to value
        Columns not named are null; values must be JSON serialisable (geometry as hex EWKB).
    """
    rewrite(session, table, moment, added=rows, until=until)


def rewrite(
    session: Session,
    table: DatedTable,
    moment: Moment,
    *,
    ended: Sequence[int] = (),
    changed: Mapping[int, Mapping[str, Any]] = MappingProxyType({}),
    added: Sequence[Mapping[str, Any]] = (),
    until: dt.date | None = None,
) -> None:
    """End, change and add rows of one table in one statement; see the three functions above.

    Raises
    ------
    Stale
        A row to be ended or changed is gone, already closed, or over before that day.
    """
    keys = [*ended, *changed]
    given = [{"key": key, "body": dict(body)} for key, body in changed.items()]
    given += [{"key": None, "body": dict(body)} for body in added]
    if not keys and not given:
        return
    held = _legal_change(table).rows(
        session,
        ids=keys,
        given=json.dumps(given, default=str),
        at=moment.recorded_at,
        event=moment.event_id,
        day=moment.effective_on,
        until=until,
    )
    _require_all(table, keys, held)


def correct(
    session: Session, table: DatedTable, changes: Mapping[int, Mapping[str, Any]], moment: Moment
) -> None:
    """Correct what was recorded wrongly: close each row as recorded, add it changed with the same `valid`."""
    given = [{"key": key, "body": dict(body)} for key, body in changes.items()]
    held = _correction(table).rows(
        session,
        ids=list(changes),
        given=json.dumps(given, default=str),
        at=moment.recorded_at,
        event=moment.event_id,
    )
    _require_all(table, list(changes), held)


def retract(session: Session, table: DatedTable, row_ids: Sequence[int], moment: Moment) -> None:
    """Take back rows that were never true: close them as recorded, add nothing."""
    held = _correction(table).rows(
        session, ids=list(row_ids), given="[]", at=moment.recorded_at, event=moment.event_id
    )
    _require_all(table, row_ids, held)


def _require_all(table: DatedTable, wanted: Sequence[int], held: Sequence[Any]) -> None:
    missing = sorted(set(wanted) - {row.key for row in held})
    if missing:
        raise Stale(
            f"记录已被更改或在生效日期之前已终止（{table.name}）。",
            f"Rows of {table.name} have changed or ended before the effective date.",
            table=table.name,
            rows=missing,
        )


@cache
def _legal_change(table: DatedTable) -> DirectQuery:
    """Return the statement that closes rows, keeps the part before the day, adds what holds from it on."""
    columns = ", ".join(table.columns)
    return DirectQuery(
        f"""
        WITH {_closed(table, "AND valid && daterange(CAST(:day AS date), NULL)")}, cut AS (
            INSERT INTO {table.name} ({columns}, valid, recorded, event_id)
            SELECT {_of("(stored)", table)}, (stored).valid * daterange(NULL, CAST(:day AS date)),
                tstzrange(CAST(:at AS timestamptz), NULL), (stored).event_id
            FROM closed
            WHERE NOT isempty((stored).valid * daterange(NULL, CAST(:day AS date)))
            ORDER BY key
        ), added AS (
            INSERT INTO {table.name} ({columns}, valid, recorded, event_id)
            SELECT {_of("fresh", table)},
                CASE WHEN given.key IS NULL THEN daterange(CAST(:day AS date), CAST(:until AS date))
                    ELSE (old.stored).valid * daterange(CAST(:day AS date), NULL) END,
                tstzrange(CAST(:at AS timestamptz), NULL), CAST(:event AS bigint)
            FROM given
            LEFT JOIN closed old ON old.key = given.key,
                LATERAL jsonb_populate_record(old.stored, given.body) AS fresh
            WHERE given.key IS NULL
                OR old.key IS NOT NULL
            ORDER BY given.key, given.place
        )
        SELECT key
        FROM closed
        """
    )


@cache
def _correction(table: DatedTable) -> DirectQuery:
    """Return the statement that closes rows and adds them again with another content."""
    return DirectQuery(
        f"""
        WITH {_closed(table, "")}, added AS (
            INSERT INTO {table.name} ({", ".join(table.columns)}, valid, recorded, event_id)
            SELECT {_of("fresh", table)}, (old.stored).valid,
                tstzrange(CAST(:at AS timestamptz), NULL), CAST(:event AS bigint)
            FROM given
            JOIN closed old ON old.key = given.key,
                LATERAL jsonb_populate_record(old.stored, given.body) AS fresh
            ORDER BY given.key
        )
        SELECT key
        FROM closed
        """
    )


def _closed(table: DatedTable, condition: str) -> str:
    """Return the common start: the rows given, and the stored ones that end; a row is closed only once.

    What is added takes its rows from `closed`, so that a row has ended before the next one begins.
    """
    return f"""
        given AS (
            SELECT CAST(item ->> 'key' AS bigint) AS key, item -> 'body' AS body, place
            FROM jsonb_array_elements(CAST(:given AS jsonb)) WITH ORDINALITY AS items(item, place)
        ), closed AS (
            UPDATE {table.name}
            SET recorded = tstzrange(lower(recorded), CAST(:at AS timestamptz)),
                closed_event_id = CAST(:event AS bigint)
            WHERE {table.key} = ANY(CAST(:ids AS bigint[]))
                AND upper_inf(recorded)
                AND lower(recorded) < CAST(:at AS timestamptz)
                {condition}
            RETURNING {table.key} AS key, {table.name} AS stored
        )"""


def _of(record: str, table: DatedTable) -> str:
    return ", ".join(f"{record}.{column}" for column in table.columns)
