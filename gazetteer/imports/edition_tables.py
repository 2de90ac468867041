"""The two tables of an edition: what happened (events.csv) and what became what (lineage.csv).

Both are UTF-8, comma separated, with a header row; data/shapefiles/README.md describes every column.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from boundaries.errors import Fault
from gazetteer.rules.event_kinds import EVENT_KINDS

KEEPING = frozenset({"continue", "rename", "recode", "reclass", "reparent"})
"""Kinds of lineage by which the division keeps its identity."""
LINEAGE_KINDS = KEEPING | {"absorb", "establish"}
ROLES = frozenset({"whole", "part"})

EVENT_COLUMNS = (
    "event",
    "kind_summary",
    "approved",
    "effective",
    "document_no",
    "authority",
    "assumed",
    "geometry",
    "summary",
)
LINEAGE_COLUMNS = (
    "event",
    "level",
    "from_code",
    "from_name",
    "from_parent",
    "to_code",
    "to_name",
    "to_parent",
    "to_type",
    "role",
    "kind",
    "basis",
)
NEEDED = "needed"
"""In the optional column `confirm`: a person has not yet said that the row is right."""


@dataclass(frozen=True)
class EventRow:
    """One event, in order; `geometry` marks the one at which the new coverage replaces the old."""

    key: str
    kind: str
    approved: dt.date | None
    effective: dt.date
    document_no: str | None
    authority: str | None
    assumed: bool
    geometry: bool
    summary: str


@dataclass(frozen=True)
class LineageRow:
    """One pair of a unit before an event and a unit after it; `line` is the line of the file.

    `population` is how many people went with it, where known; `confirmed` is False while a row that was
    proposed waits for a person.
    """

    line: int
    event: str
    level: int
    from_code: str | None
    from_name: str
    from_parent: str | None
    to_code: str | None
    to_name: str
    to_parent: str | None
    to_type: str | None
    role: str
    kind: str
    basis: str | None
    population: int | None = None
    confirmed: bool = True

    @property
    def target(self) -> tuple[int, str, str | None]:
        """What identifies the unit after the event."""
        return self.level, self.to_name, self.to_parent


@dataclass(frozen=True)
class EditionTables:
    """Both tables, and what is wrong with them."""

    events: tuple[EventRow, ...]
    lineage: tuple[LineageRow, ...]
    faults: tuple[Fault, ...]

    def rows(self, event: str) -> list[LineageRow]:
        """Return the lineage of one event."""
        return [row for row in self.lineage if row.event == event]


def read_tables(folder: Path) -> EditionTables:
    """Read the two tables from a folder; what cannot be read is a fault."""
    faults: list[Fault] = []
    events = [
        _event(record, line, faults) for line, record in _read(folder, "events.csv", EVENT_COLUMNS, faults)
    ]
    known = [event for event in events if event is not None]
    rows = [
        _lineage(record, line, faults)
        for line, record in _read(folder, "lineage.csv", LINEAGE_COLUMNS, faults)
    ]
    lineage = [row for row in rows if row is not None]
    if not faults:
        faults += _check_order(known)
        faults += _check_events_named(known, lineage)
        faults += _check_confirmed(lineage)
    return EditionTables(tuple(known), tuple(lineage), tuple(faults))


def _read(
    folder: Path, name: str, columns: Sequence[str], faults: list[Fault]
) -> list[tuple[int, dict[str, str]]]:
    paths = sorted(folder.rglob(name))
    if len(paths) != 1:
        zh = f"缺少 {name}，或有多个。"
        faults.append(
            Fault("edition_table_missing", "error", zh, f"There must be one {name}.", labels=(name,))
        )
        return []
    try:
        content = paths[0].read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        zh = f"{name} 不是 UTF-8 编码。"
        faults.append(Fault("edition_table_encoding", "error", zh, f"{name} is not UTF-8.", labels=(name,)))
        return []
    reader = csv.DictReader(io.StringIO(content))
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        zh, en = f"{name} 缺少列：{'、'.join(missing)}。", f"{name} lacks columns: {', '.join(missing)}."
        faults.append(Fault("edition_table_columns", "error", zh, en, labels=tuple(missing)))
        return []
    return [
        (reader.line_num, {key: (value or "").strip() for key, value in record.items() if key})
        for record in reader
    ]


def _event(record: Mapping[str, str], line: int, faults: list[Fault]) -> EventRow | None:
    try:
        approved = dt.date.fromisoformat(record["approved"]) if record["approved"] else None
        effective = dt.date.fromisoformat(record["effective"])
    except ValueError:
        faults.append(_wrong("events.csv", line, "日期应为 YYYY-MM-DD", "dates are YYYY-MM-DD"))
        return None
    if record["kind_summary"] not in EVENT_KINDS:
        zh, en = f"没有“{record['kind_summary']}”这类事件", f"there is no kind '{record['kind_summary']}'"
        faults.append(_wrong("events.csv", line, zh, en))
        return None
    if not record["event"] or not record["summary"]:
        faults.append(_wrong("events.csv", line, "缺少 event 或 summary", "event or summary is missing"))
        return None
    return EventRow(
        key=record["event"],
        kind=record["kind_summary"],
        approved=approved,
        effective=effective,
        document_no=record["document_no"] or None,
        authority=record["authority"] or None,
        assumed=record["assumed"] == "yes",
        geometry=record["geometry"] == "yes",
        summary=record["summary"],
    )


def _lineage(record: Mapping[str, str], line: int, faults: list[Fault]) -> LineageRow | None:
    wrong = (
        record["level"] not in {"1", "2", "3", "4", "5"}
        or record["role"] not in ROLES
        or record["kind"] not in LINEAGE_KINDS
        or not record["to_name"]
        or not (record["from_code"] or record["from_name"])
    )
    if wrong:
        zh = f"级别、作用、类型或名称有误：{record['from_name']} → {record['to_name']}"
        en = f"level, role, kind or a name is wrong: {record['from_name']} -> {record['to_name']}"
        faults.append(_wrong("lineage.csv", line, zh, en))
        return None
    people = record.get("population", "")
    if people and not people.isdecimal():
        zh, en = f"人口应为整数：{people}", f"a population is a whole number: {people}"
        faults.append(_wrong("lineage.csv", line, zh, en))
        return None
    return LineageRow(
        line=line,
        event=record["event"],
        level=int(record["level"]),
        from_code=record["from_code"] or None,
        from_name=record["from_name"],
        from_parent=record["from_parent"] or None,
        to_code=record["to_code"] or None,
        to_name=record["to_name"],
        to_parent=record["to_parent"] or None,
        to_type=record["to_type"] or None,
        role=record["role"],
        kind=record["kind"],
        basis=record["basis"] or None,
        population=int(people) if people else None,
        confirmed=record.get("confirm", "") != NEEDED,
    )


def _check_order(events: Sequence[EventRow]) -> list[Fault]:
    faults = []
    if sum(event.geometry for event in events) != 1:
        zh, en = "须有且只有一个事件标明 geometry=yes", "exactly one event has geometry = yes"
        faults.append(_wrong("events.csv", None, zh, en))
    if any(b.effective < a.effective for a, b in itertools.pairwise(events)):
        faults.append(_wrong("events.csv", None, "事件未按生效日期排列", "events are not in order of date"))
    if len({event.key for event in events}) != len(events):
        faults.append(_wrong("events.csv", None, "事件编号重复", "an event is given twice"))
    return faults


def _check_events_named(events: Sequence[EventRow], lineage: Sequence[LineageRow]) -> list[Fault]:
    known = {event.key for event in events}
    return [
        _wrong("lineage.csv", row.line, f"没有事件“{row.event}”", f"there is no event '{row.event}'")
        for row in lineage
        if row.event not in known
    ]


def _check_confirmed(lineage: Sequence[LineageRow]) -> list[Fault]:
    return [
        Fault(
            "lineage_unconfirmed",
            "error",
            f"lineage.csv 第 {row.line} 行：“{row.from_name}”→“{row.to_name}”（{row.kind}）待人工确认。",
            f"lineage.csv, line {row.line}: '{row.from_name}' -> '{row.to_name}' ({row.kind}) waits for a "
            f"person to confirm it.",
            labels=(row.from_name, row.to_name),
        )
        for row in lineage
        if not row.confirmed
    ]


def _wrong(file: str, line: int | None, zh: str, en: str) -> Fault:
    where_zh = f"{file}：" if line is None else f"{file} 第 {line} 行："
    where_en = f"{file}: " if line is None else f"{file}, line {line}: "
    return Fault("edition_table_row", "error", f"{where_zh}{zh}。", f"{where_en}{en}.", labels=(file,))
