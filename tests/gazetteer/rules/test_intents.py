"""Operations as they are sent: every kind reads back as it was sent, and every fault is named."""

import uuid
from typing import Any

import pytest

from api.schemas.line_operations import LINE_OPERATIONS
from api.schemas.operation_schema import OPERATIONS
from gazetteer.errors import RuleBroken
from gazetteer.rules.intents import KINDS, content_hash, parse_intents

A, B, C, D = (str(uuid.UUID(int=n)) for n in range(1, 5))
HASH = "0" * 64
ARC = {"arc": 7, "hash": HASH}
CUT = {"lines": [[[0, 0], [5, 5]]], "inside": [1, 2], "arcs": [ARC]}
CHILD = {"division": D, "type": "村", "name": "新村"}

EXAMPLES: dict[str, dict[str, Any]] = {
    "reshape": {**ARC, "start": 0, "end": 2, "path": [[1, 1]], "source": {"kind": "gnss", "note": "RTK"}},
    "insert_vertex": {**ARC, "after": 0, "point": [1, 1]},
    "move_vertex": {**ARC, "index": 1, "point": [1, 1], "outer_changed": True},
    "delete_vertex": {**ARC, "index": 1},
    "move_node": {"node": 3, "x": 1, "y": 2, "arcs": [ARC]},
    "rename": {"division": A, "name": "宝墩镇", "romanization": None, "base_name": "新平镇"},
    "recode": {"codes": [{"division": A, "code": "510118104"}, {"division": B, "code": "510118001"}]},
    "reclass": {"division": A, "type": "社区", "name": "五星社区"},
    "convert": {"division": A, "new": B, "type": "街道", "name": "花源街道", "code": "510118004"},
    "move_seat": {"division": A, "seat": [1, 2], "address": "模范街56号"},
    "transfer": {"division": A, "from": B, "to": C},
    "merge": {"divisions": [A, B], "into": B, "arcs": [ARC]},
    "split": {
        "division": A,
        "cuts": {"ring": [[0, 0], [1, 0], [1, 1]], "arcs": []},
        "parts": [{"inside": [1, 1], "division": B, "type": "镇", "name": "新镇", "population": 10}],
        "children": [{"division": C, "new": D, "type": "村", "name": "新村"}],
    },
    "transfer_part": {"division": A, "to": B, "cut": CUT, "population": 12, "child": CHILD},
    "establish": {
        "division": A,
        "level": 4,
        "type": "镇",
        "name": "宝墩镇",
        "romanization": "Bǎodūn Zhèn",
        "parent": B,
        "seat": [5, 6],
        "seat_address": "宝墩村1组",
        "from": [
            {"division": C},
            {"division": D, "children": [B]},
            {"division": D, "cut": CUT, "population": 9, "child": CHILD},
        ],
        "population": 100,
    },
    "abolish": {
        "division": A,
        "into": [
            {"division": B, "children": [C]},
            {"division": C, "cut": CUT, "population": 3},
            {"division": D},
        ],
    },
}


def sent(kind: str, **changes: Any) -> dict[str, Any]:
    return {"id": A, "kind": kind, **EXAMPLES[kind], **changes}


def faults_of(*raw: Any) -> set[tuple[str, str]]:
    with pytest.raises(RuleBroken) as caught:
        parse_intents(raw)
    assert all(error.zh and error.en for error in caught.value.errors)
    return {(error.field, error.code) for error in caught.value.errors}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_operation_when_well_formed_then_it_reads_back_as_sent(kind: str) -> None:
    (intent,) = parse_intents([sent(kind)])
    assert intent.to_json() == sent(kind)
    assert parse_intents([intent.to_json()]) == [intent]


@pytest.mark.parametrize("kind", EXAMPLES)
def test_document_when_read_then_it_names_the_fields_of_a_kind(kind: str) -> None:
    (schema,) = (s for s in OPERATIONS if s["title"] == kind)
    assert set(sent(kind)) <= set(schema["properties"])
    assert set(schema["required"]) <= set(sent(kind))


def test_document_when_read_then_it_has_every_kind() -> None:
    assert sorted(schema["title"] for schema in (*OPERATIONS, *LINE_OPERATIONS)) == sorted(KINDS)


def test_operation_when_a_field_is_unknown_then_it_is_not_lost_silently() -> None:
    assert faults_of(sent("transfer", population=3)) == {("operations[0].population", "unknown_field")}


def test_operation_when_a_nested_field_is_wrong_then_its_place_is_named() -> None:
    broken = {**CUT, "inside": [1], "lines": [[[0, 0]]], "arcs": [{"arc": 0, "hash": "z"}, 3]}
    assert faults_of(sent("transfer_part", cut=broken)) == {
        ("operations[0].cut.inside", "not_a_point"),
        ("operations[0].cut.lines[0]", "not_a_path"),
        ("operations[0].cut.arcs[0].arc", "not_an_integer"),
        ("operations[0].cut.arcs[0].hash", "not_a_hash"),
        ("operations[0].cut.arcs[1]", "not_an_object"),
    }


@pytest.mark.parametrize(
    ("kind", "changes", "field", "code"),
    [
        ("transfer", {"to": B}, "to", "same_division"),
        ("transfer_part", {"to": A}, "to", "same_division"),
        ("transfer_part", {"cut": {"lines": [[[0, 0], [1, 1]]]}}, "cut.inside", "not_a_point"),
        ("transfer_part", {"cut": [[0, 0], [1, 1]]}, "cut", "not_an_object"),
        ("merge", {"divisions": [B]}, "divisions", "nothing_to_merge"),
        ("merge", {"divisions": [A, A, B]}, "divisions", "duplicate"),
        ("recode", {"codes": []}, "codes", "not_a_list"),
        ("recode", {"codes": [{"division": A, "code": "十"}]}, "codes[0].code", "not_a_code"),
        (
            "recode",
            {"codes": [{"division": A, "code": "1"}, {"division": B, "code": "1"}]},
            "codes",
            "duplicate",
        ),
        ("establish", {"level": 6}, "level", "not_an_integer"),
        ("establish", {"from": [{"division": C, "children": [D], "cut": CUT}]}, "from[0].cut", "two_shares"),
        ("establish", {"name": "\u200b镇"}, "name", "unseen_character"),
        ("split", {"parts": []}, "parts", "not_a_list"),
        ("reshape", {"source": {"kind": "guessed"}}, "source.kind", "not_a_choice"),
        ("move_vertex", {"index": 0}, "index", "not_an_integer"),
        ("move_vertex", {"outer_changed": 1}, "outer_changed", "not_a_boolean"),
        ("move_seat", {"seat": [0, 181 * 10**9]}, "seat.y", "not_an_integer"),
        ("abolish", {"into": [{"division": B, "population": -1}]}, "into[0].population", "not_an_integer"),
    ],
)
def test_operation_when_a_value_is_wrong_then_the_field_is_named(
    kind: str, changes: dict[str, Any], field: str, code: str
) -> None:
    assert (f"operations[0].{field}", code) in faults_of(sent(kind, **changes))


def test_path_when_too_long_then_refused() -> None:
    long = [[n, n] for n in range(20_001)]
    assert faults_of(sent("reshape", path=long)) == {("operations[0].path", "not_a_path")}


def test_operations_when_several_are_wrong_then_every_fault_is_listed() -> None:
    wrong = [{"kind": "explode"}, {"kind": ["reshape"]}, "text", sent("transfer"), sent("transfer")]
    assert faults_of(*wrong) == {
        ("operations[0].kind", "unknown_kind"),
        ("operations[1].kind", "unknown_kind"),
        ("operations[2]", "not_an_object"),
        ("operations[4].id", "duplicate"),
    }


def test_hash_when_an_operation_was_stored_before_new_fields_then_it_stays() -> None:
    plain = {"id": A, "kind": "reshape", **ARC, "start": 0, "end": 2, "path": [[1, 1]]}
    (intent,) = parse_intents([plain])
    assert intent.to_json() == plain
    assert content_hash([intent]) == "31c5ff04c9268bc0418ca3b956e406d63f18ee361bf6b53562e137c48e23b41e"
