"""Whom operations on lines, markers and tripoints concern: the divisions these part."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

from gazetteer.engine.register_state import RegisterState
from gazetteer.rules.intent_lines import LINE_PARSERS
from gazetteer.rules.intents import Intent

Sides = frozenset[uuid.UUID]


def object_sides(before: RegisterState, after: RegisterState, intents: Iterable[Intent]) -> list[Sides]:
    """Return for each line, marker and tripoint that an operation names the divisions that it parts.

    Neighbours outside the register are left out: nobody here answers for them.
    """
    found: list[Sides] = []
    for intent in intents:
        if intent.kind in LINE_PARSERS:
            named = {side for state in (before, after) for side in _sides(state, intent)}
            units = {**before.units, **after.units}
            inner = frozenset(side for side in named if side in units and not units[side].external)
            found += [inner] if inner and inner not in found else []
    return found


def _sides(state: RegisterState, intent: Intent) -> Iterator[uuid.UUID]:
    body = intent.body
    lines = {body["line"]} if "line" in body else set()
    if "marker" in body and (marker := state.markers.get(uuid.UUID(body["marker"]))) is not None:
        yield from marker.sides
        lines.add(marker.line)
    if "tripoint" in body and (tripoint := state.tripoints.get(uuid.UUID(body["tripoint"]))) is not None:
        yield from tripoint.sides
    for line in lines & state.lines.keys():
        yield from state.lines[line].sides
