"""Differences, chains and crosswalks over HTTP: what is answered, what is refused, how many statements."""

from __future__ import annotations

import uuid

import pytest
from flask.testing import FlaskClient
from shapely.geometry import shape
from sqlalchemy.orm import Session

from gazetteer import clock
from tests.api.conftest import SignIn, StatementCounter
from tests.api.merged_register import live_through_both
from tests.api.problems import problem
from tests.api.test_statements import cost
from tests.gazetteer.drafting import bulge, line_between, person
from tests.gazetteer.register import Register
from tests.gazetteer.restructuring import decide

BOTH = "from=2019-06-01&to=2020-12-31"


@pytest.fixture
def past(session: Session, register: Register) -> Register:
    live_through_both(session, register)
    return register


def test_changes_when_towns_merged_then_each_unit_says_what_became_of_it(
    client: FlaskClient, past: Register
) -> None:
    items = client.get(f"/api/v1/changes?{BOTH}").json["items"]
    found = {(item["before"] or item["after"])["name"]: item for item in items}
    assert found["西镇"]["text"] == "撤销西镇，并入东镇"
    assert found["新试验区"]["aspects"] == ["founded"]
    assert found["B村"]["aspects"] == ["reparented"]
    assert found["B村"]["text"] == "由西镇划归东镇"
    assert [event["kind"] for event in found["西镇"]["events"]] == ["merge"]
    assert "D村" in found
    assert found["东镇"]["lost_m2"] == 0


def test_changes_when_asked_within_and_by_level_then_only_those(client: FlaskClient, past: Register) -> None:
    towns = client.get(f"/api/v1/changes?{BOTH}&level=4&within=510132").json["items"]
    assert {(item["before"] or item["after"])["name"] for item in towns} == {"东镇", "西镇"}
    problem(client.get(f"/api/v1/changes?{BOTH}&within=999999"), 404, "not_found")
    problem(client.get("/api/v1/changes?from=2019-06-01"), 422, "invalid_input")
    future = "/api/v1/changes?from=2019-06-01&to=2019-06-01&to_known_at=2999-01-01T00:00:00Z"
    problem(client.get(future), 422, "known_in_future")


def test_changes_when_two_moments_of_one_day_are_asked_then_the_corrections_between_them(
    session: Session, sign_in: SignIn, register: Register
) -> None:
    before = clock.now(session)
    people = person(session, "surveyor"), person(session, "approver")
    arc = line_between(session, register.faces["b"], register.faces["d"])
    decide(session, people, bulge(arc), kind="boundary_correction")
    session.commit()
    after = clock.now(session)
    day = clock.today(session)
    query = {"from": day, "to": day, "from_known_at": before.isoformat(), "to_known_at": after.isoformat()}
    browser = sign_in("reviewer")
    items = browser.get("/api/v1/changes", query_string={**query, "level": 5}).json["items"]
    assert {item["before"]["name"]: item["aspects"] for item in items} == {
        "B村": ["boundary"],
        "D村": ["boundary"],
    }
    assert {event["kind"] for item in items for event in item["events"]} == {"correct"}
    answer = browser.get("/api/v1/changes/pieces", query_string={**query, "level": 5})
    assert answer.content_type == "application/geo+json"
    (piece,) = answer.json["features"]
    assert {piece["properties"]["from_name"], piece["properties"]["to_name"]} == {"B村", "D村"}
    gained = next(item["gained_m2"] for item in items if item["gained_m2"])
    assert piece["properties"]["area_m2"] == pytest.approx(gained)
    assert shape(piece["geometry"]).is_valid


def test_pieces_when_nobody_is_signed_in_then_401(client: FlaskClient, past: Register) -> None:
    problem(client.get(f"/api/v1/changes/pieces?{BOTH}"), 401, "not_signed_in")
    problem(client.post("/api/v1/crosswalk", json={}), 401, "not_signed_in")


def test_chains_when_asked_by_code_and_by_subtree_then_followed(client: FlaskClient, past: Register) -> None:
    (chain,) = client.get(f"/api/v1/lineage?{BOTH}&division=510132101").json["items"]
    assert [(end["division"]["name"], end["share"]) for end in chain["ends"]] == [("东镇", 1.0)]
    assert chain["exact"]
    assert [step["event"]["kind"] for step in chain["steps"]] == ["merge"]
    all_towns = client.get(f"/api/v1/lineage?{BOTH}&within=510132&level=4").json["items"]
    assert {one["division"]["name"] for one in all_towns} == {"东镇", "西镇"}
    back = client.get("/api/v1/lineage?from=2020-12-31&to=2019-06-01&division=510118").json["items"]
    assert [one["ends"][0]["division"]["name"] for one in back] == ["试验区"]
    problem(client.get(f"/api/v1/lineage?{BOTH}&division={uuid.uuid4()}"), 404, "not_found")


def test_crosswalk_when_asked_then_rows_of_every_level(client: FlaskClient, past: Register) -> None:
    rows = client.get(f"/api/v1/crosswalk?{BOTH}&level=3").json["rows"]
    assert [(row["from_name"], row["to_name"], row["share"], row["exact"]) for row in rows] == [
        ("试验区", "新试验区", 1.0, True)
    ]
    problem(client.get(f"/api/v1/crosswalk?{BOTH}&within=999999"), 404, "not_at_that_date")
    problem(client.get(f"/api/v1/crosswalk?{BOTH}&weight=votes"), 422, "invalid_input")


def test_statistic_when_sent_as_csv_then_moved(sign_in: SignIn, past: Register) -> None:
    browser = sign_in("clerk")
    body = {
        "from": "2019-06-01",
        "to": "2020-12-31",
        "csv": "区划代码,名称,人口\n510132,试验区,1000\nx,无名,2\n",
    }
    moved = browser.post("/api/v1/crosswalk", json=body).json
    assert [(row["code"], row["value"], row["estimated"]) for row in moved["rows"]] == [
        ("510118", 1000, False)
    ]
    assert [(row["number"], row["reason"]) for row in moved["unmatched"]] == [(2, "code_unknown")]
    assert (moved["total_in"], moved["total_out"]) == (1000, 1000)


def test_statistic_when_shares_are_given_then_they_must_add_up(sign_in: SignIn, register: Register) -> None:
    browser = sign_in("clerk")
    rows = [{"code": "510199001", "value": 40000}, {"code": "510199005", "value": "10000"}]
    shares = [
        {"from_code": "510199001", "to_code": "510199001", "share": 0.65},
        {"from_code": "510199001", "to_code": "510199004", "share": 0.25},
        {"from_code": "510199001", "to_code": "510199003", "share": 0.10},
        {"from_code": "510199005", "to_code": "510199001", "share": 1},
    ]
    moved = browser.post("/api/v1/crosswalk", json={"rows": rows, "shares": shares}).json
    assert {row["code"]: row["value"] for row in moved["rows"]} == {
        "510199001": 36000,
        "510199003": 4000,
        "510199004": 10000,
    }
    shares[1]["share"] = 1
    refused = problem(
        browser.post("/api/v1/crosswalk", json={"rows": rows, "shares": shares}), 422, "shares_not_one"
    )
    assert set(refused["sources"]) == {"510199001"}


@pytest.mark.parametrize(
    "body", [{"rows": []}, {"from": "2019-06-01", "to": "2020-01-01"}, {"csv": "a,b\n1,2\n", "shares": []}]
)
def test_statistic_when_something_is_missing_then_refused(
    sign_in: SignIn, register: Register, body: dict[str, object]
) -> None:
    problem(sign_in("clerk").post("/api/v1/crosswalk", json=body), 422, "invalid_input")


def test_register_when_asked_as_known_over_http_then_with_its_moment(
    session: Session, client: FlaskClient, sign_in: SignIn, register: Register
) -> None:
    moment = clock.now(session).isoformat()
    village = f"/api/v1/divisions/{register.ids['a']}"
    query = {"known_at": moment}
    assert client.get(village, query_string=query).json["known_at"] is not None
    listed = client.get("/api/v1/divisions", query_string={**query, "level": 5}).json["items"]
    assert [item["name"] for item in listed] == ["A村", "C村", "B村", "D村"]
    assert (
        client.get("/api/v1/codes/510132", query_string=query).json["holder"]["division"]["name"] == "试验区"
    )
    assert len(client.get("/api/v1/names", query_string=query).json["items"]) == 2
    boundary = sign_in("reviewer").get(f"{village}/boundary", query_string=query).json
    assert shape(boundary["geometry"]).equals(
        shape(sign_in("reviewer").get(f"{village}/boundary").json["geometry"])
    )
    spaced = client.get(f"{village}?known_at={moment.replace('+', ' ')}")
    assert spaced.status_code == 200
    problem(client.get(f"{village}?known_at=2020-01-01T00:00:00"), 422, "invalid_input")
    problem(client.get(f"{village}?known_at=2999-01-01T00:00:00Z"), 422, "known_in_future")
    problem(client.get(f"{village}?known_at=2001-01-01T00:00:00Z"), 404, "not_found")


@pytest.mark.parametrize(
    ("address", "most"),
    [
        (f"/api/v1/changes?{BOTH}", 10),
        (f"/api/v1/changes?{BOTH}&within=510132&level=5", 14),
        (f"/api/v1/lineage?{BOTH}&within=510132&level=5", 8),
        (f"/api/v1/crosswalk?{BOTH}", 6),
        ("/api/v1/divisions?as_of=2019-12-22&level=4", 4),
    ],
)
def test_history_when_read_then_few_statements(
    client: FlaskClient, past: Register, counter: StatementCounter, address: str, most: int
) -> None:
    client.get(address)
    assert cost(counter) <= most, counter.statements
