"""What went wrong elsewhere with dates, codes and history, and what is right here."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from shapely.geometry import shape
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.exports.layers import EXPORT_LAYERS, layer_rows
from gazetteer.models import Division, DivisionCode, DivisionName, DivisionState
from gazetteer.queries.snapshot import snapshot
from gazetteer.roles import Actor
from tests.api.conftest import SignIn
from tests.api.problems import problem
from tests.gazetteer.drafting import person, rename
from tests.gazetteer.register import Register, Unit, build_register, draw
from tests.gazetteer.restructuring import decide, merge, op, transfer, with_codes

DIVISIONS = "/api/v1/divisions"
LONG_AGO = dt.date(1992, 5, 1)
NOW = dt.datetime(2024, 6, 1, 10, tzinfo=clock.LAW_ZONE)
MERGER = dt.date(2024, 3, 1)
PICTURE = """
    aabbcc
    aabbcc
    ddeeff
"""
TOWNS = {
    "青禾乡": ("510199001", {"a": "青禾村", "b": "石榴村", "c": "鹭洲村"}),
    "云杉乡": ("510199005", {"d": "河堰村"}),
    "石榴镇": ("510199003", {"e": "石榴园村", "f": "石门村"}),
}


def units() -> list[Unit]:
    geoms = draw(PICTURE)
    found = [Unit("district", 3, "试验区", None, "510199")]
    for town, (code, villages) in TOWNS.items():
        found.append(Unit(town, 4, town, "district", code))
        for number, (letter, name) in enumerate(villages.items(), start=200):
            found.append(Unit(letter, 5, name, town, f"{code}{number}", geoms[letter]))
    return found


@pytest.fixture
def register(session: Session) -> Register:
    clock.freeze(session, NOW)
    built = build_register(session, units(), since=LONG_AGO)
    session.commit()
    return built


@pytest.fixture
def people(session: Session, register: Register) -> tuple[Actor, Actor]:
    return person(session, "clerk", within=register.ids["district"]), person(session, "approver")


def names(client: FlaskClient, query: str) -> list[str]:
    answer = client.get(f"{DIVISIONS}?{query}")
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json["items"]]


# P1001 Code used again for another unit


@pytest.fixture
def reused(session: Session, register: Register) -> None:
    for name, since, until in (("丰城县", None, dt.date(1982, 1, 1)), ("铅山县", 1982, dt.date(2000, 1, 1))):
        first = dt.date(since, 1, 1) if since else None
        unit = Division(level=3, created_event=register.event_id)
        session.add(unit)
        session.flush()
        moment = session.scalar(
            sa.text("SELECT recorded_at FROM event WHERE id = :id"), {"id": register.event_id}
        )
        dated = {"valid": Range(first, until), "recorded": Range(moment, None), "event_id": register.event_id}
        session.add(DivisionState(division_id=unit.id, type="县", **dated))
        session.add(DivisionName(division_id=unit.id, name=name, **dated))
        session.add(DivisionCode(division_id=unit.id, code="362324", **dated))
    session.commit()


@pytest.mark.usefixtures("reused")
@pytest.mark.parametrize(
    ("day", "name"), [("1980-06-01", "丰城县"), ("1990-06-01", "铅山县"), ("2005-06-01", None)]
)
def test_code_when_used_again_then_the_day_decides(client: FlaskClient, day: str, name: str | None) -> None:
    found = client.get(f"/api/v1/codes/362324?as_of={day}").json
    assert (found["holder"] or {"division": {"name": None}})["division"]["name"] == name
    if name is None:
        assert "丰城县" in found["note"]
        assert "铅山县" in found["note"]


@pytest.mark.usefixtures("reused")
def test_code_when_used_again_and_no_day_is_given_then_both_with_their_periods_the_newest_first(
    client: FlaskClient,
) -> None:
    holders = client.get("/api/v1/codes/362324").json["holders"]
    assert [(h["division"]["name"], h["valid_from"], h["valid_to"]) for h in holders] == [
        ("铅山县", "1982-01-01", "2000-01-01"),
        ("丰城县", None, "1982-01-01"),
    ]


# P1002 Renamed, same code


def test_rename_when_its_day_came_then_the_old_name_before_and_the_new_one_from_it_on(
    session: Session, client: FlaskClient, register: Register, people: tuple[Actor, Actor]
) -> None:
    town = register.ids["青禾乡"]
    decide(session, people, rename(town, "青禾乡", "青禾镇"), effective_on=dt.date(2019, 12, 20))
    for day, name in (("2019-12-19", "青禾乡"), ("2019-12-20", "青禾镇"), ("2024-01-01", "青禾镇")):
        assert client.get(f"{DIVISIONS}/510199001?as_of={day}").json["name"] == name
        assert client.get(f"{DIVISIONS}/{town}?as_of={day}").json["code"] == "510199001"
    hits = client.get("/api/v1/search?q=青禾乡").json["items"]
    hit = next(hit for hit in hits if hit["id"] == str(town))
    assert "青禾镇" in hit["note"]
    rows = sa.text("SELECT count(*) FROM division_name WHERE division_id = :id AND upper_inf(recorded)")
    assert session.scalar(rows, {"id": town}) == 2


# P1003 Approved for the future


@pytest.fixture
def future(session: Session, register: Register, people: tuple[Actor, Actor]) -> Register:
    founded = op(
        "establish",
        division=str(uuid.uuid4()),
        level=4,
        type="街道",
        name="鹭洲街道",
        parent=str(register.ids["district"]),
        code="510199004",
        **{"from": [{"division": str(register.ids["青禾乡"]), "children": [str(register.ids["c"])]}]},
    )
    day = dt.date(2099, 1, 1)
    operations = with_codes(session, people[0], [founded], effective_on=day)
    decide(session, people, *operations, effective_on=day)
    session.commit()
    return register


def test_future_change_when_listed_today_then_invisible_and_on_its_day_there(
    session: Session, client: FlaskClient, sign_in: SignIn, future: Register
) -> None:
    reviewer = sign_in("reviewer")
    boundary = f"{DIVISIONS}/{future.ids['青禾乡']}/boundary"
    today = shape(reviewer.get(boundary).json["geometry"])
    later = shape(reviewer.get(f"{boundary}?as_of=2099-01-01").json["geometry"])
    assert "鹭洲街道" not in names(client, "level=4")
    assert "鹭洲街道" in names(client, "level=4&as_of=2099-01-01")
    assert today.area > later.area
    towns = [row[1]["name"] for row in layer_rows(snapshot(session), EXPORT_LAYERS["towns"])]
    assert "鹭洲街道" not in towns
    hit = client.get("/api/v1/search?q=鹭洲街道").json["items"][0]
    assert not hit["current"]
    assert "2099-01-01" in hit["note"]


def test_future_change_when_staff_look_then_shown_as_pending_with_its_day(
    client: FlaskClient, sign_in: SignIn, future: Register
) -> None:
    problem(client.get("/api/v1/changes/upcoming"), 401, "not_signed_in")
    (coming,) = sign_in("reviewer").get("/api/v1/changes/upcoming").json["items"]
    assert coming["status"] == "待生效 2099-01-01"
    assert "鹭洲街道" in [division["name"] for division in coming["divisions"]]
    found = client.get(f"{DIVISIONS}/510199004?as_of=2099-01-01").json
    assert found["status"] == "pending"


@pytest.mark.parametrize(("moment", "there"), [((2098, 12, 31, 23, 59), False), ((2099, 1, 1, 0, 0), True)])
def test_future_change_when_the_last_minute_passes_in_shanghai_then_in_force(
    session: Session, client: FlaskClient, future: Register, moment: tuple[int, ...], there: bool
) -> None:
    clock.freeze(session, dt.datetime(*moment, tzinfo=clock.LAW_ZONE))  # type: ignore[misc, arg-type]
    assert ("鹭洲街道" in names(client, "level=4")) is there


# P1004 Several changes on one day, P1007 last day and first day, P1008 the old unit stays


@pytest.fixture
def merged(session: Session, register: Register, people: tuple[Actor, Actor]) -> Register:
    town = register.ids["青禾乡"]
    decide(session, people, rename(town, "青禾乡", "青禾镇"), effective_on=dt.date(2019, 12, 20))
    same_day = [
        merge(register, "青禾乡", "云杉乡"),
        rename(town, "青禾镇", "青云镇"),
        transfer(register, "b", "青禾乡", "石榴镇"),
    ]
    operations = with_codes(session, people[0], same_day, effective_on=MERGER)
    decide(session, people, *operations, effective_on=MERGER)
    session.commit()
    return register


def test_same_day_changes_when_compared_then_one_version_two_predecessors_and_the_right_words(
    session: Session, client: FlaskClient, merged: Register
) -> None:
    town = str(merged.ids["青禾乡"])
    assert client.get(f"{DIVISIONS}/510199001?as_of=2024-02-29").json["name"] == "青禾镇"
    assert client.get(f"{DIVISIONS}/510199001?as_of=2024-03-01").json["name"] == "青云镇"
    changes = client.get("/api/v1/changes?from=2024-02-29&to=2024-03-01&level=4").json["items"]
    (item,) = [item for item in changes if item["id"] == town]
    assert item["text"].startswith("由青禾镇、云杉乡2个单位合并设立（更名）")
    assert [(one["name"], one["code"]) for one in item["predecessors"]] == [
        ("青禾镇", "510199001"),
        ("云杉乡", "510199005"),
    ]
    members = names(client, f"parent={town}&as_of=2024-03-01")
    assert "石榴村" not in members
    assert "河堰村" in members
    loops = session.scalar(sa.text("SELECT count(*) FROM lineage WHERE from_id = to_id"))
    versions = sa.text(
        "SELECT count(*) FROM division_name WHERE division_id = :id AND kind = 'official'"
        " AND upper_inf(recorded) AND valid @> DATE '2024-03-01'"
    )
    assert (loops, session.scalar(versions, {"id": town})) == (0, 1)


def test_village_when_its_town_ends_and_another_begins_then_in_exactly_one_on_each_day(
    session: Session, client: FlaskClient, merged: Register
) -> None:
    village = f"{DIVISIONS}/{merged.ids['d']}"
    assert client.get(f"{village}?as_of=2024-02-29").json["parent"]["name"] == "云杉乡"
    assert client.get(f"{village}?as_of=2024-03-01").json["parent"]["name"] == "青云镇"
    cover = sa.text(
        "SELECT count(*) FROM division_shape WHERE level = 4 AND valid @> CAST(:day AS date)"
        " AND ST_Covers(geom, ST_SetSRID(ST_Point(103.805, 30.475), 4490))"
    )
    assert [session.scalar(cover, {"day": day}) for day in ("2024-02-29", "2024-03-01")] == [1, 1]


def test_ended_unit_when_old_rows_name_it_then_still_found_and_never_deleted(
    session: Session, client: FlaskClient, sign_in: SignIn, merged: Register
) -> None:
    for day in ("2018-06-01", "2020-09-10", "2019-12-31"):
        found = client.get(f"{DIVISIONS}/510199005?as_of={day}").json
        assert (found["name"], found["status"], found["valid_to"]) == ("云杉乡", "ended", "2024-03-01")
    meaning = client.get("/api/v1/codes/510199005").json
    assert meaning["holder"] is None
    assert [now["code"] for now in meaning["holders"][0]["now"]] == ["510199001"]
    address = f"{DIVISIONS}/{merged.ids['云杉乡']}"
    assert sign_in("administrator").delete(address).status_code == 405
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(sa.text("DELETE FROM division WHERE id = :id"), {"id": merged.ids["云杉乡"]})
    assert client.get(address).json["name"] == "云杉乡"


# P1005 Date moves to the day before


@pytest.mark.parametrize(
    "written", ["2024-08-30T16:00:00.000Z", "2024-08-31T00:00:00Z", "1725033600", "20240831"]
)
def test_day_when_a_moment_is_sent_for_it_then_refused_by_name(
    client: FlaskClient, register: Register, written: str
) -> None:
    body = problem(client.get(f"{DIVISIONS}?as_of={written}"), 422, "invalid_input")
    assert [error["field"] for error in body["errors"]] == ["as_of"]


@pytest.mark.parametrize("day", [dt.date(2024, 5, 31), dt.date(2024, 1, 1)])
def test_day_when_entered_then_the_same_wherever_it_is_read(
    session: Session, client: FlaskClient, register: Register, people: tuple[Actor, Actor], day: dt.date
) -> None:
    decide(session, people, rename(register.ids["青禾乡"], "青禾乡", "青禾镇"), effective_on=day)
    session.execute(sa.text("SET LOCAL TIME ZONE 'America/Los_Angeles'"))
    (newest, _) = client.get(f"{DIVISIONS}/{register.ids['青禾乡']}/history").json["items"]
    assert newest["effective"] == day.isoformat()
    before = day - dt.timedelta(days=1)
    assert client.get(f"{DIVISIONS}/510199001?as_of={day}").json["name"] == "青禾镇"
    assert client.get(f"{DIVISIONS}/510199001?as_of={before}").json["name"] == "青禾乡"
    rows = list(layer_rows(snapshot(session), EXPORT_LAYERS["towns"]))
    assert {row[1]["valid_from"] for row in rows} == {LONG_AGO}


# P1009 Successor guessed by name


def test_unknown_code_when_only_the_name_is_the_same_elsewhere_then_candidates_and_no_link(
    session: Session, sign_in: SignIn
) -> None:
    geoms = draw("abcd")
    built = build_register(
        session,
        [
            Unit("one", 3, "青川县", None, "510199"),
            Unit("a", 4, "柳坝乡", "one", "510199107", geoms["a"]),
            Unit("b", 4, "木鱼镇", "one", "510199100", geoms["b"]),
            Unit("two", 3, "远山县", None, "510299"),
            Unit("c", 4, "柳坝乡", "two", "510299107", geoms["c"]),
            Unit("d", 4, "山门镇", "two", "510299100", geoms["d"]),
        ],
    )
    people = person(session, "clerk"), person(session, "approver")
    decide(
        session,
        people,
        *with_codes(session, people[0], [merge(built, "b", "a")], effective_on=MERGER),
        effective_on=MERGER,
    )
    session.commit()
    body = {
        "from": "2024-03-02",
        "to": "2024-03-03",
        "rows": [{"code": "510199107", "value": 12}, {"code": "510299107", "value": 5}],
    }
    moved = sign_in("reviewer").post("/api/v1/crosswalk", json=body).json
    assert [(row["code"], row["value"]) for row in moved["rows"]] == [("510299107", 5)]
    (left,) = moved["unmatched"]
    assert left["reason"] == "code_unknown"
    found = {(one["reason"], one["code"]): one for one in left["candidates"]}
    assert set(found) == {("lineage", "510199100"), ("same_name", "510299107")}
    assert found["same_name", "510299107"]["parent_name"] == "远山县"
    assert found["same_name", "510299107"]["distance_m"] > 1000
    lineage = session.execute(sa.text("SELECT from_id, to_id FROM lineage")).all()
    assert (built.ids["a"], built.ids["c"]) not in {tuple(row) for row in lineage}
