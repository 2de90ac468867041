"""Which lines, markers, tripoints, nodes and arcs the operations on lines are about: what must be loaded."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from gazetteer.rules.intent_lines import LINE_PARSERS
from gazetteer.rules.intents import Intent


@dataclass(frozen=True)
class NamedObjects:
    """What the operations on lines name.

    Parameters
    ----------
    nodes, arcs : frozenset of int
        They must be in the graph with everything that meets there.
    divisions : frozenset of UUID
        Sides that markers and tripoints name.
    """

    lines: frozenset[str] = frozenset()
    markers: frozenset[uuid.UUID] = frozenset()
    tripoints: frozenset[uuid.UUID] = frozenset()
    nodes: frozenset[int] = frozenset()
    arcs: frozenset[int] = frozenset()
    divisions: frozenset[uuid.UUID] = frozenset()


def named_objects(intents: Iterable[Intent]) -> NamedObjects:
    """Return what the line, marker and tripoint operations among some operations name."""
    bodies = [intent.body for intent in intents if intent.kind in LINE_PARSERS]
    places = [body["place"] for body in bodies if "place" in body]
    return NamedObjects(
        lines=frozenset(body["line"] for body in bodies if "line" in body),
        markers=frozenset(uuid.UUID(body["marker"]) for body in bodies if "marker" in body),
        tripoints=frozenset(uuid.UUID(body["tripoint"]) for body in bodies if "tripoint" in body),
        nodes=frozenset(part["node"] for part in [*bodies, *places] if "node" in part),
        arcs=frozenset(entry["arc"] for body in bodies for entry in body.get("arcs", ())),
        divisions=frozenset(uuid.UUID(side) for body in bodies for side in body.get("sides", ())),
    )
