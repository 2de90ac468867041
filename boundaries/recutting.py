"""Arcs made anew after a cut: old ones split and relabelled, new ones joined from the lines drawn."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import pairwise

import numpy as np

from boundaries.arcs import Arc
from boundaries.patch import NewArc, Position
from boundaries.pieces import Segment

Sides = Callable[[Position], tuple[int, int]]
"""Face on the left and face on the right of an arc from one of its vertices on."""


def split_arc(
    arc: Arc, points: Sequence[Position], stops: Collection[Position], sides: Sides, loose: Collection[int]
) -> list[NewArc]:
    """Return the pieces of an arc between the stops on it, with the sides that each now has.

    Parameters
    ----------
    points : sequence of (x, y)
        The arc with all stops among its vertices.
    stops : collection of (x, y)
        Where new arcs end.
    loose : collection of int
        Nodes that only hold a ring together: such a ring starts at a stop instead.

    Notes
    -----
    The first piece continues the arc, so that its history goes on; all keep its boundary line.
    """
    on_arc = [i for i, point in enumerate(points) if point in stops and 0 < i < len(points) - 1]
    start_node: int | None = arc.start_node
    end_node: int | None = arc.end_node
    if arc.is_ring and arc.start_node in loose and on_arc and points[0] not in stops:
        first = on_arc[0]
        points = [*points[first:], *points[1 : first + 1]]
        on_arc = [i - first for i in on_arc[1:]]
        start_node = end_node = None
    bounds = [0, *on_arc, len(points) - 1]
    made = []
    for number, (start, end) in enumerate(pairwise(bounds)):
        left, right = sides(points[start])
        made.append(
            NewArc(
                points=np.array(points[start : end + 1], dtype=np.int64),
                left=left,
                right=right,
                line=arc.line,
                continues=arc.id if number == 0 else None,
                start_node=start_node if start == 0 else None,
                end_node=end_node if end == len(points) - 1 else None,
            )
        )
    return made


def new_arcs(
    segments: Iterable[Segment],
    on_arcs: Collection[Position],
    sides: Callable[[Segment], tuple[int, int]],
) -> list[NewArc]:
    """Join the segments of lines to arcs between nodes.

    Parameters
    ----------
    segments : iterable of (from, to)
        In the order and direction drawn; each once.
    on_arcs : collection of (x, y)
        Vertices of existing arcs: every one of them is a node.
    sides : callable
        Faces on the left and right of a directed segment.

    Returns
    -------
    list of NewArc
        Without a boundary line; a closed line that meets nothing is a ring on its first point.
    """
    ordered = list(segments)
    at: defaultdict[Position, list[int]] = defaultdict(list)
    for number, (a, b) in enumerate(ordered):
        at[a].append(number)
        at[b].append(number)
    nodes = {point for point, meeting in at.items() if len(meeting) != 2 or point in on_arcs}
    used: set[int] = set()
    made = []
    starts = [n for n, segment in enumerate(ordered) if segment[0] in nodes]
    starts += [n for n, segment in enumerate(ordered) if segment[1] in nodes]
    for number in [*starts, *range(len(ordered))]:
        if number in used:
            continue
        a, b = ordered[number]
        way = [a, b] if a in nodes or b not in nodes else [b, a]
        used.add(number)
        while way[-1] not in nodes and way[-1] != way[0]:
            following = next(n for n in at[way[-1]] if n not in used)
            used.add(following)
            way.append(next(p for p in ordered[following] if p != way[-1]))
        left, right = sides((way[0], way[1]))
        made.append(NewArc(points=np.array(way, dtype=np.int64), left=left, right=right))
    return made
