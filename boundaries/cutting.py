"""Cutting faces by lines or by a ring: which pieces there are, which go where, and the patch that says so.

The arcs of the faces and the lines are noded on the grid (`noding`) and polygonised together; every piece
knows its face from the sides of the arcs around it, so that no point-in-polygon test decides about sides.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from boundaries.arcs import OUTSIDE, Arc
from boundaries.errors import BoundaryError
from boundaries.grid import GRID, IntArray, as_points
from boundaries.meeting import boxes_meet, self_crossing
from boundaries.noding import (
    OUTLINE_REACH_STEPS,
    SNAP_STEPS,
    Fixed,
    node_line,
    not_noded,
    without_repeats,
)
from boundaries.patch import ArcRef, NewArc, Patch, Position
from boundaries.pieces import Pieces, Segment, polygonize
from boundaries.recutting import Sides, new_arcs, split_arc
from boundaries.subgraph import Subgraph

Line = IntArray | Sequence[Sequence[int]]


@dataclass(frozen=True)
class Part:
    """What a cut takes.

    Parameters
    ----------
    inside : tuple of (x, y)
        Grid integers; each point takes the connected area it lies in, as the lines leave it. Borders between
        the faces that are cut together do not part an area.
    side : bool
        Take also what lies elsewhere on the same side of the same lines, as in a face of several parts.
    """

    inside: tuple[Position, ...]
    side: bool = False


@dataclass(frozen=True)
class CutPart:
    """What a part got: new faces, each with the face it was cut from, and faces that lie wholly in it."""

    new: Mapping[int, int]
    whole: frozenset[int]

    @property
    def faces(self) -> frozenset[int]:
        """All faces of the part."""
        return self.whole | set(self.new)


@dataclass(frozen=True)
class Cut:
    """A cut that can be made.

    Parameters
    ----------
    patch : Patch
        Not judged here; see `validate`.
    parts : tuple of CutPart
        In the order asked for.
    split_arcs : frozenset of int
        Arcs in whose inside a line ends.
    outline_vertices : tuple of (x, y)
        Vertices put into the outline of the register, which the patch then declares as changed.
    """

    patch: Patch
    parts: tuple[CutPart, ...]
    split_arcs: frozenset[int]
    outline_vertices: tuple[Position, ...] = ()

    @property
    def origins(self) -> dict[int, int]:
        """For every new face the face it was cut from."""
        return {new: old for part in self.parts for new, old in part.new.items()}


@dataclass(frozen=True)
class _Table:
    """The faces on the table: their arcs, these with the vertices that the lines put in, and the lines."""

    faces: frozenset[int]
    arcs: Mapping[int, Arc]
    points: Mapping[int, Sequence[Position]]
    lines: Sequence[Sequence[Position]]
    pieces: Pieces


@dataclass(frozen=True)
class _Labels:
    """The face that each piece gets, what that is for the parts, and which faces are used up."""

    of_piece: Sequence[int]
    parts: tuple[CutPart, ...]
    retired: tuple[int, ...]


def cut_faces(
    subgraph: Subgraph,
    faces: Collection[int],
    parts: Sequence[Part],
    lines: Sequence[Line] = (),
    ring: Line | None = None,
    kept_nodes: Collection[int] = (),
) -> Cut:
    """Cut faces by lines, by a ring, or by both.

    Parameters
    ----------
    subgraph : Subgraph
        Complete for the faces.
    faces : collection of int
        One cell, or all cells of a town: the lines run on from one to the next.
    parts : sequence of Part
        What becomes new faces; the rest of each face keeps its id.
    lines : sequence of array of int64, shape (n, 2)
        Grid integers. What runs outside the faces is left out; where a line meets an arc, a vertex within
        1 mm is used, else one is put in. On the outline of the register a vertex within 10 m is used.
    ring : array of int64, shape (n, 2), optional
        Closed line within the faces, the first point repeated at the end or not.
    kept_nodes : collection of int
        Nodes that carry something (tripoint, marker) and stay, also where only a ring starts.

    Raises
    ------
    BoundaryError
        'face_gone', 'cut_crosses_itself', 'ring_degenerate', 'ring_outside_face', 'line_misses_face',
        'line_does_not_divide', 'point_outside', 'point_on_line', 'parts_overlap', 'cut_not_noded'.
    """
    table = _lay_out(subgraph, frozenset(faces), _drawn(lines, ring))
    if ring is not None:
        _require_ring_inside(table)
    for number in range(len(table.lines)):
        _require_useful(table, number)
    lowest = min((face for a in subgraph.arcs.values() for face in (a.left, a.right)), default=0)
    labels = _label(table, _taken(table, parts), len(parts), min(lowest, 0) - 1)
    return _patch(table, labels, _loose(subgraph, table, kept_nodes))


def _drawn(lines: Sequence[Line], ring: Line | None) -> list[list[Position]]:
    """Return the lines and, last, the closed ring as positions; refuse what crosses itself."""
    drawn = [_positions(line) for line in lines]
    if ring is not None:
        around = _positions(ring)
        if around and around[0] != around[-1]:
            around.append(around[0])
        if len(around) < 4:
            raise _error("ring_degenerate", "环至少需要三个不同的点。", "A ring needs three points.", around)
        drawn.append(around)
    for number, line in enumerate(drawn):
        if len(line) < 2:
            raise _error(
                "line_misses_face", "切割线少于两个点。", "The line has fewer than two points.", line, number
            )
        closed = line[0] == line[-1]
        place = self_crossing(Arc(0, 0, 0, 0 if closed else 1, 0, 0, as_points(line)))
        if place:
            raise _error(
                "cut_crosses_itself",
                "切割线自相交。",
                "The line crosses itself.",
                [(round(place[0] * GRID), round(place[1] * GRID))],
                number,
            )
    return drawn


def _positions(line: Line) -> list[Position]:
    return without_repeats((x, y) for x, y in as_points(line).tolist())


def _lay_out(subgraph: Subgraph, faces: frozenset[int], drawn: list[list[Position]]) -> _Table:
    """Node the lines with the arcs of the faces and with each other, and find the pieces."""
    arcs = {a.id: a for a in subgraph.arcs.values() if a.left in faces or a.right in faces}
    known = {face for a in arcs.values() for face in (a.left, a.right)}
    gone = sorted(face for face in faces if face not in known or face not in subgraph.faces)
    if gone:
        raise BoundaryError(
            "face_gone", f"面 {gone[0]} 已不存在。", f"Face {gone[0]} does not exist any more.", face=gone[0]
        )
    fixed = {
        i: Fixed([(x, y) for x, y in a.points.tolist()], OUTSIDE in (a.left, a.right))
        for i, a in arcs.items()
    }
    lines: list[Fixed] = []
    for line in drawn:
        near = [fixed[i] for i, a in arcs.items() if boxes_meet(a.bounds, _box(line))]
        lines.append(Fixed(node_line(line, [*near, *lines])))
    noded = [line.points for line in lines]
    points = {i: f.points for i, f in fixed.items()}
    return _Table(faces, arcs, points, noded, polygonize(arcs, points, noded, faces))


def _box(line: Sequence[Position]) -> tuple[int, int, int, int]:
    """Return the box of a line with room for what noding moves."""
    xs, ys = zip(*line, strict=True)
    room = OUTLINE_REACH_STEPS + SNAP_STEPS
    return (min(xs) - room, min(ys) - room, max(xs) + room, max(ys) + room)


def _require_ring_inside(table: _Table) -> None:
    """Every part of the ring must have land of the faces on both sides, or run along an arc between them."""
    for segment in pairwise(table.lines[-1]):
        if None in table.pieces.beside(segment):
            raise _error(
                "ring_outside_face",
                "环超出了被切割的面。",
                "The ring leaves the area to be cut.",
                segment,
                len(table.lines) - 1,
            )


def _require_useful(table: _Table, number: int) -> None:
    """A line must part two areas somewhere."""
    line = table.lines[number]
    pairs = [table.pieces.beside(segment) for segment in pairwise(line)]
    if any(
        i is not None and j is not None and table.pieces.region[i] != table.pieces.region[j] for i, j in pairs
    ):
        return
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairwise(line)]
    if any(table.pieces.touches(middle) for middle in middles):
        raise _error(
            "line_does_not_divide",
            "切割线没有把面分成两块：两端须到达界线。",
            "The line does not divide the area: both its ends must reach the border.",
            line,
            number,
        )
    raise _error(
        "line_misses_face", "切割线不在被切割的面内。", "The line does not run in the area.", line, number
    )


def _taken(table: _Table, parts: Sequence[Part]) -> dict[int, int]:
    """Return the part that takes each area, by region number."""
    taken: dict[int, int] = {}
    for number, part in enumerate(parts):
        regions = {_region_at(table, point) for point in part.inside}
        if part.side:
            regions |= _same_side(table, regions)
        for region in sorted(regions):
            if region in taken:
                raise _error(
                    "parts_overlap",
                    "同一块土地被分给了两个部分。",
                    "The same land is given to two parts.",
                    part.inside,
                )
            taken[region] = number
    return taken


def _region_at(table: _Table, point: Position) -> int:
    piece = table.pieces.at(point)
    if piece is not None:
        return table.pieces.region[piece]
    if table.pieces.touches(point):
        raise _error("point_on_line", "指定的点落在线上。", "The point lies on a line.", [point])
    raise _error("point_outside", "指定的点不在被切割的面内。", "The point lies outside the area.", [point])


def _same_side(table: _Table, regions: set[int]) -> set[int]:
    """Return areas that touch a line only on the side on which the given areas touch it."""
    sides: dict[tuple[int, int], set[int]] = defaultdict(set)
    for number, line in enumerate(table.lines):
        for segment in pairwise(line):
            for side, piece in enumerate(table.pieces.beside(segment)):
                if piece is not None:
                    sides[number, table.pieces.region[piece]].add(side)
    wanted = {(n, side) for (n, region), found in sides.items() if region in regions for side in found}
    of_region: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for (number, region), found in sides.items():
        of_region[region] |= {(number, side) for side in found}
    return {region for region, found in of_region.items() if found <= wanted}


def _label(table: _Table, taken: Mapping[int, int], count: int, first: int) -> _Labels:
    """Give each piece its face: a new one for what a part takes of a face, its own for what is left."""
    shares: dict[int, set[int | None]] = defaultdict(set)
    for face, region in zip(table.pieces.face, table.pieces.region, strict=True):
        shares[face].add(taken.get(region))
    cut = [(part, face) for part in range(count) for face in sorted(shares) if part in shares[face]]
    divided = [(part, face) for part, face in cut if len(shares[face]) > 1]
    new = {key: first - i for i, key in enumerate(divided)}
    labels = [
        new.get((taken.get(region, -1), face), face)
        for face, region in zip(table.pieces.face, table.pieces.region, strict=True)
    ]
    whole = [frozenset(f for p, f in cut if p == part and (p, f) not in new) for part in range(count)]
    parts = [CutPart({new[k]: k[1] for k in divided if k[0] == part}, whole[part]) for part in range(count)]
    retired = tuple(sorted(face for face, by in shares.items() if len(by) > 1 and None not in by))
    return _Labels(labels, tuple(parts), retired)


def _loose(subgraph: Subgraph, table: _Table, kept_nodes: Collection[int]) -> frozenset[int]:
    """Return the nodes that do nothing but close a ring."""
    rings = [a for a in table.arcs.values() if a.is_ring and a.start_node not in kept_nodes]
    return frozenset(a.start_node for a in rings if len(subgraph.arcs_at(a.start_node)) == 1)


def _patch(table: _Table, labels: _Labels, loose: Collection[int]) -> Cut:
    """Return the cut with the patch that gives every piece its face."""
    on_arcs = {point for points in table.points.values() for point in points}
    drawn = new_arcs(_dividing(table, labels), on_arcs, lambda s: _sides(table, labels, s))
    stops = {(x, y) for new in drawn for x, y in (new.points[0].tolist(), new.points[-1].tolist())}
    removed: list[ArcRef] = []
    added: list[NewArc] = []
    split: set[int] = set()
    placed: set[Position] = set()
    for arc in table.arcs.values():
        was = {(x, y) for x, y in arc.points.tolist()}
        points = [p for p in table.points[arc.id] if p in was or p in stops]
        pieces = split_arc(arc, points, stops, _sides_along(table, labels, arc), loose)
        if pieces == [NewArc.of(arc)]:
            continue
        removed.append(ArcRef.of(arc))
        added += pieces
        split |= {arc.id} if len(pieces) > 1 else set()
        placed |= {p for p in points if p not in was and OUTSIDE in (arc.left, arc.right)}
    patch = Patch(
        removed=tuple(removed),
        added=(*added, *drawn),
        outer_changed=bool(placed),
        new_faces=tuple(sorted((f for part in labels.parts for f in part.new), reverse=True)),
        retired_faces=labels.retired,
    )
    return Cut(patch, labels.parts, frozenset(split), tuple(sorted(placed)))


def _dividing(table: _Table, labels: _Labels) -> list[Segment]:
    """Return the segments of the lines with different faces on their sides, each once."""
    found: dict[Segment, Segment] = {}
    for line in table.lines:
        for a, b in pairwise(line):
            key = (min(a, b), max(a, b))
            i, j = table.pieces.beside((a, b))
            if key not in table.pieces.free or key in found or i is None or j is None:
                continue
            if labels.of_piece[i] != labels.of_piece[j]:
                found[key] = (a, b)
    return list(found.values())


def _sides(table: _Table, labels: _Labels, segment: Segment) -> tuple[int, int]:
    i, j = table.pieces.beside(segment)
    if i is None or j is None:
        raise not_noded(segment[0])
    return labels.of_piece[i], labels.of_piece[j]


def _sides_along(table: _Table, labels: _Labels, arc: Arc) -> Sides:
    """Return the sides of an arc from a vertex on; where it bounds other faces, these stay."""
    following = {a: b for b, a in pairwise(reversed(table.points[arc.id]))}

    def sides(start: Position) -> tuple[int, int]:
        beside = table.pieces.beside((start, following[start]))
        was = (arc.left, arc.right)
        if any(face in table.faces and i is None for face, i in zip(was, beside, strict=True)):
            raise not_noded(start)
        left, right = (face if i is None else labels.of_piece[i] for face, i in zip(was, beside, strict=True))
        return left, right

    return sides


def _error(code: str, zh: str, en: str, where: Sequence[Position], line: int | None = None) -> BoundaryError:
    """Return an error at the first of some places."""
    place = {"lon": where[0][0] / GRID, "lat": where[0][1] / GRID} if where else {}
    return BoundaryError(code, zh, en, **place, **({} if line is None else {"line": line}))
