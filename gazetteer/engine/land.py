"""Land of a state: faces cut, joined and handed over; the kinds and owners of faces kept right."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from boundaries.cutting import Part
from boundaries.operations import cut_land, dissolve_land
from boundaries.patch import ArcRef, NewArc, Patch
from gazetteer.engine.register_state import RegisterState

T = TypeVar("T")

UNIT, REST = "unit", "rest"
Body = Mapping[str, Any]


@dataclass(frozen=True)
class CutLand:
    """Land cut into parts; every piece still belongs to the division it was cut from.

    Parameters
    ----------
    parts : tuple of frozenset of int
        The faces of each part asked for.
    cut : frozenset of int
        Faces made by the cut.
    merged : bool
        Lines have changed since the cut was drawn, elsewhere than where it meets them.
    already : bool
        The cut is a border by now; the parts belong to others.
    """

    state: RegisterState
    parts: tuple[frozenset[int], ...]
    cut: frozenset[int]
    merged: bool
    already: bool
    outer_changed: bool


def cut_state(
    state: RegisterState, faces: Collection[int], body: Body, parts: Iterable[Part] | None = None
) -> CutLand:
    """Cut faces along the lines or the ring of an operation.

    Raises
    ------
    BoundaryError, ConflictsError
        The cut does not divide the land, or no longer meets the lines it was drawn on.
    """
    wanted = None if parts is None else list(parts)
    outcome = cut_land(state.graph, faces, body, wanted, state.kept_nodes)
    origins = {new: old for part in outcome.parts for new, old in part.new.items()}
    return CutLand(
        _after_cut(state, outcome.patch, origins),
        tuple(part.faces for part in outcome.parts),
        frozenset(origins),
        outcome.merged,
        outcome.status == "already",
        outcome.patch.outer_changed,
    )


def _after_cut(state: RegisterState, patch: Patch, origins: Mapping[int, int]) -> RegisterState:
    owned = {new: state.cells[old] for new, old in origins.items() if old in state.cells}
    kinds = {new: state.face_kinds[old] for new, old in origins.items()}
    stored = {new: state.origins.get(old, old) for new, old in origins.items()}
    kept = _without(state, patch.retired_faces)
    return replace(
        kept,
        graph=state.graph.apply(patch),
        cells={**kept.cells, **owned},
        face_kinds={**kept.face_kinds, **kinds},
        origins={**state.origins, **stored},
    )


def hand_over(state: RegisterState, faces: Iterable[int], division: uuid.UUID) -> RegisterState:
    """Return the state with faces as cells of another division."""
    return replace(state, cells={**state.cells, **dict.fromkeys(faces, division)})


def settle_cells(
    state: RegisterState, division: uuid.UUID, arcs: Iterable[Body] = (), first: Collection[int] = ()
) -> tuple[RegisterState, bool]:
    """Bring the faces that a division owns itself into their one form.

    A division of the lowest level has one face, of as many parts as it takes. One with children has `rest`
    faces, those that touch joined.

    Parameters
    ----------
    arcs : iterable of {arc, hash}
        Arcs between the faces as the author saw them.
    first : collection of int
        Faces the division had before: where faces are joined, one of these goes on.

    Returns
    -------
    state, merged : RegisterState, bool
        Whether lines that vanish had changed since.
    """
    merged = False
    if not state.children(division):
        if len(state.own_faces(division)) > 1:
            state, merged = _join(state, state.own_faces(division), arcs, first)
        return _of_kind(state, state.own_faces(division), UNIT), merged
    state = _of_kind(state, state.own_faces(division), REST)
    for group in _touching(state, state.own_faces(division)):
        state, stale = _join(state, group, arcs, first)
        merged = merged or stale
    return state, merged


def settle_childless(before: RegisterState, after: RegisterState) -> RegisterState:
    """Bring the land of each division that has lost its last lower unit into the one form of a leaf."""
    if after.units is before.units:
        return after
    had, has = ({unit.parent for unit in state.units.values()} for state in (before, after))
    for division in sorted(after.units.keys() & (had - has)):
        after, _ = settle_cells(after, division)
    return after


def _join(
    state: RegisterState, faces: Collection[int], arcs: Iterable[Body], first: Collection[int]
) -> tuple[RegisterState, bool]:
    """Dissolve faces into one: the division's own, else a stored one of kind 'unit', with the lowest id."""
    into = min(
        faces, key=lambda face: (face < 0, face not in first, state.face_kinds[face] != UNIT, abs(face))
    )
    outcome = dissolve_land(state.graph, frozenset(faces), into, list(arcs), state.kept_nodes)
    joined = _without(replace(state, graph=state.graph.apply(outcome.patch)), set(faces) - {into})
    return joined, outcome.merged


def _touching(state: RegisterState, faces: Collection[int]) -> list[list[int]]:
    """Return the groups of two faces or more that hang together by shared arcs."""
    group = {face: face for face in faces}

    def root(face: int) -> int:
        while group[face] != face:
            face = group[face]
        return face

    for arc in state.graph.arcs.values():
        if arc.left in group and arc.right in group:
            group[root(arc.left)] = root(arc.right)
    groups: dict[int, list[int]] = {}
    for face in faces:
        groups.setdefault(root(face), []).append(face)
    return [members for members in groups.values() if len(members) > 1]


def _of_kind(state: RegisterState, faces: Iterable[int], kind: str) -> RegisterState:
    """Return the state with faces of one kind; a stored face of another kind gives way to a new one."""
    for face in faces:
        if state.face_kinds[face] == kind:
            continue
        if face > 0:
            state, face = _renew(state, face)
        state = replace(state, face_kinds={**state.face_kinds, face: kind})
    return state


def _renew(state: RegisterState, face: int) -> tuple[RegisterState, int]:
    """Retire a face for a new one on the same land; what a face is, is never changed in place."""
    new = min(0, *state.face_kinds, *state.origins) - 1
    arcs = state.graph.arcs_of(face)
    renamed = [
        replace(NewArc.of(arc), left=_instead(arc.left, face, new), right=_instead(arc.right, face, new))
        for arc in arcs
    ]
    patch = Patch(
        tuple(ArcRef.of(arc) for arc in arcs), tuple(renamed), new_faces=(new,), retired_faces=(face,)
    )
    return _after_cut(state, patch, {new: face}), new


def _instead(face: int, old: int, new: int) -> int:
    return new if face == old else face


def _without(state: RegisterState, faces: Collection[int]) -> RegisterState:
    """Return the state without faces that the graph has retired."""
    return replace(state, cells=_kept(state.cells, faces), face_kinds=_kept(state.face_kinds, faces))


def _kept(mapping: Mapping[int, T], faces: Collection[int]) -> dict[int, T]:
    return {face: value for face, value in mapping.items() if face not in faces}
