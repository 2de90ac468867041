"""The official names of divisions: the rows as stored, and who bears a name already."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from gazetteer.queries.chains import Link, find_links, find_paths
from gazetteer.queries.stand import DatedQuery, When

COUNTY = 3

_ROWS = DatedQuery(
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
    session: Session, divisions: Collection[uuid.UUID], on: When
) -> dict[uuid.UUID, NameRow]:
    """Return the official name of each division at a date; one without a name has no entry."""
    rows = _ROWS.run(session, on, divisions=list(divisions))
    return {row.division_id: NameRow(row.id, row.division_id, row.name, row.pinyin) for row in rows}


def find_same_names(
    session: Session, division: uuid.UUID, drafted: Mapping[uuid.UUID, str], on: dt.date
) -> list[Link]:
    """Return the other divisions that would bear the name drafted for `division` where the law wants it once.

    Villages within one county-level unit, all higher levels within the whole register
    (地名管理条例 Art. 9(7)-(8)).

    Parameters
    ----------
    drafted : mapping of division to name
        The names that divisions get at the same time, that of `division` among them: whoever gives a name
        up does not stand in its way, whoever gets it too does.
    """
    name = drafted[division]
    bearers = session.scalars(_SAME, {"division": division, "name": name, "on": on})
    others = [other for other in bearers if drafted.get(other, name) == name]
    others += [d for d, new in drafted.items() if new == name and d != division and d not in others]
    if not others:
        return []
    paths = find_paths(session, [division, *others], on)
    links = find_links(session, {d for path in paths.values() for d in path}, on)
    return [links[other] for other in others if _within_reach(division, other, paths, links)]


def _within_reach(
    one: uuid.UUID,
    other: uuid.UUID,
    paths: Mapping[uuid.UUID, Collection[uuid.UUID]],
    links: Mapping[uuid.UUID, Link],
) -> bool:
    """Tell whether two divisions are so near that they may not have the same name."""
    if one not in links or other not in links or links[one].level != links[other].level:
        return False
    counties = [{p for p in paths[division] if links[p].level == COUNTY} for division in (one, other)]
    return links[one].level <= COUNTY + 1 or bool(counties[0] & counties[1])
