"""Lines as legal objects through requests: attributes, markers, tripoints, inspections, refusals."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from boundaries.course import length_m
from gazetteer import clock
from gazetteer.clock import today
from gazetteer.errors import Forbidden, NotFound, RuleBroken
from gazetteer.operations.marker_photos import add_photo
from gazetteer.queries.line_course import describe_place, draft_course, load_parts
from gazetteer.queries.lines import LineFilter, LineView, get_line, list_line_history, list_lines
from gazetteer.queries.markers import MarkerFilter, find_tripoints, get_marker, list_markers
from gazetteer.queries.subgraph import load_line_arcs
from gazetteer.roles import Actor
from tests.gazetteer.drafting import bulge, line_between, node_move, person
from tests.gazetteer.lined_register import LINES, build_lined, middle, put_marker, set_tripoint
from tests.gazetteer.register import Register
from tests.gazetteer.restructuring import decide, drafted, op, require_whole, transfer, with_codes

CORRECTION = {"kind": "boundary_correction"}


@pytest.fixture
def register(session: Session) -> Register:
    return build_lined(session)


@pytest.fixture
def people(session: Session, register: Register) -> tuple[Actor, Actor]:
    return person(session, "surveyor", within=register.ids["district"]), person(session, "approver")


def line(session: Session, register: Register, name: str = "东—西线") -> LineView:
    return get_line(session, register.lines[name], today(session), 5)


def test_set_line_when_approved_then_its_attributes_and_history_are_kept(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    fields = {"legal_status": "600001", "agreement_no": "协1号", "agreement_date": "2015-06-30"}
    more = {
        "follows": "river_centre",
        "survey_date": "2015-05-01",
        "accuracy_m": 0.5,
        "course": "从1号界桩起。",
    }
    request = decide(
        session, people, op("set_line", line=str(register.lines["东—西线"]), **fields, **more), **CORRECTION
    )
    found = line(session, register)
    assert (found.legal_status, found.agreement_no, found.follows) == ("600001", "协1号", "river_centre")
    assert (found.agreement_date, found.accuracy_m) == (dt.date(2015, 6, 30), 0.5)
    assert (found.course, found.line_type) == ("从1号界桩起。", "660200")
    assert found.next_due == dt.date(2020, 6, 30)
    now, before = list_line_history(session, found.id, today(session))
    assert (now.event_id, now.superseded_at) == (request.applied_event, None)
    assert (before.legal_status, before.superseded_at) == ("600004", now.recorded_at)


def test_line_when_measured_then_the_same_on_the_ellipsoid_by_both_ways(
    session: Session, register: Register
) -> None:
    arcs = load_line_arcs(session, [register.lines["东—西线"]], today(session))
    found = line(session, register)
    assert found.arcs == len(arcs)
    assert found.length_m == pytest.approx(sum(length_m(arc.points) for arc in arcs), abs=0.001)
    assert found.length_m == pytest.approx(2217, abs=3)


def test_marker_when_put_on_a_node_then_read_back_and_moved_with_the_node(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    node = middle(session, register)
    put = put_marker(register, "东—西线", {"node": node})
    point = set_tripoint(register, node)
    decide(session, people, put, point, **CORRECTION)
    marker = get_marker(session, uuid.UUID(put["marker"]), today(session))
    assert (marker.number, marker.line_name, marker.node) == ("1", "东—西线", node)
    assert [side.name for side in marker.sides] == ["东镇", "西镇"]
    assert marker.references[0]["name"] == "独立树"
    assert (marker.gnss, marker.elevation_m) == ({"fix": "rtk"}, 480.25)
    decide(session, people, node_move(session, node, 1000, 2000), **CORRECTION)
    moved = get_marker(session, marker.id, today(session))
    (tripoint,) = find_tripoints(session, [node], today(session))
    assert (moved.x, moved.y) == (marker.x + 1000, marker.y + 2000) == (tripoint.x, tripoint.y)
    assert [side.name for side in tripoint.sides] == ["东镇", "西镇", "南镇"]
    require_whole(session)


def test_lines_when_their_tripoint_moves_then_all_end_on_the_same_coordinate(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    node = middle(session, register)
    decide(session, people, set_tripoint(register, node), node_move(session, node, -700, 300), **CORRECTION)
    (tripoint,) = find_tripoints(session, [node], today(session))
    for name in LINES:
        arcs = load_line_arcs(session, [register.lines[name]], today(session))
        ends = [arc.points[end].tolist() for arc in arcs for end in (0, -1)]
        assert [tripoint.x, tripoint.y] in ends


def test_marker_when_changed_moved_and_taken_away_then_each_is_dated(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    node = middle(session, register)
    put = put_marker(register, "东—西线", {"node": node})
    key = uuid.UUID(put["marker"])
    yesterday = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
    clock.freeze(session, yesterday)
    decide(session, people, put, **CORRECTION)
    clock.freeze(session, yesterday + dt.timedelta(days=2))
    x, y = (103_820_000_000, 30_495_000_000)
    status = op("set_marker", marker=str(key), base={"status": "standing"}, status="damaged")
    move = op("move_marker", marker=str(key), place={"x": x, "y": y}, elevation_m=None)
    decide(session, people, status, move, **CORRECTION)
    now = get_marker(session, key, today(session))
    assert (now.status, now.node, now.x, now.y, now.elevation_m) == ("damaged", None, x, y, None)
    assert get_marker(session, key, yesterday.date()).status == "standing"
    clock.freeze(session, yesterday + dt.timedelta(days=4))
    decide(session, people, op("remove_marker", marker=str(key), reason="修路"), **CORRECTION)
    with pytest.raises(NotFound):
        get_marker(session, key, today(session))
    assert get_marker(session, key, yesterday.date() + dt.timedelta(days=3)).status == "damaged"


def refused(
    session: Session, people: tuple[Actor, Actor], *operations: dict[str, Any], **more: Any
) -> list[str]:
    with pytest.raises(RuleBroken) as caught:
        decide(session, people, *operations, **more)
    return [error.code for error in caught.value.errors]


def test_marker_when_its_number_is_taken_by_one_not_near_then_refused(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    decide(
        session, people, put_marker(register, "东—西线", {"node": middle(session, register)}), **CORRECTION
    )
    far = {"x": 103_820_000_000, "y": 30_495_000_000}
    codes = refused(session, people, put_marker(register, "东—西线", far), **CORRECTION)
    assert codes == ["marker_number_taken"]


def test_settled_line_when_a_correction_bends_it_then_refused_and_a_legal_change_may(
    session: Session, people: tuple[Actor, Actor], register: Register
) -> None:
    settle = op("set_line", line=str(register.lines["东—西线"]), legal_status="600001")
    decide(session, people, settle, **CORRECTION)
    arc = line_between(session, register.faces["a"], register.faces["b"])
    assert refused(session, people, bulge(arc, dx=300_000, dy=0), **CORRECTION) == ["line_settled"]
    request = decide(session, people, bulge(arc, dx=300_000, dy=0), kind="boundary_change")
    assert request.state == "in_force"
    require_whole(session)


def test_village_line_when_founded_then_it_owns_its_arcs(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    arc = line_between(session, register.faces["a"], register.faces["d"])
    seen = [{"arc": arc.id, "hash": arc.hash}]
    made = op("found_line", line=str(uuid.uuid4()), arcs=seen, name="老堰沟线", follows="ditch")
    decide(session, people, made, **CORRECTION)
    found = get_line(session, uuid.UUID(made["line"]), today(session), 5)
    assert (found.name, found.level, found.arcs, found.line_type) == ("老堰沟线", 5, 1, "670500")
    assert {found.left.name, found.right.name} == {"A村", "D村"}


def test_lines_when_a_village_passes_to_another_town_then_they_follow_it(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    node = middle(session, register)
    put = put_marker(register, "东—南线", {"node": node})
    decide(session, people, put, **CORRECTION)
    operations = with_codes(session, people[0], [transfer(register, "a", "东镇", "西镇")])
    decide(session, people, *operations)
    found = line(session, register, "西—南线")
    assert found.arcs == 2
    names = {view.name for view in all_lines(session)}
    assert names == {"东—西线", "西—南线", "试验区外界线"} or names == {"东—西线", "西—南线"}
    marker = get_marker(session, uuid.UUID(put["marker"]), today(session))
    assert {side.name for side in marker.sides} == {"西镇", "南镇"}
    assert marker.line_id == register.lines["西—南线"]
    require_whole(session)


def all_lines(session: Session, **wanted: Any) -> tuple[LineView, ...]:
    return list_lines(session, LineFilter(on=today(session), years=5, **wanted), limit=500).items


def test_lines_when_filtered_then_only_those(session: Session, register: Register) -> None:
    assert {view.name for view in all_lines(session)} == set(LINES)
    assert {view.name for view in all_lines(session, division=register.ids["西镇"])} == {"东—西线", "西—南线"}
    assert {view.name for view in all_lines(session, q="—南")} == {"东—南线", "西—南线"}
    assert all_lines(session, level=5) == ()
    assert all_lines(session, legal_status="600001") == ()
    assert all_lines(session, q="%") == ()


def test_lines_when_paged_then_each_comes_once(session: Session, register: Register) -> None:
    wanted = LineFilter(on=today(session), years=5)
    names: list[str] = []
    cursor = None
    for _ in LINES:
        page = list_lines(session, wanted, limit=1, cursor=cursor)
        names += [view.name for view in page.items]
        cursor = page.next_cursor
    assert cursor is None
    assert sorted(names) == sorted(LINES)


def test_markers_when_filtered_and_paged_then_only_those(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    node = middle(session, register)
    far = {"x": 103_820_000_000, "y": 30_495_000_000}
    first = put_marker(register, "东—西线", {"node": node})
    second = put_marker(register, "东—西线", far, number="2", status="lost")
    decide(session, people, first, second, **CORRECTION)

    def numbers(**wanted: Any) -> list[str]:
        page = list_markers(session, MarkerFilter(today(session), **wanted), limit=10)
        return [view.number for view in page.items]

    assert numbers() == ["1", "2"]
    assert numbers(status="lost") == ["2"]
    assert numbers(line=register.lines["东—南线"]) == []
    assert numbers(division=register.ids["西镇"]) == ["1", "2"]
    assert numbers(bbox=(103.819, 30.494, 103.821, 30.496)) == ["2"]
    page = list_markers(session, MarkerFilter(today(session)), limit=1)
    rest = list_markers(session, MarkerFilter(today(session)), limit=1, cursor=page.next_cursor)
    assert [view.number for view in (*page.items, *rest.items)] == ["1", "2"]
    assert rest.next_cursor is None


def test_course_when_drafted_then_directions_markers_neighbours_and_names(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    node = middle(session, register)
    half = {"x": 103_820_000_000, "y": 30_492_000_000}
    put = put_marker(register, "东—西线", half, number="7")
    decide(session, people, put, set_tripoint(register, node), **CORRECTION)
    course = draft_course(session, line(session, register), today(session), tolerance_m=50, near_m=100)
    assert [leg.word for piece in course.pieces for leg in piece.legs] == ["南"]
    assert course.length_m == pytest.approx(line(session, register).length_m, abs=0.001)
    assert course.text.startswith("东—西线为东镇与西镇的边界线，全长2.22千米。")
    assert "左侧为西镇B村，右侧为东镇A村" in course.text
    assert "到7号界桩（东经103°49′12.00″，北纬30°29′31.20″）" in course.text
    assert "经老君山附近（距约10米）" in course.text
    assert course.text.endswith("止于三交点“东西南三交点”（东经103°49′12.00″，北纬30°28′48.00″）。")
    marker = get_marker(session, uuid.UUID(put["marker"]), today(session))
    text = describe_place(session, marker, today(session))
    assert text.startswith("7号界桩为单立双面石质界桩，位于东镇A村与西镇B村接壤处（东经103°49′12.00″")
    assert "高程480.25米。在坐标方位角45°30′00″，距离12.3米处为独立树。" in text


def test_course_when_the_line_has_no_arcs_then_empty(session: Session, register: Register) -> None:
    session.execute(sa.text("UPDATE arc SET line_id = NULL"))
    found = line(session, register)
    assert draft_course(session, found, today(session), tolerance_m=50, near_m=0).text == ""
    assert load_parts(session, found, today(session)).bbox is None


def test_photo_when_it_is_larger_than_allowed_then_refused_and_not_kept(
    session: Session, register: Register, people: tuple[Actor, Actor], tmp_path: Path
) -> None:
    put = put_marker(register, "东—西线", {"node": middle(session, register)})
    decide(session, people, put, **CORRECTION)
    key, picture = uuid.UUID(put["marker"]), b"\xff\xd8\xff" + bytes(97)
    with pytest.raises(RuleBroken) as caught:
        add_photo(session, people[0], key, tmp_path, picture, most_bytes=99)
    assert caught.value.code == "photo_too_large"
    assert list(tmp_path.iterdir()) == []
    kept = add_photo(session, people[0], key, tmp_path, picture, most_bytes=100)
    assert add_photo(session, people[0], key, tmp_path, picture, most_bytes=100) == kept


STATE = (
    "INSERT INTO marker_state (marker_id, line_id, number, letter, form, material, node_id, x, y, side_1_id,"
    " side_2_id, side_3_id, valid, recorded, event_id) SELECT :marker, :line, :number, :letter, :form,"
    " '石质', :node, :x, :y, :one, :two, :three, '[2020-01-01,)', '[2020-01-01,)', :event"
)


@pytest.mark.parametrize(
    "wrong",
    [
        {"letter": "A"},
        {"form": "double", "letter": "Q"},
        {"form": "single_three"},
        {"x": None},
        {"x": None, "y": None},
        {"node": "middle"},
        {"two": "东镇"},
        {"number": ""},
        {"twice": True},
    ],
)
def test_marker_row_when_it_is_wrong_then_the_database_refuses(
    session: Session, register: Register, wrong: dict[str, Any]
) -> None:
    values = {"number": "1", "letter": "Q", "form": "single_two", "node": None, "x": 1, "y": 1, "three": None}
    values |= {"one": "东镇", "two": "西镇", "line": register.lines["东—西线"], "event": register.event_id}
    values |= {name: value for name, value in wrong.items() if name != "twice"}
    values |= {side: register.ids[values[side]] for side in ("one", "two")}
    values["node"] = middle(session, register) if values["node"] == "middle" else None
    markers = [uuid.uuid4(), uuid.uuid4()]
    for marker in markers:
        session.execute(
            sa.text("INSERT INTO marker VALUES (:id, :e)"), {"id": marker, "e": register.event_id}
        )
    if "twice" in wrong:
        session.execute(sa.text(STATE), {**values, "marker": markers[0]})
    with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
        session.execute(sa.text(STATE), {**values, "marker": markers[1]})


@pytest.mark.parametrize(
    "change",
    [
        "agreement_date = '2001-01-01'",
        "agreement_clause = '一'",
        "follows = 'the river'",
        "line_type = '1'",
        "accuracy_m = 0",
        "course = ''",
    ],
)
def test_line_row_when_it_is_wrong_then_the_database_refuses(
    session: Session, register: Register, change: str
) -> None:
    with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
        session.execute(sa.text(f"UPDATE boundary_line_state SET {change}"))


def operations_on(register: Register, session: Session) -> dict[str, dict[str, Any]]:
    return {
        "line": op("set_line", line=str(register.lines["东—西线"]), follows="ridge"),
        "marker": put_marker(register, "东—西线", {"node": middle(session, register)}),
        "tripoint": set_tripoint(register, middle(session, register)),
    }


@pytest.mark.parametrize("thing", ["line", "marker"])
def test_operation_when_neither_side_is_ones_own_then_it_cannot_be_drafted(
    session: Session, register: Register, thing: str
) -> None:
    operation = operations_on(register, session)[thing]
    stranger = person(session, "surveyor", within=register.ids["南镇"])
    with pytest.raises(Forbidden):
        drafted(session, stranger, operation, **CORRECTION)
    neighbour = person(session, "surveyor", within=register.ids["西镇"])
    assert drafted(session, neighbour, {**operation, "id": str(uuid.uuid4())}, **CORRECTION).operations


@pytest.mark.parametrize("thing", ["line", "marker", "tripoint"])
def test_operation_when_one_side_is_not_ones_own_then_it_cannot_be_approved(
    session: Session, register: Register, people: tuple[Actor, Actor], thing: str
) -> None:
    operation = operations_on(register, session)[thing]
    one_side = person(session, "approver", within=register.ids["东镇"])
    with pytest.raises(Forbidden):
        decide(session, (people[0], one_side), operation, **CORRECTION)
    again = {**operation, "id": str(uuid.uuid4())}
    request = decide(session, (people[0], person(session, "approver")), again, **CORRECTION)
    named = {division.name for division in request.touched_divisions}
    assert named >= {"东镇", "西镇"}
