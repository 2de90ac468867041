"""Boundary lines, markers, inspections and photos over the wire."""

from __future__ import annotations

import io
import uuid
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.api.conftest import SignIn, StatementCounter
from tests.api.problems import problem
from tests.gazetteer.drafting import person
from tests.gazetteer.lined_register import build_lined, middle, put_marker, set_tripoint
from tests.gazetteer.register import Register
from tests.gazetteer.restructuring import decide

JPEG = b"\xff\xd8\xff\xe0" + b"a photo" * 10
PNG = b"\x89PNG\r\n\x1a\n" + b"another"
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def register(session: Session) -> Register:
    built = build_lined(session)
    session.commit()
    return built


@pytest.fixture
def line(register: Register) -> str:
    return f"/api/v1/lines/{register.lines['东—西线']}"


@pytest.fixture
def marker(session: Session, register: Register) -> str:
    node = middle(session, register)
    put = put_marker(register, "东—西线", {"node": node})
    people = person(session, "surveyor"), person(session, "approver")
    decide(session, people, put, set_tripoint(register, node), kind="boundary_correction")
    return f"/api/v1/markers/{put['marker']}"


def inspection(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "inspected_on": "2026-05-01",
        "inspected_by": "东镇、西镇",
        "result": "intact",
        "findings": {"markers": "完好"},
        "documents": ["联检〔2026〕1号"],
        **changes,
    }


def photo(content: bytes = JPEG, **fields: str) -> dict[str, Any]:
    return {"file": (io.BytesIO(content), "p.jpg"), **fields}


def test_lines_when_listed_then_sides_length_and_type(sign_in: SignIn, register: Register) -> None:
    answer = sign_in("surveyor").get("/api/v1/lines?level=4")
    assert answer.status_code == 200
    found = {item["name"]: item for item in answer.json["items"]}
    assert set(found) == {"东—西线", "东—南线", "西—南线"}
    one = found["东—西线"]
    assert (one["left"]["name"], one["right"]["name"]) == ("东镇", "西镇")
    assert (one["line_type"], one["legal_status"], one["next_due"]) == ("660200", "600004", None)
    assert 2216 < one["length_m"] < 2219


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("status=600001", set()),
        ("division={西镇}", {"东—西线", "西—南线"}),
        ("q=—南", {"东—南线", "西—南线"}),
        ("due_before=2999-01-01", set()),
        ("level=5", set()),
    ],
)
def test_lines_when_filtered_then_only_those(
    sign_in: SignIn, register: Register, query: str, names: set[str]
) -> None:
    answer = sign_in("surveyor").get(f"/api/v1/lines?{query.format(**register.ids)}")
    assert {item["name"] for item in answer.json["items"]} == names


def test_lines_when_paged_then_the_cursor_leads_on(sign_in: SignIn, register: Register) -> None:
    browser = sign_in("surveyor")
    first = browser.get("/api/v1/lines?limit=2").json
    rest = browser.get(f"/api/v1/lines?limit=2&cursor={first['next_cursor']}").json
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    problem(browser.get("/api/v1/lines?cursor=x"), 422, "bad_cursor")


@pytest.mark.parametrize("query", ["status=1", "level=0", "due_before=soon", "division=x", "colour=red"])
def test_lines_when_the_question_is_malformed_then_422(sign_in: SignIn, query: str) -> None:
    problem(sign_in("surveyor").get(f"/api/v1/lines?{query}"), 422, "invalid_input")


def test_line_when_read_then_what_it_is_made_of(
    sign_in: SignIn, register: Register, line: str, marker: str
) -> None:
    answer = sign_in("surveyor").get(line)
    assert answer.status_code == 200, answer.text
    found = answer.json
    assert found["geometry"]["type"] == "MultiLineString"
    assert len(found["arc_list"]) == found["arcs"] == 1
    (arc,) = found["arc_list"]
    assert {arc["left"]["name"], arc["right"]["name"]} == {"A村", "B村"}
    assert arc["length_m"] == pytest.approx(found["length_m"], abs=0.001)
    assert [m["id"] for m in found["marker_list"]] == [marker.rsplit("/", 1)[1]]
    assert [t["name"] for t in found["tripoints"]] == ["东西南三交点"]
    assert [side["name"] for side in found["tripoints"][0]["sides"]] == ["东镇", "西镇", "南镇"]
    assert [item["kind"] for item in found["history"]] == ["found"]
    west, south, east, north = found["bbox"]
    assert west == east == pytest.approx(103.82)
    assert (south, north) == (pytest.approx(30.48), pytest.approx(30.5))


@pytest.mark.parametrize("address", ["", "/course"])
def test_line_when_there_is_none_then_404(
    sign_in: SignIn, register: Register, line: str, address: str
) -> None:
    browser = sign_in("surveyor")
    problem(browser.get(f"/api/v1/lines/{NOBODY}{address}"), 404, "not_found")
    problem(browser.get(f"{line}{address}?as_of=1990-01-01"), 404, "not_found")


def test_course_when_drafted_then_text_and_its_parts(
    sign_in: SignIn, register: Register, line: str, marker: str
) -> None:
    answer = sign_in("surveyor").get(f"{line}/course")
    assert answer.status_code == 200, answer.text
    (piece,) = answer.json["pieces"]
    assert [leg["word"] for leg in piece["legs"]] == ["南"]
    assert [stop["label"] for stop in piece["stops"]] == ["起点", "三交点“东西南三交点”"]
    assert "边界线；" not in answer.json["text"]
    problem(sign_in("surveyor").get(f"{line}/course?tolerance_m=0"), 422, "invalid_input")


def test_inspection_when_recorded_then_it_stands_at_the_line(
    sign_in: SignIn, register: Register, line: str
) -> None:
    browser = sign_in("reviewer", within=register.ids["西镇"])
    sent = inspection()
    answer = browser.post(f"{line}/inspections", json=sent)
    assert answer.status_code == 201, answer.text
    assert (answer.json["next_due"], answer.json["findings"]) == ("2031-05-01", {"markers": "完好"})
    again = browser.post(f"{line}/inspections", json=sent)
    assert (again.status_code, again.json) == (201, answer.json)
    assert [view["id"] for view in browser.get(line).json["inspections"]] == [sent["id"]]
    due = browser.get("/api/v1/lines?due_before=2031-05-02").json["items"]
    assert [item["next_due"] for item in due] == ["2031-05-01"]
    problem(browser.post(f"{line}/inspections", json={**sent, "result": "changed"}), 409, "id_taken")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"inspected_on": "2999-01-01"}, "inspected_later"),
        ({"corrects": NOBODY}, "corrects_wrong"),
        ({"result": "fine"}, "invalid_input"),
        ({"inspected_by": " "}, "invalid_input"),
        ({"findings": {"weather": "sunny"}}, "invalid_input"),
    ],
)
def test_inspection_when_it_does_not_fit_then_422(
    sign_in: SignIn, register: Register, line: str, changes: dict[str, Any], code: str
) -> None:
    answer = sign_in("surveyor").post(f"{line}/inspections", json=inspection(**changes))
    problem(answer, 422, code)


def test_inspection_when_the_place_or_the_line_does_not_fit_then_refused(
    sign_in: SignIn, register: Register, line: str
) -> None:
    elsewhere = sign_in("surveyor", within=register.ids["南镇"])
    problem(elsewhere.post(f"{line}/inspections", json=inspection()), 403, "forbidden")
    problem(sign_in("clerk").post(f"{line}/inspections", json=inspection()), 403, "forbidden")
    unknown = f"/api/v1/lines/{NOBODY}/inspections"
    problem(sign_in("surveyor").post(unknown, json=inspection()), 404, "not_found")


def test_markers_when_listed_then_place_and_sides(sign_in: SignIn, register: Register, marker: str) -> None:
    browser = sign_in("surveyor")
    (found,) = browser.get("/api/v1/markers?bbox=103.8,30.4,103.9,30.6").json["items"]
    assert (found["number"], found["lon"], found["lat"]) == ("1", 103.82, 30.48)
    assert browser.get("/api/v1/markers?bbox=104.8,30.4,104.9,30.6").json["items"] == []
    assert browser.get("/api/v1/markers?status=lost").json["items"] == []
    assert len(browser.get(f"/api/v1/markers?line={found['line_id']}").json["items"]) == 1
    problem(browser.get("/api/v1/markers?bbox=1,2,3"), 422, "invalid_input")


def test_marker_when_read_then_its_description_is_drafted(sign_in: SignIn, marker: str) -> None:
    found = sign_in("surveyor").get(marker).json
    assert found["description"].startswith("1号界桩为单立双面石质界桩，位于东镇A村与西镇B村接壤处")
    problem(sign_in("surveyor").get(f"/api/v1/markers/{NOBODY}"), 404, "not_found")


def test_photo_when_uploaded_then_kept_once_under_its_hash_and_given_back(
    sign_in: SignIn, register: Register, marker: str, tmp_path: Path
) -> None:
    browser = sign_in("surveyor", within=register.ids["东镇"])
    answer = browser.post(f"{marker}/photos", data=photo(taken_on="2026-05-01", note="北面"))
    assert answer.status_code == 201, answer.text
    kept = answer.json
    assert (kept["media_type"], kept["taken_on"], kept["note"]) == ("image/jpeg", "2026-05-01", "北面")
    assert browser.post(f"{marker}/photos", data=photo()).json["id"] == kept["id"]
    (file,) = [path for path in (tmp_path / "photos").rglob("*") if path.is_file()]
    assert (file.name, file.read_bytes()) == (f"{kept['sha256']}.jpg", JPEG)
    assert [p["id"] for p in browser.get(marker).json["photos"]] == [kept["id"]]
    with browser.get(f"{marker}/photos/{kept['id']}") as shown:
        assert (shown.data, shown.content_type) == (JPEG, "image/jpeg")
        assert shown.headers["Cache-Control"].startswith("private")
    file.unlink()
    problem(browser.get(f"{marker}/photos/{kept['id']}"), 404, "photo_missing")


def test_photo_when_it_is_no_picture_then_422_and_nothing_is_kept(
    sign_in: SignIn, marker: str, tmp_path: Path
) -> None:
    browser = sign_in("surveyor")
    for content in (b"", b"<svg onload=alert(1)>", b"GIF89a", JPEG[:2], b"RIFF0000WAVE"):
        problem(browser.post(f"{marker}/photos", data=photo(content)), 422, "photo_type")
    assert not (tmp_path / "photos").exists()
    assert browser.post(f"{marker}/photos", data=photo(PNG)).json["media_type"] == "image/png"
    webp = browser.post(f"{marker}/photos", data=photo(b"RIFF0000WEBPVP8 "))
    assert webp.json["media_type"] == "image/webp"


def test_photo_when_the_role_the_place_or_the_marker_does_not_fit_then_refused(
    sign_in: SignIn, register: Register, marker: str
) -> None:
    elsewhere = sign_in("surveyor", within=register.ids["南镇"])
    problem(elsewhere.post(f"{marker}/photos", data=photo()), 403, "forbidden")
    problem(sign_in("approver").post(f"{marker}/photos", data=photo()), 403, "forbidden")
    problem(sign_in("surveyor").post(f"/api/v1/markers/{NOBODY}/photos", data=photo()), 404, "not_found")
    problem(sign_in("surveyor").get(f"{marker}/photos/{NOBODY}"), 404, "not_found")


def test_lines_when_nobody_is_signed_in_then_401(client: FlaskClient, line: str) -> None:
    problem(client.get(line), 401, "not_signed_in")
    problem(client.get("/api/v1/markers"), 401, "not_signed_in")


@pytest.mark.parametrize(
    ("address", "most"),
    [("/api/v1/lines", 7), ("{line}", 16), ("{line}/course", 13), ("/api/v1/markers", 7), ("{marker}", 9)],
)
def test_line_reads_when_made_then_few_statements(
    sign_in: SignIn, line: str, marker: str, counter: StatementCounter, address: str, most: int
) -> None:
    browser = sign_in("reviewer")
    counter.statements.clear()
    assert browser.get(address.format(line=line, marker=marker)).status_code == 200
    counted = [s for s in counter.statements if not s.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]
    assert len(counted) <= most, counted
