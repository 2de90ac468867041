"""The official names of divisions: the rows as stored, and who bears a name already."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from gazetteer.queries.chains import Link, find_links, find_paths

COUNTY = 3

_ROWS = text(
    """
    SELECT id, division_id, name, pinyin
    FROM division_name
    WHERE division_id = ANY(:divisions)
        AND kind = 'official'
        AND upper_inf(recorded)
        AND valid @> CAST(:on AS date)
    """
)
_SAME = text(
    """
    SELECT n.division_id
    FROM division_name n
    JOIN division d ON d.id = n.division_id
    WHERE n.name = :name
        AND n.kind = 'official'
        AND upper_inf(n.recorded)
        AND n.valid @> CAST(:on AS date)
        AND d.level = (SELECT level FROM division WHERE id = :division)
        AND d.id <> :division
        AND EXISTS (
            SELECT 1
            FROM division_state s
            WHERE s.division_id = d.id
                AND upper_inf(s.recorded)
                AND s.valid @> CAST(:on AS date)
        )
    """
)


@dataclass(frozen=True)
class NameRow:
    """A stored official name."""

    row_id: int
    division_id: uuid.UUID
    name: str
    pinyin: str | None


def find_official_names(
    session: Session, divisions: Collection[uuid.UUID], on: dt.date
) -> dict[uuid.UUID, NameRow]:
    """Return the official name of each division at a date; one without a name has no entry."""
    rows = session.execute(_ROWS, {"divisions": list(divisions), "on": on})
    return {row.division_id: NameRow(row.id, row.division_id, row.name, row.pinyin) for row in rows}


def find_same_names(session: Session, division: uuid.UUID, name: str, on: dt.date) -> list[Link]:
    """Return the other divisions that bear `name` where the law wants it once.

    Villages within one county-level unit, all higher levels within the whole register
    (地名管理条例 Art. 9(7)-(8)).
    """
    others = list(session.scalars(_SAME, {"division": division, "name": name, "on": on}))
    if not others:
        return []
    paths = find_paths(session, [division, *others], on)
    links = find_links(session, {d for path in paths.values() for d in path}, on)
    counties = {d: {p for p in path if links[p].level == COUNTY} for d, path in paths.items()}
    village = links[division].level > COUNTY + 1
    return [links[other] for other in others if not village or counties[other] & counties[division]]
