"""Every kind of operation on lines and land, by name: a function from graph and operation to outcome."""

from collections.abc import Callable, Mapping
from typing import Any

from boundaries import line_operations
from boundaries.conflicts import Outcome
from boundaries.cutting import Part
from boundaries.land_operations import cut_land, dissolve_land
from boundaries.subgraph import Subgraph

__all__ = ["OPERATIONS", "Operation", "Outcome", "cut_land", "dissolve_land"]

Operation = Mapping[str, Any]


def _cut(graph: Subgraph, operation: Operation) -> Outcome:
    """Cut 'faces' by 'lines' and 'ring' into 'parts', each with 'inside' (a point) and perhaps 'side'."""
    parts = [
        Part(((int(part["inside"][0]), int(part["inside"][1])),), bool(part.get("side", False)))
        for part in operation["parts"]
    ]
    return cut_land(graph, [int(face) for face in operation["faces"]], operation, parts)


def _dissolve(graph: Subgraph, operation: Operation) -> Outcome:
    """Make 'faces' one with the face 'into'; 'arcs' are those between them as seen."""
    faces = [int(face) for face in operation["faces"]]
    return dissolve_land(graph, faces, int(operation["into"]), operation.get("arcs") or ())


OPERATIONS: Mapping[str, Callable[[Subgraph, Operation], Outcome]] = {
    "reshape": line_operations.reshape,
    "insert_vertex": line_operations.insert_vertex,
    "move_vertex": line_operations.move_vertex,
    "delete_vertex": line_operations.delete_vertex,
    "move_node": line_operations.move_node,
    "cut": _cut,
    "dissolve": _dissolve,
}
"""All raise ConflictsError (open until a person decides) or BoundaryError (refused)."""
