"""The operations of a request for the document; gazetteer/rules/intents.py is what checks them."""

from __future__ import annotations

from typing import Any

from api.schemas.line_operations import LINE_OPERATIONS

Schema = dict[str, Any]

_ID: Schema = {"type": "string", "format": "uuid"}
_NEW: Schema = {**_ID, "description": "Made by the client; later operations of the request may name it"}
_HASH: Schema = {
    "type": "string",
    "pattern": "^[0-9a-f]{64}$",
    "description": "The arc as it stands in the draft",
}
_POINT: Schema = {
    "type": "array",
    "items": {"type": "integer"},
    "minItems": 2,
    "maxItems": 2,
    "description": "[x, y]: longitude and latitude in 1e-9 degree, EPSG:4490",
}
_PATH: Schema = {"type": "array", "items": _POINT}
_INDEX: Schema = {"type": "integer", "minimum": 0}
_INNER: Schema = {"type": "integer", "minimum": 1, "description": "Not the first and not the last vertex"}
_TEXT: Schema = {"type": "string", "minLength": 1}
_TYPE: Schema = {**_TEXT, "description": "建制类型: 区, 县, 街道, 镇, 乡, 社区, 村 ..."}
_CODE: Schema = {**_TEXT, "description": "区划代码, without padding"}
_PEOPLE: Schema = {"type": "integer", "minimum": 0, "description": "Population that passes with the land"}
_DECLARED: Schema = {
    "type": "boolean",
    "description": "True declares that the outline of the district changes",
}


def _object(optional: tuple[str, ...] = (), description: str | None = None, /, **fields: Schema) -> Schema:
    schema: Schema = {
        "type": "object",
        "properties": fields,
        "required": [name for name in fields if name not in optional],
        "additionalProperties": False,
    }
    return schema if description is None else {**schema, "description": description}


def _list(items: Schema, least: int = 1) -> Schema:
    return {"type": "array", "items": items, "minItems": least}


def _operation(kind: str, description: str, optional: tuple[str, ...] = (), /, **fields: Schema) -> Schema:
    identity = {**_ID, "description": "Made by the client; sending it again is harmless"}
    body = _object(optional, description, id=identity, kind={"type": "string", "const": kind}, **fields)
    return {"title": kind, **body}


_SEEN = {**_list(_object(arc={"type": "integer"}, hash=_HASH), 0), "description": "Arcs as they were seen"}
_NAMED = {"type": _TYPE, "name": _TEXT, "romanization": _TEXT, "code": _CODE}
_LINES = {"lines": _list(_PATH), "ring": {**_PATH, "minItems": 3}, "arcs": _SEEN}
_CUT = _object(
    ("lines", "ring", "arcs"),
    "Lines (clipped to the land) or a ring, and a point in the piece that is meant; with neither, the point"
    " names a part of the land that lies apart (飞地)",
    **_LINES,
    inside=_POINT,
)
_CHILD = _object(("romanization", "code"), "What the piece becomes", division=_NEW, **_NAMED)
_CHILDREN = _list(_ID)
_SHARE = {"children": _CHILDREN, "cut": _CUT, "population": _PEOPLE}
_ARC = {"arc": {"type": "integer"}, "hash": _HASH}

OPERATIONS: tuple[Schema, ...] = (
    _operation(
        "reshape",
        "Replace the points between two vertices of an arc: points[:start+1] + path + points[end:]",
        ("source", "outer_changed"),
        **_ARC,
        start=_INDEX,
        end={"type": "integer", "minimum": 1},
        path=_PATH,
        source=_object(
            ("note",), kind={"type": "string", "enum": ["drawn", "gnss", "file"]}, note={"type": "string"}
        ),
        outer_changed=_DECLARED,
    ),
    _operation(
        "insert_vertex",
        "Put a vertex into an arc, after the one counted",
        ("outer_changed",),
        **_ARC,
        after=_INDEX,
        point=_POINT,
        outer_changed=_DECLARED,
    ),
    _operation(
        "move_vertex",
        "Move an inner vertex of an arc",
        ("outer_changed",),
        **_ARC,
        index=_INNER,
        point=_POINT,
        outer_changed=_DECLARED,
    ),
    _operation(
        "delete_vertex",
        "Take an inner vertex out of an arc",
        ("outer_changed",),
        **_ARC,
        index=_INNER,
        outer_changed=_DECLARED,
    ),
    _operation(
        "move_node",
        "Move a node with all its arcs",
        ("outer_changed",),
        node={"type": "integer"},
        x={"type": "integer"},
        y={"type": "integer"},
        arcs=_list(_object(**_ARC)),
        outer_changed=_DECLARED,
    ),
    _operation(
        "rename",
        "Give a division another official name",
        ("romanization",),
        division=_ID,
        name=_TEXT,
        romanization={"anyOf": [_TEXT, {"type": "null"}]},
        base_name={**_TEXT, "description": "The name it had when this was made"},
    ),
    _operation(
        "recode",
        "Give codes, or confirm those proposed for divisions that need a new one",
        codes=_list(_object(division=_ID, code=_CODE)),
    ),
    _operation(
        "reclass",
        "Change the type of a village that goes on as it is (村改社区)",
        ("name",),
        division=_ID,
        type=_TYPE,
        name=_TEXT,
    ),
    _operation(
        "convert",
        "Abolish a division and set up another one on the same land (镇改街道, 县改区)",
        ("romanization", "code"),
        division=_ID,
        new=_NEW,
        **_NAMED,
    ),
    _operation(
        "move_seat",
        "Move the seat 驻地 of a division",
        ("address",),
        division=_ID,
        seat=_POINT,
        address=_TEXT,
    ),
    _operation(
        "transfer",
        "Put a whole division under another parent",
        division=_ID,
        **{"from": {**_ID, "description": "The parent it had when this was made"}},
        to=_ID,
    ),
    _operation(
        "merge",
        "Merge divisions into one of them, which goes on; the others are abolished",
        ("arcs",),
        divisions=_list(_ID),
        into=_ID,
        arcs=_SEEN,
    ),
    _operation(
        "split",
        "Found new divisions on parts of one; what no part takes stays with it",
        ("children",),
        division=_ID,
        cuts=_object(("lines", "ring", "arcs"), **_LINES),
        parts=_list(
            _object(
                ("romanization", "code", "population"),
                inside=_POINT,
                division=_NEW,
                **_NAMED,
                population=_PEOPLE,
            )
        ),
        children=_list(
            _object(("romanization", "code"), "A child that is cut", division=_ID, new=_NEW, **_NAMED), 0
        ),
    ),
    _operation(
        "transfer_part",
        "Put a piece of one division into another",
        ("population", "child"),
        division=_ID,
        to=_ID,
        cut=_CUT,
        population=_PEOPLE,
        child=_CHILD,
    ),
    _operation(
        "establish",
        "Set up a division on whole divisions (which end), children of divisions, or pieces of them",
        ("romanization", "parent", "seat", "seat_address", "code", "population"),
        division=_NEW,
        level={"type": "integer", "minimum": 1, "maximum": 5},
        **_NAMED,
        parent={"anyOf": [_ID, {"type": "null"}]},
        seat=_POINT,
        seat_address=_TEXT,
        **{
            "from": _list(
                _object(("children", "cut", "population", "child"), division=_ID, **_SHARE, child=_CHILD)
            )
        },
        population=_PEOPLE,
    ),
    _operation(
        "abolish",
        "Abolish a division; its land passes to others, which must take all of it",
        division=_ID,
        into=_list(_object(("children", "cut", "population"), division=_ID, **_SHARE)),
    ),
)

OPERATIONS_SCHEMA: Schema = {"type": "array", "items": {"oneOf": [*OPERATIONS, *LINE_OPERATIONS]}}
