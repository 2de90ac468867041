"""People and drafts for tests: actors with roles, and operations made on lines as they stand."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.arcs import Arc
from boundaries.grid import GRID
from gazetteer.clock import today
from gazetteer.models import User
from gazetteer.queries.subgraph import find_sides, load_subgraph
from gazetteer.roles import Actor, Grant

_STEP = GRID // 1000


def person(session: Session, *roles: str, within: uuid.UUID | None = None) -> Actor:
    """Make an account with roles in one subtree (None: the whole register)."""
    login = f"{'-'.join(roles)}-{uuid.uuid4().hex[:6]}"
    user = User(login=login, display_name=login, password_hash="-")
    session.add(user)
    session.flush()
    return Actor(user.id, login, login, tuple(Grant(role, within) for role in roles))


def line_between(session: Session, left: int, right: int) -> Arc:
    """Return the longest arc between two faces as it stands today."""
    graph = load_subgraph(session, {left, right}, today(session)).subgraph
    arcs = [arc for arc in graph.arcs.values() if {arc.left, arc.right} == {left, right}]
    return max(arcs, key=lambda arc: len(arc.points))


def bulge(arc: Arc, dx: int = _STEP, dy: int = _STEP) -> dict[str, Any]:
    """Return the operation that bends the first stretch of an arc by (dx, dy) in its middle."""
    (x0, y0), (x1, y1) = arc.points[0].tolist(), arc.points[1].tolist()
    middle = [(x0 + x1) // 2 + dx, (y0 + y1) // 2 + dy]
    return {
        "id": str(uuid.uuid4()),
        "kind": "reshape",
        "arc": arc.id,
        "hash": arc.hash,
        "start": 0,
        "end": 1,
        "path": [middle],
    }


def node_move(session: Session, node: int, dx: int, dy: int) -> dict[str, Any]:
    """Return the operation that moves a node with all its arcs."""
    on = today(session)
    graph = load_subgraph(session, find_sides(session, (), [node], on), on).subgraph
    x, y = graph.nodes[node]
    arcs = [{"arc": arc.id, "hash": arc.hash} for arc in graph.arcs_at(node)]
    return {
        "id": str(uuid.uuid4()),
        "kind": "move_node",
        "node": node,
        "x": x + dx,
        "y": y + dy,
        "arcs": arcs,
    }


def rename(division: uuid.UUID, base_name: str, name: str) -> dict[str, Any]:
    """Return the operation that renames a division."""
    return {
        "id": str(uuid.uuid4()),
        "kind": "rename",
        "division": str(division),
        "name": name,
        "romanization": None,
        "base_name": base_name,
    }


def shape_of(session: Session, division: uuid.UUID) -> tuple[str, float]:
    """Return the stored polygon (hex WKB) and area (m2) of a division today."""
    row = session.execute(
        text(
            "SELECT encode(ST_AsBinary(geom), 'hex') AS wkb, area_m2 FROM division_shape"
            " WHERE division_id = :id AND valid @> CAST(:on AS date)"
        ),
        {"id": division, "on": today(session)},
    ).one()
    return row.wkb, row.area_m2
