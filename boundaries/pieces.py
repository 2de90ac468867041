"""The pieces that lines make of faces, found by polygonising arcs and lines that are noded already."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from boundaries.arcs import OUTSIDE, Arc
from boundaries.noding import not_noded
from boundaries.patch import Position
from boundaries.rebuild import ObjectArray

Segment = tuple[Position, Position]


@dataclass(frozen=True, eq=False)
class Pieces:
    """What there is inside the faces once the lines are drawn.

    Parameters
    ----------
    polygons : ndarray of Polygon, shape (n,)
        In grid steps; only those inside the faces.
    face : list of int
        The face each piece belongs to.
    region : list of int
        Connected area of each piece; borders between the faces do not part areas, lines do.
    left_of : mapping of directed segment to piece
        The piece on the left; segments with no piece of the faces there are missing.
    free : frozenset of segment
        Segments of the lines that run along no arc, the smaller end first.
    """

    polygons: ObjectArray
    face: list[int]
    region: list[int]
    left_of: Mapping[Segment, int]
    free: frozenset[Segment]

    def beside(self, segment: Segment) -> tuple[int | None, int | None]:
        """Return the pieces on the left and on the right of a segment."""
        return self.left_of.get(segment), self.left_of.get((segment[1], segment[0]))

    def at(self, point: Position) -> int | None:
        """Return the piece a point lies in, or None when it lies in none or on a line."""
        x, y = float(point[0]), float(point[1])
        found = np.flatnonzero(shapely.contains_xy(self.polygons, x, y)).tolist()
        return found[0] if found else None

    def touches(self, point: tuple[float, float]) -> bool:
        """Whether a point lies in or on any piece."""
        return bool(shapely.intersects_xy(self.polygons, *point).any())


def polygonize(
    arcs: Mapping[int, Arc],
    points: Mapping[int, Sequence[Position]],
    lines: Sequence[Sequence[Position]],
    faces: frozenset[int],
) -> Pieces:
    """Return the pieces of faces.

    Parameters
    ----------
    arcs : mapping of arc id to Arc
        All arcs of the faces, for their sides.
    points : mapping of arc id to positions
        The same arcs with a vertex wherever a line meets them.
    lines : sequence of positions
        With a vertex wherever they meet an arc or each other.
    faces : frozenset of int

    Raises
    ------
    BoundaryError
        'cut_not_noded' when a piece would belong to two faces.
    """
    nodes = {point for line in lines for point in line}
    runs = [(arcs[i], run) for i, way in points.items() for run in _runs(way, nodes)]
    along = {_undirected(s) for way in points.values() for s in pairwise(way)}
    drawn = {_undirected(segment) for line in lines for segment in pairwise(line)}
    free = sorted(drawn - along)
    polygons, left_of = _polygons([*(run for _, run in runs), *free])
    face = _faces(runs, free, left_of, faces, len(polygons))
    region = _regions(runs, drawn, left_of, face, faces)
    kept = [i for i, label in enumerate(face) if label in faces]
    number = {old: new for new, old in enumerate(kept)}
    return Pieces(
        polygons=polygons[kept],
        face=[label for label in face if label is not None and label in faces],
        region=[region[i] for i in kept],
        left_of={segment: number[i] for segment, i in left_of.items() if i in number},
        free=frozenset(free),
    )


def _runs(points: Sequence[Position], nodes: set[Position]) -> Iterator[Sequence[Position]]:
    """Yield the stretches of an arc between its ends and the nodes on it."""
    stops = [0, *(i for i in range(1, len(points) - 1) if points[i] in nodes), len(points) - 1]
    for start, end in pairwise(stops):
        yield points[start : end + 1]


def _undirected(segment: Segment) -> Segment:
    a, b = segment
    return (a, b) if a <= b else (b, a)


def _polygons(ways: Sequence[Sequence[Position]]) -> tuple[ObjectArray, dict[Segment, int]]:
    """Return the bounded areas between lines, with what lies on the left of each directed segment."""
    coords = np.array([point for way in ways for point in way], dtype=np.float64)
    owner = np.repeat(np.arange(len(ways)), [len(way) for way in ways])
    linework = np.asarray(shapely.linestrings(coords, indices=owner), dtype=object)
    polygons = shapely.orient_polygons(shapely.get_parts(shapely.polygonize(linework)))
    rings, polygon_of = shapely.get_rings(polygons, return_index=True)
    left_of: dict[Segment, int] = {}
    for ring, piece in zip(rings, polygon_of.tolist(), strict=True):
        around = [(x, y) for x, y in shapely.get_coordinates(ring).astype(np.int64).tolist()]
        left_of.update(dict.fromkeys(pairwise(around), piece))
    return polygons, left_of


def _faces(
    runs: Iterable[tuple[Arc, Sequence[Position]]],
    free: Sequence[Segment],
    left_of: Mapping[Segment, int],
    faces: frozenset[int],
    count: int,
) -> list[int | None]:
    """Return the face of each polygon, from the sides of arcs and, away from arcs, across lines.

    Land of other faces has one label for all: the lines that run there are not noded with its own borders.
    """
    face: list[int | None] = [None] * count
    for arc, run in runs:
        for segment, side in (((run[0], run[1]), arc.left), ((run[1], run[0]), arc.right)):
            piece = left_of.get(segment)
            if piece is None:
                continue
            label = side if side in faces else OUTSIDE
            if face[piece] not in (None, label):
                raise not_noded(run[0])
            face[piece] = label
    pairs = [(left_of.get(s), left_of.get((s[1], s[0]))) for s in free]
    waiting = [(i, j) for i, j in pairs if i is not None and j is not None]
    while waiting:
        left = []
        for i, j in waiting:
            if face[i] is None and face[j] is None:
                left.append((i, j))
            elif face[i] is None:
                face[i] = face[j]
            elif face[j] is None:
                face[j] = face[i]
        if len(left) == len(waiting):
            break
        waiting = left
    return face


def _regions(
    runs: Iterable[tuple[Arc, Sequence[Position]]],
    drawn: set[Segment],
    left_of: Mapping[Segment, int],
    face: Sequence[int | None],
    faces: frozenset[int],
) -> list[int]:
    """Number the connected areas: pieces on both sides of an arc are one unless a line runs along it."""
    root = list(range(len(face)))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for arc, run in runs:
        segment = (run[0], run[1])
        if arc.left not in faces or arc.right not in faces or _undirected(segment) in drawn:
            continue
        i, j = left_of.get(segment), left_of.get((run[1], run[0]))
        if i is not None and j is not None:
            low, high = sorted((find(i), find(j)))
            root[high] = low
    return [find(i) for i in range(len(face))]
