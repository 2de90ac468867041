"""What becomes of one operation: the state after it, or why it does not fit or is not allowed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from boundaries.conflicts import Conflict
from boundaries.errors import BoundaryError, Fault
from gazetteer.engine.register_state import RegisterState
from gazetteer.errors import RuleBroken

Status = Literal["applied", "merged", "already", "conflict", "refused"]
"""'merged': laid over somebody else's change, a reviewer should look. 'already': nothing is left to do."""

Populations = Mapping[tuple[uuid.UUID, uuid.UUID], int]
"""People who pass with land, by the division it leaves and the one it goes to."""


@dataclass(frozen=True)
class DivisionConflict:
    """A division that is not what the operation was made on; open until a person decides.

    Parameters
    ----------
    kind : {'division_gone', 'division_changed'}
        Abolished or not in the register; or different in `field`.
    field : {'', 'parent', 'name', 'land'}
    base, mine, theirs : str or None
        As the author saw it, as the author wants it, and as it stands: a name, or (parent) the id of a
        division. For land, `theirs` names those who have the piece by now.
    """

    division: uuid.UUID
    kind: Literal["division_gone", "division_changed"]
    field: str = ""
    base: str | None = None
    mine: str | None = None
    theirs: str | None = None


class DivisionConflictsError(Exception):
    """Raised by a step whose divisions have changed since."""

    def __init__(self, *conflicts: DivisionConflict) -> None:
        super().__init__(", ".join(str(conflict.division) for conflict in conflicts))
        self.conflicts = conflicts


@dataclass(frozen=True)
class StepResult:
    """What a step returns.

    Parameters
    ----------
    state : RegisterState
        After the operation.
    status : {'applied', 'merged', 'already'}
    faults : tuple of Fault
        Warnings about how it was carried out.
    confirmed : mapping of UUID to str
        Codes the operation gives, also where the division has that code already.
    populations : mapping of (from, to) to int
    outer_changed : bool
        The outline of the district gets another course or a vertex, as declared.
    """

    state: RegisterState
    status: Status = "applied"
    faults: tuple[Fault, ...] = ()
    confirmed: Mapping[uuid.UUID, str] = field(default_factory=dict)
    populations: Populations = field(default_factory=dict)
    outer_changed: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one operation of a request, by its id."""

    id: str
    kind: str
    status: Status
    conflicts: tuple[Conflict | DivisionConflict, ...] = ()
    faults: tuple[Fault, ...] = ()
    error: BoundaryError | RuleBroken | None = None
