"""Divisions: now and at a date, pages, history, lineage, boundary."""

from __future__ import annotations

import uuid

import pytest
import shapely
from flask.testing import FlaskClient
from shapely.geometry import shape
from sqlalchemy.orm import Session

from gazetteer.operations.sessions import resume
from tests.api.conftest import SignIn
from tests.api.merged_register import Past, live_through_both
from tests.api.problems import problem
from tests.gazetteer.register import Register

DIVISIONS = "/api/v1/divisions"


@pytest.fixture
def past(session: Session, register: Register) -> Past:
    return live_through_both(session, register)


def names(client: FlaskClient, query: str) -> list[str]:
    answer = client.get(f"{DIVISIONS}?{query}")
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json["items"]]


def test_division_when_read_by_id_then_all_that_people_ask(client: FlaskClient, register: Register) -> None:
    found = client.get(f"{DIVISIONS}/{register.ids['a']}").json
    assert found["name"] == "A村"
    assert found["level"] == 5
    assert found["code"] == "510132100201"
    assert found["parent"] == {"id": str(register.ids["东镇"]), "name": "东镇", "code": "510132100"}
    assert found["valid_from"] == "2019-01-01"
    assert found["valid_to"] is None
    west, south, east, north = found["bbox"]
    assert west < found["centre"][0] < east
    assert south < found["centre"][1] < north
    assert 4.2e6 < found["area_m2"] < 4.4e6


@pytest.mark.parametrize("code", ["510132", "510132000", "510132000000"])
def test_division_when_read_by_code_then_padding_does_not_matter(
    client: FlaskClient, register: Register, code: str
) -> None:
    assert client.get(f"{DIVISIONS}/{code}").json["id"] == str(register.ids["district"])


def test_division_when_unknown_then_404(client: FlaskClient, register: Register) -> None:
    problem(client.get(f"{DIVISIONS}/{uuid.uuid4()}"), 404, "not_found")
    for door in ("", "/history", "/lineage"):
        problem(client.get(f"{DIVISIONS}/999999{door}"), 404, "not_found")


def test_division_when_asked_at_a_date_before_it_was_then_404_says_since_when(
    client: FlaskClient, register: Register
) -> None:
    answer = client.get(f"{DIVISIONS}/{register.ids['a']}?as_of=2018-12-31")
    assert problem(answer, 404, "not_at_that_date")["valid_from"] == "2019-01-01"
    problem(client.get(f"{DIVISIONS}/510132?as_of=2018-12-31"), 404, "not_at_that_date")


def test_division_when_ended_then_shown_as_it_last_stood(
    client: FlaskClient, register: Register, past: Past
) -> None:
    found = client.get(f"{DIVISIONS}/{register.ids['西镇']}").json
    assert found["name"] == "西镇"
    assert found["valid_to"] == "2019-12-23"
    assert found["as_of"] == "2019-12-22"
    assert found["parent"]["name"] == "试验区"


def test_division_when_its_code_was_never_published_then_null_with_a_note(
    session: Session, client: FlaskClient, register: Register
) -> None:
    from gazetteer.models import DivisionCode

    for row in session.query(DivisionCode).filter_by(division_id=register.ids["a"]):
        session.delete(row)
    session.commit()
    found = client.get(f"{DIVISIONS}/{register.ids['a']}").json
    assert found["code"] is None
    assert "没有公布" in found["code_note"]


def test_list_when_filtered_then_only_those(client: FlaskClient, register: Register) -> None:
    east = register.ids["东镇"]
    assert names(client, "level=4") == ["东镇", "西镇"]
    assert names(client, f"parent={east}") == ["A村", "C村"]
    assert names(client, f"within={east}") == ["东镇", "A村", "C村"]
    assert names(client, f"within={east}&level=5") == ["A村", "C村"]
    assert names(client, "q=D") == ["D村"]
    assert names(client, "q=510132100") == ["东镇", "A村", "C村"]
    assert names(client, "external=true") == []


def test_list_when_wildcards_are_asked_then_they_are_only_characters(
    client: FlaskClient, register: Register
) -> None:
    for q in ("%25", "_%E6%9D%91", "%5C"):
        assert names(client, f"q={q}") == []


def test_list_when_paged_then_every_division_once_in_order(client: FlaskClient, register: Register) -> None:
    found, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{DIVISIONS}?limit=2{cursor and '&cursor=' + cursor}").json
        found += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert found == ["试验区", "东镇", "西镇", "A村", "C村", "B村", "D村"]


@pytest.mark.parametrize("cursor", ["zzz", "W10", "WzEsMiwzXQ", "eyJhIjoxfQ"])
def test_list_when_the_cursor_is_forged_then_422(client: FlaskClient, cursor: str) -> None:
    problem(client.get(f"{DIVISIONS}?cursor={cursor}"), 422, "bad_cursor")


def test_list_when_asked_at_a_date_then_as_it_was(
    client: FlaskClient, register: Register, past: Past
) -> None:
    assert names(client, "level=4") == ["东镇"]
    assert names(client, "level=4&as_of=2019-12-22") == ["东镇", "西镇"]
    assert names(client, "level=3") == ["新试验区"]
    assert names(client, "level=3&as_of=2020-06-17") == ["试验区"]
    assert names(client, f"within={past.new_district}&level=5") == ["A村", "C村", "B村", "D村"]


def test_history_when_a_village_lived_through_a_merger_then_its_parent_changed(
    client: FlaskClient, register: Register, past: Past
) -> None:
    items = client.get(f"{DIVISIONS}/{register.ids['b']}/history").json["items"]
    assert [item["kind"] for item in items] == ["merge", "found"]
    merge, found = items
    assert merge["changes"] == [{"what": "parent", "before": "西镇", "after": "东镇"}]
    assert merge["effective"] == "2019-12-23"
    assert "推定" in merge["note"]
    assert {c["what"] for c in found["changes"]} == {"state", "name", "code", "parent", "shape"}
    assert all(c["before"] is None for c in found["changes"])


def test_history_when_a_town_ended_then_the_last_event_says_so(
    client: FlaskClient, register: Register, past: Past
) -> None:
    newest = client.get(f"{DIVISIONS}/{register.ids['西镇']}/history").json["items"][0]
    assert {"what": "state", "before": "镇", "after": None} in newest["changes"]


def test_lineage_when_absorbed_then_both_sides_know(
    client: FlaskClient, register: Register, past: Past
) -> None:
    (successor,) = client.get(f"{DIVISIONS}/{register.ids['西镇']}/lineage").json["successors"]
    assert successor["division"]["name"] == "东镇"
    assert successor["event"]["kind"] == "merge"
    assert (successor["role"], successor["exact"]) == ("whole", True)
    (predecessor,) = client.get(f"{DIVISIONS}/{register.ids['东镇']}/lineage").json["predecessors"]
    assert predecessor["division"]["name"] == "西镇"
    assert predecessor["division"]["code"] == "510132101"


def test_code_when_it_moved_on_then_what_it_meant_and_means(
    client: FlaskClient, register: Register, past: Past
) -> None:
    meaning = client.get("/api/v1/codes/510132000000").json
    assert meaning["code"] == "510132"
    assert meaning["holder"] is None
    (holder,) = meaning["holders"]
    assert holder["division"]["name"] == "试验区"
    assert holder["valid_to"] == "2020-06-18"
    assert [now["code"] for now in holder["now"]] == ["510118"]
    assert "新试验区" in meaning["note"]
    then = client.get("/api/v1/codes/510132?as_of=2020-06-17").json
    assert then["holder"]["division"]["name"] == "试验区"
    problem(client.get("/api/v1/codes/123456"), 404, "not_found")


def test_boundary_when_read_then_the_polygon_on_the_grid(sign_in: SignIn, register: Register) -> None:
    answer = sign_in("reviewer").get(f"{DIVISIONS}/{register.ids['a']}/boundary")
    assert answer.content_type == "application/geo+json"
    geom = shape(answer.json["geometry"])
    assert geom.equals(shapely.box(103.8, 30.48, 103.82, 30.5))
    assert answer.json["properties"]["name"] == "A村"


def test_boundary_when_nobody_is_signed_in_then_401(client: FlaskClient, register: Register) -> None:
    problem(client.get(f"{DIVISIONS}/{register.ids['a']}/boundary"), 401, "not_signed_in")


def test_boundary_when_it_had_none_then_404(
    session: Session, sign_in: SignIn, register: Register, past: Past
) -> None:
    reviewer = sign_in("reviewer")
    problem(reviewer.get(f"{DIVISIONS}/{register.ids['a']}/boundary?as_of=2018-01-01"), 404)


def test_grants_when_the_county_became_a_district_then_they_follow(
    session: Session, sign_in: SignIn, register: Register
) -> None:
    surveyor = sign_in("surveyor", within=register.ids["district"])
    clerk = sign_in("clerk", within=register.ids["西镇"])
    past = live_through_both(session, register)
    (shown,) = surveyor.get("/api/v1/me").json["grants"]
    assert shown["division_name"] == "新试验区"
    assert shown["division_id"] == str(past.new_district)
    actors = [resume(session, b.client.get_cookie("quming_session").value).actor for b in (surveyor, clerk)]
    assert past.new_district in {grant.division_id for grant in actors[0].grants}
    # The west town went into the east town, which was there before: its clerk gains nothing there.
    assert {grant.division_id for grant in actors[1].grants} == {register.ids["西镇"]}
