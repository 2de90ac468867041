"""The shared lines: one arc as a value, and a whole coverage of arcs in columns."""

from dataclasses import dataclass
from functools import cached_property

import shapely

from boundaries.grid import IntArray, arc_hash

OUTSIDE = 0
"""Id of the one face that is not in the register: everything beyond the outline."""


@dataclass(frozen=True, eq=False)
class Arc:
    """A stretch of boundary between two nodes, with one face on each side.

    Parameters
    ----------
    id, version : int
        Identity in the register and the number of its present state.
    start_node, end_node : int
        Node ids; equal for a ring.
    left, right : int
        Face ids as seen along the direction of `points`; 0 is outside.
    points : ndarray of int64, shape (n, 2), n >= 2
        Grid integers (1e-9 degree, EPSG:4490, lon then lat), both end points included.
    line : str or None
        Key of the boundary line 界线 that owns the arc.
    """

    id: int
    version: int
    start_node: int
    end_node: int
    left: int
    right: int
    points: IntArray
    line: str | None = None

    @cached_property
    def hash(self) -> str:
        """Content hash over points and sides; the state of the arc, whatever its id."""
        return arc_hash(self.points, self.left, self.right)

    @cached_property
    def path(self) -> shapely.LineString:
        """The points as a line in grid steps, not degrees: integers below 2**53 keep predicates exact."""
        return shapely.LineString(self.points.astype("float64"))

    @cached_property
    def bounds(self) -> tuple[int, int, int, int]:
        """West, south, east, north in grid steps."""
        west, south = self.points.min(axis=0).tolist()
        east, north = self.points.max(axis=0).tolist()
        return (west, south, east, north)

    @property
    def is_ring(self) -> bool:
        """Whether the arc closes on its own node."""
        return self.start_node == self.end_node

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Arc):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash((self.id, self.version))

    def _key(self) -> tuple[int, int, int, int, str | None, str]:
        return (self.id, self.version, self.start_node, self.end_node, self.line, self.hash)


@dataclass(frozen=True, eq=False)
class ArcTable:
    """All arcs of a coverage in columns, for work on hundreds of thousands of them.

    Parameters
    ----------
    coords : ndarray of int64, shape (N, 2)
        Points of all arcs one after the other, grid integers, EPSG:4490.
    offsets : ndarray of int64, shape (m + 1,)
        Arc i has the points ``coords[offsets[i]:offsets[i + 1]]``.
    left, right : ndarray of int64, shape (m,)
        Face labels given by the caller; 0 is outside.
    start_node, end_node : ndarray of int64, shape (m,)
        Indices into `nodes`.
    nodes : ndarray of int64, shape (k, 2)
        Grid integers.
    """

    coords: IntArray
    offsets: IntArray
    left: IntArray
    right: IntArray
    start_node: IntArray
    end_node: IntArray
    nodes: IntArray

    def __len__(self) -> int:
        return len(self.left)

    def points(self, i: int) -> IntArray:
        """Return the points of arc i, shape (n, 2), as a view."""
        return self.coords[self.offsets[i] : self.offsets[i + 1]]

    def arcs(self) -> list[Arc]:
        """Return every arc as a value; ids are the row numbers plus one, node ids likewise, versions 1."""
        return [
            Arc(
                id=i + 1,
                version=1,
                start_node=int(self.start_node[i]) + 1,
                end_node=int(self.end_node[i]) + 1,
                left=int(self.left[i]),
                right=int(self.right[i]),
                points=self.points(i),
            )
            for i in range(len(self))
        ]
