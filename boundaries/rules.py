"""The rules a patch must keep, one function a rule; `validate.STEPS` puts them in order."""

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry import MultiPolygon

from boundaries.arcs import OUTSIDE, Arc
from boundaries.case import Case, middle, place_of, try_build
from boundaries.chain import chain_of_arcs
from boundaries.errors import BoundaryError, Fault
from boundaries.grid import GRID
from boundaries.meeting import Place, bad_contacts, boxes_meet, self_crossing


def check_references(case: Case) -> Iterator[Fault]:
    """Removed arcs are still what the author saw, and their faces are all here."""
    for ref in case.patch.removed:
        arc = case.before.arcs.get(ref.id)
        sides = (ref.left, ref.right)
        if arc is None:
            yield case.fault(
                "arc_gone", "{}与{}之间的边已不存在", "The arc between {} and {} is gone", None, sides
            )
        elif arc.hash != ref.hash:
            place = place_of(middle(arc))
            yield case.fault(
                "arc_changed", "{}与{}之间的边已被修改", "The arc between {} and {} has changed", place, sides
            )
    known = {face for arc in case.before.arcs.values() for face in (arc.left, arc.right)}
    for face in case.faces:
        if face in known and face not in case.before.faces:
            yield case.fault(
                "subgraph_incomplete", "{}的边未全部载入", "Not all arcs of {} are loaded", None, (face,)
            )


def check_sides(case: Case) -> Iterator[Fault]:
    """Every new arc separates two faces, continues an arc that goes, and has enough points."""
    removed = {ref.id for ref in case.patch.removed}
    for new in case.patch.added:
        sides = (new.left, new.right)
        if new.left == new.right:
            yield case.fault(
                "same_face_both_sides", "边的两侧都是{}", "Both sides of an arc are {}", None, sides[:1]
            )
        if new.continues is not None and new.continues not in removed:
            yield case.fault(
                "continues_unremoved",
                "{}与{}之间的新边延续了一条未移除的边",
                "A new arc between {} and {} continues one that stays",
                None,
                sides,
            )
        closed = (new.points[0] == new.points[-1]).all()
        if len(new.points) < (4 if closed else 2):
            place = place_of(new.points[0])
            yield case.fault(
                "arc_degenerate",
                "{}与{}之间的边缩成了一点或一线",
                "An arc between {} and {} shrinks to nothing",
                place,
                sides,
            )


def check_simple(case: Case) -> Iterator[Fault]:
    """No new arc crosses or touches itself."""
    for arc in case.added:
        place = self_crossing(arc)
        if place:
            yield case.fault(
                "arc_crosses_itself",
                "{}与{}之间的界线自相交",
                "The line between {} and {} crosses itself",
                place,
                (arc.left, arc.right),
            )


def check_meetings(case: Case) -> Iterator[Fault]:
    """New arcs meet others only at common end points."""
    fresh = {arc.id for arc in case.added}
    for arc in case.added:
        others = (o for o in case.after.arcs.values() if o.id not in fresh or o.id > arc.id)
        for other, place in bad_contacts(arc, others):
            yield case.fault(
                "arc_crosses",
                "{}与{}之间的界线碰到了{}与{}之间的界线",
                "The line between {} and {} meets the line between {} and {}",
                place,
                (arc.left, arc.right, other.left, other.right),
            )


def check_ends(case: Case) -> Iterator[Fault]:
    """Every arc ends where its nodes are, and no touched node is left with a single end."""
    touched = {n for a in (*case.added, *case.removed) for n in (a.start_node, a.end_node)}
    touched |= {node for node, _, _ in case.patch.moved_nodes}
    ends: dict[int, int] = {}
    for arc in case.after.arcs.values():
        for node, end in ((arc.start_node, 0), (arc.end_node, -1)):
            if node not in touched:
                continue
            ends[node] = ends.get(node, 0) + 1
            if tuple(arc.points[end].tolist()) != case.after.nodes[node]:
                yield _dangling(case, arc, place_of(arc.points[end]))
    for arc in case.added:
        for node in (arc.start_node, arc.end_node):
            if ends[node] < 2:
                yield _dangling(case, arc, place_of(np.array(case.after.nodes[node])))


def _dangling(case: Case, arc: Arc, place: Place) -> Fault:
    return case.fault(
        "dangling_end",
        "{}与{}之间的界线在此中断",
        "The line between {} and {} breaks off here",
        place,
        (arc.left, arc.right),
    )


def check_faces(case: Case) -> Iterator[Fault]:
    """Each touched face can be built from its arcs, is valid, and agrees with their sides."""
    broken = {face: error for face, error in case.built.items() if isinstance(error, BoundaryError)}
    swallowed = list(_swallowed(case)) if broken else []
    yield from swallowed
    for face, error in broken.items() if not swallowed else ():
        place = (error.fields["lon"], error.fields["lat"])
        yield case.fault("face_invalid", "{}不再是合法的面", "{} is no longer a valid area", place, (face,))
    yield from _without_land(case)


def _without_land(case: Case) -> Iterator[Fault]:
    """Find faces that lose all land undeclared, new ones that get none, and retired ones that keep some."""
    retired, new = set(case.patch.retired_faces), set(case.patch.new_faces)
    was = place_of(middle(case.removed[0])) if case.removed else None
    empty = {f: p.is_empty for f, p in case.built.items() if isinstance(p, MultiPolygon)}
    for face, is_empty in empty.items():
        if is_empty and face not in retired | new:
            yield case.fault("face_vanished", "{}将消失", "{} would vanish", was, (face,))
        if face in retired and not is_empty:
            yield case.fault("retired_face_has_land", "{}撤销后仍有土地", "{} keeps land", was, (face,))
    for face in sorted(new):
        if empty.get(face, face not in case.built):
            yield case.fault("new_face_empty", "新设的{}没有土地", "The new {} has no land", None, (face,))


def _swallowed(case: Case) -> Iterator[Fault]:
    """Find untouched arcs in the area the line was swung over."""
    paths = [a.path for a in (*case.removed, *case.added)]
    swept = shapely.get_parts(shapely.polygonize([shapely.unary_union(paths)]))
    touched = {a.id for a in (*case.removed, *case.added)}
    seen: set[frozenset[int]] = set()
    for arc in sorted(case.after.arcs.values(), key=lambda a: a.id):
        sides = frozenset((arc.left, arc.right))
        if (
            arc.id in touched
            or sides in seen
            or not shapely.contains(swept, shapely.Point(middle(arc))).any()
        ):
            continue
        seen.add(sides)
        faces = sorted(sides, key=lambda f: f in case.faces)
        yield case.fault(
            "enclave_swallowed",
            "界线越过了{}（原在{}之内）",
            "The line was swung over {}, which lies in {}",
            place_of(middle(arc)),
            faces,
        )


def check_outline(case: Case) -> Iterator[Fault]:
    """The border of all touched faces together is unchanged, unless the patch declares it."""
    if case.patch.outer_changed:
        return
    inside = set(case.faces)
    change = chain_of_arcs(case.added, inside) - chain_of_arcs(case.removed, inside)
    if len(change):
        sides = next((a for a in (*case.added, *case.removed) if OUTSIDE in (a.left, a.right)), None)
        faces = [max(sides.left, sides.right)] if sides else case.faces[:1]
        yield case.fault(
            "outer_changed",
            "{}的区界（外轮廓）被改动，须先声明",
            "The outline of the district at {} changes and this was not declared",
            place_of(change.segments[0, :2]),
            faces,
        )


def check_surroundings(case: Case) -> Iterator[Fault]:
    """No arc of other faces lies inside a touched face, where the lines that go and come enclose it."""
    inside = set(case.faces)
    boxes = np.array([a.bounds for a in (*case.added, *case.removed)], dtype=np.int64).reshape(-1, 4)
    if len(boxes) == 0:
        return
    (west, south), (east, north) = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
    others = [
        a
        for a in case.after.arcs.values()
        if a.left not in inside and a.right not in inside and boxes_meet(a.bounds, (west, south, east, north))
    ]
    if not others:
        return
    points = np.array([middle(a) for a in others]) / GRID
    for face, polygon in case.built.items():
        if not isinstance(polygon, MultiPolygon):
            continue
        shapely.prepare(polygon)
        for i in np.flatnonzero(shapely.contains_xy(polygon, points[:, 0], points[:, 1])).tolist():
            yield case.fault(
                "enclave_swallowed",
                "{}落在了{}之内",
                "{} would lie inside {}",
                place_of(middle(others[i])),
                (max(others[i].left, others[i].right), face),
            )


def check_parts(case: Case) -> Iterator[Fault]:
    """Warn when a face gets more parts than it had (a new 飞地)."""
    for face, polygon in case.built.items():
        if not isinstance(polygon, MultiPolygon) or len(polygon.geoms) < 2:
            continue
        before = try_build(case.before, face)
        if isinstance(before, MultiPolygon) and len(polygon.geoms) > len(before.geoms) > 0:
            smallest = min(polygon.geoms, key=lambda part: part.area).representative_point()
            yield case.fault(
                "face_in_more_parts",
                "{}将分成更多部分",
                "{} would fall into more parts",
                (smallest.x, smallest.y),
                (face,),
                severity="warning",
            )
