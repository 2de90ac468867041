"""Operations on land: faces cut along lines, and faces joined, on a register that may have changed since."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from boundaries.arcs import Arc
from boundaries.case import middle
from boundaries.conflicts import Conflict, ConflictKind, ConflictsError, Outcome
from boundaries.cutting import Cut, CutPart, Part, cut_faces
from boundaries.dissolve import dissolve
from boundaries.errors import BoundaryError
from boundaries.grid import GRID, IntArray, as_points
from boundaries.line_operations import base_points
from boundaries.noding import SNAP_STEPS
from boundaries.patch import Patch, Position
from boundaries.rebuild import build_polygon
from boundaries.stretches import find_run, is_split
from boundaries.subgraph import Subgraph

Body = Mapping[str, Any]

_NOTHING_TO_CUT = frozenset(
    {"line_misses_face", "line_does_not_divide", "ring_outside_face", "point_outside"}
)
"""How a cut is refused that has been made already: its line is then a border."""


def cut_land(
    graph: Subgraph,
    faces: Collection[int],
    body: Body,
    parts: Sequence[Part] | None = None,
    kept_nodes: Collection[int] = (),
) -> Outcome:
    """Cut faces as an operation describes it.

    Parameters
    ----------
    faces : collection of int
        All faces of the division that is cut.
    body : mapping
        'lines', 'ring', 'inside' (when `parts` is not given) and 'arcs': the arcs of the outline in which the
        cut ends, each with arc, hash and perhaps base_points. Without 'arcs' nothing is compared.
    parts, kept_nodes
        See `cutting.cut_faces`.

    Raises
    ------
    ConflictsError
        An arc has changed where the cut meets it, is gone, or was not there when the cut was drawn.
    BoundaryError
        See `cutting.cut_faces`.
    """
    wanted = [Part((_position(body["inside"]),))] if parts is None else list(parts)
    lines = [as_points(line) for line in body.get("lines") or ()]
    ring = as_points(body["ring"]) if body.get("ring") else None
    entries = list(body.get("arcs") or ())
    stale = [entry for entry in entries if not _is_fresh(graph, entry)]
    held = _held_already(graph, faces, wanted, lines, ring) if stale else None
    if held is not None:
        return held
    drawn = [*lines, *([] if ring is None else [np.concatenate([ring, ring[:1]])])]
    found = _met_again(graph, faces, stale, drawn)
    try:
        cut = cut_faces(graph, faces, wanted, lines, ring, kept_nodes)
    except BoundaryError as error:
        held = _held_already(graph, faces, wanted, lines, ring) if error.code in _NOTHING_TO_CUT else None
        if held is None:
            raise
        return held
    if entries:
        _require_seen(graph, faces, cut, {int(entry["arc"]) for entry in entries} | found)
    return Outcome(cut.patch, "merged" if stale else "applied", cut.parts)


def dissolve_land(
    graph: Subgraph,
    faces: Collection[int],
    into: int,
    arcs: Iterable[Body] = (),
    kept_nodes: Collection[int] = (),
) -> Outcome:
    """Make one face of several as an operation describes it.

    Parameters
    ----------
    arcs : iterable of mapping
        The arcs between the faces as the author saw them: arc, hash and perhaps base_points. That they have
        changed does not matter for what is wanted; it is told as 'merged'.

    Raises
    ------
    ConflictsError
        The face that was to stay is gone, or another one is and its land is not with the rest.
    BoundaryError
        'face_gone' when no arc is named that could tell more.
    """
    present = {face for face in {*faces, into} if face in graph.faces and graph.arcs_of(face)}
    gone = {*faces, into} - present
    stale = [entry for entry in arcs if not _is_fresh(graph, entry)]
    if gone and stale:
        _require_land_within(graph, present if into in present else set(), stale)
        if len(present) == 1:
            return Outcome(Patch(), "already")
    named = present if stale else {*faces, into}
    return Outcome(dissolve(graph, named, into, kept_nodes), "merged" if stale else "applied")


def _is_fresh(graph: Subgraph, entry: Body) -> bool:
    arc = graph.arcs.get(int(entry["arc"]))
    return arc is not None and arc.hash == entry["hash"]


def _position(point: Sequence[int]) -> Position:
    x, y = point
    return (int(x), int(y))


def _held_already(
    graph: Subgraph,
    faces: Collection[int],
    parts: Sequence[Part],
    lines: Sequence[IntArray],
    ring: IntArray | None,
) -> Outcome | None:
    """Return 'already' when the cut, made on the land as it was, would follow borders that exist."""
    holders = {_face_at(graph, point) for part in parts for point in part.inside} - {None} - {*faces}
    if not holders:
        return None
    together = {*faces, *(face for face in holders if face is not None)}
    try:
        cut = cut_faces(graph, together, parts, lines, ring)
    except BoundaryError:
        return None
    done = not cut.patch.removed and not cut.patch.added
    if not done or any(part.whole & {*faces} for part in cut.parts):
        return None
    return Outcome(Patch(), "already", tuple(CutPart({}, part.whole) for part in cut.parts))


def _face_at(graph: Subgraph, point: Position) -> int | None:
    for face in sorted(graph.faces):
        arcs = graph.arcs_of(face)
        if not arcs or not _box_covers(arcs, point):
            continue
        if shapely.contains_xy(build_polygon(arcs, {face}), point[0] / GRID, point[1] / GRID):
            return face
    return None


def _box_covers(arcs: Sequence[Arc], point: Position) -> bool:
    boxes = [arc.bounds for arc in arcs]
    return min(b[0] for b in boxes) <= point[0] <= max(b[2] for b in boxes) and min(
        b[1] for b in boxes
    ) <= point[1] <= max(b[3] for b in boxes)


def _met_again(
    graph: Subgraph, faces: Collection[int], stale: Sequence[Body], drawn: Sequence[IntArray]
) -> set[int]:
    """Return the arcs that now have the segments in which the lines met the arcs seen."""
    around = [arc for arc in graph.arcs.values() if arc.left in faces or arc.right in faces]
    found: set[int] = set()
    conflicts: list[Conflict] = []
    kind: ConflictKind
    for entry in stale:
        arc, base = graph.arcs.get(int(entry["arc"])), base_points(entry)
        theirs = None if arc is None else arc.points
        if base is None:
            kind = "gone" if arc is None else "changed"
            conflicts.append(Conflict(int(entry["arc"]), kind, None, None, theirs))
            continue
        places = [(line, find_run(around, base[i : i + 2])) for line, i in _met_segments(base, drawn)]
        lost = [line for line, place in places if place is None]
        found |= {place.arc for _, place in places if place is not None}
        if lost:
            kind = "gone" if arc is None or is_split(graph, arc, base) else "same_stretch"
            conflicts.append(Conflict(int(entry["arc"]), kind, base, lost[0], theirs))
    if conflicts:
        raise ConflictsError(conflicts)
    return found


def _met_segments(base: IntArray, drawn: Sequence[IntArray]) -> list[tuple[IntArray, int]]:
    """Return each line with the segments of an arc that it meets."""
    segments = shapely.linestrings(np.stack([base[:-1], base[1:]], axis=1).astype(np.float64))
    met: list[tuple[IntArray, int]] = []
    for line in drawn:
        near = shapely.dwithin(segments, shapely.LineString(line.astype(np.float64)), float(SNAP_STEPS))
        met.extend((line, i) for i in np.flatnonzero(near).tolist())
    return met


def _require_seen(graph: Subgraph, faces: Collection[int], cut: Cut, seen: Collection[int]) -> None:
    """The cut must end in no arc of the outline that its author did not see."""
    split = [graph.arcs[i] for i in sorted(cut.split_arcs)]
    unseen = [arc for arc in split if arc.id not in seen and not (arc.left in faces and arc.right in faces)]
    if unseen:
        raise ConflictsError(Conflict(arc.id, "changed", None, None, arc.points) for arc in unseen)


def _require_land_within(graph: Subgraph, faces: Collection[int], stale: Iterable[Body]) -> None:
    """Where an arc seen between the faces ran, the land must now be theirs on both sides."""
    area = build_polygon(list(graph.arcs.values()), faces)
    conflicts = []
    for entry in stale:
        arc, base = graph.arcs.get(int(entry["arc"])), base_points(entry)
        if base is not None:
            x, y = (middle(Arc(0, 0, 0, 0, 0, 0, base)) / GRID).tolist()
            if shapely.intersects_xy(area, x, y):
                continue
        theirs = None if arc is None else arc.points
        conflicts.append(Conflict(int(entry["arc"]), "gone", base, None, theirs))
    if conflicts:
        raise ConflictsError(conflicts)
