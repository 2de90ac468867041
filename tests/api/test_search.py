"""The one search box, place names, and the lines of an editor."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from boundaries.arcs import Arc
from boundaries.grid import as_points
from boundaries.rebuild import build_polygon
from gazetteer.queries import arcs as arc_queries
from tests.api.conftest import SignIn
from tests.api.merged_register import live_through_both
from tests.api.problems import problem
from tests.gazetteer.register import Register

BOX = "103.79,30.45,103.85,30.51"


def search(client: FlaskClient, q: str, **more: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/search", query_string={"q": q, **more})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def test_search_when_exact_then_first_with_its_parent(client: FlaskClient, register: Register) -> None:
    first = search(client, "A村")[0]
    assert (first["name"], first["match"], first["parent_name"]) == ("A村", "exact", "东镇")
    assert first["current"] is True
    assert first["note"] is None
    assert first["bbox"][0] < first["centre"][0] < first["bbox"][2]


def test_search_when_ranked_then_exact_before_prefix_before_contained(
    session: Session, client: FlaskClient, register: Register
) -> None:
    session.execute(sa.text("UPDATE division_name SET name = '东' WHERE name = 'D村'"))
    session.execute(sa.text("UPDATE division_name SET name = '小东村' WHERE name = 'A村'"))
    session.commit()
    found = [(item["name"], item["match"]) for item in search(client, "东")]
    assert found == [("东镇", "exact"), ("东", "exact"), ("小东村", "contained")]
    assert [(item["name"], item["match"]) for item in search(client, "东镇")] == [("东镇", "exact")]


def test_search_when_a_code_is_typed_then_its_bearer_first(client: FlaskClient, register: Register) -> None:
    found = search(client, "510132100")
    assert (found[0]["name"], found[0]["match"]) == ("东镇", "code")
    assert {item["name"] for item in found[1:]} == {"A村", "C村"}
    assert search(client, "510132000000")[0]["name"] == "试验区"


def test_search_when_the_name_is_former_then_it_says_what_it_is_now(
    session: Session, client: FlaskClient, register: Register
) -> None:
    live_through_both(session, register)
    west = search(client, "西镇")[0]
    assert west["current"] is False
    assert west["note"] == "2019-12-23 撤销，现为东镇（510132100）"
    old = search(client, "510132")[0]
    assert (old["name"], old["current"]) == ("试验区", False)
    assert "现为新试验区（510118）" in old["note"]


@pytest.mark.parametrize("q", ["shiyan", "SHIYAN", "shì yàn"])
def test_search_when_pinyin_is_typed_then_tones_and_spaces_do_not_matter(
    client: FlaskClient, register: Register, q: str
) -> None:
    assert [item["name"] for item in search(client, q)][:1] == ["试验区"]


@pytest.mark.parametrize("q", ["Ａ村", " A 村 ", "A村委会", "A村民委员会"])
def test_search_when_typed_otherwise_then_the_same(client: FlaskClient, register: Register, q: str) -> None:
    assert search(client, q)[0]["name"] == "A村"


def test_search_when_a_place_name_then_in_which_village(client: FlaskClient, register: Register) -> None:
    (hill,) = search(client, "老君山")
    assert (hill["kind"], hill["parent_name"], hill["note"]) == ("name", "A村", "山")
    assert [item["name"] for item in search(client, "君")] == ["老君山", "老君河"]


def test_search_when_limited_to_a_town_then_only_its_own(client: FlaskClient, register: Register) -> None:
    found = search(client, "村", within=register.ids["东镇"])
    assert [item["name"] for item in found] == ["A村", "C村"]
    assert [item["name"] for item in search(client, "老君", within=register.ids["东镇"])] == ["老君山"]


def test_search_when_wildcards_are_typed_then_nothing(client: FlaskClient, register: Register) -> None:
    for q in ("%", "_村", "\\", "' OR 1=1 --"):
        assert search(client, q) == []
    problem(client.get("/api/v1/search"), 422, "invalid_input")
    problem(client.get("/api/v1/search?q=+"), 422, "invalid_input")


def test_search_when_planned_then_names_are_found_by_index(session: Session, register: Register) -> None:
    session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    plan = "\n".join(
        session.scalars(
            sa.text("EXPLAIN SELECT 1 FROM division_name WHERE upper_inf(recorded) AND name LIKE '新%'")
        )
    )
    assert "division_name_name_idx" in plan


def test_names_when_listed_then_by_name_and_box_and_division(client: FlaskClient, register: Register) -> None:
    def found(**query: Any) -> list[str]:
        answer = client.get("/api/v1/names", query_string=query)
        assert answer.status_code == 200, answer.text
        return [item["name"] for item in answer.json["items"]]

    assert found() == ["老君山", "老君河"]
    assert found(q="河") == ["老君河"]
    assert found(within=register.ids["a"]) == ["老君山"]
    assert found(bbox="103.82,30.46,103.84,30.48") == ["老君河"]
    assert found(kind=1) == ["老君山", "老君河"]
    assert found(kind=2) == []
    assert found(as_of="2018-01-01") == []
    page = client.get("/api/v1/names?limit=1").json
    rest = client.get(f"/api/v1/names?limit=1&cursor={page['next_cursor']}").json
    assert [page["items"][0]["name"], rest["items"][0]["name"]] == ["老君山", "老君河"]
    assert rest["next_cursor"] is None


def test_name_when_read_then_its_place_and_category(client: FlaskClient, register: Register) -> None:
    listed = client.get("/api/v1/names?q=山").json["items"][0]
    found = client.get(f"/api/v1/names/{listed['id']}").json
    assert found["geometry"] == {"type": "Point", "coordinates": [103.805, 30.495]}
    assert found["legal_category"] == 1
    problem(client.get(f"/api/v1/names/{listed['id']}?as_of=2018-01-01"), 404, "not_at_that_date")
    problem(client.get("/api/v1/names/00000000-0000-4000-8000-000000000000"), 404, "not_found")


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "104,30,103,31", "103,30,104,nan", "0,0,0,0"])
def test_box_when_it_is_none_then_422(client: FlaskClient, box: str) -> None:
    problem(client.get(f"/api/v1/names?bbox={box}"), 422, "invalid_input")


def rebuilt(answer: dict[str, Any], face: int) -> float:
    arcs = [
        Arc(
            a["id"],
            a["version"],
            a["start_node"],
            a["end_node"],
            a["left_face"],
            a["right_face"],
            as_points(a["points"]),
        )
        for a in answer["arcs"]
        if face in (a["left_face"], a["right_face"])
    ]
    for arc, sent in zip(arcs, (a for a in answer["arcs"] if a["id"] in {x.id for x in arcs}), strict=True):
        assert arc.hash == sent["hash"]
    return float(build_polygon(arcs, {face}).area)


def test_arcs_when_read_then_integers_that_rebuild_every_complete_face(
    sign_in: SignIn, register: Register
) -> None:
    answer = sign_in("surveyor").get(f"/api/v1/arcs?bbox={BOX}&level=5").json
    assert answer["base_event"] == register.event_id
    faces = {face["label"]: face for face in answer["faces"]}
    assert set(faces) == {"A村", "B村", "C村", "D村", "区外"}
    assert faces["区外"]["kind"] == "outside"
    assert faces["区外"]["complete"] is False
    assert [parent["name"] for parent in faces["A村"]["parents"]] == ["东镇", "试验区"]
    for name in ("A村", "B村", "C村", "D村"):
        assert faces[name]["complete"] is True
        assert rebuilt(answer, faces[name]["id"]) == pytest.approx(4e-4)
    levels = {frozenset((a["left_face"], a["right_face"])): a["level"] for a in answer["arcs"]}
    ids = {name: face["id"] for name, face in faces.items()}
    assert levels[frozenset((ids["A村"], ids["C村"]))] == 5
    assert levels[frozenset((ids["A村"], ids["B村"]))] == 4
    assert levels[frozenset((ids["A村"], 0))] == 3
    named = [a["line"] for a in answer["arcs"] if a["line"]]
    assert {line["name"] for line in named} == {"东西界线"}
    nodes = {node["id"]: [node["x"], node["y"]] for node in answer["nodes"]}
    for arc in answer["arcs"]:
        assert nodes[arc["start_node"]] == arc["points"][0]
        assert nodes[arc["end_node"]] == arc["points"][-1]


def test_arcs_when_only_high_lines_are_edited_then_only_their_faces_are_complete(
    sign_in: SignIn, register: Register
) -> None:
    inside = "103.805,30.475,103.815,30.485"  # only the line between A and C, both of the east town
    surveyor = sign_in("surveyor")
    assert surveyor.get(f"/api/v1/arcs?bbox={inside}&level=4").json["arcs"] == []
    whole = surveyor.get(f"/api/v1/arcs?bbox={inside}&level=5").json
    assert {f["label"] for f in whole["faces"] if f["complete"]} == {"A村", "C村"}


def test_arcs_when_too_many_then_422(
    sign_in: SignIn, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arc_queries, "MOST_ARCS", 3)
    problem(sign_in("surveyor").get(f"/api/v1/arcs?bbox={BOX}"), 422, "area_too_large")


def test_arcs_when_nobody_is_signed_in_then_401(client: FlaskClient) -> None:
    problem(client.get(f"/api/v1/arcs?bbox={BOX}"), 401, "not_signed_in")
