"""A patch: the one object that is a draft's content, is validated, is applied, and inverted is the undo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from boundaries.arcs import Arc
from boundaries.grid import IntArray, arc_hash, as_points

Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ArcRef:
    """An arc as it was seen by the edit that removes it.

    Parameters
    ----------
    id, version : int
    hash : str
        Content hash of the state seen (`grid.arc_hash`).
    left, right : int
        Faces on its sides, so that a patch alone tells which faces it touches.
    """

    id: int
    version: int
    hash: str
    left: int
    right: int

    @classmethod
    def of(cls, arc: Arc) -> "ArcRef":
        """Return the reference to the present state of an arc."""
        return cls(arc.id, arc.version, arc.hash, arc.left, arc.right)


@dataclass(frozen=True, eq=False)
class NewArc:
    """An arc that a patch adds.

    Parameters
    ----------
    points : ndarray of int64, shape (n, 2)
        Grid integers, EPSG:4490, both end points included.
    left, right : int
        Face ids; 0 is outside.
    line : str or None
        Boundary line 界线 that owns it.
    continues : int or None
        Id of the arc of which this is the next version; None for an arc with a new id.
    start_node, end_node : int or None
        Node ids; None means the node at that position, or a new node where there is none.
    """

    points: IntArray
    left: int
    right: int
    line: str | None = None
    continues: int | None = None
    start_node: int | None = None
    end_node: int | None = None

    @property
    def hash(self) -> str:
        """Content hash over points and sides."""
        return arc_hash(self.points, self.left, self.right)

    @classmethod
    def of(cls, arc: Arc, points: IntArray | None = None) -> "NewArc":
        """Return the next version of an arc, with the same sides, line and nodes."""
        return cls(
            points=arc.points if points is None else points,
            left=arc.left,
            right=arc.right,
            line=arc.line,
            continues=arc.id,
            start_node=arc.start_node,
            end_node=arc.end_node,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NewArc):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[str, str | None, int | None, int | None, int | None]:
        return (self.hash, self.line, self.continues, self.start_node, self.end_node)


@dataclass(frozen=True, slots=True)
class Patch:
    """Arcs taken away, arcs put in their place, and nodes moved.

    Parameters
    ----------
    removed : tuple of ArcRef
    added : tuple of NewArc
    moved_nodes : tuple of (node id, x, y)
        New positions, grid integers.
    outer_changed : bool
        The author declares that the outline of the district changes; without it such a patch is refused.
    new_faces : tuple of int
        Faces that the patch founds: negative until the register gives them ids; a positive one is a retired
        face that comes back, as in the inverse of a merger.
    retired_faces : tuple of int
        Faces that end, all their land going to others; a face that loses its land undeclared is a fault.
    """

    removed: tuple[ArcRef, ...] = ()
    added: tuple[NewArc, ...] = ()
    moved_nodes: tuple[tuple[int, int, int], ...] = ()
    outer_changed: bool = False
    new_faces: tuple[int, ...] = ()
    retired_faces: tuple[int, ...] = ()

    @property
    def touched_faces(self) -> frozenset[int]:
        """Faces on either side of a removed or added arc, face 0 included when the outside is one of them."""
        arcs: tuple[ArcRef | NewArc, ...] = (*self.removed, *self.added)
        return frozenset(face for arc in arcs for face in (arc.left, arc.right))

    def inverse(
        self, before: Mapping[int, Arc], applied: Sequence[Arc], nodes_before: Mapping[int, Position]
    ) -> "Patch":
        """Return the patch that undoes this one.

        Parameters
        ----------
        before : mapping of arc id to Arc
            At least the removed arcs, as they stood before.
        applied : sequence of Arc
            The added arcs in the order of `added`, with the ids and versions they got.
        nodes_before : mapping of node id to (x, y)
            At least the moved nodes, where they stood before.

        Notes
        -----
        An arc that the patch took away altogether comes back under a new id, its node ids are kept.
        """
        going_on = {arc.id for arc in applied}
        again = (NewArc.of(before[ref.id]) for ref in self.removed)
        return Patch(
            removed=tuple(ArcRef.of(arc) for arc in applied),
            added=tuple(a if a.continues in going_on else replace(a, continues=None) for a in again),
            moved_nodes=tuple((node, *nodes_before[node]) for node, _, _ in self.moved_nodes),
            outer_changed=self.outer_changed,
            new_faces=self.retired_faces,
            retired_faces=self.new_faces,
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain lists, dicts and integers, fit for JSON."""
        return {
            "removed": [_ref_to_json(ref) for ref in self.removed],
            "added": [_new_to_json(arc) for arc in self.added],
            "moved_nodes": [list(move) for move in self.moved_nodes],
            "outer_changed": self.outer_changed,
            "new_faces": list(self.new_faces),
            "retired_faces": list(self.retired_faces),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Patch":
        """Read what `to_json` wrote."""
        return cls(
            removed=tuple(ArcRef(**ref) for ref in body["removed"]),
            added=tuple(NewArc(**{**arc, "points": as_points(arc["points"])}) for arc in body["added"]),
            moved_nodes=tuple((int(n), int(x), int(y)) for n, x, y in body["moved_nodes"]),
            outer_changed=bool(body["outer_changed"]),
            new_faces=tuple(int(face) for face in body.get("new_faces", ())),
            retired_faces=tuple(int(face) for face in body.get("retired_faces", ())),
        )


def _ref_to_json(ref: ArcRef) -> dict[str, Any]:
    return {"id": ref.id, "version": ref.version, "hash": ref.hash, "left": ref.left, "right": ref.right}


def _new_to_json(arc: NewArc) -> dict[str, Any]:
    return {
        "points": arc.points.tolist(),
        "left": arc.left,
        "right": arc.right,
        "line": arc.line,
        "continues": arc.continues,
        "start_node": arc.start_node,
        "end_node": arc.end_node,
    }
