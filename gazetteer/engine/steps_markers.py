"""Operations on markers 界桩 and tripoints 三交点."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from boundaries.errors import Fault
from boundaries.grid import to_degrees
from gazetteer.engine.line_objects import Marker, Place, Reference, Tripoint
from gazetteer.engine.outcomes import StepResult
from gazetteer.engine.register_state import RegisterState
from gazetteer.errors import RuleBroken
from gazetteer.rules.intent_fields import Body
from gazetteer.rules.intent_lines import LETTERS, MARKER_FIELDS, THREE_SIDED

Step = Callable[[RegisterState, Body], StepResult]
_SURVEYED = ("elevation_m", "accuracy_m", "gnss")
LARGEST_ERROR_M = 1.0
"""GNSS is accepted for markers when the error is at most this (GB/T 17796)."""


def put_marker(state: RegisterState, body: Body) -> StepResult:
    """Put up a marker.

    Raises
    ------
    RuleBroken
        marker_exists, line_gone, node_gone, marker_off_node, marker_letter, marker_sides_count,
        marker_sides_differ, marker_number_taken.
    """
    marker_id = uuid.UUID(body["marker"])
    if marker_id in state.markers:
        raise RuleBroken("该界桩编号已存在。", "There is a marker with that id.", code="marker_exists")
    node, place = _place(state, body["place"])
    blank = Marker(marker_id, body["line"], "", "", "", "", node, place, ())
    return _stored(state, _surveyed(_with_fields(blank, body), body))


def set_marker(state: RegisterState, body: Body) -> StepResult:
    """Set attributes of a marker; RuleBroken marker_gone, marker_changed, and those of `put_marker`."""
    marker = _require_marker(state, body["marker"])
    _require_unchanged(marker, body.get("base", {}))
    changed = _with_fields(marker, body)
    return StepResult(state, "already") if changed == marker else _stored(state, changed)


def move_marker(state: RegisterState, body: Body) -> StepResult:
    """Put a marker on another node or place; RuleBroken marker_gone, marker_moved, node_gone."""
    marker = _require_marker(state, body["marker"])
    node, place = _place(state, body["place"])
    moved = _surveyed(replace(marker, node=node, place=place), body)
    if moved == marker:
        return StepResult(state, "already")
    seen = body.get("from")
    if seen is not None and (seen["x"], seen["y"]) != marker.place:
        raise RuleBroken(
            f"界桩“{marker.number}”此后已移动，请核对。",
            f"Marker {marker.number} has been moved since.",
            code="marker_moved",
            theirs=list(marker.place),
        )
    return _stored(state, moved)


def remove_marker(state: RegisterState, body: Body) -> StepResult:
    """Take a marker away; one that is gone already stays so."""
    marker_id = uuid.UUID(body["marker"])
    if marker_id not in state.markers:
        return StepResult(state, "already")
    rest = {i: marker for i, marker in state.markers.items() if i != marker_id}
    return StepResult(replace(state, markers=rest))


def set_tripoint(state: RegisterState, body: Body) -> StepResult:
    """Declare a node a tripoint, or set one anew.

    Raises
    ------
    RuleBroken
        node_gone, tripoint_taken (the node carries another), tripoint_sides_differ (a side does not lie at
        the node).
    """
    tripoint = Tripoint(
        id=uuid.UUID(body["tripoint"]),
        node=body["node"],
        name=body["name"],
        sides=tuple(uuid.UUID(side) for side in body["sides"]),
        agreement_no=body["agreement_no"],
        agreement_date=dt.date.fromisoformat(body["agreement_date"]) if body["agreement_date"] else None,
    )
    _require_node(state, tripoint.node)
    if any(t.node == tripoint.node and t.id != tripoint.id for t in state.tripoints.values()):
        raise RuleBroken(
            "该节点已有三交点。", "The node is a tripoint already.", code="tripoint_taken", node=tripoint.node
        )
    if tripoint.agreement_date and not tripoint.agreement_no:
        raise RuleBroken(
            "填写协议日期时须填写协议编号。",
            "The date of an agreement needs its number.",
            code="agreement_missing",
        )
    if not set(tripoint.sides) <= _divisions_at(state, tripoint.node):
        raise RuleBroken(
            "三交点的三方须是在该节点相接的区划。",
            "The three sides of a tripoint must meet in its node.",
            code="tripoint_sides_differ",
            node=tripoint.node,
        )
    if state.tripoints.get(tripoint.id) == tripoint:
        return StepResult(state, "already")
    return StepResult(replace(state, tripoints={**state.tripoints, tripoint.id: tripoint}))


def remove_tripoint(state: RegisterState, body: Body) -> StepResult:
    """Give a tripoint up; one that is gone already stays so."""
    tripoint_id = uuid.UUID(body["tripoint"])
    if tripoint_id not in state.tripoints:
        return StepResult(state, "already")
    rest = {i: tripoint for i, tripoint in state.tripoints.items() if i != tripoint_id}
    return StepResult(replace(state, tripoints=rest))


def _divisions_at(state: RegisterState, node: int) -> set[uuid.UUID]:
    """Return every division, of any level, and every neighbour that meets in a node."""
    found: set[uuid.UUID] = set()
    for arc in state.graph.arcs_at(node):
        found |= {unit.id for face in (arc.left, arc.right) for unit in state.chain(face)}
        if arc.line is not None and arc.line in state.lines:
            found |= state.lines[arc.line].sides
    return found


def _stored(state: RegisterState, marker: Marker) -> StepResult:
    """Return the state with a marker, judged."""
    _require_consistent(state, marker)
    faults = _accuracy(marker)
    return StepResult(replace(state, markers={**state.markers, marker.id: marker}), faults=faults)


def _require_consistent(state: RegisterState, marker: Marker) -> None:
    if marker.letter not in LETTERS[marker.form]:
        raise RuleBroken(
            f"界桩类型码 {marker.letter} 与界桩类型不符，应为 {'、'.join(LETTERS[marker.form])}。",
            f"A marker of the form {marker.form} has the letter {' or '.join(LETTERS[marker.form])}.",
            code="marker_letter",
        )
    if len(marker.sides) != (3 if marker.form in THREE_SIDED else 2):
        raise RuleBroken(
            "界桩面数与所列行政区数不符。",
            "The number of sides does not fit the form of the marker.",
            code="marker_sides_count",
        )
    _require_on_line(state, marker)
    taken = (
        other
        for other in state.markers.values()
        if other.id != marker.id
        and (other.line, other.number, other.letter) == (marker.line, marker.number, marker.letter)
    )
    if next(taken, None) is not None:
        raise RuleBroken(
            f"该界线已有 {marker.number}{marker.letter} 号界桩。",
            f"The line has a marker {marker.number}{marker.letter} already.",
            code="marker_number_taken",
        )


def _require_on_line(state: RegisterState, marker: Marker) -> None:
    line = state.lines.get(marker.line)
    if line is None:
        raise RuleBroken("界桩所在界线不存在。", "There is no such line.", code="line_gone", line=marker.line)
    if not line.sides <= set(marker.sides):
        raise RuleBroken(
            f"界桩所列行政区须包括“{line.name}”的两侧。",
            f"A marker names the sides of its line {line.name}.",
            code="marker_sides_differ",
        )
    here = state.graph.arcs_at(marker.node) if marker.node is not None else []
    if here and all(arc.line != line.id for arc in here):
        raise RuleBroken(
            f"节点 {marker.node} 不在界线“{line.name}”上。",
            f"Node {marker.node} is not on the line {line.name}.",
            code="marker_off_node",
            node=marker.node,
        )


def _accuracy(marker: Marker) -> tuple[Fault, ...]:
    if marker.accuracy_m is None or marker.accuracy_m <= LARGEST_ERROR_M:
        return ()
    lon, lat = to_degrees([marker.place])[0].tolist()
    return (
        Fault(
            "marker_inaccurate",
            "warning",
            f"界桩“{marker.number}”点位误差 {marker.accuracy_m:g} 米，超过 {LARGEST_ERROR_M:g} 米，请复测。",
            f"The error of marker {marker.number} is {marker.accuracy_m:g} m, above {LARGEST_ERROR_M:g} m.",
            lon=lon,
            lat=lat,
            labels=(marker.number,),
        ),
    )


def _require_marker(state: RegisterState, marker_id: str) -> Marker:
    marker = state.markers.get(uuid.UUID(marker_id))
    if marker is None:
        raise RuleBroken("该界桩已不存在。", "There is no such marker any more.", code="marker_gone")
    return marker


def _require_node(state: RegisterState, node: int) -> Place:
    if node not in state.graph.nodes:
        raise RuleBroken(f"节点 {node} 已不存在。", f"Node {node} is gone.", code="node_gone", node=node)
    return state.graph.nodes[node]


def _place(state: RegisterState, body: Mapping[str, Any]) -> tuple[int | None, Place]:
    if "node" in body:
        return body["node"], _require_node(state, body["node"])
    return None, (body["x"], body["y"])


def _require_unchanged(marker: Marker, base: Mapping[str, Any]) -> None:
    for field, seen in base.items():
        stands = _as_sent(getattr(marker, field))
        if stands != seen:
            raise RuleBroken(
                f"界桩“{marker.number}”的属性 {field} 此后已改为“{stands}”，请核对。",
                f"{field} of marker {marker.number} has changed since: it is {stands!r}, seen was {seen!r}.",
                code="marker_changed",
                field=field,
                base=seen,
                theirs=stands,
            )


def _as_sent(value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    return [_reference(part) if isinstance(part, Reference) else str(part) for part in value]


def _reference(reference: Reference) -> dict[str, Any]:
    return {
        "name": reference.name,
        "azimuth_deg": reference.azimuth_deg,
        "distance_m": reference.distance_m,
    }


def _with_fields(marker: Marker, body: Mapping[str, Any]) -> Marker:
    given = {field: body[field] for field in MARKER_FIELDS if field in body}
    if "sides" in given:
        given["sides"] = tuple(uuid.UUID(side) for side in given["sides"])
    if "references" in given:
        given["references"] = _references(given["references"])
    return replace(marker, **given)


def _references(sent: Sequence[Mapping[str, Any]]) -> tuple[Reference, ...]:
    return tuple(Reference(r["name"], r["azimuth_deg"], r["distance_m"]) for r in sent)


def _surveyed(marker: Marker, body: Mapping[str, Any]) -> Marker:
    return replace(marker, **{field: body[field] for field in _SURVEYED if field in body})


MARKER_STEPS: Mapping[str, Step] = {
    "put_marker": put_marker,
    "set_marker": set_marker,
    "move_marker": move_marker,
    "remove_marker": remove_marker,
    "set_tripoint": set_tripoint,
    "remove_tripoint": remove_tripoint,
}
