"""Finding again, on a register that has changed, the stretch of an arc that an operation is about."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from boundaries.arcs import Arc
from boundaries.grid import IntArray
from boundaries.subgraph import Subgraph


@dataclass(frozen=True)
class Place:
    """Vertices ``start`` to ``end`` of an arc; `backward` when the arc runs the other way there."""

    arc: int
    start: int
    end: int
    backward: bool = False


def find_untouched(graph: Subgraph, arc: Arc | None, base: IntArray, start: int, end: int) -> Place | None:
    """Return where the vertices of a stretch now are, all of them and nothing between.

    Parameters
    ----------
    arc : Arc or None
        The arc of that id as it stands; looked at first.
    base : ndarray of int64, shape (n, 2)
        The arc as it was seen.
    start, end : int
        The stretch in `base`.

    Returns
    -------
    Place or None
        None when the stretch changed, or when it is found in more than one place.
    """
    shift = None if arc is None else _shift(base, arc.points, start, end)
    if arc is not None and shift is not None:
        return Place(arc.id, start + shift, end + shift)
    return find_run(graph.arcs.values(), base[start : end + 1])


def find_run(arcs: Iterable[Arc], run: IntArray) -> Place | None:
    """Return the one place where an arc has these vertices one after the other, in either direction."""
    found = [place for arc in arcs for place in _places(arc, run)]
    return found[0] if len(found) == 1 else None


def _places(arc: Arc, run: IntArray) -> list[Place]:
    turns = ((run, False), (run[::-1], True)) if len(run) > 1 else ((run, False),)
    return [
        Place(arc.id, at, at + len(way) - 1, backward)
        for way, backward in turns
        for at in _starts(arc.points, way)
    ]


def _starts(points: IntArray, run: IntArray) -> list[int]:
    """Return the indices at which a run of vertices begins."""
    firsts = np.flatnonzero((points == run[0]).all(axis=1)).tolist()
    return [i for i in firsts if np.array_equal(points[i : i + len(run)], run)]


def common(base: IntArray, current: IntArray) -> tuple[int, int]:
    """Return how many vertices are equal from the start, and from the end, without counting one twice."""
    shorter = min(len(base), len(current))
    from_start = (base[:shorter] == current[:shorter]).all(axis=1)
    from_end = (base[::-1][:shorter] == current[::-1][:shorter]).all(axis=1)
    start = shorter if from_start.all() else int(np.argmin(from_start))
    end = shorter if from_end.all() else int(np.argmin(from_end))
    return start, min(end, shorter - start)


def _shift(base: IntArray, current: IntArray, start: int, end: int) -> int | None:
    """Return by how much the vertices of a stretch are renumbered, or None when that stretch changed."""
    kept_start, kept_end = common(base, current)
    if end < kept_start:
        return 0
    if start >= len(base) - kept_end:
        return len(current) - len(base)
    return None


def is_split(graph: Subgraph, arc: Arc, base: IntArray) -> bool:
    """Whether an arc ends elsewhere than it did although its old ends are still nodes: it was cut in two."""
    ends = {tuple(arc.points[0].tolist()), tuple(arc.points[-1].tolist())}
    old_ends = {tuple(base[0].tolist()), tuple(base[-1].tolist())}
    return ends != old_ends and old_ends <= set(graph.nodes.values())
