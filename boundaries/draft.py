"""A draft: typed operations replayed in order on the register as it stands now, never losing one quietly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from boundaries.arcs import Arc
from boundaries.edits import move_node, reshape, splice
from boundaries.errors import BoundaryError
from boundaries.grid import IntArray, as_points
from boundaries.patch import Patch
from boundaries.subgraph import Subgraph
from boundaries.subgraph import difference as difference

ConflictKind = Literal["changed", "gone", "same_stretch"]
Status = Literal["applied", "merged", "conflict", "refused", "not_geometry"]
Operation = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Conflict:
    """An operation that no longer fits; open until a person decides.

    Parameters
    ----------
    arc : int
    kind : {'changed', 'gone', 'same_stretch'}
        'same_stretch' when both sides changed the same part, 'changed' when that cannot be told because the
        operation does not carry its base points.
    base, mine, theirs : ndarray of int64, shape (n, 2), or None
        The arc as the author saw it, as the author wants it, and as it stands. None where not known.
    """

    arc: int
    kind: ConflictKind
    base: IntArray | None
    mine: IntArray | None
    theirs: IntArray | None


@dataclass(frozen=True)
class OperationResult:
    """What became of one operation.

    'merged' means applied on an arc that somebody else changed in another stretch: a reviewer should look.
    'not_geometry' is an operation of another kind (a rename), left to the register.
    """

    id: str
    status: Status
    conflicts: tuple[Conflict, ...] = ()
    error: BoundaryError | None = None


@dataclass(frozen=True)
class Draft:
    """Operations replayed.

    Parameters
    ----------
    subgraph : Subgraph
        After all operations that could be applied.
    patch : Patch
        One patch with the same effect, against the base.
    results : tuple of OperationResult
        One for each operation, in order.
    """

    subgraph: Subgraph
    patch: Patch
    results: tuple[OperationResult, ...]

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """All conflicts, in order."""
        return tuple(conflict for result in self.results for conflict in result.conflicts)


class _ConflictsError(Exception):
    def __init__(self, conflicts: Iterable[Conflict]) -> None:
        self.conflicts = tuple(conflicts)


def replay(subgraph: Subgraph, operations: Sequence[Operation]) -> Draft:
    """Apply operations in order; a later one sees the result of the earlier ones.

    Parameters
    ----------
    subgraph : Subgraph
        The register now, complete for every face the operations touch.
    operations : sequence of mapping
        Kind 'reshape' or 'move_node' with the content hashes of the arcs as they stood before the operation.
        An operation may carry 'base_points' (the whole arc as it stood; for 'move_node' in each entry of
        'arcs'): with them, a change by somebody else in another stretch is merged. 'outer_changed': true
        declares a change of the outline.

    Returns
    -------
    Draft
        The patch is not judged here; see `validate.judge`.
    """
    now = subgraph
    results: list[OperationResult] = []
    outer_changed = False
    for operation in operations:
        identity = str(operation["id"])
        if operation["kind"] not in _PATCHES:
            results.append(OperationResult(identity, "not_geometry"))
            continue
        try:
            patch, merged = _PATCHES[operation["kind"]](now, operation)
        except _ConflictsError as found:
            results.append(OperationResult(identity, "conflict", found.conflicts))
        except BoundaryError as error:
            results.append(OperationResult(identity, "refused", error=error))
        else:
            now = now.apply(patch)
            outer_changed = outer_changed or patch.outer_changed
            results.append(OperationResult(identity, "merged" if merged else "applied"))
    return Draft(now, difference(subgraph, now, outer_changed), tuple(results))


def _reshape(now: Subgraph, operation: Operation) -> tuple[Patch, bool]:
    start, end = int(operation["start"]), int(operation["end"])
    path = as_points(operation["path"])
    arc = now.arcs.get(int(operation["arc"]))
    outer_changed = bool(operation.get("outer_changed", False))
    if arc is not None and arc.hash == operation["hash"]:
        return reshape(now, arc.id, start, end, path, outer_changed), False
    base = _base_points(operation)
    mine = splice(base, start, end, path) if base is not None else path
    if arc is None:
        raise _ConflictsError([Conflict(int(operation["arc"]), "gone", base, mine, None)])
    shift = None if base is None else _shift(base, arc.points, start, end)
    if shift is None:
        kind: ConflictKind = "changed" if base is None else "same_stretch"
        raise _ConflictsError([Conflict(arc.id, kind, base, mine, arc.points)])
    return reshape(now, arc.id, start + shift, end + shift, path, outer_changed), True


def _move_node(now: Subgraph, operation: Operation) -> tuple[Patch, bool]:
    node, x, y = int(operation["node"]), int(operation["x"]), int(operation["y"])
    named = {int(entry["arc"]): entry for entry in operation["arcs"]}
    conflicts: list[Conflict] = []
    merged = False
    for arc_id, entry in named.items():
        arc = now.arcs.get(arc_id)
        if arc is not None and arc.hash == entry["hash"]:
            continue
        conflict = _end_conflict(arc, arc_id, entry, node, (x, y))
        conflicts.extend([conflict] if conflict else [])
        merged = True
    present = now.arcs_at(node)
    conflicts.extend(Conflict(a.id, "changed", None, None, a.points) for a in present if a.id not in named)
    if conflicts:
        raise _ConflictsError(conflicts)
    return move_node(now, node, x, y, bool(operation.get("outer_changed", False))), merged


def _end_conflict(
    arc: Arc | None, arc_id: int, entry: Operation, node: int, target: tuple[int, int]
) -> Conflict | None:
    """Return why the end of an arc at a node cannot be moved any more, or None when only the rest changed."""
    base = _base_points(entry)
    if arc is None or node not in (arc.start_node, arc.end_node):
        return Conflict(arc_id, "gone", base, None, None if arc is None else arc.points)
    if base is None:
        return Conflict(arc_id, "changed", None, None, arc.points)
    mine = base.copy()
    ends = [0] * (arc.start_node == node) + [-1] * (arc.end_node == node)
    mine[ends] = target
    kept_start, kept_end = _common(base, arc.points)
    touched = [(0, 1) if end == 0 else (len(base) - 2, len(base) - 1) for end in ends]
    if all(stop < kept_start or start >= len(base) - kept_end for start, stop in touched):
        return None
    return Conflict(arc_id, "same_stretch", base, mine, arc.points)


def _shift(base: IntArray, current: IntArray, start: int, end: int) -> int | None:
    """Return by how much the vertices of a stretch are renumbered, or None when that stretch changed."""
    kept_start, kept_end = _common(base, current)
    if end < kept_start:
        return 0
    if start >= len(base) - kept_end:
        return len(current) - len(base)
    return None


def _common(base: IntArray, current: IntArray) -> tuple[int, int]:
    """Return how many vertices are equal from the start, and from the end, without counting one twice."""
    shorter = min(len(base), len(current))
    from_start = (base[:shorter] == current[:shorter]).all(axis=1)
    from_end = (base[::-1][:shorter] == current[::-1][:shorter]).all(axis=1)
    start = shorter if from_start.all() else int(np.argmin(from_start))
    end = shorter if from_end.all() else int(np.argmin(from_end))
    return start, min(end, shorter - start)


def _base_points(entry: Operation) -> IntArray | None:
    points = entry.get("base_points")
    return None if points is None else as_points(points)


_PATCHES = {"reshape": _reshape, "move_node": _move_node}
