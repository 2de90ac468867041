"""The two divisions that a boundary line parts."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import text
from sqlalchemy.orm import Session

_SIDES = text(
    """
    SELECT left_id, right_id
    FROM boundary_line_state
    WHERE line_id = :line
        AND upper_inf(recorded)
        AND valid @> CAST(:on AS date)
    """
)


def find_line_sides(session: Session, line: uuid.UUID, on: dt.date) -> tuple[uuid.UUID, ...] | None:
    """Return the divisions a line parts (none or one where nobody or the outside lies beyond).

    None when there is no such line on the day.
    """
    row = session.execute(_SIDES, {"line": line, "on": on}).one_or_none()
    return None if row is None else tuple(side for side in row if side is not None)
