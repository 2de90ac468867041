"""A proposal as files a person edits: the two tables of an edition, and what could not be settled.

``events.csv`` and ``lineage.csv`` are the edition format with three columns more: `area_share`, `population`
(empty, for people who know it) and `confirm`. A row with ``confirm`` = ``needed`` is refused at loading until
a person has put ``yes`` there, or a better row in its place.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

from gazetteer.imports.edition_tables import EVENT_COLUMNS, LINEAGE_COLUMNS, NEEDED
from gazetteer.imports.proposal import Candidate, Party, Proposal, ProposedLink, Unclear

CANDIDATE_COLUMNS = (
    "reason",
    "level",
    "old_code",
    "old_name",
    "old_parent",
    "new_code",
    "new_name",
    "new_parent",
    "distance_m",
)
UNCLEAR_COLUMNS = ("side", "level", "code", "name", "parent", "area_m2", "what")
EVENT_KEY = "1"


def write_proposal(proposal: Proposal, folder: Path, effective: dt.date | None = None) -> list[Path]:
    """Write the tables into a folder; nothing there may be overwritten.

    Parameters
    ----------
    effective : date, optional
        The day of law; without it the cell stays empty, and the tables cannot be loaded until it is filled.

    Raises
    ------
    FileExistsError
        One of the files is there already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lineage_columns = (*LINEAGE_COLUMNS, "area_share", "population", "confirm")
    return [
        _write(folder / "events.csv", EVENT_COLUMNS, [_event(proposal, effective)]),
        _write(folder / "lineage.csv", lineage_columns, map(_lineage, proposal.links)),
        _write(folder / "candidates.csv", CANDIDATE_COLUMNS, map(_candidate, proposal.candidates)),
        _write(folder / "unclear.csv", UNCLEAR_COLUMNS, map(_unclear, proposal.unclear)),
    ]


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("x", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def _event(proposal: Proposal, effective: dt.date | None) -> Sequence[object]:
    waiting = sum(link.confirm for link in proposal.links)
    summary = f"据图形拟定：{summarise(proposal)}；{waiting} 行待确认"
    return EVENT_KEY, proposal.kind, "", effective or "", "", "", "yes", "yes", summary


def summarise(proposal: Proposal) -> str:
    """Return how many units become how many at each level, in words."""
    levels = sorted({link.source.level for link in proposal.links})
    parts = []
    for level in levels:
        links = [link for link in proposal.links if link.source.level == level]
        before, after = len({id(x.source) for x in links}), len({id(x.target) for x in links})
        parts.append(f"第 {level} 级 {before} 个单位变为 {after} 个")
    return "，".join(parts) or "没有变化"


def _lineage(link: ProposedLink) -> Sequence[object]:
    a, b = link.source, link.target
    return (
        EVENT_KEY,
        a.level,
        *_unit(a),
        *_unit(b),
        b.type,
        link.role,
        link.kind,
        link.basis,
        f"{link.share:.9f}",
        "",
        NEEDED if link.confirm else "",
    )


def _unit(party: Party) -> tuple[str, str, str]:
    return party.code or "", party.name, party.parent or ""


def _candidate(one: Candidate) -> Sequence[object]:
    return one.reason, one.old.level, *_unit(one.old), *_unit(one.new), round(one.distance_m)


def _unclear(one: Unclear) -> Sequence[object]:
    what = "没有对应单位 no counterpart" if one.whole else "范围之外 beyond the other coverage"
    return one.side, one.party.level, *_unit(one.party), f"{one.area_m2:.1f}", what
