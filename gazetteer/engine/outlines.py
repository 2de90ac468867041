"""Which divisions have another outline after a change: proved on integer chains, not on areas."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping

from boundaries.arcs import Arc
from boundaries.chain import chain_of_arcs
from boundaries.patch import Patch
from gazetteer.engine.register_state import RegisterState

Chains = Mapping[int, frozenset[uuid.UUID]]
"""The divisions of each face, of all levels."""

NOBODY: frozenset[uuid.UUID] = frozenset()


def chains_of(state: RegisterState) -> dict[int, frozenset[uuid.UUID]]:
    """Return for each face the ids of its division and of all above."""
    known: dict[uuid.UUID, frozenset[uuid.UUID]] = {}
    for unit in set(state.cells.values()):
        known[unit] = frozenset(link.id for link in state.chain_of(unit))
    return {face: known[unit] for face, unit in state.cells.items()}


def find_reshaped(before: RegisterState, after: RegisterState, patch: Patch) -> frozenset[uuid.UUID]:
    """Return the divisions, of either state, whose outline does not have the same points in both.

    Where a face changes hands whose arcs are not all in the graph, its divisions count as reshaped.
    """
    was, now = chains_of(before), chains_of(after)
    removed = [before.graph.arcs[ref.id] for ref in patch.removed]
    fresh = [arc for i, arc in after.graph.arcs.items() if arc is not before.graph.arcs.get(i)]
    passing = _passing_faces(was, now)
    for arcs, chains in ((removed, was), (fresh, now)):
        for arc in arcs:
            for division in chains.get(arc.left, NOBODY) ^ chains.get(arc.right, NOBODY):
                passing[division] |= set()
    beside = _by_face(before.graph.arcs.values()), _by_face(after.graph.arcs.values())
    return frozenset(
        division
        for division, faces in passing.items()
        if not faces <= before.graph.faces | after.graph.faces
        or _outline_differs(
            division,
            (was, [*removed, *(arc for face in faces for arc in beside[0].get(face, ()))]),
            (now, [*fresh, *(arc for face in faces for arc in beside[1].get(face, ()))]),
        )
    )


def _passing_faces(was: Chains, now: Chains) -> defaultdict[uuid.UUID, set[int]]:
    """Return for each division the faces that are its land in one state and not in the other."""
    passing: defaultdict[uuid.UUID, set[int]] = defaultdict(set)
    for face in was.keys() | now.keys():
        for division in was.get(face, NOBODY) ^ now.get(face, NOBODY):
            passing[division].add(face)
    return passing


def _by_face(arcs: Iterable[Arc]) -> dict[int, list[Arc]]:
    beside: defaultdict[int, list[Arc]] = defaultdict(list)
    for arc in arcs:
        beside[arc.left].append(arc)
        beside[arc.right].append(arc)
    return dict(beside)


def _outline_differs(
    division: uuid.UUID, before: tuple[Chains, list[Arc]], after: tuple[Chains, list[Arc]]
) -> bool:
    outlines = []
    for chains, arcs in (before, after):
        once = {arc.id: arc for arc in arcs}
        inside = {f for a in once.values() for f in (a.left, a.right) if division in chains.get(f, NOBODY)}
        outlines.append(chain_of_arcs(once.values(), inside))
    return len(outlines[0] - outlines[1]) > 0
