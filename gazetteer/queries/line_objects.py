"""Markers 界桩 and tripoints 三交点 that a draft is about: of its lines, on its nodes, and those named."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from gazetteer.engine.line_objects import Marker, Reference, Tripoint
from gazetteer.queries.stand import DatedQuery, When

_OBJECTS = DatedQuery(
    """
    SELECT 'marker' AS what,
        to_jsonb(s) || jsonb_build_object('x', coalesce(s.x, p.x), 'y', coalesce(s.y, p.y)) AS body
    FROM marker_state s
    LEFT JOIN node_position p ON p.node_id = s.node_id
        AND upper_inf(p.recorded)
        AND p.valid @> CAST(:on AS date)
    WHERE (s.line_id = ANY(CAST(:lines AS uuid[])) OR s.node_id = ANY(CAST(:nodes AS bigint[]))
            OR s.marker_id = ANY(CAST(:markers AS uuid[])))
        AND upper_inf(s.recorded)
        AND s.valid @> CAST(:on AS date)
    UNION ALL
    SELECT 'tripoint', to_jsonb(t)
    FROM tripoint_state t
    WHERE (t.node_id = ANY(CAST(:nodes AS bigint[])) OR t.tripoint_id = ANY(CAST(:tripoints AS uuid[])))
        AND upper_inf(t.recorded)
        AND t.valid @> CAST(:on AS date)
    """
)
_LINES_OF_MARKERS = DatedQuery(
    """
    SELECT DISTINCT line_id::text AS line
    FROM marker_state
    WHERE marker_id = ANY(CAST(:markers AS uuid[]))
        AND upper_inf(recorded)
        AND valid @> CAST(:on AS date)
    """
)


@dataclass(frozen=True)
class LineObjects:
    """Markers and tripoints by id."""

    markers: Mapping[uuid.UUID, Marker] = field(default_factory=dict)
    tripoints: Mapping[uuid.UUID, Tripoint] = field(default_factory=dict)

    @property
    def sides(self) -> frozenset[uuid.UUID]:
        """Every division they name."""
        of_markers = {side for marker in self.markers.values() for side in marker.sides}
        return frozenset(of_markers | {side for t in self.tripoints.values() for side in t.sides})


def load_line_objects(
    session: Session,
    on: When,
    *,
    lines: Collection[str] = (),
    nodes: Collection[int] = (),
    markers: Collection[uuid.UUID] = (),
    tripoints: Collection[uuid.UUID] = (),
) -> LineObjects:
    """Read the markers of lines, the markers and tripoints on nodes, and those named, on a day.

    Parameters
    ----------
    lines : collection of str
        UUIDs as text.
    """
    if not (lines or nodes or markers or tripoints):
        return LineObjects()
    rows = _OBJECTS.run(
        session,
        on,
        lines=list(lines),
        nodes=list(nodes),
        markers=list(markers),
        tripoints=list(tripoints),
    ).all()
    made = {what: [row.body for row in rows if row.what == what] for what in ("marker", "tripoint")}
    return LineObjects(
        {marker.id: marker for marker in map(to_marker, made["marker"])},
        {tripoint.id: tripoint for tripoint in map(to_tripoint, made["tripoint"])},
    )


def find_marker_lines(session: Session, markers: Collection[uuid.UUID], on: When) -> frozenset[str]:
    """Return the lines that markers stand on."""
    if not markers:
        return frozenset()
    return frozenset(row.line for row in _LINES_OF_MARKERS.run(session, on, markers=list(markers)))


def to_marker(body: Mapping[str, Any]) -> Marker:
    """Return a marker from its stored row as JSON, its place with it."""
    return Marker(
        id=uuid.UUID(body["marker_id"]),
        line=body["line_id"],
        number=body["number"],
        letter=body["letter"],
        form=body["form"],
        material=body["material"],
        node=body["node_id"],
        place=(body["x"], body["y"]),
        sides=_sides(body),
        elevation_m=body["elevation_m"],
        accuracy_m=body["accuracy_m"],
        gnss=body["gnss"],
        references=tuple(Reference(**reference) for reference in body["reference_objects"]),
        status=body["status"],
        note=body["note"],
    )


def to_tripoint(body: Mapping[str, Any]) -> Tripoint:
    """Return a tripoint from its stored row as JSON."""
    day = body["agreement_date"]
    return Tripoint(
        id=uuid.UUID(body["tripoint_id"]),
        node=body["node_id"],
        name=body["name"],
        sides=_sides(body),
        agreement_no=body["agreement_no"],
        agreement_date=None if day is None else dt.date.fromisoformat(day),
    )


def _sides(body: Mapping[str, Any]) -> tuple[uuid.UUID, ...]:
    sides = (body[f"side_{number}_id"] for number in (1, 2, 3))
    return tuple(uuid.UUID(side) for side in sides if side is not None)
