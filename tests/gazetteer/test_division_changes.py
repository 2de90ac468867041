"""Every change of divisions from draft to force: shapes, members, codes, lineage, and the day it counts."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gazetteer.clock import today
from gazetteer.errors import Forbidden, RuleBroken
from gazetteer.operations.previews import preview_request
from gazetteer.operations.requests import check_request, put_operations
from gazetteer.roles import Actor
from tests.gazetteer.drafting import bulge, line_between, person, rename, shape_of
from tests.gazetteer.register import Register, build_register, three_levels
from tests.gazetteer.restructuring import (
    PICTURE,
    TOWNS,
    at,
    decide,
    drafted,
    lineage,
    merge,
    op,
    part,
    recode,
    require_whole,
    split,
    standing,
    step,
    transfer,
    value,
    with_codes,
)


@pytest.fixture
def register(session: Session) -> Register:
    return build_register(session, three_levels(PICTURE, TOWNS))


@pytest.fixture
def people(session: Session, register: Register) -> tuple[Actor, Actor]:
    return person(session, "clerk", within=register.ids["district"]), person(session, "approver")


def area(session: Session, division: uuid.UUID) -> float:
    return shape_of(session, division)[1]


def test_merge_when_one_village_is_absorbed_then_the_other_keeps_its_id_and_code(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    i, gone = register.ids["i"], register.ids["l"]
    lost = area(session, gone)
    total = area(session, i) + lost
    town = shape_of(session, register.ids["北镇"])
    request = decide(session, people, merge(register, "i", "l"))
    assert area(session, i) == pytest.approx(total, abs=1e-3)
    assert shape_of(session, register.ids["北镇"]) == town
    assert standing(session, "division_state", gone, "type") is None
    assert standing(session, "division_code", i, "code") == "510132103201"
    assert value(session, "SELECT kind FROM event WHERE id = :id", id=request.applied_event) == "merge"
    (row,) = lineage(session, request.applied_event)
    assert row[:3] == (gone, i, "whole")
    assert row[3] == pytest.approx(lost, abs=1e-3)
    require_whole(session)


def test_merge_when_two_towns_become_one_then_children_are_recoded_and_every_shape_fits(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    operations = with_codes(session, people[0], [merge(register, "北镇", "西镇")])
    request = decide(session, people, *operations)
    for village in "hk":
        assert standing(session, "member", register.ids[village], "parent_id") == register.ids["北镇"]
        code = standing(session, "division_code", register.ids[village], "code")
        assert code.startswith("510132103")
        assert code > "510132103204"
    assert standing(session, "division_state", register.ids["西镇"], "type") is None
    assert (register.ids["西镇"], register.ids["北镇"], "whole") in [
        row[:3] for row in lineage(session, request.applied_event)
    ]
    require_whole(session)


def test_transfer_when_a_village_goes_to_another_town_then_no_line_moves_and_it_gets_a_new_code(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    g, before = register.ids["g"], shape_of(session, register.ids["g"])
    towns = {key: area(session, register.ids[key]) for key in ("南镇", "北镇")}
    operations = with_codes(session, people[0], [transfer(register, "g", "南镇", "北镇")])
    decide(session, people, *operations)
    assert shape_of(session, g) == before
    assert area(session, register.ids["北镇"]) == pytest.approx(towns["北镇"] + before[1], abs=1e-3)
    assert area(session, register.ids["南镇"]) == pytest.approx(towns["南镇"] - before[1], abs=1e-3)
    assert standing(session, "division_code", g, "code") == "510132103205"
    require_whole(session)


def test_transfer_when_the_last_village_leaves_then_the_rest_land_of_the_town_is_one_cell(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    town = register.ids["南镇"]
    for village in "fg":
        into = [{"division": str(town)}]
        decide(session, people, op("abolish", division=str(register.ids[village]), into=into))
    operations = with_codes(session, people[0], [transfer(register, "c", "南镇", "东镇")])
    decide(session, people, *operations)
    cells = session.execute(
        sa.text(
            "SELECT f.kind FROM member m JOIN face f ON f.id = m.face_id"
            " WHERE m.parent_id = :town AND upper_inf(m.recorded) AND m.valid @> CAST(:on AS date)"
        ),
        {"town": town, "on": today(session)},
    ).all()
    assert [cell.kind for cell in cells] == ["unit"]
    require_whole(session)


def test_codes_when_nobody_confirmed_them_then_listed_with_proposals_and_refused_at_submission(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    request = drafted(session, people[0], transfer(register, "g", "南镇", "北镇"))
    (code,) = check_request(session, people[0], request.id).codes
    assert (code.division_id, code.before, code.proposed, code.confirmed) == (
        register.ids["g"],
        "510132101203",
        "510132103205",
        None,
    )
    with pytest.raises(RuleBroken) as caught:
        step(session, people[0], request, "submit")
    assert "code_unconfirmed" in {error.code for error in caught.value.errors}


def test_code_when_it_was_given_up_once_then_never_given_again(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    decide(session, people, merge(register, "i", "l"))
    retired = "510132103203"
    request = drafted(
        session, people[0], transfer(register, "g", "南镇", "北镇"), recode({register.ids["g"]: retired})
    )
    with pytest.raises(RuleBroken) as caught:
        step(session, people[0], request, "submit")
    assert "code_taken" in {error.code for error in caught.value.errors}


def test_split_when_a_line_parts_a_village_then_a_new_one_stands_beside_it(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    i, whole = register.ids["i"], area(session, register.ids["i"])
    new = part(at(3.5, 4), "新河村", code="510132103205")
    request = decide(session, people, split(i, [at(4, 2.5), at(4.2, 4), at(4, 5.5)], new))
    made = uuid.UUID(new["division"])
    assert area(session, i) + area(session, made) == pytest.approx(whole, abs=1e-3)
    assert standing(session, "member", made, "parent_id") == register.ids["北镇"]
    assert standing(session, "division_name", made, "name") == "新河村"
    (row,) = lineage(session, request.applied_event)
    assert row[:3] == (i, made, "part")
    assert row[3] == pytest.approx(area(session, made), abs=1e-3)
    require_whole(session)


def test_split_when_an_enclave_is_cut_out_by_a_ring_then_it_lies_in_a_hole(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    ring = [at(4.2, 3.5), at(4.8, 3.5), at(4.5, 4.5)]
    new = part(at(4.5, 3.8), "湖心村", code="510132103205")
    operation = op("split", division=str(register.ids["i"]), cuts={"ring": ring, "arcs": []}, parts=[new])
    decide(session, people, operation)
    holes = value(
        session,
        "SELECT ST_NumInteriorRings(ST_GeometryN(geom, 1)) FROM division_shape WHERE division_id = :id"
        " AND valid @> CAST(:on AS date)",
        id=register.ids["i"],
        on=today(session),
    )
    assert holes == 1
    require_whole(session)


def test_part_when_it_goes_to_the_neighbour_in_another_town_then_both_towns_change(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    g, j = register.ids["g"], register.ids["j"]
    before = {key: area(session, register.ids[key]) for key in ("g", "j", "南镇", "北镇", "district")}
    cut = {"lines": [[at(5.5, 2.5), at(8.5, 2.5)]], "inside": at(7, 2.8), "arcs": []}
    operation = op("transfer_part", division=str(g), to=str(j), cut=cut, population=120)
    request = decide(session, people, operation, kind="boundary_change")
    passed = area(session, j) - before["j"]
    assert passed > 1000
    assert area(session, g) == pytest.approx(before["g"] - passed, abs=1e-3)
    assert area(session, register.ids["北镇"]) == pytest.approx(before["北镇"] + passed, abs=1e-3)
    assert area(session, register.ids["district"]) == pytest.approx(before["district"], abs=1e-3)
    assert (g, j, "part") in [row[:3] for row in lineage(session, request.applied_event)]
    people_passed = value(
        session,
        "SELECT population FROM lineage WHERE event_id = :e AND from_id = :g",
        e=request.applied_event,
        g=g,
    )
    assert people_passed == 120
    require_whole(session)


def test_establishment_when_it_takes_villages_of_two_towns_then_they_are_its_children(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    new, ids = uuid.uuid4(), register.ids
    operation = op(
        "establish",
        division=str(new),
        level=4,
        type="镇",
        name="中镇",
        parent=str(ids["district"]),
        seat=at(7.5, 3.5),
        seat_address="江边路1号",
        code="510132104",
        **{
            "from": [
                {"division": str(ids["南镇"]), "children": [str(ids["g"])]},
                {"division": str(ids["北镇"]), "children": [str(ids["j"]), str(ids["m"])]},
            ]
        },
    )
    request = decide(session, people, *with_codes(session, people[0], [operation]))
    assert area(session, new) == pytest.approx(sum(area(session, ids[k]) for k in "gjm"), abs=1e-3)
    assert standing(session, "division_state", new, "seat_address") == "江边路1号"
    assert {standing(session, "member", ids[k], "parent_id") for k in "gjm"} == {new}
    assert {row[:3] for row in lineage(session, request.applied_event)} == {
        (ids["南镇"], new, "part"),
        (ids["北镇"], new, "part"),
    }
    require_whole(session)


def test_abolition_when_children_go_two_ways_then_nothing_of_the_town_is_in_force(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    ids = register.ids
    operation = op(
        "abolish",
        division=str(ids["南镇"]),
        into=[
            {"division": str(ids["东镇"]), "children": [str(ids["f"]), str(ids["c"])]},
            {"division": str(ids["北镇"]), "children": [str(ids["g"])]},
        ],
    )
    decide(session, people, *with_codes(session, people[0], [operation]))
    for table, column in (("division_state", "type"), ("division_name", "name"), ("member", "parent_id")):
        assert standing(session, table, ids["南镇"], column) is None
    assert standing(session, "member", ids["f"], "parent_id") == ids["东镇"]
    require_whole(session)


def test_conversion_when_a_town_becomes_a_subdistrict_then_a_new_division_on_the_same_land(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    old, new = register.ids["东镇"], uuid.uuid4()
    land = area(session, old)
    operation = op("convert", division=str(old), new=str(new), type="街道", name="东街道", code="510132001")
    request = decide(session, people, *with_codes(session, people[0], [operation]))
    assert area(session, new) == pytest.approx(land, abs=1e-3)
    assert standing(session, "division_state", old, "type") is None
    assert standing(session, "division_code", register.ids["a"], "code").startswith("510132001")
    assert (old, new, "whole") in [row[:3] for row in lineage(session, request.applied_event)]
    require_whole(session)


def test_reclass_when_a_village_becomes_a_community_then_it_keeps_its_id_and_gets_another_code(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    a = register.ids["a"]
    operation = op("reclass", division=str(a), type="社区", name="阳光社区")
    decide(session, people, *with_codes(session, people[0], [operation]))
    assert standing(session, "division_state", a, "type") == "社区"
    assert standing(session, "division_name", a, "name") == "阳光社区"
    assert standing(session, "division_code", a, "code") == "510132100001"
    require_whole(session)


def test_seat_when_it_moves_to_another_village_then_it_is_a_move_of_the_seat_in_law(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    town = register.ids["北镇"]
    first = op("move_seat", division=str(town), seat=at(4.5, 4), address="老街1号")
    decide(session, people, first)
    second = op("move_seat", division=str(town), seat=at(7, 4), address="新街2号")
    request = decide(session, people, second)
    assert value(session, "SELECT kind FROM event WHERE id = :id", id=request.applied_event) == "seat"
    assert standing(session, "division_state", town, "seat_address") == "新街2号"
    x = standing(session, "division_state", town, "round(ST_X(seat) * 1e9)::bigint")
    assert x == at(7, 4)[0]


def test_plan_when_it_has_many_operations_then_previewed_as_the_sum_and_applied_at_once(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    new = part(at(6.5, 3.5), "河湾村")
    operations = [
        merge(register, "i", "l"),
        split(register.ids["j"], [at(7, 2.5), at(7, 6)], new),
        rename(register.ids["m"], "M村", "明月村"),
    ]
    operations = with_codes(session, people[0], operations)
    request = drafted(session, people[0], *operations)
    preview = preview_request(session, people[0], request.id)
    assert preview.evaluation.ok, preview.evaluation.faults
    by_status = {(unit.division.name, unit.status) for unit in preview.units}
    assert by_status == {("L村", "ended"), ("河湾村", "founded"), ("明月村", "changed")}
    shapes = {change.division.name: change for change in preview.divisions}
    assert shapes["河湾村"].before is None
    assert shapes["河湾村"].after is not None
    assert shapes["L村"].after is None
    assert shapes["I村"].gained_m2 == pytest.approx(shapes["L村"].area_before_m2, abs=1e-3)
    assert {(row.source.name, row.target.name) for row in preview.lineage} == {
        ("L村", "I村"),
        ("J村", "河湾村"),
    }
    sent = step(session, people[0], request, "submit")
    done = step(session, people[1], sent, "approve", document_no="川府民政〔2026〕24号")
    assert value(session, "SELECT kind FROM event WHERE id = :id", id=done.applied_event) == "reform"
    for name, change in shapes.items():
        if change.after is not None:
            assert area(session, change.division.id) == pytest.approx(change.area_after_m2, abs=1e-3), name
    require_whole(session)


def test_change_when_it_takes_effect_later_then_nothing_changes_until_that_day(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    later = today(session) + dt.timedelta(days=40)
    i, gone = register.ids["i"], register.ids["l"]
    before = shape_of(session, i)
    request = decide(session, people, merge(register, "i", "l"), effective_on=later)
    assert request.effective_on == later
    assert shape_of(session, i) == before
    assert standing(session, "division_state", gone, "type") == "村"
    assert standing(session, "division_state", gone, "type", later) is None
    require_whole(session)
    require_whole(session, later)


def test_change_when_a_later_one_is_registered_already_then_refused_and_the_event_is_named(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    later = today(session) + dt.timedelta(days=40)
    decide(session, people, merge(register, "i", "l"), effective_on=later)
    request = drafted(session, people[0], merge(register, "j", "i"))
    faults = check_request(session, people[0], request.id).faults
    (found,) = [fault for fault in faults if fault.code == "later_change"]
    assert "区划变更" in found.zh
    assert str(later) in found.zh


def test_change_when_dated_before_the_last_change_of_what_it_touches_then_refused_naming_the_event(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    decide(session, people, merge(register, "i", "l"))
    early = dt.date(2020, 6, 18)
    request = drafted(session, people[0], merge(register, "j", "i"), effective_on=early)
    with pytest.raises(RuleBroken) as caught:
        step(session, people[0], request, "submit")
    assert "earlier_than_last_change" in {error.code for error in caught.value.errors}
    elsewhere = drafted(session, people[0], merge(register, "h", "k"), effective_on=early)
    assert step(session, people[0], elsewhere, "submit").state == "submitted"


def test_correction_when_it_moves_a_line_then_no_lineage_and_legal_change_of_a_line_cuts_the_law(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    arc = line_between(session, register.faces["i"], register.faces["j"])
    wrong = decide(session, people, bulge(arc, dy=0), kind="boundary_correction")
    assert lineage(session, wrong.applied_event) == []
    arc = line_between(session, register.faces["i"], register.faces["j"])
    changed = decide(session, people, bulge(arc, dx=-700_000, dy=0), kind="boundary_change")
    assert value(session, "SELECT kind FROM event WHERE id = :id", id=changed.applied_event) == "boundary"
    assert lineage(session, changed.applied_event) != []
    rows = value(session, "SELECT count(*) FROM arc WHERE id = :id AND upper_inf(recorded)", id=arc.id)
    assert rows == 2
    require_whole(session)
    require_whole(session, dt.date(2020, 1, 1))


def test_correction_when_it_holds_a_merger_then_not_allowed(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    request = drafted(session, people[0], merge(register, "i", "l"), kind="boundary_correction")
    codes = [fault.code for fault in check_request(session, people[0], request.id).faults]
    assert "operation_not_allowed" in codes


def test_approval_when_no_document_is_named_then_refused(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    sent = step(session, people[0], drafted(session, people[0], merge(register, "i", "l")), "submit")
    with pytest.raises(RuleBroken) as caught:
        step(session, people[1], sent, "approve")
    assert caught.value.code == "document_required"


def test_transfer_when_the_approver_has_one_side_only_then_refused_though_one_side_may_draft(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    clerk = person(session, "clerk", within=register.ids["南镇"])
    half = person(session, "approver", within=register.ids["北镇"])
    operations = with_codes(session, clerk, [transfer(register, "g", "南镇", "北镇")])
    sent = step(session, clerk, drafted(session, clerk, *operations), "submit")
    with pytest.raises(Forbidden):
        step(session, half, sent, "approve", document_no="川府民政〔2026〕24号")


def test_draft_when_what_it_names_has_ended_since_then_a_conflict(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    waiting = drafted(session, people[0], transfer(register, "l", "北镇", "西镇"))
    decide(session, people, merge(register, "i", "l"))
    evaluation = check_request(session, people[0], waiting.id)
    (conflict,) = evaluation.division_conflicts
    assert (conflict.division, conflict.kind) == (register.ids["l"], "division_gone")
    assert not evaluation.ok


def test_day_of_effect_when_a_draft_is_edited_then_kept_and_signed(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    from gazetteer.operations.requests import edit_request

    request = drafted(session, people[0], merge(register, "i", "l"))
    day = dt.date(2027, 1, 1)
    edited = edit_request(
        session, people[0], request.id, version=request.version, title="合并", reason="", effective_on=day
    )
    assert (edited.effective_on, edited.title) == (day, "合并")
    assert edited.content_hash != request.content_hash
    again, _ = put_operations(
        session, people[0], request.id, version=edited.version, operations=edited.operations
    )
    assert again.content_hash == edited.content_hash


def test_correction_when_it_is_given_a_day_of_effect_then_refused(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    with pytest.raises(RuleBroken) as caught:
        drafted(session, people[0], kind="boundary_correction", effective_on=dt.date(2027, 1, 1))
    assert caught.value.code == "effective_not_expected"
