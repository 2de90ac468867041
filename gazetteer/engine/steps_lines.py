"""Operations on boundary lines as legal objects: their attributes, and names for lines between villages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from gazetteer.engine.line_keys import LineKey, key_arcs, line_facts
from gazetteer.engine.line_objects import Line
from gazetteer.engine.outcomes import StepResult
from gazetteer.engine.register_state import RegisterState
from gazetteer.engine.steps_markers import MARKER_STEPS
from gazetteer.errors import RuleBroken
from gazetteer.rules.intent_fields import Body
from gazetteer.rules.intent_lines import LINE_FIELDS
from gazetteer.rules.lines import LOWEST_LEGAL_LEVEL, line_type_of

Step = Callable[[RegisterState, Body], StepResult]
_DATES = frozenset({"agreement_date", "survey_date"})
_OF_ANY_LEVEL = frozenset({"250200", "620200", "670402"})
"""Coast, national border and development zone: types that say nothing of the level of the sides."""


def set_line(state: RegisterState, body: Body) -> StepResult:
    """Set attributes of a line.

    Raises
    ------
    RuleBroken
        line_gone, line_changed (an attribute is not what the author saw), agreement_missing,
        line_type_disagrees.
    """
    line = require_line(state, body["line"])
    _require_unchanged(line, body.get("base", {}))
    changed = _with_fields(line, body)
    _require_consistent(changed)
    if changed == line:
        return StepResult(state, "already")
    return StepResult(replace(state, lines={**state.lines, line.id: changed}))


def found_line(state: RegisterState, body: Body) -> StepResult:
    """Make arcs between the same two villages a line of their own, with a name.

    Raises
    ------
    RuleBroken
        line_exists, arc_gone, arc_has_line, line_level (the arcs part more than villages of one town),
        line_sides_differ.
    """
    line_id, arcs = body["line"], [entry["arc"] for entry in body["arcs"]]
    if line_id in state.lines:
        raise RuleBroken("该界线编号已存在。", "There is a line with that id.", code="line_exists")
    key = _require_one_key(state, arcs)
    left, right, name = line_facts(state.units, key.divisions, key.outer)
    made = Line(line_id, key.level, name, left, right, line_type=line_type_of(key.level))
    made = _with_fields(made, body)
    _require_consistent(made)
    owned = {arc: replace(state.graph.arcs[arc], line=line_id) for arc in arcs}
    graph = replace(state.graph, arcs={**state.graph.arcs, **owned})
    stale = any(state.graph.arcs[e["arc"]].hash != e["hash"] for e in body["arcs"])
    state = replace(state, graph=graph, lines={**state.lines, line_id: made})
    return StepResult(state, "merged" if stale else "applied")


def require_line(state: RegisterState, line_id: str) -> Line:
    """Return a line of the state; RuleBroken 'line_gone' when it is not there."""
    if line_id not in state.lines:
        raise RuleBroken(
            "该界线已不存在。", "There is no such line any more.", code="line_gone", line=line_id
        )
    return state.lines[line_id]


def _require_one_key(state: RegisterState, arcs: list[int]) -> LineKey:
    for arc in arcs:
        if arc not in state.graph.arcs:
            raise RuleBroken(f"弧段 {arc} 已不存在。", f"Arc {arc} is gone.", code="arc_gone", arc=arc)
        if state.graph.arcs[arc].line is not None:
            raise RuleBroken(
                f"弧段 {arc} 已属于一条界线。", f"Arc {arc} belongs to a line.", code="arc_has_line", arc=arc
            )
    keys = key_arcs(state, dict.fromkeys(state.graph.arcs))
    found = {keys[arc] for arc in arcs}
    if any(key.level <= LOWEST_LEGAL_LEVEL for key in found):
        raise RuleBroken(
            "只有同一乡级单位内村与村之间的界线可以另立。",
            "Only arcs between villages of one town can be made a line.",
            code="line_level",
        )
    if len(found) > 1:
        raise RuleBroken(
            "所选弧段两侧的村不同，不能成为一条界线。",
            "The arcs lie between different villages.",
            code="line_sides_differ",
        )
    return found.pop()


def _require_unchanged(line: Line, base: Mapping[str, Any]) -> None:
    for field, seen in base.items():
        now = getattr(line, field)
        if field == "line_type" and now is None:
            now = line_type_of(line.level)
        stands = now.isoformat() if isinstance(now, dt.date) else now
        if stands != seen:
            raise RuleBroken(
                f"“{line.name}”的属性 {field} 此后已改为“{stands}”（所见为“{seen}”），请核对。",
                f"{field} of the line {line.name} has changed since: it is {stands!r}, seen was {seen!r}.",
                code="line_changed",
                field=field,
                base=seen,
                theirs=stands,
            )


def _with_fields(line: Line, body: Mapping[str, Any]) -> Line:
    given = {field: body[field] for field in LINE_FIELDS if field in body}
    for field in given.keys() & _DATES:
        given[field] = None if given[field] is None else dt.date.fromisoformat(given[field])
    return replace(line, **given)


def _require_consistent(line: Line) -> None:
    if line.agreement_no is None and (line.agreement_date or line.agreement_clause):
        raise RuleBroken(
            "填写协议书日期或条款时须填写协议书编号。",
            "The date or clause of an agreement needs its number.",
            code="agreement_missing",
        )
    fits = {None, line_type_of(line.level), *_OF_ANY_LEVEL}
    if line.line_type not in fits:
        raise RuleBroken(
            f"界线类型 {line.line_type} 与界线级别不符。",
            f"The line type {line.line_type} is not that of the line's level.",
            code="line_type_disagrees",
        )


LINE_STEPS: Mapping[str, Step] = {"set_line": set_line, "found_line": found_line, **MARKER_STEPS}
"""Kind -> what it does to the state; worked out after lines are assigned."""
