"""The hashes that the lines of the register are stored with."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import text
from sqlalchemy.orm import Session

_HASHES = text(
    "SELECT id, hash FROM arc WHERE upper_inf(recorded) AND valid @> CAST(:on AS date) ORDER BY id"
)


def find_stored_hashes(session: Session, on: dt.date) -> dict[int, str]:
    """Return the stored hash of every arc that stands on a day."""
    return {row.id: row.hash for row in session.execute(_HASHES, {"on": on})}
