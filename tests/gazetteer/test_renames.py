"""Renames in a request: replayed in order, judged together, and never the same name twice at once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gazetteer.errors import RuleBroken
from gazetteer.operations.requests import check_request
from gazetteer.roles import Actor
from tests.gazetteer.drafting import rename
from tests.gazetteer.register import Register
from tests.gazetteer.test_requests import approver, drafted, register, step, submitted, surveyor

__all__ = ["approver", "register", "surveyor"]


def names_of(session: Session, register: Register, *letters: str) -> list[str]:
    query = sa.text("SELECT name FROM division_name WHERE division_id = :id AND upper_inf(recorded)")
    return [session.scalars(query, {"id": register.ids[letter]}).one() for letter in letters]


def test_two_renames_of_one_division_when_in_one_draft_then_the_second_starts_from_the_first(
    session: Session, register: Register, surveyor: Actor, approver: Actor
) -> None:
    a = register.ids["a"]
    request = submitted(session, surveyor, rename(a, "A村", "甲村"), rename(a, "甲村", "乙村"))
    step(session, approver, request, "approve")
    assert names_of(session, register, "a") == ["乙村"]


def test_two_renames_of_one_division_when_the_second_starts_elsewhere_then_a_conflict(
    session: Session, register: Register, surveyor: Actor
) -> None:
    a = register.ids["a"]
    request = drafted(session, surveyor, rename(a, "A村", "甲村"), rename(a, "丙村", "乙村"))
    evaluation = check_request(session, surveyor, request.id)
    assert [found.division for found in evaluation.division_conflicts] == [a]


def test_two_divisions_when_one_draft_gives_them_the_same_name_then_refused(
    session: Session, register: Register, surveyor: Actor
) -> None:
    ids = register.ids
    request = drafted(session, surveyor, rename(ids["a"], "A村", "甲村"), rename(ids["b"], "B村", "甲村"))
    with pytest.raises(RuleBroken) as caught:
        step(session, surveyor, request, "submit")
    assert {error.code for error in caught.value.errors} == {"duplicate_name"}


def test_two_divisions_when_they_exchange_their_names_then_both_are_free_to(
    session: Session, register: Register, surveyor: Actor, approver: Actor
) -> None:
    ids = register.ids
    request = submitted(session, surveyor, rename(ids["a"], "A村", "B村"), rename(ids["b"], "B村", "A村"))
    step(session, approver, request, "approve")
    assert names_of(session, register, "a", "b") == ["B村", "A村"]


@pytest.mark.parametrize("name", ["甲\n村", "甲\u202e村", "甲\u200b村", "甲\x00村", "甲\ud800村"])
def test_name_when_it_has_a_character_that_cannot_be_seen_then_refused_by_field(
    session: Session, register: Register, surveyor: Actor, name: str
) -> None:
    with pytest.raises(RuleBroken) as caught:
        drafted(session, surveyor, rename(register.ids["a"], "A村", name))
    assert [(error.field, error.code) for error in caught.value.errors] == [
        ("operations[0].name", "unseen_character")
    ]


@pytest.mark.parametrize("name", ["𨞪江村", "㛃村", "卡卡·都拉村"])
def test_name_when_it_has_rare_characters_then_taken(
    session: Session, register: Register, surveyor: Actor, name: str
) -> None:
    request = drafted(session, surveyor, rename(register.ids["a"], "A村", name))
    assert check_request(session, surveyor, request.id).ok


def test_name_when_it_has_characters_of_another_script_then_warned_of_and_not_refused(
    session: Session, register: Register, surveyor: Actor
) -> None:
    request = drafted(session, surveyor, rename(register.ids["a"], "A村", "临江Village"))
    evaluation = check_request(session, surveyor, request.id)
    assert [(fault.code, fault.severity) for fault in evaluation.faults] == [("name_characters", "warning")]
    assert evaluation.ok
