"""Random coverages and directed edits for the property tests.

Random edits alone never swallow an enclave or hit a neighbour's arc, so a check could be missing and nobody
would see it. Each directed edit aims at one way in which a map can break.
"""

from dataclasses import dataclass
from random import Random

import numpy as np
import shapely
from hypothesis import strategies as st

from boundaries.arcs import Arc
from boundaries.edits import move_node, reshape
from boundaries.extract import extract
from boundaries.grid import snap, to_degrees
from boundaries.patch import Patch
from boundaries.subgraph import Subgraph

SIDE_DEG = 0.01
LAKE = 1000
"""Labels from here on are enclaves."""


@dataclass(frozen=True)
class Edit:
    """An edit made of numbers only, so that it can be aimed at any subgraph."""

    kind: str
    pick: int
    a: float
    b: float


KINDS = (
    "wiggle",
    "delete",
    "swallow",
    "bulge",
    "onto_arc",
    "one_step",
    "collapse",
    "ring",
    "node",
    "outline",
)

edits = st.builds(
    Edit,
    st.sampled_from(KINDS),
    st.integers(0, 10_000),
    st.floats(0.05, 0.95),
    st.floats(-0.95, 0.95),
)


@st.composite
def coverages(draw: st.DrawFn) -> Subgraph:
    """Draw a brick wall of cells with rough borders; some cells have an enclave."""
    columns, rows = draw(st.integers(2, 4)), draw(st.integers(2, 3))
    return brick_wall(columns, rows, draw(st.integers(0, 2**31)), draw(st.integers(1, 4)))


def brick_wall(columns: int, rows: int, seed: int, vertices: int) -> Subgraph:
    rng = Random(seed)
    lattice = {
        (i, j): snap(
            [
                (
                    103 + (i + rng.uniform(-0.2, 0.2)) * SIDE_DEG,
                    30 + (j + rng.uniform(-0.2, 0.2)) * 2 * SIDE_DEG,
                )
            ]
        )[0]
        for i in range(2 * columns + 2)
        for j in range(rows + 1)
    }
    edges: dict[tuple[tuple[int, int], tuple[int, int]], np.ndarray] = {}

    def edge(one: tuple[int, int], other: tuple[int, int]) -> np.ndarray:
        if (other, one) in edges:
            return edges[other, one][::-1]
        if (one, other) not in edges:
            edges[one, other] = rough(lattice[one], lattice[other], vertices, rng)
        return edges[one, other]

    geoms, labels = [], []
    for j in range(rows):
        for c in range(columns):
            x = 2 * c + j % 2
            corners = [(x, j), (x + 1, j), (x + 2, j), (x + 2, j + 1), (x + 1, j + 1), (x, j + 1)]
            ring = np.concatenate(
                [edge(p, q)[:-1] for p, q in zip(corners, corners[1:] + corners[:1], strict=True)]
            )
            hole = square(ring, rng) if rng.random() < 0.5 else None
            geoms.append(shapely.Polygon(to_degrees(ring), [] if hole is None else [to_degrees(hole)]))
            labels.append(len(labels) + 1)
            if hole is not None:
                geoms.append(shapely.Polygon(to_degrees(hole)))
                labels.append(LAKE + len(labels))
    return Subgraph.of(extract(np.array(geoms, dtype=object), labels).arcs(), labels)


def rough(start: np.ndarray, end: np.ndarray, vertices: int, rng: Random) -> np.ndarray:
    along = np.linspace(0, 1, vertices + 2)[:, None]
    line = start + along * (end - start)
    across = np.array([-(end - start)[1], (end - start)[0]])
    bump = np.array([[0.0], *([rng.uniform(-0.05, 0.05)] for _ in range(vertices)), [0.0]])
    return np.rint(line + bump * across).astype(np.int64)


def square(ring: np.ndarray, rng: Random) -> np.ndarray:
    x, y = np.rint(ring.mean(axis=0)).astype(np.int64).tolist()
    half = int(rng.uniform(0.05, 0.2) * SIDE_DEG * 1e9)
    return np.array([(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)])


def aim(subgraph: Subgraph, edit: Edit) -> Patch:
    """Turn an edit into a patch of this subgraph."""
    inner = sorted((a for a in subgraph.arcs.values() if 0 not in (a.left, a.right)), key=lambda a: a.id)
    pool = inner if edit.kind != "outline" else [a for a in subgraph.arcs.values() if 0 in (a.left, a.right)]
    arc = pool[edit.pick % len(pool)]
    return _AIMS[edit.kind](subgraph, arc, edit)


def _point(arc: Arc, at: float, across: float) -> tuple[int, int]:
    """Return a point beside an arc: part of its length along, part of its length across."""
    start, end = arc.points[0].astype(float), arc.points[len(arc.points) // 2].astype(float)
    along = end - start
    x, y = np.rint(start + at * along + across * np.array([-along[1], along[0]])).astype(np.int64).tolist()
    return (x, y)


def _wiggle(subgraph: Subgraph, arc: Arc, edit: Edit) -> Patch:
    return reshape(subgraph, arc.id, 0, 1, [_point(arc, edit.a, edit.b * 0.1)])


def _delete(subgraph: Subgraph, arc: Arc, edit: Edit) -> Patch:
    end = min(len(arc.points) - 1, 2)
    return reshape(subgraph, arc.id, 0, end, [])


def _swallow(subgraph: Subgraph, arc: Arc, edit: Edit) -> Patch:
    """Swing a border around an enclave of one of its two faces."""
    rings = [r for r in subgraph.arcs.values() if r.is_ring and max(r.left, r.right) > LAKE]
    if not rings:
        return _wiggle(subgraph, arc, edit)
    ring = rings[edit.pick % len(rings)]
    host = min(ring.left, ring.right)
    border = next(
        (
            a
            for a in subgraph.arcs.values()
            if host in (a.left, a.right) and not a.is_ring and 0 not in (a.left, a.right)
        ),
        arc,
    )
    (x0, y0), (x1, y1) = ring.points.min(axis=0).tolist(), ring.points.max(axis=0).tolist()
    m = max(1, int(edit.a * (x1 - x0) / 2))
    around = [(x0 - m, y0 - m), (x0 - m, y1 + m), (x1 + m, y1 + m), (x1 + m, y0 - m)]
    start = border.points[0]
    turn = int(np.argmin([abs(px - start[0]) + abs(py - start[1]) for px, py in around]))
    path = around[turn:] + around[:turn]
    return reshape(subgraph, border.id, 0, 1, path if edit.b > 0 else path[::-1])


def _bulge(subgraph: Subgraph, arc: Arc, edit: Edit) -> Patch:
    """Push a long finger across the neighbours."""
    reach = 3.0 * edit.b
    path = [_point(arc, 0.4, reach), _point(arc, 0.6, reach)]
    return reshape(subgraph, arc.id, 0, 1, path)


def _onto_arc(subgraph: Subgraph, arc: Arc, edit: Edit) -> Patch:
    """Move a node onto a vertex of a neighbour's arc."""
    others = sorted((a for a in subgraph.arcs.values() if len(a.points) > 2), key=lambda a: a.id)
    if not others:
        return _wiggle(subgraph, arc, edit)
    target = others[int(edit.a * len(others))]
    x, y = target.points[len(target.points) // 2].tolist()
    return move_node(subgraph, arc.start_node, x, y)


def _one_step(subgraph: Subgraph, arc: Arc, edit: Edit) -> Patch:
    """Move a vertex or a node by a single step of the grid."""
    dx, dy = (1, 0) if edit.b > 0 else (0, -1)
    if len(arc.points) > 2 and edit.a < 0.5:
        x, y = arc.points[1].tolist()
        return reshape(subgraph, arc.id, 0, 2, [(x + dx, y + dy)])
    x, y = subgraph.nodes[arc.start_node]
    return move_node(subgraph, arc.start_node, x + dx, y + dy)


def _collapse(subgraph: Subgraph, arc: Arc, edit: Edit) -> Patch:
    """Shrink an arc until its two nodes are one, with four arcs or more."""
    straight = reshape(subgraph, arc.id, 0, len(arc.points) - 1, [])
    if arc.is_ring or len(arc.points) > 2:
        return straight
    return move_node(subgraph, arc.start_node, *subgraph.nodes[arc.end_node])


def _ring(subgraph: Subgraph, arc: Arc, edit: Edit) -> Patch:
    rings = sorted((a for a in subgraph.arcs.values() if a.is_ring), key=lambda a: a.id)
    ring = rings[edit.pick % len(rings)] if rings else arc
    path = ring.points[-2:0:-1] if edit.b < 0 else [_point(ring, edit.a, edit.b)]
    return reshape(subgraph, ring.id, 0, len(ring.points) - 1 if edit.b < 0 else 1, path)


def _node(subgraph: Subgraph, arc: Arc, edit: Edit) -> Patch:
    return move_node(subgraph, arc.end_node, *_point(arc, 1 + edit.b, edit.a - 0.5))


def _outline(subgraph: Subgraph, arc: Arc, edit: Edit) -> Patch:
    return reshape(subgraph, arc.id, 0, 1, [_point(arc, edit.a, edit.b * 0.3)])


_AIMS = {
    "wiggle": _wiggle,
    "delete": _delete,
    "swallow": _swallow,
    "bulge": _bulge,
    "onto_arc": _onto_arc,
    "one_step": _one_step,
    "collapse": _collapse,
    "ring": _ring,
    "node": _node,
    "outline": _outline,
}
