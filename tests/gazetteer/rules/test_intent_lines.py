"""Operations on lines, markers and tripoints: each reads back as sent, every fault is named."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from api.schemas.line_operations import LINE_OPERATIONS
from gazetteer.errors import RuleBroken
from gazetteer.rules.intent_lines import LINE_PARSERS
from gazetteer.rules.intents import KINDS, parse_intents

A, B, C, D = (str(uuid.UUID(int=n)) for n in range(1, 5))
LINE = {
    "name": "五津—兴义线",
    "legal_status": "600001",
    "line_type": "660200",
    "follows": "river_centre",
    "agreement_no": "新府协〔2001〕3号",
    "agreement_date": "2001-09-30",
    "agreement_clause": "第三条",
    "survey_date": "2001-06-01",
    "accuracy_m": 0.5,
    "course": "从1号界桩起，\n向东",
}
MARKER = {
    "line": B,
    "number": "003",
    "letter": "Q",
    "form": "single_two",
    "material": "花岗岩",
    "sides": [C, D],
    "references": [{"name": "电杆", "azimuth_deg": 45.5, "distance_m": 12.0}],
    "status": "standing",
    "note": "路边",
}
SURVEYED = {"elevation_m": 480.5, "accuracy_m": 0.05, "gnss": {"fix": "rtk", "satellites": 21}}
EXAMPLES: dict[str, dict[str, Any]] = {
    "set_line": {"line": A, "base": {"follows": None}, **LINE},
    "found_line": {"line": A, "arcs": [{"arc": 7, "hash": "0" * 64}], **LINE},
    "put_marker": {"marker": A, **MARKER, "place": {"x": 103_800_000_000, "y": 30_400_000_000}, **SURVEYED},
    "set_marker": {"marker": A, "base": {"status": "standing"}, **MARKER},
    "move_marker": {"marker": A, "from": {"x": 1, "y": 2}, "place": {"node": 5}, **SURVEYED},
    "remove_marker": {"marker": A, "reason": "修路"},
    "set_tripoint": {
        "tripoint": A,
        "node": 4,
        "sides": [B, C, D],
        "name": "五津兴义普兴三交点",
        "agreement_no": "三交点协议1号",
        "agreement_date": "2001-09-30",
    },
    "remove_tripoint": {"tripoint": A, "reason": "合并"},
}


def sent(kind: str, **changes: Any) -> dict[str, Any]:
    return {"id": A, "kind": kind, **EXAMPLES[kind], **changes}


def test_kinds_when_listed_then_each_can_be_read_and_is_described() -> None:
    assert set(EXAMPLES) == set(LINE_PARSERS) <= set(KINDS)
    assert {schema["title"] for schema in LINE_OPERATIONS} == set(LINE_PARSERS)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_operation_when_well_formed_then_it_reads_back_as_sent(kind: str) -> None:
    (intent,) = parse_intents([sent(kind)])
    assert intent.to_json() == sent(kind)
    assert parse_intents([intent.to_json()]) == [intent]


@pytest.mark.parametrize("kind", EXAMPLES)
def test_document_when_read_then_it_names_the_fields_of_a_kind(kind: str) -> None:
    (schema,) = (s for s in LINE_OPERATIONS if s["title"] == kind)
    assert set(sent(kind)) == set(schema["properties"])
    assert set(schema["required"]) <= set(sent(kind))


def test_set_line_when_a_field_is_null_then_it_is_cleared_and_one_left_out_is_not_named() -> None:
    (intent,) = parse_intents([{"id": A, "kind": "set_line", "line": B, "follows": None}])
    assert intent.body == {"line": B, "follows": None}


@pytest.mark.parametrize(
    ("kind", "changes", "field", "code"),
    [
        ("set_line", {"legal_status": "600005"}, "legal_status", "not_a_choice"),
        ("set_line", {"legal_status": None}, "legal_status", "not_a_choice"),
        ("set_line", {"name": None}, "name", "not_a_text"),
        ("set_line", {"follows": "the river"}, "follows", "not_a_choice"),
        ("set_line", {"line_type": "1"}, "line_type", "not_a_choice"),
        ("set_line", {"agreement_date": "2001-9-30"}, "agreement_date", "not_a_date"),
        ("set_line", {"agreement_date": "20010930"}, "agreement_date", "not_a_date"),
        ("set_line", {"agreement_date": 20010930}, "agreement_date", "not_a_date"),
        ("set_line", {"accuracy_m": 0}, "accuracy_m", "not_a_number"),
        ("set_line", {"accuracy_m": True}, "accuracy_m", "not_a_number"),
        ("set_line", {"accuracy_m": float("nan")}, "accuracy_m", "not_a_number"),
        ("set_line", {"course": " "}, "course", "not_a_text"),
        ("set_line", {"course": "a\0b"}, "course", "not_a_text"),
        ("set_line", {"base": {"colour": 1}}, "base", "not_a_base"),
        ("set_line", {"base": []}, "base", "not_a_base"),
        ("set_line", {"colour": "red"}, "colour", "unknown_field"),
        ("found_line", {"arcs": []}, "arcs", "not_arcs"),
        ("put_marker", {"number": None}, "number", "not_a_text"),
        ("put_marker", {"letter": "F"}, "letter", "not_a_choice"),
        ("put_marker", {"form": "tall"}, "form", "not_a_choice"),
        ("put_marker", {"sides": [C]}, "sides", "not_a_list"),
        ("put_marker", {"sides": [C, C]}, "sides", "duplicate"),
        ("put_marker", {"place": {}}, "place.x", "not_an_integer"),
        ("put_marker", {"place": {"x": 0, "y": 91 * 10**9}}, "place.y", "not_an_integer"),
        ("put_marker", {"place": {"node": 5, "x": 1}}, "place.x", "unknown_field"),
        ("put_marker", {"references": [EXAMPLES] * 4}, "references", "not_a_list"),
        ("put_marker", {"references": [{"name": "桥"}]}, "references[0].azimuth_deg", "not_a_number"),
        ("put_marker", {"gnss": {"a": "\0"}}, "gnss", "not_an_object"),
        ("put_marker", {"gnss": {"a": float("inf")}}, "gnss", "not_an_object"),
        ("put_marker", {"gnss": {"a": "x" * 10_001}}, "gnss", "not_an_object"),
        ("move_marker", {"from": {"x": 1}}, "from.y", "not_an_integer"),
        ("remove_marker", {"reason": ""}, "reason", "not_a_text"),
        ("set_tripoint", {"sides": [B, C]}, "sides", "not_a_list"),
        ("set_tripoint", {"node": 0}, "node", "not_an_integer"),
        ("remove_tripoint", {"reason": None}, "reason", "not_a_text"),
    ],
)
def test_operation_when_a_value_is_wrong_then_the_field_is_named(
    kind: str, changes: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(RuleBroken) as caught:
        parse_intents([sent(kind, **changes)])
    assert (f"operations[0].{field}", code) in {(e.field, e.code) for e in caught.value.errors}


@pytest.mark.parametrize("kind", ["set_line", "set_marker"])
def test_operation_when_it_sets_nothing_then_refused(kind: str) -> None:
    key = "line" if kind == "set_line" else "marker"
    with pytest.raises(RuleBroken) as caught:
        parse_intents([{"id": A, "kind": kind, key: B}])
    assert [e.code for e in caught.value.errors] == ["nothing_given"]


@pytest.mark.parametrize("field", ["line", "number", "letter", "form", "material", "sides", "place"])
def test_put_marker_when_a_needed_field_is_missing_then_it_is_named(field: str) -> None:
    body = {name: value for name, value in sent("put_marker").items() if name != field}
    with pytest.raises(RuleBroken) as caught:
        parse_intents([body])
    assert any(e.field.startswith(f"operations[0].{field}") for e in caught.value.errors)
