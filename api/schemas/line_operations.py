"""The operations on boundary lines, markers and tripoints for the document; intent_lines.py checks them."""

from __future__ import annotations

from typing import Any

from gazetteer.rules.intent_lines import FORMS, LETTERS, MARKER_STATUSES
from gazetteer.rules.lines import FOLLOWS, LINE_TYPES, STATUSES

Schema = dict[str, Any]

_ID: Schema = {"type": "string", "format": "uuid"}
_TEXT: Schema = {"type": "string", "minLength": 1}
_DATE: Schema = {"type": "string", "format": "date"}
_POSITION: Schema = {
    "type": "object",
    "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}},
    "required": ["x", "y"],
    "additionalProperties": False,
    "description": "Longitude and latitude in 1e-9 degree, EPSG:4490",
}
_PLACE: Schema = {
    "oneOf": [
        {
            "type": "object",
            "properties": {"node": {"type": "integer"}},
            "required": ["node"],
            "additionalProperties": False,
            "description": "A node of the lines; the marker moves with it",
        },
        _POSITION,
    ]
}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _words(words: dict[str, str], description: str) -> Schema:
    named = ", ".join(f"{word} {zh}" for word, zh in words.items())
    return {"type": "string", "enum": list(words), "description": f"{description}: {named}"}


_METRES: Schema = {"type": "number", "exclusiveMinimum": 0, "description": "Metres"}
_LINE: Schema = {
    "name": _TEXT,
    "legal_status": _words(STATUSES, "JXXZ"),
    "line_type": _words(LINE_TYPES, "JXLX"),
    "follows": _or_null(_words(FOLLOWS, "What it follows on the ground")),
    "agreement_no": _or_null(_TEXT),
    "agreement_date": _or_null(_DATE),
    "agreement_clause": _or_null(_TEXT),
    "survey_date": _or_null(_DATE),
    "accuracy_m": _or_null(_METRES),
    "course": _or_null({**_TEXT, "description": "走向说明 as a person left it"}),
}
_REFERENCE: Schema = {
    "type": "object",
    "properties": {
        "name": _TEXT,
        "azimuth_deg": {"type": "number", "minimum": 0, "maximum": 360},
        "distance_m": {"type": "number", "minimum": 0},
    },
    "required": ["name", "azimuth_deg", "distance_m"],
    "additionalProperties": False,
}
_MARKER: Schema = {
    "line": _ID,
    "number": _TEXT,
    "letter": {"type": "string", "enum": sorted({letter for of in LETTERS.values() for letter in of})},
    "form": _words(FORMS, "Form"),
    "material": _TEXT,
    "sides": {"type": "array", "items": _ID, "minItems": 2, "maxItems": 3},
    "references": {"type": "array", "items": _REFERENCE, "maxItems": 3, "description": "方位物"},
    "status": _words(MARKER_STATUSES, "Status"),
    "note": _or_null(_TEXT),
}
_SURVEYED: Schema = {
    "elevation_m": _or_null({"type": "number", "description": "Metres, 1985国家高程基准"}),
    "accuracy_m": _or_null(_METRES),
    "gnss": _or_null({"type": "object", "description": "Evidence as the instrument gave it"}),
}
_BASE: Schema = {
    "type": "object",
    "description": "Values as seen, of fields of this operation; one that is no longer so refuses it",
}
_ARCS: Schema = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"arc": {"type": "integer"}, "hash": {"type": "string"}},
        "required": ["arc", "hash"],
        "additionalProperties": False,
    },
    "minItems": 1,
}


def _operation(kind: str, description: str, needed: Schema, optional: Schema | None = None) -> Schema:
    properties = {"id": _ID, "kind": {"type": "string", "const": kind}, **needed, **(optional or {})}
    return {
        "title": kind,
        "type": "object",
        "description": description,
        "properties": properties,
        "required": ["id", "kind", *needed],
        "additionalProperties": False,
    }


_MARKER_NEEDED = {name: _MARKER[name] for name in ("line", "number", "letter", "form", "material", "sides")}
_MARKER_REST = {name: schema for name, schema in _MARKER.items() if name not in _MARKER_NEEDED}

LINE_OPERATIONS: tuple[Schema, ...] = (
    _operation(
        "set_line",
        "Set attributes of a boundary line; a field left out stays, null clears it",
        {"line": _ID},
        {"base": _BASE, **_LINE},
    ),
    _operation(
        "found_line",
        "Make arcs between two villages a named line",
        {"line": {**_ID, "description": "Made by the client"}, "arcs": _ARCS},
        _LINE,
    ),
    _operation(
        "put_marker",
        "Put up a boundary marker 界桩 on a line",
        {"marker": {**_ID, "description": "Made by the client"}, **_MARKER_NEEDED, "place": _PLACE},
        {**_MARKER_REST, **_SURVEYED},
    ),
    _operation(
        "set_marker",
        "Set attributes of a marker; a field left out stays",
        {"marker": _ID},
        {"base": _BASE, **_MARKER},
    ),
    _operation(
        "move_marker",
        "Move a marker; `from` is its place as seen",
        {"marker": _ID, "place": _PLACE},
        {"from": _POSITION, **_SURVEYED},
    ),
    _operation("remove_marker", "Take a marker away", {"marker": _ID, "reason": _TEXT}),
    _operation(
        "set_tripoint",
        "Declare a node a tripoint 三交点, or set one anew",
        {
            "tripoint": _ID,
            "node": {"type": "integer"},
            "sides": {"type": "array", "items": _ID, "minItems": 3, "maxItems": 3},
            "name": _TEXT,
        },
        {"agreement_no": _or_null(_TEXT), "agreement_date": _or_null(_DATE)},
    ),
    _operation("remove_tripoint", "Give a tripoint up", {"tripoint": _ID, "reason": _TEXT}),
)
