"""Whatever is edited, the map stays a map; and without the checks it would not.

The oracle is independent of the code under test: shapely's own validity, coverage check, union and area.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from boundaries import rules
from boundaries.chain import chain, chain_of_arcs, equal_chains
from boundaries.errors import BoundaryError
from boundaries.extract import extract
from boundaries.grid import snap, to_degrees
from boundaries.rebuild import build_polygon
from boundaries.subgraph import Subgraph
from boundaries.validate import STEPS, Step, judge
from tests.boundaries.strategies import KINDS, Edit, aim, brick_wall, coverages, edits

EXAMPLES = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])

SEARCH = settings(max_examples=500, deadline=None, database=None, derandomize=True, phases=[Phase.generate])


def faces_of(subgraph: Subgraph) -> dict[int, shapely.MultiPolygon]:
    return {face: build_polygon(subgraph.arcs_of(face), {face}) for face in sorted(subgraph.faces)}


def even_odd(subgraph: Subgraph, inside: set[int]) -> shapely.Geometry:
    border = [a for a in subgraph.arcs.values() if (a.left in inside) != (a.right in inside)]
    return shapely.build_area(shapely.MultiLineString([to_degrees(a.points) for a in border]))


def is_map(subgraph: Subgraph, outline: shapely.Geometry) -> bool:
    """Whether the faces tile the outline, judged by shapely alone from even-odd areas of the arcs."""
    faces = np.array([even_odd(subgraph, {f}) for f in sorted(subgraph.faces)], dtype=object)
    if not shapely.is_valid(faces).all() or shapely.is_empty(faces).any():
        return False
    return bool(
        shapely.coverage_is_valid(faces)
        and abs(shapely.area(faces).sum() - outline.area) < 1e-13
        and shapely.equals(shapely.union_all(faces), outline)
    )


def states(subgraph: Subgraph) -> Counter[str]:
    return Counter(arc.hash for arc in subgraph.arcs.values())


def after_edits(subgraph: Subgraph, plan: Sequence[Edit], steps: Sequence[Step] = STEPS) -> Subgraph:
    """Apply the edits that are accepted, one after the other."""
    for edit in plan:
        try:
            verdict = judge(subgraph, aim(subgraph, edit), steps=steps)
        except BoundaryError:
            continue
        subgraph = verdict.after if verdict.ok else subgraph
    return subgraph


@EXAMPLES
@given(coverages(), st.lists(edits, min_size=1, max_size=6))
def test_edits_when_accepted_then_the_map_stays_a_map(subgraph: Subgraph, plan: list[Edit]) -> None:
    outline = even_odd(subgraph, set(subgraph.faces))
    border = chain_of_arcs(subgraph.arcs.values(), subgraph.faces)
    after = after_edits(subgraph, plan)
    faces = faces_of(after)
    assert is_map(after, outline)
    for face, polygon in faces.items():
        assert polygon.is_valid
        assert equal_chains(chain(polygon), chain_of_arcs(after.arcs.values(), {face}))
        assert np.array_equal(
            to_degrees(snap(shapely.get_coordinates(polygon))), shapely.get_coordinates(polygon)
        )
    assert equal_chains(border, chain_of_arcs(after.arcs.values(), after.faces))
    assert {f for a in after.arcs.values() for f in (a.left, a.right)} == {0, *after.faces}


@EXAMPLES
@given(coverages(), st.lists(edits, min_size=1, max_size=4), st.integers(1, 5))
def test_edits_when_accepted_then_parents_equal_the_sum_of_their_children(
    subgraph: Subgraph, plan: list[Edit], size: int
) -> None:
    after = after_edits(subgraph, plan)
    faces = faces_of(after)
    parent = set(sorted(faces)[:size])
    polygon = build_polygon(list(after.arcs.values()), parent)
    children = [faces[face] for face in sorted(parent)]
    total = chain(children[0])
    for child in children[1:]:
        total = total + chain(child)
    assert equal_chains(chain(polygon), total)
    assert shapely.symmetric_difference(polygon, shapely.union_all(children)).area < 1e-16


@EXAMPLES
@given(coverages(), edits)
def test_edit_when_undone_by_its_inverse_then_the_state_is_restored(subgraph: Subgraph, edit: Edit) -> None:
    patch = aim(subgraph, edit)
    verdict = judge(subgraph, patch)
    if not verdict.ok:
        return
    applied = [a for i, a in verdict.after.arcs.items() if a is not subgraph.arcs.get(i)]
    undo = patch.inverse(subgraph.arcs, applied, subgraph.nodes)
    back = judge(verdict.after, undo)
    assert back.ok
    assert states(back.after) == states(subgraph)
    assert back.after.nodes.keys() == subgraph.nodes.keys()


@EXAMPLES
@given(coverages(), st.lists(edits, max_size=4))
def test_extract_of_rebuilt_faces_then_gives_the_same_lines(subgraph: Subgraph, plan: list[Edit]) -> None:
    after = after_edits(subgraph, plan)
    faces = faces_of(after)
    table = extract(np.array(list(faces.values()), dtype=object), list(faces))
    again = Subgraph.of(table.arcs(), faces)
    for face in faces:
        assert equal_chains(
            chain_of_arcs(after.arcs.values(), {face}), chain_of_arcs(again.arcs.values(), {face})
        )
    assert len(again.arcs) <= len(after.arcs)


@EXAMPLES
@given(coverages(), edits, edits)
def test_two_edits_when_their_faces_are_disjoint_then_the_order_does_not_matter(
    subgraph: Subgraph, one: Edit, other: Edit
) -> None:
    first, second = aim(subgraph, one), aim(subgraph, other)
    if first.touched_faces & second.touched_faces:
        return
    if not (judge(subgraph, first).ok and judge(subgraph, second).ok):
        return
    forth, back = judge(subgraph.apply(first), second), judge(subgraph.apply(second), first)
    assert forth.ok
    assert back.ok
    assert states(forth.after) == states(back.after)


MUTATIONS = {
    "meetings and faces": (rules.check_meetings, rules.check_faces),
    "ends and outline": (rules.check_simple, rules.check_meetings, rules.check_faces, rules.check_outline),
    "outline": (rules.check_outline,),
    "faces and surroundings": (rules.check_faces, rules.check_surroundings),
    "all that look at shapes": (
        rules.check_simple,
        rules.check_meetings,
        rules.check_faces,
        rules.check_outline,
        rules.check_surroundings,
    ),
}


def breaks(steps: Sequence[Step], kinds: set[str] | None = None) -> bool:
    """Whether some planned edit is accepted by these steps and leaves something that is no map."""
    wall = brick_wall(3, 3, 7, 2)
    outline = even_odd(wall, set(wall.faces))

    def is_broken(edit: Edit) -> bool:
        if kinds is not None and edit.kind not in kinds:
            return False
        after = after_edits(wall, [edit], steps)
        return after is not wall and not is_map(after, outline)

    try:
        find(edits, is_broken, settings=SEARCH)
    except NoSuchExample:
        return False
    return True


@pytest.mark.parametrize("removed", MUTATIONS.values(), ids=MUTATIONS.keys())
def test_validate_when_checks_are_removed_then_a_directed_edit_breaks_the_map(
    removed: tuple[Step, ...],
) -> None:
    assert breaks([step for step in STEPS if step not in removed])


def test_validate_with_all_checks_then_no_directed_edit_breaks_the_map() -> None:
    assert not breaks(STEPS)


def test_validate_when_face_checks_are_removed_then_random_wiggles_alone_do_not_show_it() -> None:
    # Why the directed edits are there: without them the missing check stays unseen.
    without = [step for step in STEPS if step not in (rules.check_faces, rules.check_surroundings)]
    assert not breaks(without, {"wiggle", "one_step"})
    assert breaks(without, {"swallow", "ring"})


def test_directed_edits_then_reach_both_acceptance_and_the_fault_they_aim_at() -> None:
    wall = brick_wall(3, 3, 7, 2)
    found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for kind in KINDS:
        for pick in range(24):
            edit = Edit(kind, pick, 0.2 + 0.03 * pick, 0.9 - 0.07 * pick)
            verdict = judge(wall, aim(wall, edit))
            found[kind].update({"accepted"} if verdict.ok else {f.code for f in verdict.faults})
    accepted = {kind for kind, outcomes in found.items() if outcomes["accepted"]}
    assert accepted >= {"wiggle", "delete", "one_step", "collapse", "ring", "node", "bulge"}
    assert found["swallow"]["enclave_swallowed"]
    assert found["bulge"]["arc_crosses"]
    assert found["onto_arc"]["arc_crosses"]
    assert found["ring"]["face_invalid"]
    assert found["outline"]["outer_changed"]
