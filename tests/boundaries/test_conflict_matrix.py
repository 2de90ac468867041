"""Two drafts of one base: what becomes of the second when the first is in force. One test per cell.

The cells are {kind of operation} x {same arc, same stretch, same node} x {same result, different result}.

- same arc: the first draft changed the arc elsewhere; with 'same' it made the second draft's change too.
- same stretch: both changed the very same vertices, segment or faces.
- same node: they changed different arcs that meet in one node; of node moves, the node itself.
"""

from collections.abc import Sequence

import pytest

from tests.boundaries.conflict_drawing import (
    Builder,
    delete,
    insert,
    merge,
    move,
    move_node,
    reshape,
    second_after_first,
    split,
    split_at_node,
)

Wanted = tuple[str, str | None]
"""Status, and kind of the conflicts."""
APPLIED: Wanted = ("applied", None)
MERGED: Wanted = ("merged", None)
ALREADY: Wanted = ("already", None)
SAME_STRETCH: Wanted = ("conflict", "same_stretch")
NODE_MOVED: Wanted = ("conflict", "node_moved")
GONE: Wanted = ("conflict", "gone")

Cell = tuple[Sequence[Builder], Builder, Wanted]
"""What the first draft does, what the second wants, and what must come of it."""

MATRIX: dict[str, Cell] = {
    "move, same arc, same result": ([move("e"), move("b", -700)], move("e"), ALREADY),
    "move, same arc, different result": ([move("b", -700)], move("e"), MERGED),
    "move, same stretch, same result": ([move("c")], move("c"), ALREADY),
    "move, same stretch, different result": ([move("c", -700)], move("c"), SAME_STRETCH),
    "move, same node, same result": ([move("f"), move("k", -700)], move("f"), ALREADY),
    "move, same node, different result": ([move("k", -700)], move("f"), APPLIED),
    "insert, same arc, same result": ([insert("e"), insert("b", -700)], insert("e"), ALREADY),
    "insert, same arc, different result": ([insert("b", -700)], insert("e"), MERGED),
    "insert, same stretch, same result": ([insert("c")], insert("c"), ALREADY),
    "insert, same stretch, different result": ([insert("c", -700)], insert("c"), SAME_STRETCH),
    "insert, same node, same result": ([insert("f"), insert("k", -700)], insert("f"), ALREADY),
    "insert, same node, different result": ([insert("k", -700)], insert("f"), APPLIED),
    "delete, same arc, same result": ([delete("e"), delete("b")], delete("e"), ALREADY),
    "delete, same arc, different result": ([delete("b")], delete("e"), MERGED),
    "delete, same stretch, same result": ([delete("c")], delete("c"), ALREADY),
    # One vertex can be deleted in one way only: the results differ where the stretches overlap.
    "delete, same stretch, different result": ([delete("c")], delete("d"), SAME_STRETCH),
    "delete, same node, same result": ([delete("f"), delete("k")], delete("f"), ALREADY),
    "delete, same node, different result": ([delete("k")], delete("f"), APPLIED),
    "reshape, same arc, same result": ([reshape("e"), reshape("b", -700)], reshape("e"), ALREADY),
    "reshape, same arc, different result": ([reshape("b", -700)], reshape("e"), MERGED),
    "reshape, same stretch, same result": ([reshape("c")], reshape("c"), ALREADY),
    "reshape, same stretch, different result": ([reshape("c", -700)], reshape("c"), SAME_STRETCH),
    "reshape, same node, same result": ([reshape("f"), reshape("k", -700)], reshape("f"), ALREADY),
    "reshape, same node, different result": ([reshape("k", -700)], reshape("f"), APPLIED),
    "split, same arc, same result": ([split(2, "e"), split(1, "a")], split(2, "e"), ALREADY),
    "split, same arc, different result": ([split(1, "a")], split(2, "e"), MERGED),
    "split, same stretch, same result": ([split(2, "e")], split(2, "e"), ALREADY),
    "split, same stretch, different result": ([split(2, "e", 200_000)], split(2, "e"), GONE),
    "split, same node, same result": ([split_at_node(1), split_at_node(2)], split_at_node(1), ALREADY),
    "split, same node, different result": ([split_at_node(2)], split_at_node(1), MERGED),
    "merge, same arc, same result": (
        [merge([1, 2], 1, (1, 2)), merge([3, 4], 3, (3, 4))],
        merge([1, 2], 1, (1, 2)),
        ALREADY,
    ),
    "merge, same arc, different result": ([merge([2, 3], 2, (2, 3))], merge([1, 2], 1, (1, 2)), MERGED),
    "merge, same stretch, same result": ([merge([1, 2], 1, (1, 2))], merge([1, 2], 1, (1, 2)), ALREADY),
    "merge, same stretch, different result": ([merge([1, 2], 2, (1, 2))], merge([1, 2], 1, (1, 2)), GONE),
    "merge, same node, same result": (
        [merge([1, 2], 1, (1, 2)), merge([1, 3], 1, (1, 3))],
        merge([1, 2], 1, (1, 2)),
        ALREADY,
    ),
    "merge, same node, different result": ([merge([1, 3], 1, (1, 3))], merge([1, 2], 1, (1, 2)), MERGED),
    "node move, same arc, same result": ([move_node("5"), move_node("2", -700)], move_node("5"), ALREADY),
    "node move, same arc, different result": ([move_node("2", -700)], move_node("5"), MERGED),
    "node move, same stretch, same result": ([move_node("5"), move_node("6", -700)], move_node("5"), ALREADY),
    "node move, same stretch, different result": ([move_node("6", -700)], move_node("5"), SAME_STRETCH),
    "node move, same node, same result": ([move_node("5")], move_node("5"), ALREADY),
    "node move, same node, different result": ([move_node("5", -700)], move_node("5"), NODE_MOVED),
}

MIXED: dict[str, Cell] = {
    "a vertex moved that was deleted": ([delete("c")], move("c"), SAME_STRETCH),
    "a vertex deleted that was moved": ([move("c")], delete("c"), SAME_STRETCH),
    "a vertex inserted where the line was reshaped": ([reshape("c")], insert("c"), SAME_STRETCH),
    "a reshape beside an inserted vertex": ([insert("b")], reshape("e"), MERGED),
    "a vertex moved on the first piece of a split arc": ([split(1, "d")], move("b"), MERGED),
    "a vertex moved on the last piece of a split arc": ([split(1, "b")], move("e"), MERGED),
    "a reshape across the place where the arc was split": ([split(1, "d")], reshape("d"), GONE),
    "an insert where the arc was split": ([split(1, "d")], insert("d"), GONE),
    "a reshape of an arc that was dissolved": ([merge([1, 2], 1, (1, 2))], reshape("c"), GONE),
    "a vertex moved on an arc that was joined with another": ([merge([2, 3], 2, (2, 3))], move("c"), MERGED),
    "a vertex moved beside a node that was moved": ([move_node("5")], move("f"), SAME_STRETCH),
    "a vertex moved far from a node that was moved": ([move_node("5")], move("c"), MERGED),
    "a node moved whose line was reshaped beside it": ([reshape("f")], move_node("5"), SAME_STRETCH),
    "a node moved whose line was reshaped elsewhere": ([reshape("b")], move_node("5"), MERGED),
    "a node moved whose arc was split elsewhere": ([split(1, "b")], move_node("5"), MERGED),
    "a node moved that is gone with a merger": ([merge([1, 2], 1, (1, 2))], move_node("5"), GONE),
    "a cut whose end was reshaped": ([reshape("e")], split(2, "e"), SAME_STRETCH),
    "a cut whose outline was reshaped elsewhere": ([reshape("b")], split(2, "e"), MERGED),
    "a cut whose outline has a moved end": ([move_node("5")], split(2, "b"), MERGED),
    "a cut whose border is gone": ([merge([1, 2], 1, (1, 2))], split(2, "e"), GONE),
    "a merger over a border that was reshaped": ([reshape("c")], merge([1, 2], 1, (1, 2)), MERGED),
    "a merger over a border that was split": ([split(1, "c")], merge([1, 2], 1, (1, 2)), MERGED),
    "a merger over a border whose node was moved": ([move_node("5")], merge([1, 2], 1, (1, 2)), MERGED),
}


@pytest.mark.parametrize("cell", MATRIX.values(), ids=MATRIX.keys())
def test_second_draft_after_a_first_of_its_kind(cell: Cell) -> None:
    _check(*cell)


@pytest.mark.parametrize("cell", MIXED.values(), ids=MIXED.keys())
def test_second_draft_after_a_first_of_another_kind(cell: Cell) -> None:
    _check(*cell)


def test_matrix_then_has_every_cell() -> None:
    kinds = ("move", "insert", "delete", "reshape", "split", "merge", "node move")
    relations = ("same arc", "same stretch", "same node")
    results = ("same result", "different result")
    assert set(MATRIX) == {f"{k}, {r}, {o}" for k in kinds for r in relations for o in results}


def _check(first: Sequence[Builder], second: Builder, wanted: Wanted) -> None:
    result = second_after_first(first, second)
    kinds = {conflict.kind for conflict in result.conflicts}
    assert (result.status, kinds) == (wanted[0], {wanted[1]} - {None}), result.error
    for conflict in result.conflicts:
        if conflict.kind in ("same_stretch", "node_moved"):
            assert conflict.base is not None
            assert conflict.mine is not None
            assert conflict.theirs is not None
