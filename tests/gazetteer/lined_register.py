"""A small register with the lines of its towns: 东镇 (a, d), 西镇 (b), 南镇 (c), beside no known neighbour.

dabb
aabb
cccc
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gazetteer.models import ArcRow, BoundaryLine, BoundaryLineState, Event
from tests.gazetteer.drafting import line_between
from tests.gazetteer.register import FIRST_DAY, Register, build_register, three_levels
from tests.gazetteer.restructuring import op

PICTURE = """
    dabb
    aabb
    cccc
"""
TOWNS = {"东镇": "ad", "西镇": "b", "南镇": "c"}
LINES = {
    "东—西线": ("东镇", "西镇", "ab"),
    "东—南线": ("东镇", "南镇", "ac"),
    "西—南线": ("西镇", "南镇", "bc"),
}


def build_lined(session: Session, **columns: Any) -> Register:
    """Write the register; `columns` are set on every line."""
    register = build_register(session, three_levels(PICTURE, TOWNS), places=(("老君山", 103.8199, 30.495),))
    event = session.get_one(Event, register.event_id)
    dated = {
        "valid": sa.dialects.postgresql.Range(FIRST_DAY, None),
        "recorded": sa.dialects.postgresql.Range(event.recorded_at, None),
        "event_id": event.id,
    }
    lines: dict[str, uuid.UUID] = {}
    for name, (left, right, faces) in LINES.items():
        line = BoundaryLine(level=4, created_event=event.id)
        session.add(line)
        session.flush()
        ids = {"left_id": register.ids[left], "right_id": register.ids[right]}
        session.add(BoundaryLineState(line_id=line.id, name=name, **ids, **{**dated, **columns}))
        pair = [register.faces[face] for face in faces]
        session.execute(
            sa.update(ArcRow)
            .where(ArcRow.left_face.in_(pair), ArcRow.right_face.in_(pair))
            .values(line_id=line.id)
        )
        lines[name] = line.id
    session.flush()
    return replace(register, lines=lines)


def middle(session: Session, register: Register) -> int:
    """Return the node in which the three towns meet."""
    faces = register.faces
    one, other = (line_between(session, faces["a"], faces[key]) for key in "bc")
    (node,) = {one.start_node, one.end_node} & {other.start_node, other.end_node}
    return node


def put_marker(register: Register, line: str, place: dict[str, int], **changes: Any) -> dict[str, Any]:
    """Return the operation that puts up a marker on a line of the register."""
    left, right, _ = LINES[line]
    fields = {
        "marker": str(uuid.uuid4()),
        "line": str(register.lines[line]),
        "number": "1",
        "letter": "Q",
        "form": "single_two",
        "material": "石质",
        "place": place,
        "elevation_m": 480.25,
        "accuracy_m": 0.05,
        "gnss": {"fix": "rtk"},
        "sides": [str(register.ids[left]), str(register.ids[right])],
        "references": [{"name": "独立树", "azimuth_deg": 45.5, "distance_m": 12.3}],
    }
    return op("put_marker", **{**fields, **changes})


def set_tripoint(register: Register, node: int, **changes: Any) -> dict[str, Any]:
    """Return the operation that declares the node of the three towns a tripoint."""
    fields = {
        "tripoint": str(uuid.uuid4()),
        "node": node,
        "sides": [str(register.ids[town]) for town in TOWNS],
        "name": "东西南三交点",
        "agreement_no": "三交点协议1号",
        "agreement_date": "2019-06-01",
    }
    return op("set_tripoint", **{**fields, **changes})
