"""Judge a patch before anything is written: is the map still a map with it?

The steps go from the cheap and plain to the general, so that the first message is the one a person can act
on. Everything is local to the faces the patch touches; the cost does not grow with the register.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shapely.geometry import MultiPolygon

from boundaries import rules
from boundaries.case import Case
from boundaries.errors import Fault
from boundaries.patch import Patch
from boundaries.subgraph import Subgraph


@dataclass(frozen=True)
class Verdict:
    """What the judgement found, and what the map would be.

    Parameters
    ----------
    faults : tuple of Fault
        Errors refuse the patch; warnings ask a person.
    after : Subgraph
        With the patch applied, judged or not.
    polygons : mapping of face to MultiPolygon
        The touched faces after the patch, degrees; empty when it is refused.
    """

    faults: tuple[Fault, ...]
    after: Subgraph
    polygons: Mapping[int, MultiPolygon]

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not any(f.severity == "error" for f in self.faults)


Step = Callable[[Case], Iterator[Fault]]


STEPS: tuple[Step, ...] = (
    rules.check_references,
    rules.check_sides,
    rules.check_simple,
    rules.check_meetings,
    rules.check_ends,
    rules.check_faces,
    rules.check_outline,
    rules.check_surroundings,
    rules.check_parts,
)
"""All steps in order; each one relies on those before it."""


def validate(subgraph: Subgraph, patch: Patch, names: Mapping[int, str] | None = None) -> list[Fault]:
    """Return what is wrong with a patch; nothing is written.

    Parameters
    ----------
    subgraph : Subgraph
        Complete for every touched face, with all arcs near the new ones.
    patch : Patch
    names : mapping of face to name, optional
        What the messages call the faces.

    Returns
    -------
    list of Fault
        Empty when the patch may be applied; warnings alone do not refuse it.
    """
    return list(judge(subgraph, patch, names).faults)


def judge(
    subgraph: Subgraph,
    patch: Patch,
    names: Mapping[int, str] | None = None,
    steps: Sequence[Step] | None = None,
) -> Verdict:
    """Return the faults together with the map after the patch; see `validate`.

    Parameters
    ----------
    steps : sequence of Step, optional
        By default `STEPS`. The first step that finds an error is the last one made, since the later ones
        rely on what the earlier ones prove. Mutation tests leave steps out.
    """
    case = Case(subgraph, patch, names or {})
    faults: list[Fault] = []
    for step in STEPS if steps is None else steps:
        faults.extend(step(case))
        if any(f.severity == "error" for f in faults):
            break
    refused = any(f.severity == "error" for f in faults)
    polygons = {} if refused else {f: p for f, p in case.built.items() if isinstance(p, MultiPolygon)}
    return Verdict(tuple(faults), case.after, polygons)
