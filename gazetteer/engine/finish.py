"""What follows from all operations together: which line owns which arc, and nodes no longer needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from boundaries.dissolve import heal
from boundaries.subgraph import Subgraph
from gazetteer.engine.lines import assign_lines
from gazetteer.engine.register_state import RegisterState
from gazetteer.rules.intents import Intent


def finish(before: RegisterState, after: RegisterState, intents: Sequence[Intent]) -> RegisterState:
    """Return the state after all operations with lines assigned, then with arcs joined where they can be.

    Lines come first: two arcs are joined only where one line owns both.
    """
    if after is before:
        return before
    assigned = assign_lines(before, after, seed=str(intents[0].id))
    nodes = _loosened(before.graph, assigned.graph)
    if not nodes:
        return assigned
    patch = heal(assigned.graph, nodes, assigned.kept_nodes)
    return replace(assigned, graph=assigned.graph.apply(patch))


def _loosened(before: Subgraph, after: Subgraph) -> list[int]:
    """Return the nodes where two arcs meet now, and did not before the draft."""
    was, now = _valence(before), _valence(after)
    return sorted(node for node, ends in now.items() if ends == 2 and was.get(node, 0) != 2)


def _valence(graph: Subgraph) -> Counter[int]:
    return Counter(node for arc in graph.arcs.values() for node in (arc.start_node, arc.end_node))
