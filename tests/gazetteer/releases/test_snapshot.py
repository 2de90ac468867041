"""Tests of the snapshot, its content hash and what is checked before publishing."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gazetteer.errors import RuleBroken
from gazetteer.queries.snapshot import snapshot
from gazetteer.releases.checks import check_publishable, require_publishable
from gazetteer.releases.content_hash import content_hash
from tests.gazetteer.register import FIRST_DAY, Register, build_register, three_levels

PICTURE = """
    aaabbb
    aeabb~
    aaabbb
    ccdddd
"""
TOWNS = {"甲镇": "abe", "乙镇": "cd"}


@pytest.fixture
def register(session: Session) -> Register:
    return build_register(
        session, three_levels(PICTURE, TOWNS), places=[("老君山", 103.815, 30.485)], line=("甲乙线", "a", "c")
    )


def test_snapshot_when_read_then_holds_every_division_with_its_parent(
    session: Session, register: Register
) -> None:
    found = snapshot(session)

    villages = [d for d in found.divisions if d.level == 5]
    assert [d.name for d in villages] == ["A村", "B村", "E村", "C村", "D村"]
    assert {d.parent_code for d in villages} == {"510132100", "510132101"}
    assert all(d.valid_from == FIRST_DAY and d.area_m2 is not None for d in villages)
    assert found.levels == (3, 4, 5)
    assert [p.name for p in found.places] == ["老君山"]
    assert [line.name for line in found.lines] == ["甲乙线"]


def test_snapshot_when_read_then_arcs_carry_the_highest_level_at_which_sides_differ(
    session: Session, register: Register
) -> None:
    found = snapshot(session)

    by_faces = {
        frozenset({int(left), int(right)}): int(level)
        for left, right, level in zip(found.arcs.left, found.arcs.right, found.arc_levels, strict=True)
    }
    faces = register.faces
    assert by_faces[frozenset({faces["a"], 0})] == 3
    assert by_faces[frozenset({faces["a"], faces["c"]})] == 4
    assert by_faces[frozenset({faces["a"], faces["e"]})] == 5
    assert by_faces[frozenset({faces["b"], faces["~"]})] == 3


def test_content_hash_when_lines_are_stored_otherwise_then_is_the_same(
    session: Session, register: Register
) -> None:
    before = content_hash(snapshot(session))

    session.execute(text("UPDATE arc SET id = id + 1000, version = 7"))
    session.execute(
        text(
            "UPDATE arc SET geom = ST_Reverse(geom), left_face = right_face, right_face = left_face,"
            " start_node = end_node, end_node = start_node WHERE left_face <> 0 AND right_face <> 0"
        )
    )

    assert content_hash(snapshot(session)) == before


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE arc SET line_id = NULL",
        "UPDATE member SET parent_id = (SELECT parent_id FROM member m WHERE m.child_id IS NOT NULL"
        " AND m.parent_id <> member.parent_id LIMIT 1)"
        " WHERE face_id = (SELECT min(face_id) FROM member WHERE face_id IS NOT NULL)",
        "UPDATE arc SET geom = ST_SetPoint(geom, 1, ST_Translate(ST_PointN(geom, 2), 1e-9, 0))"
        " WHERE ST_NPoints(geom) > 2 AND id = (SELECT min(id) FROM arc WHERE ST_NPoints(geom) > 2)",
    ],
)
def test_content_hash_when_content_changes_then_differs(
    session: Session, register: Register, change: str
) -> None:
    before = content_hash(snapshot(session))

    session.execute(text(change))

    assert content_hash(snapshot(session)) != before


def test_check_when_register_is_whole_then_finds_nothing(session: Session, register: Register) -> None:
    assert check_publishable(snapshot(session)) == []


def test_check_when_a_hole_is_planted_then_refuses_with_its_place_and_size(
    session: Session, register: Register
) -> None:
    session.execute(text("UPDATE arc SET left_face = 0 WHERE left_face = :e"), {"e": register.faces["e"]})
    session.execute(text("UPDATE arc SET right_face = 0 WHERE right_face = :e"), {"e": register.faces["e"]})

    faults = check_publishable(snapshot(session))

    hole = next(fault for fault in faults if fault.code == "hole")
    assert hole.lon == pytest.approx(103.815, abs=0.005)
    assert hole.area_m2 == pytest.approx(1_060_000, rel=0.05)
    assert [fault.labels for fault in faults if fault.code == "division_lost"] == [("E村",)]


def test_check_when_a_line_swings_over_its_neighbours_then_refuses(
    session: Session, register: Register
) -> None:
    values = {"e": register.faces["e"]}
    session.execute(
        text("UPDATE arc SET geom = ST_Translate(geom, 0.03, 0) WHERE :e IN (left_face, right_face)"), values
    )

    faults = check_publishable(snapshot(session))

    assert [fault.code for fault in faults] == ["face_invalid"]


def test_check_when_a_stored_parent_is_not_its_children_then_refuses(
    session: Session, register: Register
) -> None:
    session.execute(
        text("UPDATE division_shape SET geom = ST_Multi(ST_Buffer(geom, 1e-7)) WHERE division_id = :id"),
        {"id": register.ids["甲镇"]},
    )

    with pytest.raises(RuleBroken) as caught:
        require_publishable(snapshot(session))

    assert caught.value.code == "release_refused"
    assert [(e.field, e.code) for e in caught.value.errors] == [("甲镇", "parent_unequal")]


def test_check_when_register_is_empty_then_refuses(session: Session) -> None:
    assert [fault.code for fault in check_publishable(snapshot(session))] == ["register_empty"]


def test_check_when_a_stored_polygon_begins_its_rings_elsewhere_then_is_no_fault(
    session: Session, register: Register
) -> None:
    session.execute(
        text("UPDATE division_shape SET geom = ST_Multi(ST_ForcePolygonCW(ST_Reverse(geom))) WHERE level = 4")
    )

    assert check_publishable(snapshot(session)) == []


def test_check_when_a_division_has_no_stored_polygon_then_refuses(
    session: Session, register: Register
) -> None:
    session.execute(text("DELETE FROM division_shape WHERE division_id = :id"), {"id": register.ids["乙镇"]})

    assert [fault.labels for fault in check_publishable(snapshot(session))] == [("乙镇",)]
