"""A draft: typed operations replayed in order on the register as it stands now, never losing one quietly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from boundaries.conflicts import Conflict, ConflictsError
from boundaries.errors import BoundaryError
from boundaries.operations import OPERATIONS
from boundaries.patch import Patch
from boundaries.subgraph import Subgraph, difference

__all__ = ["Conflict", "Draft", "OperationResult", "difference", "replay"]

Status = Literal["applied", "merged", "already", "conflict", "refused", "not_geometry"]
Operation = Mapping[str, Any]


@dataclass(frozen=True)
class OperationResult:
    """What became of one operation.

    'merged' means applied on an arc that somebody else changed in another stretch: a reviewer should look.
    'already' means that the register says the same by now, so that nothing is left to do. 'not_geometry' is
    an operation of another kind (a rename), left to the register.
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


def replay(subgraph: Subgraph, operations: Sequence[Operation]) -> Draft:
    """Apply operations in order; a later one sees the result of the earlier ones.

    Parameters
    ----------
    subgraph : Subgraph
        The register now, complete for every face the operations touch.
    operations : sequence of mapping
        Kinds of `operations.OPERATIONS`, with the content hashes of the arcs as they stood before the
        operation. An operation may carry 'base_points' (the whole arc as it stood; in each entry of 'arcs'
        where there are several): with them, a change by somebody else in another stretch is merged.
        'outer_changed': true declares a change of the outline.

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
        if operation["kind"] not in OPERATIONS:
            results.append(OperationResult(identity, "not_geometry"))
            continue
        try:
            outcome = OPERATIONS[operation["kind"]](now, operation)
        except ConflictsError as found:
            results.append(OperationResult(identity, "conflict", found.conflicts))
        except BoundaryError as error:
            results.append(OperationResult(identity, "refused", error=error))
        else:
            now = now.apply(outcome.patch)
            outer_changed = outer_changed or outcome.patch.outer_changed
            results.append(OperationResult(identity, outcome.status))
    return Draft(now, difference(subgraph, now, outer_changed), tuple(results))
