"""What becomes of an operation on a register that may have changed since it was drawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from boundaries.cutting import CutPart
from boundaries.grid import IntArray
from boundaries.patch import Patch

ConflictKind = Literal["changed", "gone", "same_stretch", "node_moved"]
OutcomeStatus = Literal["applied", "merged", "already"]


@dataclass(frozen=True, eq=False)
class Conflict:
    """An operation that no longer fits; open until a person decides.

    Parameters
    ----------
    arc : int
    kind : {'changed', 'gone', 'same_stretch', 'node_moved'}
        'same_stretch' when both sides changed the same part, 'node_moved' when both moved the node, 'gone'
        when the arc was split or taken away where the operation needs it, 'changed' when that cannot be told
        because the operation does not carry its base points, or when it meets an arc its author did not see.
    base, mine, theirs : ndarray of int64, shape (n, 2), or None
        The arc as the author saw it, as the author wants it (for a cut: the line), and as it stands. None
        where not known.
    """

    arc: int
    kind: ConflictKind
    base: IntArray | None
    mine: IntArray | None
    theirs: IntArray | None


class ConflictsError(Exception):
    """An operation cannot be replayed; carries every conflict found."""

    def __init__(self, conflicts: Iterable[Conflict]) -> None:
        super().__init__("the operation is in conflict with later changes")
        self.conflicts = tuple(conflicts)


@dataclass(frozen=True)
class Outcome:
    """An operation that holds.

    Parameters
    ----------
    patch : Patch
        Not judged here; see `validate`. Empty for 'already'.
    status : {'applied', 'merged', 'already'}
        'merged' on arcs that somebody else changed elsewhere: a reviewer should look. 'already' when the
        register says the same by now.
    parts : tuple of CutPart
        For a cut, what each part got; for one in force already, the faces that hold the inside points.
    """

    patch: Patch
    status: OutcomeStatus = "applied"
    parts: tuple[CutPart, ...] = ()

    @property
    def merged(self) -> bool:
        """Whether a reviewer should look."""
        return self.status == "merged"
