"""Markers 界桩 and tripoints 三交点 after a change: where their node lies, which line, which divisions."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from boundaries.errors import Fault
from boundaries.grid import to_degrees
from gazetteer.engine.line_keys import find_successors
from gazetteer.engine.line_objects import Marker, Place
from gazetteer.engine.register_state import RegisterState


def settle_markers(before: RegisterState, after: RegisterState, passed: Mapping[str, str]) -> RegisterState:
    """Return the state with its markers and tripoints carried over a change.

    Parameters
    ----------
    passed : mapping of line id to line id
        For each line that gave up arcs, the one that took most of them.
    """
    if not (after.markers or after.tripoints):
        return after
    heirs = find_successors(before, after)
    markers = {i: _settle(marker, after, passed, heirs) for i, marker in after.markers.items()}
    tripoints = {
        i: replace(tripoint, sides=tuple(heirs.get(side, side) for side in tripoint.sides))
        for i, tripoint in after.tripoints.items()
    }
    return replace(after, markers=markers, tripoints=tripoints)


def _settle(
    marker: Marker, after: RegisterState, passed: Mapping[str, str], heirs: Mapping[uuid.UUID, uuid.UUID]
) -> Marker:
    line = marker.line
    if line not in after.lines:
        line = passed.get(line, line)
    sides = tuple(heirs.get(side, side) for side in marker.sides)
    parted = after.lines[line].sides if line in after.lines else frozenset()
    if len(sides) == 2 and len(parted) == 2 and set(sides) != parted:
        sides = _replaced(sides, parted)
    place = marker.place if marker.node is None else after.graph.nodes.get(marker.node, marker.place)
    return replace(marker, line=line, sides=sides, place=place)


def _replaced(sides: tuple[uuid.UUID, ...], parted: frozenset[uuid.UUID]) -> tuple[uuid.UUID, ...]:
    """Return the two divisions a line parts now, one that stays in its place."""
    fresh = sorted(parted - set(sides))
    return tuple(side if side in parted else fresh.pop() for side in sides)


def line_object_faults(before: RegisterState, after: RegisterState) -> list[Fault]:
    """Return what stands against a change: markers and tripoints left without their node, line or sides."""
    faults: list[Fault] = []
    numbers = Counter(_number(marker) for marker in after.markers.values())
    for marker in after.markers.values():
        if numbers[_number(marker)] > 1:
            faults.append(_fault("marker_number_taken", marker.number, marker.place, "同一界线上编号重复"))
        if marker.line not in after.lines:
            faults.append(_fault("marker_without_line", marker.number, marker.place, "界桩所在界线已不存在"))
        if marker.node is not None and _lost(marker.node, before, after):
            faults.append(_fault("marker_node_gone", marker.number, marker.place, "界桩所在节点已不存在"))
    for tripoint in after.tripoints.values():
        place = before.graph.nodes.get(tripoint.node, after.graph.nodes.get(tripoint.node, (0, 0)))
        if _lost(tripoint.node, before, after):
            faults.append(_fault("tripoint_node_gone", tripoint.name, place, "三交点所在节点已不存在"))
        ended = before.units.keys() - after.units.keys()
        if set(tripoint.sides) & ended or len(set(tripoint.sides)) < len(tripoint.sides):
            faults.append(_fault("tripoint_side_gone", tripoint.name, place, "三交点的一方已不存在"))
    return faults


def _number(marker: Marker) -> tuple[str, str, str]:
    return marker.line, marker.number, marker.letter


_ENGLISH = {
    "marker_number_taken": "another marker of its line has the same number: number it anew",
    "marker_without_line": "the line it stands on has ended: move it to another line or remove it",
    "marker_node_gone": "the node it stands on is gone: move or remove it",
    "tripoint_node_gone": "its node is gone: set it on another node or remove it",
    "tripoint_side_gone": "one of its three divisions has ended: set it anew or remove it",
}


def _lost(node: int, before: RegisterState, after: RegisterState) -> bool:
    return node in before.graph.nodes and node not in after.graph.nodes


def _fault(code: str, name: str, place: Place, zh: str) -> Fault:
    lon, lat = to_degrees([place])[0].tolist()
    what, thing = ("界桩", "Marker") if code.startswith("marker") else ("三交点", "Tripoint")
    sentence = f"{what}“{name}”：{zh}，请在本申请中处理。"
    return Fault(
        code, "error", sentence, f"{thing} {name}: {_ENGLISH[code]}.", lon=lon, lat=lat, labels=(name,)
    )
