"""Who else works on the same lines or divisions, shown before one starts."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from gazetteer.operations.requests import create_request, put_operations, step_request
from gazetteer.queries.overlaps import find_overlapping, list_overlaps
from gazetteer.roles import Actor
from tests.gazetteer.drafting import bulge, line_between, person, rename
from tests.gazetteer.register import Register, build_register, three_levels

PICTURE = """
    aabb
    aabb
    ccdd
    ccdd
"""


@pytest.fixture
def register(session: Session) -> Register:
    return build_register(session, three_levels(PICTURE, {"东镇": "ac", "西镇": "bd"}))


@pytest.fixture
def other(session: Session, register: Register) -> Actor:
    return person(session, "surveyor", within=register.ids["district"])


@pytest.fixture
def me(session: Session, register: Register) -> Actor:
    return person(session, "surveyor", within=register.ids["district"])


def draft(session: Session, actor: Actor, *operations: dict[str, object]) -> object:
    made = create_request(session, actor, kind="boundary_correction", title="更正", reason="")
    return put_operations(session, actor, made.id, version=1, operations=operations)[0]


def test_overlapping_when_another_draft_moves_the_line_then_it_is_shown_with_its_author(
    session: Session, register: Register, me: Actor, other: Actor
) -> None:
    arc = line_between(session, register.faces["a"], register.faces["b"])
    theirs = draft(session, other, bulge(arc, dy=0))
    (found,) = find_overlapping(session, me, [arc.id], [])
    assert (found.id, found.author.id, found.mine, found.same_line) == (
        theirs.id,
        other.user_id,
        False,
        True,
    )
    (own,) = find_overlapping(session, other, [arc.id], [])
    assert own.mine


def test_overlapping_when_the_line_is_another_of_the_same_village_then_nothing(
    session: Session, register: Register, me: Actor, other: Actor
) -> None:
    draft(session, other, bulge(line_between(session, register.faces["a"], register.faces["b"]), dy=0))
    elsewhere = line_between(session, register.faces["c"], register.faces["d"])
    assert find_overlapping(session, me, [elsewhere.id], []) == []
    assert find_overlapping(session, me, [], []) == []


def test_overlapping_when_a_draft_renames_the_division_then_it_is_shown_and_not_after_it_is_withdrawn(
    session: Session, register: Register, me: Actor, other: Actor
) -> None:
    theirs = draft(session, other, rename(register.ids["a"], "A村", "新月村"))
    (found,) = find_overlapping(session, me, [], [register.ids["a"]])
    assert [link.name for link in found.shared] == ["A村"]
    assert not found.same_line
    seen = {"version": theirs.version, "content_hash": theirs.content_hash}
    step_request(session, other, theirs.id, "withdraw", **seen)
    assert find_overlapping(session, me, [], [register.ids["a"]]) == []


def test_overlaps_of_a_request_when_two_touch_one_village_then_each_names_the_other(
    session: Session, register: Register, me: Actor, other: Actor
) -> None:
    mine = draft(session, me, bulge(line_between(session, register.faces["a"], register.faces["b"]), dy=0))
    theirs = draft(
        session, other, bulge(line_between(session, register.faces["a"], register.faces["c"]), dx=0)
    )
    (found,) = list_overlaps(session, me, mine.id)
    assert (found.id, found.same_line) == (theirs.id, False)
    assert [link.name for link in found.shared] == ["A村"]
    assert [overlap.id for overlap in list_overlaps(session, other, theirs.id)] == [mine.id]


def test_overlaps_when_the_other_draft_lies_in_a_subtree_one_may_not_see_then_it_is_not_told(
    session: Session, register: Register, me: Actor, other: Actor
) -> None:
    arc = line_between(session, register.faces["b"], register.faces["d"])
    draft(session, other, bulge(arc, dx=0))
    clerk = person(session, "clerk", within=register.ids["东镇"])
    assert find_overlapping(session, clerk, [arc.id], [register.ids["b"]]) == []
