"""Who bears an official name already."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

COUNTY = 3

_BEARERS = text(
    """
    WITH RECURSIVE bearer AS (
        SELECT n.division_id AS id
        FROM division_name n
        JOIN division d ON d.id = n.division_id
            AND d.level = :level
        JOIN division_state s ON s.division_id = d.id
            AND upper_inf(s.recorded)
            AND s.valid @> CAST(:on AS date)
        WHERE n.name = :name
            AND n.kind = 'official'
            AND n.division_id <> :own
            AND upper_inf(n.recorded)
            AND n.valid @> CAST(:on AS date)
    ), path AS (
        SELECT id AS start, id
        FROM bearer
        UNION
        SELECT p.start, m.parent_id
        FROM path p
        JOIN member m ON m.child_id = p.id
        WHERE upper_inf(m.recorded)
            AND m.valid @> CAST(:on AS date)
    )
    SELECT b.id, k.code, (
        SELECT p.id
        FROM path p
        JOIN division d ON d.id = p.id
            AND d.level = :county
        WHERE p.start = b.id
        LIMIT 1
    ) AS county
    FROM bearer b
    LEFT JOIN division_code k ON k.division_id = b.id
        AND k.scheme = 'cn'
        AND upper_inf(k.recorded)
        AND k.valid @> CAST(:on AS date)
    ORDER BY k.code, b.id
    """
)


@dataclass(frozen=True)
class Bearer:
    """A division with an official name, its code and the county-level unit it lies in."""

    id: uuid.UUID
    code: str | None
    county: uuid.UUID | None


def find_bearers(session: Session, name: str, level: int, own: uuid.UUID, on: dt.date) -> list[Bearer]:
    """Return the other divisions of a level that bear an official name on a day."""
    rows = session.execute(_BEARERS, {"name": name, "level": level, "own": own, "on": on, "county": COUNTY})
    return [Bearer(row.id, row.code, row.county) for row in rows]
