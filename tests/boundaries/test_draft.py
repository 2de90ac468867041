"""Drafts replayed on a register that may have changed: applied, merged, or an open conflict, never lost."""

from typing import Any

import pytest

from boundaries.draft import Draft, replay
from boundaries.subgraph import Subgraph
from boundaries.validate import validate
from tests.boundaries.drawing import arc_between, subgraph_of


@pytest.fixture
def register() -> Subgraph:
    """Two faces side by side; the border between them has seven vertices."""
    picture = """
    1     2     3
          a
          b
          c
          d
          e
    4     5     6
    """
    return subgraph_of(picture, {1: "1 4 5 e d c b a 2", 2: "2 a b c d e 5 6 3"})


def operation(register: Subgraph, at: int, shift: int, name: str = "op") -> dict[str, Any]:
    """Move one vertex of the border sideways, as a client sends it."""
    arc = arc_between(register, 1, 2)
    x, y = arc.points[at].tolist()
    return {
        "id": name,
        "kind": "reshape",
        "arc": arc.id,
        "hash": arc.hash,
        "start": at - 1,
        "end": at + 1,
        "path": [[x + shift, y]],
        "base_points": arc.points.tolist(),
    }


def without_base(op: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in op.items() if key != "base_points"}


def statuses(draft: Draft) -> list[str]:
    return [result.status for result in draft.results]


def test_replay_when_operations_build_on_each_other_then_all_apply(register: Subgraph) -> None:
    first = operation(register, 1, 1000, "first")
    halfway = replay(register, [first]).subgraph
    second = operation(halfway, 5, -1000, "second")
    draft = replay(register, [first, second])
    assert statuses(draft) == ["applied", "applied"]
    assert len(draft.patch.removed) == len(draft.patch.added) == 1
    assert validate(register, draft.patch) == []


def test_replay_then_gives_one_patch_with_the_same_effect(register: Subgraph) -> None:
    first = operation(register, 1, 1000)
    second = operation(replay(register, [first]).subgraph, 2, -500)
    draft = replay(register, [first, second])
    after = register.apply(draft.patch)
    assert {i: a.hash for i, a in after.arcs.items()} == {i: a.hash for i, a in draft.subgraph.arcs.items()}


def test_replay_when_an_operation_undoes_another_then_the_patch_is_empty(register: Subgraph) -> None:
    first = operation(register, 1, 1000)
    back = operation(replay(register, [first]).subgraph, 1, -1000)
    draft = replay(register, [first, back])
    assert (draft.patch.removed, draft.patch.added) == ((), ())


def test_replay_when_the_same_stretch_changed_then_shows_base_mine_and_theirs(register: Subgraph) -> None:
    mine = operation(register, 3, 1000)
    theirs = replay(register, [operation(register, 3, -700)]).subgraph
    draft = replay(theirs, [mine])
    (conflict,) = draft.conflicts
    assert (statuses(draft), conflict.kind) == (["conflict"], "same_stretch")
    base = arc_between(register, 1, 2).points
    assert conflict.base is not None
    assert conflict.mine is not None
    assert conflict.theirs is not None
    assert conflict.base.tolist() == base.tolist()
    assert conflict.mine[3].tolist() == mine["path"][0]
    assert conflict.theirs[3].tolist() == [base[3][0] - 700, base[3][1]]
    assert draft.patch.removed == ()


@pytest.mark.parametrize(("ours", "others"), [(1, 5), (5, 1), (1, 3)])
def test_replay_when_another_stretch_changed_then_both_changes_stand(
    register: Subgraph, ours: int, others: int
) -> None:
    mine = operation(register, ours, 1000)
    theirs = replay(register, [operation(register, others, -700)]).subgraph
    draft = replay(theirs, [mine])
    points = arc_between(draft.subgraph, 1, 2).points
    base = arc_between(register, 1, 2).points
    assert statuses(draft) == ["merged"]
    assert points[ours].tolist() == mine["path"][0]
    assert points[others].tolist() == [base[others][0] - 700, base[others][1]]


def test_replay_when_vertices_were_added_before_the_stretch_then_it_is_renumbered(register: Subgraph) -> None:
    mine = operation(register, 5, 1000)
    base = arc_between(register, 1, 2).points
    x, y = ((base[0] + base[1]) // 2).tolist()
    insert = {**operation(register, 1, 0), "start": 0, "end": 1, "path": [[x + 9, y], [x - 9, y - 5]]}
    draft = replay(replay(register, [insert]).subgraph, [mine])
    points = arc_between(draft.subgraph, 1, 2).points
    assert statuses(draft) == ["merged"]
    assert len(points) == len(base) + 2
    assert points[7].tolist() == mine["path"][0]


def test_replay_when_two_operations_of_a_draft_are_merged_then_both_stand(register: Subgraph) -> None:
    first = operation(register, 1, 1000)
    second = operation(replay(register, [first]).subgraph, 2, 900)
    theirs = replay(register, [operation(register, 5, -700)]).subgraph
    draft = replay(theirs, [first, second])
    assert statuses(draft) == ["merged", "merged"]
    assert arc_between(draft.subgraph, 1, 2).points[1].tolist() == first["path"][0]


def test_replay_when_the_base_is_not_given_then_is_a_conflict(register: Subgraph) -> None:
    mine = without_base(operation(register, 1, 1000))
    theirs = replay(register, [operation(register, 5, -700)]).subgraph
    (conflict,) = replay(theirs, [mine]).conflicts
    assert (conflict.kind, conflict.base) == ("changed", None)


def test_replay_when_the_arc_is_gone_then_is_a_conflict(register: Subgraph) -> None:
    mine = operation(register, 1, 1000)
    arcs = {i: a for i, a in register.arcs.items() if i != mine["arc"]}
    (conflict,) = replay(Subgraph(arcs, register.nodes, register.faces), [mine]).conflicts
    assert (conflict.kind, conflict.theirs) == ("gone", None)


def test_replay_when_one_operation_conflicts_then_the_others_still_apply(register: Subgraph) -> None:
    stale = {**operation(register, 1, 1000, "stale"), "hash": "0" * 64, "base_points": None}
    good = operation(register, 5, 500, "good")
    draft = replay(register, [stale, good])
    assert statuses(draft) == ["conflict", "applied"]


def test_replay_when_the_range_is_wrong_then_is_refused_with_a_reason(register: Subgraph) -> None:
    draft = replay(register, [{**operation(register, 1, 0), "start": 5, "end": 99}])
    assert statuses(draft) == ["refused"]
    assert draft.results[0].error is not None
    assert draft.results[0].error.code == "bad_vertex_range"


def test_replay_when_an_operation_is_a_rename_then_is_left_to_the_register(register: Subgraph) -> None:
    draft = replay(register, [{"id": "x", "kind": "rename", "division": "d", "name": "新名"}])
    assert statuses(draft) == ["not_geometry"]


def node_operation(register: Subgraph, dx: int) -> dict[str, Any]:
    arc = arc_between(register, 1, 2)
    node = arc.start_node
    x, y = register.nodes[node]
    arcs = [{"arc": a.id, "hash": a.hash, "base_points": a.points.tolist()} for a in register.arcs_at(node)]
    return {
        "id": "n",
        "kind": "move_node",
        "node": node,
        "x": x + dx,
        "y": y,
        "arcs": arcs,
        "outer_changed": True,
    }


def test_replay_of_a_node_move_then_moves_all_its_arcs_and_declares_the_outline(register: Subgraph) -> None:
    draft = replay(register, [node_operation(register, 500)])
    assert statuses(draft) == ["applied"]
    assert draft.patch.outer_changed
    assert len(draft.patch.moved_nodes) == 1
    assert validate(register, draft.patch) == []


def test_replay_when_a_node_was_moved_twice_then_is_a_conflict(register: Subgraph) -> None:
    mine = node_operation(register, 500)
    theirs = replay(register, [node_operation(register, -400)]).subgraph
    draft = replay(theirs, [mine])
    assert {c.kind for c in draft.conflicts} == {"node_moved"}
    assert statuses(draft) == ["conflict"]


def test_replay_when_an_arc_of_the_node_changed_far_away_then_is_merged(register: Subgraph) -> None:
    mine = node_operation(register, 500)
    theirs = replay(register, [operation(register, 3, -700)]).subgraph
    assert statuses(replay(theirs, [mine])) == ["merged"]


def test_replay_when_another_arc_joined_the_node_then_is_a_conflict(register: Subgraph) -> None:
    mine = node_operation(register, 500)
    fewer = {**mine, "arcs": mine["arcs"][:1]}
    draft = replay(register, [fewer])
    assert {c.kind for c in draft.conflicts} == {"changed"}
