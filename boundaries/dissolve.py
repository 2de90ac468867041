"""Making one face of several, healing the nodes this leaves, and giving a swallowed enclave its new host."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from boundaries.arcs import Arc
from boundaries.case import middle
from boundaries.errors import BoundaryError
from boundaries.grid import FloatArray
from boundaries.patch import ArcRef, NewArc, Patch
from boundaries.subgraph import Subgraph, difference
from boundaries.validate import judge


def dissolve(
    subgraph: Subgraph,
    faces: Collection[int],
    into: int,
    kept_nodes: Collection[int] = (),
    healed: bool = True,
) -> Patch:
    """Make one face of several: the arcs between them go, all others get the one face on their side.

    Parameters
    ----------
    subgraph : Subgraph
        Complete for all the faces.
    faces : collection of int
        They need not touch: the result may have several parts.
    into : int
        The face that stays; the others are retired.
    kept_nodes, healed
        See `heal`; without healing every node stays that an arc still ends in.

    Raises
    ------
    BoundaryError
        'face_gone'.
    """
    gone_into = dict.fromkeys({*faces} - {into}, into)
    for face in sorted({*faces, into}):
        if face not in subgraph.faces or not subgraph.arcs_of(face):
            raise BoundaryError(
                "face_gone", f"面 {face} 已不存在。", f"Face {face} does not exist any more.", face=face
            )
    arcs = {i: _relabelled(arc, gone_into) for i, arc in subgraph.arcs.items()}
    left_over = {i: arc for i, arc in arcs.items() if arc.left != arc.right}
    after = _with_arcs(subgraph, left_over, subgraph.faces - gone_into.keys())
    if healed:
        removed = [arc for i, arc in subgraph.arcs.items() if i not in left_over]
        nodes = {node for arc in removed for node in (arc.start_node, arc.end_node)}
        after = _healed(after, nodes & after.nodes.keys(), kept_nodes)
    return difference(subgraph, after)


def heal(subgraph: Subgraph, nodes: Iterable[int], kept_nodes: Collection[int] = ()) -> Patch:
    """Join the two arcs that meet in a node which parts nothing any more.

    Parameters
    ----------
    nodes : iterable of int
        Only these are looked at: nodes that the same change has left with two arcs.
    kept_nodes : collection of int
        Nodes that carry something (tripoint, marker, end of a line) and stay.

    Returns
    -------
    Patch
        Arcs are joined where they have the same sides and the same boundary line; an arc made in this draft
        that has no line yet takes the other's. The joined arc continues the smallest id of the register. A
        ring keeps its last node.
    """
    return difference(subgraph, _healed(subgraph, set(nodes), kept_nodes))


def offer_relabelled(
    subgraph: Subgraph, patch: Patch, names: Mapping[int, str] | None = None
) -> Patch | None:
    """Return the same edit with the enclaves it swallows in their new host, or None when that is no map.

    Parameters
    ----------
    subgraph : Subgraph
        Complete for the enclaves too.
    patch : Patch
        Refused with 'enclave_swallowed'.
    names : mapping of face to name, optional

    Returns
    -------
    Patch or None
        Accepted by `validate.judge`: an enclave that lay in the face which loses the land lies then in the
        face which gains it.
    """
    touched = {ref.id for ref in patch.removed}
    near = [a for i, a in sorted(subgraph.arcs.items()) if i not in touched]
    added = subgraph.apply(patch).arcs
    swept = _Swept([subgraph.arcs[i] for i in touched if i in subgraph.arcs], _fresh(subgraph, added))
    again = [(arc, _relabelled(arc, swept.passes(middle(arc)))) for arc in near if swept.may_cover(arc)]
    changed = [(arc, new) for arc, new in again if (arc.left, arc.right) != (new.left, new.right)]
    if not changed:
        return None
    offered = replace(
        patch,
        removed=(*patch.removed, *(ArcRef.of(arc) for arc, _ in changed)),
        added=(*patch.added, *(NewArc.of(new) for _, new in changed)),
    )
    return offered if judge(subgraph, offered, names).ok else None


@dataclass(frozen=True)
class _Swept:
    """The land that passes from face to face when arcs are replaced."""

    before: list[Arc]
    after: list[Arc]

    def passes(self, place: FloatArray) -> dict[int, int]:
        """Return the face that loses a place with the face that gains it, or nothing."""
        faces = {face for arc in (*self.before, *self.after) for face in (arc.left, arc.right)}
        gain = {
            face: self._turns(self.after, face, place) - self._turns(self.before, face, place)
            for face in faces
        }
        losers = [face for face, turns in gain.items() if turns < 0]
        gainers = [face for face, turns in gain.items() if turns > 0]
        return {losers[0]: gainers[0]} if len(losers) == len(gainers) == 1 else {}

    def may_cover(self, arc: Arc) -> bool:
        """Whether the middle of an arc lies in the box of what changes."""
        boxes = np.array([a.bounds for a in (*self.before, *self.after)])
        x, y = middle(arc).tolist()
        (west, south), (east, north) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        return bool(west <= x <= east and south <= y <= north)

    @staticmethod
    def _turns(arcs: list[Arc], face: int, place: FloatArray) -> int:
        """Return how often the arcs, with the face on their left, wind around a place (whole once closed)."""
        return sum(
            _crossings(arc, place) * ((arc.left == face) - (arc.right == face))
            for arc in arcs
            if (arc.left == face) != (arc.right == face)
        )


def _crossings(arc: Arc, place: FloatArray) -> int:
    """Count the segments that cross the ray to the east of a place: upward ones less downward ones.

    Everything is doubled, since the place may lie half-way between two grid points, and stays whole.
    """
    x, y = np.rint(2 * place).astype(np.int64).tolist()
    ends = (2 * arc.points).tolist()
    total = 0
    for (x0, y0), (x1, y1) in pairwise(ends):
        if (y0 <= y) == (y1 <= y):
            continue
        upward = 1 if y0 <= y else -1
        if ((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) * upward > 0:
            total += upward
    return total


def _fresh(subgraph: Subgraph, arcs: Mapping[int, Arc]) -> list[Arc]:
    return [arc for i, arc in arcs.items() if arc is not subgraph.arcs.get(i)]


def _relabelled(arc: Arc, faces: Mapping[int, int]) -> Arc:
    left, right = faces.get(arc.left, arc.left), faces.get(arc.right, arc.right)
    return arc if (left, right) == (arc.left, arc.right) else replace(arc, left=left, right=right)


def _with_arcs(subgraph: Subgraph, arcs: Mapping[int, Arc], faces: frozenset[int] | None = None) -> Subgraph:
    used = {node for arc in arcs.values() for node in (arc.start_node, arc.end_node)}
    return replace(
        subgraph,
        arcs=arcs,
        nodes={node: xy for node, xy in subgraph.nodes.items() if node in used},
        faces=subgraph.faces if faces is None else faces,
    )


def _healed(subgraph: Subgraph, nodes: Collection[int], kept_nodes: Collection[int]) -> Subgraph:
    arcs = dict(subgraph.arcs)
    at: dict[int, set[int]] = {node: {a.id for a in subgraph.arcs_at(node)} for node in sorted(nodes)}
    for node, meeting in at.items():
        if len(meeting) != 2 or node in kept_nodes:
            continue
        one, other = (arcs[i] for i in sorted(meeting, key=_seniority))
        joined = _joined(one, other, node)
        if joined is None:
            continue
        del arcs[other.id]
        arcs[one.id] = joined
        for far in {joined.start_node, joined.end_node} & at.keys():
            at[far] = at[far] - {other.id} | {one.id}
    return _with_arcs(subgraph, arcs)


def _seniority(arc_id: int) -> tuple[bool, int]:
    """Arcs of the register come first, the oldest of them before the others."""
    return (arc_id < 0, abs(arc_id))


def _joined(one: Arc, other: Arc, node: int) -> Arc | None:
    """Return the two arcs as one, in the direction of the first; None when they are not alike."""
    if one.is_ring or other.is_ring or not _same_line(one, other):
        return None
    ends_here = one.end_node == node
    following = other if (other.start_node == node) == ends_here else _reversed(other)
    if (one.left, one.right) != (following.left, following.right):
        return None
    first, last = (one, following) if ends_here else (following, one)
    return replace(
        one,
        start_node=first.start_node,
        end_node=last.end_node,
        points=np.concatenate([first.points, last.points[1:]]),
        line=one.line if one.line is not None else other.line,
    )


def _same_line(one: Arc, other: Arc) -> bool:
    fresh = any(arc.id < 0 and arc.line is None for arc in (one, other))
    return fresh or one.line == other.line


def _reversed(arc: Arc) -> Arc:
    return replace(
        arc,
        start_node=arc.end_node,
        end_node=arc.start_node,
        left=arc.right,
        right=arc.left,
        points=arc.points[::-1],
    )
