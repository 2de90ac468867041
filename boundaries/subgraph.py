"""A piece of the register held in memory: the arcs of some faces, the arcs around them, and their nodes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from boundaries.arcs import Arc
from boundaries.errors import BoundaryError
from boundaries.patch import ArcRef, NewArc, Patch, Position


@dataclass(frozen=True)
class Subgraph:
    """What validation and edits read; never changed in place.

    Parameters
    ----------
    arcs : mapping of arc id to Arc
    nodes : mapping of node id to (x, y)
        Grid integers; every end of every arc is there.
    faces : frozenset of int
        Faces of which **all** arcs are present. Face 0 (outside) need not be complete.
    """

    arcs: Mapping[int, Arc]
    nodes: Mapping[int, Position]
    faces: frozenset[int]

    @classmethod
    def of(cls, arcs: Iterable[Arc], faces: Iterable[int]) -> "Subgraph":
        """Build a subgraph from arcs alone; node positions are the ends of the arcs."""
        by_id = {arc.id: arc for arc in arcs}
        nodes: dict[int, Position] = {}
        for arc in by_id.values():
            nodes[arc.start_node] = _position(arc, 0)
            nodes[arc.end_node] = _position(arc, -1)
        return cls(by_id, nodes, frozenset(faces))

    def arc(self, arc_id: int) -> Arc:
        """Return one arc; raises BoundaryError 'arc_gone' when it is not here."""
        if arc_id not in self.arcs:
            raise BoundaryError(
                "arc_gone", f"边 {arc_id} 已不存在。", f"Arc {arc_id} does not exist any more.", arc=arc_id
            )
        return self.arcs[arc_id]

    def arcs_of(self, face: int) -> list[Arc]:
        """Return the arcs with this face on a side, in id order."""
        return sorted(
            (a for a in self.arcs.values() if (a.left == face) != (a.right == face)), key=lambda a: a.id
        )

    def arcs_at(self, node: int) -> list[Arc]:
        """Return the arcs that start or end at a node, in id order."""
        return sorted(
            (a for a in self.arcs.values() if node in (a.start_node, a.end_node)), key=lambda a: a.id
        )

    def apply(self, patch: Patch) -> "Subgraph":
        """Return the subgraph with the patch applied; the patch is not judged (see `validate`).

        An arc that continues another keeps its id and its version grows by one. Other new arcs and new
        nodes get negative ids, which the register replaces when it writes them. `faces` follows what the
        patch declares, so that a face that loses its land undeclared is still looked for.
        """
        arcs = {i: a for i, a in self.arcs.items() if i not in {ref.id for ref in patch.removed}}
        nodes = dict(self.nodes)
        nodes.update({node: (x, y) for node, x, y in patch.moved_nodes})
        at_position = {position: node for node, position in nodes.items()}
        for arc in self.added_arcs(patch, nodes, at_position):
            arcs[arc.id] = arc
        used = {n for a in arcs.values() for n in (a.start_node, a.end_node)}
        gone = set(self.nodes) - used
        kept = {n: xy for n, xy in nodes.items() if n not in gone}
        known = {face for a in self.arcs.values() for face in (a.left, a.right)}
        founded = (patch.touched_faces - known - {0}) | set(patch.new_faces)
        return replace(self, arcs=arcs, nodes=kept, faces=self.faces - set(patch.retired_faces) | founded)

    def added_arcs(
        self, patch: Patch, nodes: dict[int, Position], at_position: dict[Position, int]
    ) -> list[Arc]:
        """Return the added arcs with ids and nodes, in patch order; enters new nodes in `nodes`."""
        next_arc = min([0, *self.arcs]) - 1
        made: list[Arc] = []
        for new in patch.added:
            ends = [_node_at(new, end, nodes, at_position) for end in (0, -1)]
            old = self.arcs.get(new.continues) if new.continues is not None else None
            arc_id = new.continues if new.continues is not None else next_arc
            next_arc -= new.continues is None
            version = old.version + 1 if old else 1
            made.append(Arc(arc_id, version, ends[0], ends[1], new.left, new.right, new.points, new.line))
        return made


def difference(before: Subgraph, after: Subgraph, outer_changed: bool = False) -> Patch:
    """Return the one patch that leads from one subgraph to the other; its inverse the other way round."""
    changed = [i for i, arc in before.arcs.items() if not _same_state(arc, after.arcs.get(i))]
    replaced = set(changed)
    fresh = [arc for i, arc in after.arcs.items() if i in replaced or i not in before.arcs]
    return Patch(
        removed=tuple(ArcRef.of(before.arcs[i]) for i in sorted(changed)),
        added=tuple(_as_new(arc, before) for arc in sorted(fresh, key=lambda a: a.id)),
        moved_nodes=tuple(
            (node, *xy)
            for node, xy in sorted(after.nodes.items())
            if node in before.nodes and before.nodes[node] != xy
        ),
        outer_changed=outer_changed,
        new_faces=tuple(sorted(after.faces - before.faces)),
        retired_faces=tuple(sorted(before.faces - after.faces)),
    )


def _same_state(arc: Arc, other: Arc | None) -> bool:
    return arc is other or (
        other is not None
        and arc.hash == other.hash
        and arc.line == other.line
        and (arc.start_node, arc.end_node) == (other.start_node, other.end_node)
    )


def _as_new(arc: Arc, before: Subgraph) -> NewArc:
    return NewArc(
        points=arc.points,
        left=arc.left,
        right=arc.right,
        line=arc.line,
        continues=arc.id if arc.id in before.arcs else None,
        start_node=arc.start_node if arc.start_node in before.nodes else None,
        end_node=arc.end_node if arc.end_node in before.nodes else None,
    )


def _position(arc: Arc | NewArc, end: int) -> Position:
    x, y = arc.points[end].tolist()
    return (x, y)


def _node_at(new: NewArc, end: int, nodes: dict[int, Position], at_position: dict[Position, int]) -> int:
    """Return the node named by the new arc, or the one at its end, or a new one with a negative id."""
    named = new.start_node if end == 0 else new.end_node
    position = _position(new, end)
    node = named if named is not None else at_position.get(position, min([0, *nodes]) - 1)
    nodes[node] = position
    at_position[position] = node
    return node
