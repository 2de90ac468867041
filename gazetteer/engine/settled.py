"""Settled lines 已定界: 法定勘定 (county) and 参照勘定 (town) lines that only a legal change may alter."""

from __future__ import annotations

import numpy as np

from boundaries.arcs import Arc
from boundaries.errors import Fault
from boundaries.grid import to_degrees
from gazetteer.engine.line_objects import Line
from gazetteer.engine.register_state import RegisterState
from gazetteer.rules.lines import LOWEST_LEGAL_LEVEL, SETTLED
from gazetteer.rules.request_kinds import REQUEST_KINDS


def settled_faults(before: RegisterState, after: RegisterState, request_kind: str) -> list[Fault]:
    """Return the settled lines that a request alters without being a legal change.

    Nobody may change an approved line on their own (行政区域界线管理条例 Art. 2); town lines are managed by
    reference to it (Art. 19). A 界线变更 or 区划变更 names its document at approval.

    Parameters
    ----------
    before, after : RegisterState
        Before the draft and after it; what a line follows, its status and agreement count as its substance,
        its name, survey, accuracy and course do not.
    request_kind : str
        A key of ``REQUEST_KINDS``.
    """
    if REQUEST_KINDS[request_kind].legal:
        return []
    faults: list[Fault] = []
    changed = _changed_arcs(before, after)
    for line in before.lines.values():
        if line.legal_status != SETTLED or line.level > LOWEST_LEGAL_LEVEL:
            continue
        if line.id in changed or after.lines.get(line.id, line).basis != line.basis:
            faults.append(_settled(line, changed.get(line.id)))
    return faults


def _changed_arcs(before: RegisterState, after: RegisterState) -> dict[str, Arc]:
    """Return for each line its first arc that runs elsewhere afterwards, or is gone."""
    changed: dict[str, Arc] = {}
    for arc_id in sorted(before.graph.arcs):
        arc, now = before.graph.arcs[arc_id], after.graph.arcs.get(arc_id)
        if arc.line is None or arc.line in changed or now is arc:
            continue
        if now is None or not np.array_equal(arc.points, now.points):
            changed[arc.line] = arc
    return changed


def _settled(line: Line, arc: Arc | None) -> Fault:
    place = None if arc is None else to_degrees(arc.points[len(arc.points) // 2]).tolist()
    kind = (
        ("法定勘定", "settled by law")
        if line.level < LOWEST_LEGAL_LEVEL
        else ("参照勘定", "settled by reference")
    )
    return Fault(
        "line_settled",
        "error",
        f"“{line.name}”为{kind[0]}界线，不能作为更正修改；请改用界线变更申请并附批准文件。",
        f"The line {line.name} is {kind[1]}: only a boundary change with its document may alter it.",
        lon=place[0] if place else None,
        lat=place[1] if place else None,
        labels=(line.name,),
    )
