"""Where a boundary line or a marker lies, for permission: on either side is enough."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from gazetteer.errors import NotFound
from gazetteer.queries.chains import find_paths
from gazetteer.queries.line_sides import find_line_sides
from gazetteer.roles import Actor, can, require


def require_at_line(session: Session, actor: Actor, action: str, line: uuid.UUID, on: dt.date) -> None:
    """Raise Forbidden unless `actor` may do `action` on one side of a line; NotFound when there is none."""
    sides = find_line_sides(session, line, on)
    if sides is None:
        raise NotFound(f"没有此界线：{line}。", f"There is no boundary line {line}.")
    require_at_sides(session, actor, action, sides, on)


def require_at_sides(
    session: Session, actor: Actor, action: str, sides: Collection[uuid.UUID], on: dt.date
) -> None:
    """Raise Forbidden unless `actor` may do `action` in one of the divisions."""
    paths = find_paths(session, sides, on).values()
    if not any(can(actor, action, path) for path in paths):
        require(actor, action, ())
