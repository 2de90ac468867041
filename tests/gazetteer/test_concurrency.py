"""Two processes change opposite sides of one face at once: the coverage never breaks."""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from boundaries.errors import Fault
from boundaries.grid import GRID
from gazetteer import clock
from gazetteer.db import create_pool, session_factory
from gazetteer.operations.requests import create_request, put_operations, step_request
from gazetteer.queries.snapshot import snapshot
from gazetteer.releases.checks import check_publishable
from gazetteer.roles import Actor
from tests.gazetteer.drafting import line_between, person, rename
from tests.gazetteer.register import Register, build_register, three_levels
from tests.gazetteer.rivals import Rival, wait_until_blocked

STRIP = "amb"
"""Three villages side by side; both lines of the middle one are moved at once."""
CELL = GRID // 100
ROUNDS = int(os.environ.get("QUMING_TEST_INTERLEAVINGS", "25"))


@pytest.fixture
def office(database_url: str) -> Iterator[Session]:
    engine = create_pool(database_url, size=2)
    with session_factory(engine, audit_key="key of the tests")() as session:
        yield session
    engine.dispose()


@pytest.fixture
def register(office: Session) -> Register:
    register = build_register(office, three_levels(STRIP, {"东镇": "am", "西镇": "b"}))
    office.commit()
    return register


@pytest.fixture
def surveyor(office: Session, register: Register) -> Actor:
    actor = person(office, "surveyor")
    office.commit()
    return actor


def submit_line_at(office: Session, surveyor: Actor, sides: tuple[int, int], x: int) -> uuid.UUID:
    """Submit a request that bends the line between two faces so that its middle lies at `x`."""
    office.expire_all()
    arc = line_between(office, *sides)
    operation = {
        "id": str(uuid.uuid4()),
        "kind": "reshape",
        "arc": arc.id,
        "hash": arc.hash,
        "start": 0,
        "end": len(arc.points) - 1,
        "path": [[x, int(arc.points[:, 1].mean())]],
    }
    draft = create_request(office, surveyor, kind="boundary_correction", title="并发", reason="")
    view, _ = put_operations(office, surveyor, draft.id, version=1, operations=[operation])
    seen = {"version": view.version, "content_hash": view.content_hash}
    return step_request(office, surveyor, view.id, "submit", **seen).id


def faults(office: Session) -> list[Fault]:
    office.rollback()
    office.expire_all()
    return check_publishable(snapshot(office, clock.today(office)))


def lines(register: Register, office: Session) -> tuple[tuple[int, int], tuple[int, int], int, int]:
    """Return the sides of the two lines and the x of each where it was drawn."""
    left = (register.faces["a"], register.faces["m"])
    right = (register.faces["m"], register.faces["b"])
    x_left = int(line_between(office, *left).points[0][0])
    return left, right, x_left, x_left + CELL


def test_opposite_lines_when_two_processes_interleave_then_the_second_waits_and_is_judged_anew(
    database_url: str, office: Session, register: Register, surveyor: Actor
) -> None:
    left, right, x_left, x_right = lines(register, office)
    to_the_right = submit_line_at(office, surveyor, left, x_left + CELL * 3 // 4)
    to_the_left = submit_line_at(office, surveyor, right, x_right - CELL * 3 // 4)
    with Rival(database_url) as one, Rival(database_url) as other:
        one.order("evaluate", to_the_right)
        assert one.answer() == "ok"
        other.order("evaluate", to_the_left)
        wait_until_blocked(other, office)
        one.order("write", to_the_right)
        assert one.answer() == "written"
        assert not other.answered_within(0.2)
        one.order("commit", to_the_right)
        assert (one.answer(), other.answer()) == ("applied", "refused")
    assert faults(office) == []


def test_opposite_lines_when_the_locks_are_taken_away_then_the_coverage_breaks(
    database_url: str, office: Session, register: Register, surveyor: Actor
) -> None:
    left, right, x_left, x_right = lines(register, office)
    to_the_right = submit_line_at(office, surveyor, left, x_left + CELL * 3 // 4)
    to_the_left = submit_line_at(office, surveyor, right, x_right - CELL * 3 // 4)
    with Rival(database_url, locked=False) as one, Rival(database_url, locked=False) as other:
        for rival, request in ((one, to_the_right), (other, to_the_left)):
            rival.order("evaluate", request)
            assert rival.answer() == "ok"
        one.order("write", to_the_right)
        assert one.answer() == "written"
        other.order("write", to_the_left)
        wait_until_blocked(other, office)
        one.order("commit", to_the_right)
        assert (one.answer(), other.answer()) == ("applied", "written")
        other.order("commit", to_the_left)
        assert other.answer() == "applied"
    assert faults(office) != []


def test_lines_of_one_town_when_two_processes_move_both_then_the_town_follows_both(
    database_url: str, office: Session
) -> None:
    register = build_register(office, three_levels("aXYb", {"东镇": "aX", "中镇": "Y", "西镇": "b"}))
    surveyor = person(office, "surveyor")
    office.commit()
    one_line = (register.faces["X"], register.faces["Y"])
    other_line = (register.faces["Y"], register.faces["b"])
    x = int(line_between(office, *one_line).points[0][0])
    first = submit_line_at(office, surveyor, one_line, x + CELL // 5)
    second = submit_line_at(office, surveyor, other_line, x + CELL + CELL // 5)
    with Rival(database_url) as one, Rival(database_url) as other:
        one.order("evaluate", first)
        assert one.answer() == "ok"
        other.order("approve", second)
        wait_until_blocked(other, office)
        one.order("write", first)
        assert one.answer() == "written"
        one.order("commit", first)
        assert (one.answer(), other.answer()) == ("applied", "applied")
    assert faults(office) == []


def submit_rename(office: Session, surveyor: Actor, division: uuid.UUID, base: str, name: str) -> uuid.UUID:
    draft = create_request(office, surveyor, kind="boundary_correction", title="更名", reason="")
    operation = rename(division, base, name)
    view, _ = put_operations(office, surveyor, draft.id, version=1, operations=[operation])
    seen = {"version": view.version, "content_hash": view.content_hash}
    return step_request(office, surveyor, view.id, "submit", **seen).id


def test_one_name_when_two_processes_give_it_to_two_villages_then_the_second_is_refused(
    database_url: str, office: Session, register: Register, surveyor: Actor
) -> None:
    first = submit_rename(office, surveyor, register.ids["a"], "A村", "临江村")
    second = submit_rename(office, surveyor, register.ids["b"], "B村", "临江村")
    with Rival(database_url) as one, Rival(database_url) as other:
        one.order("evaluate", first)
        assert one.answer() == "ok"
        other.order("approve", second)
        wait_until_blocked(other, office)
        one.order("write", first)
        assert one.answer() == "written"
        one.order("commit", first)
        assert (one.answer(), other.answer()) == ("applied", "refused")


def test_events_when_two_processes_have_nothing_in_common_then_numbered_in_the_order_of_their_commits(
    database_url: str, office: Session, register: Register, surveyor: Actor
) -> None:
    first = submit_rename(office, surveyor, register.ids["a"], "A村", "临江村")
    second = submit_rename(office, surveyor, register.ids["b"], "B村", "望江村")
    with Rival(database_url) as one, Rival(database_url) as other:
        one.order("evaluate", first)
        assert one.answer() == "ok"
        one.order("write", first)
        assert one.answer() == "written"
        other.order("approve", second)
        wait_until_blocked(other, office)
        seen = office.scalar(sa.text("SELECT max(id) FROM event"))
        one.order("commit", first)
        assert (one.answer(), other.answer()) == ("applied", "applied")
    rows = office.execute(
        sa.text("SELECT request_id, recorded_at FROM event WHERE id > :id ORDER BY id"), {"id": seen}
    )
    found = rows.all()
    assert [row.request_id for row in found] == [first, second]
    assert found[0].recorded_at < found[1].recorded_at


def test_opposite_lines_when_moved_at_random_by_two_processes_then_never_a_fault(
    database_url: str, office: Session, register: Register, surveyor: Actor
) -> None:
    seed = int(os.environ.get("QUMING_TEST_SEED", "510118"))
    print(f"seed {seed}, {ROUNDS} rounds")
    chance = random.Random(seed)
    left, right, x_left, x_right = lines(register, office)
    outcomes: list[str] = []
    with Rival(database_url) as one, Rival(database_url) as other:
        for _ in range(ROUNDS):
            # Each alone is sound; together they cross when the left target lies beyond the right one.
            left_target = chance.randint(x_left - CELL // 2, middle_x(office, right) - CELL // 100)
            right_target = chance.randint(middle_x(office, left) + CELL // 100, x_right + CELL // 2)
            first = submit_line_at(office, surveyor, left, left_target)
            second = submit_line_at(office, surveyor, right, right_target)
            one.order("approve", first)
            other.order("approve", second)
            pair = sorted([one.answer(), other.answer()])
            outcomes.append(" ".join(pair))
            crossing = left_target >= right_target
            assert pair == (["applied", "refused"] if crossing else ["applied", "applied"]), (seed, outcomes)
            assert faults(office) == [], (seed, outcomes)
    assert len(set(outcomes)) == 2, outcomes


def middle_x(office: Session, sides: tuple[int, int]) -> int:
    """Return where the middle of a line lies now."""
    office.rollback()
    points = line_between(office, *sides).points
    return int(points[len(points) // 2][0]) if len(points) > 2 else int(points[0][0])
