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
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from gazetteer.errors import Stale


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
PLACE = DatedTable(
    "place_name_state",
    "id",
    ("place_id", "name", "pinyin", "legal_category", "class_code", "class_name", "geom", "note"),
)
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
    _close(session, table, row_ids, moment, "AND valid && daterange(:day, NULL)")
    columns = ", ".join(table.columns)
    session.execute(
        text(
            f"INSERT INTO {table.name} ({columns}, valid, recorded, event_id)"
            f" SELECT {columns}, valid * daterange(NULL, :day), tstzrange(:at, NULL), event_id"
            f" FROM {table.name}"
            f" WHERE {table.key} = ANY(:ids) AND NOT isempty(valid * daterange(NULL, :day))"
            f" ORDER BY {table.key}"
        ),
        {"ids": list(row_ids), "at": moment.recorded_at, "day": moment.effective_on},
    )


def change_from(
    session: Session, table: DatedTable, changes: Mapping[int, Mapping[str, Any]], moment: Moment
) -> None:
    """Change rows in law from ``moment.effective_on`` on: what they said before stays true until that day.

    Parameters
    ----------
    changes : mapping of row key to mapping of column to new value
        Columns not named keep their value; values must be JSON serialisable (geometry as hex EWKB).
    """
    close_and_cut(session, table, list(changes), moment)
    _add_changed(session, table, changes, moment, "valid * daterange(:day, NULL)")


def correct(
    session: Session, table: DatedTable, changes: Mapping[int, Mapping[str, Any]], moment: Moment
) -> None:
    """Correct what was recorded wrongly: close each row as recorded, add it changed with the same `valid`."""
    _close(session, table, list(changes), moment, "")
    _add_changed(session, table, changes, moment, "valid")


def retract(session: Session, table: DatedTable, row_ids: Sequence[int], moment: Moment) -> None:
    """Take back rows that were never true: close them as recorded, add nothing."""
    _close(session, table, row_ids, moment, "")


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
    columns = ", ".join(table.columns)
    session.execute(
        text(
            f"INSERT INTO {table.name} ({columns}, valid, recorded, event_id)"
            f" SELECT {columns}, daterange(:day, :until), tstzrange(:at, NULL), :event"
            f" FROM jsonb_populate_recordset(NULL::{table.name}, CAST(:rows AS jsonb)) "
            f" WITH ORDINALITY AS added ORDER BY ordinality"
        ),
        {
            "rows": json.dumps([dict(row) for row in rows], default=str),
            "day": moment.effective_on,
            "until": until,
            "at": moment.recorded_at,
            "event": moment.event_id,
        },
    )


def _close(
    session: Session, table: DatedTable, row_ids: Sequence[int], moment: Moment, condition: str
) -> None:
    """End `recorded` of the rows; Stale when one of them is not there to be ended."""
    parameters: dict[str, Any] = {
        "ids": list(row_ids),
        "at": moment.recorded_at,
        "event": moment.event_id,
    }
    if ":day" in condition:
        parameters["day"] = moment.effective_on
    held = session.scalars(
        text(
            f"UPDATE {table.name} SET recorded = tstzrange(lower(recorded), :at), closed_event_id = :event"
            f" WHERE {table.key} = ANY(:ids) AND upper_inf(recorded) AND lower(recorded) < :at {condition}"
            f" RETURNING {table.key}"
        ),
        parameters,
    ).all()
    missing = sorted(set(row_ids) - set(held))
    if missing:
        raise Stale(
            f"记录已被更改或在生效日期之前已终止（{table.name}）。",
            f"Rows of {table.name} have changed or ended before the effective date.",
            table=table.name,
            rows=missing,
        )


def _add_changed(
    session: Session,
    table: DatedTable,
    changes: Mapping[int, Mapping[str, Any]],
    moment: Moment,
    valid: str,
) -> None:
    columns = ", ".join(f"changed.{name}" for name in table.columns)
    parameters: dict[str, Any] = {
        "changes": json.dumps(
            [{"key": key, "body": dict(body)} for key, body in changes.items()], default=str
        ),
        "at": moment.recorded_at,
        "event": moment.event_id,
    }
    if ":day" in valid:
        parameters["day"] = moment.effective_on
    session.execute(
        text(
            f"INSERT INTO {table.name} ({', '.join(table.columns)}, valid, recorded, event_id)"
            f" SELECT {columns}, {valid.replace('valid', 'old.valid')}, tstzrange(:at, NULL), :event"
            f" FROM jsonb_to_recordset(CAST(:changes AS jsonb)) AS change(key bigint, body jsonb)"
            f" JOIN {table.name} AS old ON old.{table.key} = change.key,"
            f" LATERAL jsonb_populate_record(old, change.body) AS changed"
            f" ORDER BY change.key"
        ),
        parameters,
    )
