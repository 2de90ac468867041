"""Faces cut by lines and rings: what comes of it, and what is refused with which code."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest
import shapely

from boundaries.cutting import Cut, Part, cut_faces
from boundaries.errors import BoundaryError
from boundaries.grid import snap
from boundaries.rebuild import build_polygon
from boundaries.subgraph import Subgraph, difference
from boundaries.validate import judge
from tests.boundaries.drawing import arc_between, points_of, subgraph_of
from tests.boundaries.strategies import brick_wall

FOUR = """
1   2   3
  a   b
4   5   6
  c   d
7   8   9
"""
"""Four faces of 4 x 2 steps each."""
FOUR_FACES = {1: "1 4 5 2", 2: "2 5 6 3", 3: "4 7 8 5", 4: "5 8 9 6"}
P = points_of(FOUR)

STEP = 1_000_000
"""One step of the picture in grid steps, about 100 m."""

Point = tuple[int, int]
Line = Sequence[Point]


@pytest.fixture
def four() -> Subgraph:
    return subgraph_of(FOUR, FOUR_FACES)


def beside(name: str, right: float, up: float, points: dict[str, Point] = P) -> Point:
    """Return a place so many steps of the picture away from a named point."""
    x, y = points[name]
    return (x + round(right * STEP), y + round(up * STEP))


def at(*names: str) -> Part:
    return Part(tuple(P[name] for name in names))


def accepted(subgraph: Subgraph, cut: Cut) -> Subgraph:
    """Return the map after a cut, having seen that it is one, and that the cut can be undone."""
    verdict = judge(subgraph, cut.patch)
    assert [f.en for f in verdict.faults if f.severity == "error"] == []
    back = judge(verdict.after, difference(verdict.after, subgraph, cut.patch.outer_changed))
    assert back.ok
    assert states(back.after) == states(subgraph)
    assert back.after.faces == subgraph.faces
    return verdict.after


def states(subgraph: Subgraph) -> Counter[str]:
    return Counter(arc.hash for arc in subgraph.arcs.values())


def area(subgraph: Subgraph, *faces: int) -> float:
    """Return an area in square steps of the picture."""
    return float(build_polygon(list(subgraph.arcs.values()), set(faces)).area) * 1e6


def refusal(
    subgraph: Subgraph,
    faces: Collection[int],
    parts: Sequence[Part],
    lines: Sequence[Line] = (),
    ring: Line | None = None,
) -> BoundaryError:
    with pytest.raises(BoundaryError) as raised:
        cut_faces(subgraph, faces, parts, lines, ring)
    return raised.value


def test_cut_when_a_line_runs_past_both_ends_then_is_clipped_to_the_face(four: Subgraph) -> None:
    line = [beside("1", 1, 1), beside("1", 1, -3)]
    cut = cut_faces(four, [1], [at("a")], [line])
    after = accepted(four, cut)
    assert cut.parts[0].new == {-1: 1}
    assert cut.parts[0].whole == frozenset()
    assert area(after, -1) == pytest.approx(6, abs=1e-6)
    assert area(after, 1) == pytest.approx(2, abs=1e-6)
    assert len(after.arcs_of(3)) == len(four.arcs_of(3)) + 1  # the neighbour's line got the vertex too


@pytest.mark.parametrize("ends", [(0.0, 0.0), (3e-6, -5e-6), (-6e-6, 6e-6)])
def test_cut_when_a_line_ends_near_vertices_then_uses_them(four: Subgraph, ends: Point) -> None:
    cut = cut_faces(four, [1], [Part((beside("a", 0.5, 0.5),))], [[P["1"], beside("5", *ends)]])
    after = accepted(four, cut)
    new = next(a for a in after.arcs.values() if {a.left, a.right} == {1, -1})
    assert sorted(map(tuple, new.points.tolist())) == sorted([P["1"], P["5"]])
    assert cut.outline_vertices == ()


def test_cut_on_the_outline_when_a_vertex_is_within_ten_metres_then_the_outline_stays(four: Subgraph) -> None:
    cut = cut_faces(four, [1], [Part((beside("1", 0.5, -1.5),))], [[beside("1", 0.05 - 0.9875, 0.5), P["5"]]])
    accepted(four, cut)
    assert not cut.patch.outer_changed
    assert cut.outline_vertices == ()


def test_cut_on_the_outline_when_no_vertex_is_near_then_puts_one_in_and_declares_it(four: Subgraph) -> None:
    cut = cut_faces(four, [1], [at("a")], [[beside("1", 0.5, 0.5), beside("1", 0.5, -2)]])
    accepted(four, cut)
    assert cut.patch.outer_changed
    assert cut.outline_vertices == (beside("1", 0.5, 0),)


def test_cut_on_a_slanted_border_then_one_vertex_on_the_grid_serves_both_sides(four: Subgraph) -> None:
    corner = (beside("1", 0.2, -0.2),)
    slanted = four.apply(cut_faces(four, [1], [Part(corner)], [[P["2"], P["4"]]]).patch)
    cut = cut_faces(slanted, [-1], [Part(corner)], [[beside("1", 1.3, 1), beside("1", 1.37, -1.9)]])
    after = accepted(slanted, cut)
    (end,) = {*after.nodes.values()} - {*slanted.nodes.values()} - {*cut.outline_vertices}
    meeting = after.arcs_at(node_at(after, end))
    assert [sorted((a.left, a.right)) for a in meeting] == [[-2, -1], [-2, 1], [-1, 1]]


def test_cut_of_a_town_then_every_cell_on_the_line_gets_a_piece_in_the_part(four: Subgraph) -> None:
    cut = cut_faces(four, [1, 2, 3, 4], [at("a")], [[beside("1", 3, 1), beside("7", 3, -1)]])
    after = accepted(four, cut)
    assert cut.parts[0].new == {-1: 1, -2: 3}
    assert cut.origins == {-1: 1, -2: 3}
    assert area(after, -1, -2) == pytest.approx(12, abs=1e-6)
    assert arc_between(after, -1, -2).hash != arc_between(four, 1, 3).hash


def test_cut_of_a_town_then_a_cell_wholly_in_the_part_keeps_its_face(four: Subgraph) -> None:
    cut = cut_faces(four, [1, 2, 3, 4], [at("a")], [[beside("2", 1, 1), beside("8", 1, -1)]])
    after = accepted(four, cut)
    assert cut.parts[0].whole == {1, 3}
    assert cut.parts[0].new == {-1: 2, -2: 4}
    assert cut.parts[0].faces == {1, 3, -1, -2}
    assert area(after, 1) == area(four, 1)


def test_cut_along_inner_borders_alone_then_no_line_changes(four: Subgraph) -> None:
    cut = cut_faces(four, [1, 2, 3, 4], [at("a")], [[P["4"], P["6"]]])
    assert cut.parts[0].whole == {1, 2}
    assert (cut.patch.removed, cut.patch.added) == ((), ())


def test_cut_when_a_line_runs_partly_along_the_border_then_cuts_where_it_leaves_it(four: Subgraph) -> None:
    cut = cut_faces(four, [1], [at("a")], [[P["4"], beside("4", 1, 0), beside("4", 1, 3)]])
    after = accepted(four, cut)
    assert area(after, -1) == pytest.approx(6, abs=1e-6)
    assert len(arc_between(after, 1, -1).points) == 2


def test_cut_when_a_line_touches_the_border_then_makes_three_pieces(four: Subgraph) -> None:
    line = [beside("1", 1, 1), beside("4", 2, 0), beside("1", 3, 1)]
    cut = cut_faces(four, [1], [Part((beside("a", 0, 0.5),)), Part((beside("4", 0.1, 0.1),))], [line])
    after = accepted(four, cut)
    assert [set(p.new.values()) for p in cut.parts] == [{1}, {1}]
    assert len(after.arcs_of(1)) > 0
    assert area(after, 1, -1, -2) == pytest.approx(8, abs=1e-6)


def test_cut_when_a_line_crosses_several_times_then_a_point_takes_one_piece(four: Subgraph) -> None:
    line = [
        beside("1", 1, 1),
        beside("1", 1.5, -1),
        beside("1", 2, 1),
        beside("1", 2.5, -1),
        beside("1", 3, 1),
    ]
    one = cut_faces(four, [1], [Part((beside("1", 1.5, -0.1),))], [line])
    both = cut_faces(four, [1], [Part((beside("1", 1.5, -0.1),), side=True)], [line])
    assert area(accepted(four, both), -1) == pytest.approx(2 * area(accepted(four, one), -1), abs=1e-5)


def test_cut_by_two_lines_that_meet_then_several_parts_are_taken_at_once(four: Subgraph) -> None:
    lines = [[beside("1", 2, 1), beside("1", 2, -3)], [beside("4", -1, 1), beside("4", 2, 1)]]
    upper, lower = Part((beside("1", 1, -0.5),)), Part((beside("4", 1, 0.5),))
    cut = cut_faces(four, [1], [upper, lower], lines)
    after = accepted(four, cut)
    assert [p.new for p in cut.parts] == [{-1: 1}, {-2: 1}]
    assert [area(after, face) for face in (-1, -2, 1)] == pytest.approx([2, 2, 4], abs=1e-6)


def test_cut_when_a_line_between_two_rests_is_not_needed_then_leaves_no_arc(four: Subgraph) -> None:
    lines = [[beside("1", 1, 1), beside("1", 1, -3)], [beside("1", 3, 1), beside("1", 3, -3)]]
    cut = cut_faces(four, [1], [Part((beside("1", 0.5, -1),))], lines)
    after = accepted(four, cut)
    assert len([a for a in after.arcs.values() if a.left == a.right]) == 0
    assert area(after, 1) == pytest.approx(6, abs=1e-6)
    assert len(cut.outline_vertices) == 1


def test_cut_when_all_pieces_are_taken_then_the_face_is_retired(four: Subgraph) -> None:
    parts = [Part((beside("1", 0.5, -1),)), Part((beside("1", 2, -1),))]
    cut = cut_faces(four, [1], parts, [[beside("1", 1, 1), beside("1", 1, -3)]])
    after = accepted(four, cut)
    assert cut.patch.retired_faces == (1,)
    assert cut.patch.new_faces == (-1, -2)
    assert after.faces == {2, 3, 4, -1, -2}


def test_cut_then_the_first_piece_goes_on_and_all_keep_their_boundary_line(four: Subgraph) -> None:
    border = arc_between(four, 1, 3)
    owned = replace(four, arcs={**four.arcs, border.id: replace(border, line="L")})
    cut = cut_faces(owned, [1], [at("a")], [[P["1"], beside("4", 1, 0)]])
    after = accepted(owned, cut)
    pieces = [a for a in after.arcs.values() if a.line == "L"]
    assert len(pieces) == 2
    assert cut.split_arcs >= {border.id}
    first = after.arcs[border.id]
    assert first.start_node == border.start_node
    assert first.points[0].tolist() == border.points[0].tolist()
    assert first.version == border.version + 1
    assert [a.line for a in after.arcs.values() if {a.left, a.right} == {1, -1}] == [None]


def test_cut_by_a_ring_then_makes_an_enclave(four: Subgraph) -> None:
    ring = [beside("a", -0.5, -0.5), beside("a", 0.5, -0.5), beside("a", 0.5, 0.5), beside("a", -0.5, 0.5)]
    cut = cut_faces(four, [1], [at("a")], ring=ring)
    after = accepted(four, cut)
    new = arc_between(after, 1, -1)
    assert new.is_ring
    assert cut.split_arcs == frozenset()
    assert area(after, -1) == pytest.approx(1, abs=1e-6)


def test_cut_by_a_ring_across_cells_then_each_gives_its_piece(four: Subgraph) -> None:
    ring = [beside("5", -1, -1), beside("5", 1, -1), beside("5", 1, 1), beside("5", -1, 1)]
    cut = cut_faces(four, [1, 2, 3, 4], [Part((beside("5", 0.5, 0.5),))], ring=ring)
    after = accepted(four, cut)
    assert cut.origins == {-1: 1, -2: 2, -3: 3, -4: 4}
    assert area(after, -1, -2, -3, -4) == pytest.approx(4, abs=1e-6)


ISLANDS = """
1                 2
   a  b   e   f
          g   h
   c  d

3                 4
"""
AROUND_FACES = {1: "1 3 4 2 / a b d c / e f h g", 2: "a c d b", 3: "e g h f"}
Q = points_of(ISLANDS)


@pytest.fixture
def around() -> Subgraph:
    """A town around a town: face 1 has two holes, each filled by another face."""
    return subgraph_of(ISLANDS, AROUND_FACES)


def near(name: str, right: float = 0, up: float = 0) -> Point:
    return beside(name, right, up, Q)


def test_cut_through_enclaves_then_divides_around_them(around: Subgraph) -> None:
    cut = cut_faces(around, [1], [Part((near("1", 0.5, -0.5),))], [[near("1", -1, -2.5), near("2", 1, -2.5)]])
    after = accepted(around, cut)
    assert after.faces == {1, 2, 3, -1}
    assert len(build_polygon(after.arcs_of(-1), {-1}).geoms) == 1
    assert len([a for a in after.arcs.values() if {a.left, a.right} == {1, -1}]) == 2  # face 3 lies above
    assert area(after, 2) == pytest.approx(area(around, 2), abs=1e-5)


def test_cut_from_enclave_to_enclave_then_must_close(around: Subgraph) -> None:
    bridge = [near("b", -1, -1.5), near("g", 1, 0.5)]
    assert refusal(around, [1], [Part((near("1", 1, -0.5),))], [bridge]).code == "line_does_not_divide"
    second = [near("b", -1, -0.5), near("e", 1, -0.2)]
    cut = cut_faces(around, [1], [Part((near("b", 1, -0.5),))], [bridge, second])
    accepted(around, cut)


def test_cut_by_a_ring_around_an_enclave_then_the_enclave_lies_in_the_new_face(around: Subgraph) -> None:
    ring = [near("a", -1, 0.5), near("b", 1, 0.5), near("d", 1, -0.5), near("c", -1, -0.5)]
    cut = cut_faces(around, [1], [Part((near("a", -0.5, 0.2),))], ring=ring)
    after = accepted(around, cut)
    assert {face for a in after.arcs_of(2) for face in (a.left, a.right)} == {2, -1}
    assert len(build_polygon(after.arcs_of(-1), {-1}).geoms[0].interiors) == 1


def test_cut_ending_in_an_enclave_then_the_ring_starts_at_the_new_node(around: Subgraph) -> None:
    lines = [[near("b", -1, -1), near("e", 1, -0.5)], [near("b", -1, -2), near("e", 1, -0.7)]]
    cut = cut_faces(around, [1], [Part((near("b", 1, -1),))], lines)
    after = accepted(around, cut)
    loose = arc_between(around, 1, 2).start_node
    assert loose not in after.nodes
    assert all(len(after.arcs_at(node)) > 2 for node in after.nodes if not _is_ring_node(after, node))
    kept = cut_faces(around, [1], [Part((near("b", 1, -1),))], lines, kept_nodes=[loose])
    assert loose in accepted(around, kept).nodes


def _is_ring_node(subgraph: Subgraph, node: int) -> bool:
    return all(arc.is_ring for arc in subgraph.arcs_at(node))


def test_cut_of_an_island_then_its_outline_is_two_arcs() -> None:
    island = subgraph_of(FOUR, {1: "1 7 9 3"})
    cut = cut_faces(island, [1], [at("b")], [[P["1"], P["9"]]])
    after = accepted(island, cut)
    assert len(after.arcs) == 3
    assert len(after.nodes) == 2


PARTS = """
1   2   3   4

5   6   7   8
"""
R = points_of(PARTS)


def test_cut_of_a_face_in_two_parts_then_a_point_takes_one_and_a_side_takes_both() -> None:
    parts = subgraph_of(PARTS, {1: "1 5 6 2 + 3 7 8 4", 2: "2 6 7 3"})
    line = [beside("1", -1, -1, R), beside("4", 1, -1, R)]
    inside = (beside("1", 1, -0.5, R),)
    one = cut_faces(parts, [1], [Part(inside)], [line])
    both = cut_faces(parts, [1], [Part(inside, side=True)], [line])
    assert area(accepted(parts, one), -1) == pytest.approx(4, abs=1e-6)
    after = accepted(parts, both)
    assert area(after, -1) == pytest.approx(8, abs=1e-6)
    assert area(after, 1) == pytest.approx(8, abs=1e-6)
    assert len(arc_between_all(after, 2, 0)) == len(arc_between_all(parts, 2, 0))


def arc_between_all(subgraph: Subgraph, one: int, other: int) -> list[int]:
    return [a.id for a in subgraph.arcs.values() if {a.left, a.right} == {one, other}]


def test_cut_of_a_part_when_it_is_taken_whole_then_needs_no_line() -> None:
    parts = subgraph_of(PARTS, {1: "1 5 6 2 + 3 7 8 4", 2: "2 6 7 3"})
    cut = cut_faces(parts, [1], [Part((beside("1", 1, -0.5, R),))])
    after = accepted(parts, cut)
    assert cut.parts[0].new == {-1: 1}
    assert [area(after, -1), area(after, 1)] == pytest.approx([8, 8], abs=1e-6)


def test_cut_through_a_point_in_which_two_divisions_meet() -> None:
    pinched = subgraph_of(FOUR, {1: "1 4 5 2 + 5 8 9 6", 2: "2 5 6 3", 3: "4 7 8 5"})
    assert len(pinched.arcs_at(node_at(pinched, P["5"]))) == 4
    inside = (beside("1", 0.5, -1.5),)
    cut = cut_faces(pinched, [1], [Part(inside, side=True)], [[P["1"], P["5"], P["9"]]])
    after = accepted(pinched, cut)
    assert [area(after, 1), area(after, -1)] == pytest.approx([8, 8], abs=1e-6)
    assert len(after.arcs_at(node_at(after, P["5"]))) == 6


def test_cut_by_a_loop_from_a_node_then_the_new_face_touches_the_border_in_one_point(four: Subgraph) -> None:
    loop = [P["5"], beside("5", -1, 0.5), beside("5", -1, 1), P["5"]]
    cut = cut_faces(four, [1], [Part((beside("5", -0.9, 0.6),))], [loop])
    after = accepted(four, cut)
    new = arc_between(after, 1, -1)
    assert new.is_ring
    assert len(after.arcs_at(new.start_node)) == 5
    assert cut.split_arcs == frozenset()


def node_at(subgraph: Subgraph, position: Point) -> int:
    return next(n for n, xy in subgraph.nodes.items() if xy == position)


VERTICAL = [beside("1", 1, 1), beside("1", 1, -3)]
SQUARE = [beside("a", -0.5, -0.5), beside("a", 0.5, -0.5), beside("a", 0.5, 0.5), beside("a", -0.5, 0.5)]
OTHER_FACE = [beside("d", -0.5, -0.5), beside("d", 0.5, -0.5), beside("d", 0.5, 0.5)]
REFUSED: dict[str, tuple[str, Collection[int], Sequence[Part], Sequence[Line], Line | None]] = {
    "a face that is not there": ("face_gone", [1, 99], [at("a")], [VERTICAL], None),
    "a line elsewhere": ("line_misses_face", [4], [at("d")], [VERTICAL], None),
    "a line of one point": ("line_misses_face", [1], [at("a")], [[P["a"], P["a"]]], None),
    "a line that ends inside": ("line_does_not_divide", [1], [at("a")], [[beside("1", 1, 1), P["a"]]], None),
    "a line along the outline": ("line_does_not_divide", [1], [at("a")], [[P["1"], P["2"]]], None),
    "one good line and one that ends inside": (
        "line_does_not_divide",
        [1],
        [at("a")],
        [VERTICAL, [beside("1", 3, 1), beside("1", 3, -1)]],
        None,
    ),
    "a line that crosses itself": (
        "cut_crosses_itself",
        [1],
        [at("a")],
        [[beside("1", 1, 1), beside("1", 1, -1), beside("1", 2, -0.5), beside("1", 0.5, -0.5)]],
        None,
    ),
    "a line with a spike": (
        "cut_crosses_itself",
        [1],
        [at("a")],
        [[beside("1", 1, 1), beside("1", 1, -3), beside("1", 1, 0)]],
        None,
    ),
    "a ring over the border": (
        "ring_outside_face",
        [1],
        [at("a")],
        [],
        [P["a"], P["b"], beside("b", 0, 0.5)],
    ),
    "a ring elsewhere": ("ring_outside_face", [1], [at("a")], [], OTHER_FACE),
    "a ring of two points": ("ring_degenerate", [1], [at("a")], [], [P["a"], beside("a", 0.5, 0)]),
    "a ring that collapses to a line": (
        "cut_crosses_itself",
        [1],
        [at("a")],
        [],
        [P["a"], beside("a", 0.5, 0), beside("a", 0.25, 0)],
    ),
    "a point outside": ("point_outside", [1], [at("d")], [VERTICAL], None),
    "a point on the line": ("point_on_line", [1], [Part((beside("1", 1, -1),))], [VERTICAL], None),
    "two points in one piece": (
        "parts_overlap",
        [1],
        [at("a"), Part((beside("a", 0.5, 0),))],
        [VERTICAL],
        None,
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_cut_when_it_cannot_be_made_then_is_refused_with_its_code(
    four: Subgraph, case: tuple[str, Collection[int], Sequence[Part], Sequence[Line], Line | None]
) -> None:
    code, faces, parts, lines, ring = case
    error = refusal(four, faces, parts, lines, ring)
    assert error.code == code
    if code not in ("face_gone",):
        assert error.fields["lon"] == pytest.approx(103.8, abs=0.02)


def test_cut_by_a_bow_tie_then_is_refused_with_the_place() -> None:
    # Case P401: the place of the crossing is 103.825, 30.415.
    corners = snap([(103.80, 30.40), (103.85, 30.40), (103.85, 30.43), (103.80, 30.43)])
    names = dict(zip("1234", ((x, y) for x, y in corners.tolist()), strict=True))
    town = Subgraph.of(subgraph_of("1 2\n3 4", {1: "1 3 4 2"}).arcs.values(), [1])
    (outline,) = town.arcs.values()
    ring = np.array([*names.values(), names["1"]], dtype=np.int64)
    town = Subgraph.of([replace(outline, points=ring, left=1, right=0)], [1])
    bow = snap([(103.82, 30.41), (103.83, 30.42), (103.83, 30.41), (103.82, 30.42)])
    error = refusal(town, [1], [Part(((103_821_000_000, 30_415_000_000),))], ring=bow.tolist())
    assert error.code == "cut_crosses_itself"
    assert (error.fields["lon"], error.fields["lat"]) == pytest.approx((103.825, 30.415), abs=1e-6)


def random_cut(seed: int) -> tuple[Subgraph, Cut] | None:
    """Return a random map with a random cut of some of its faces, or None when that is refused."""
    rng = Random(seed)
    wall = brick_wall(rng.randint(2, 3), rng.randint(2, 3), seed, rng.randint(1, 5))
    faces = sorted(wall.faces) if seed % 3 else rng.sample(sorted(wall.faces), 3)
    vertices = [(x, y) for arc in wall.arcs.values() for x, y in arc.points.tolist()]

    def place() -> Point:
        x, y = rng.choice(vertices)
        reach = rng.choice([0, 12, 3 * 10**7])
        return (x + rng.randint(-reach, reach), y + rng.randint(-reach, reach))

    lines = [[place() for _ in range(rng.randint(2, 4))] for _ in range(rng.randint(1, 2))]
    polygon = build_polygon(wall.arcs_of(faces[0]), {faces[0]})
    inside = snap([shapely.get_coordinates(polygon.representative_point())[0]])[0].tolist()
    try:
        return wall, cut_faces(wall, faces, [Part(((inside[0], inside[1]),), side=seed % 5 == 0)], lines)
    except BoundaryError as error:
        if error.code == "cut_not_noded":
            raise
        return None


def test_cut_when_random_then_stays_a_map_and_moves_nothing() -> None:
    cuts = [found for found in map(random_cut, range(150)) if found is not None]
    assert len(cuts) > 30
    for wall, cut in cuts:
        after = accepted(wall, cut)
        for face in wall.faces:
            pieces = {face, *(new for new, old in cut.origins.items() if old == face)}
            now = build_polygon(list(after.arcs.values()), pieces)
            was = build_polygon(wall.arcs_of(face), {face})
            # Inserted vertices lie within a grid step of the line, on the outline within 10 m of it: nothing.
            assert shapely.symmetric_difference(now, was).area < 1e-10
