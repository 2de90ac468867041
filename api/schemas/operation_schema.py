"""The operations of a request for the document; gazetteer/rules/intents.py is what checks them."""

from __future__ import annotations

from typing import Any

_ID = {"type": "string", "format": "uuid", "description": "Made by the client; sending it again is harmless"}
_HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "The arc as it stands in the draft"}
_POINT = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}


def _operation(kind: str, description: str, **fields: Any) -> dict[str, Any]:
    properties = {"id": _ID, "kind": {"type": "string", "const": kind}, **fields}
    return {
        "type": "object",
        "title": kind,
        "description": description,
        "properties": properties,
        "required": [name for name in properties if name != "romanization"],
    }


OPERATIONS_SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "oneOf": [
            _operation(
                "reshape",
                "Replace the points between two vertices of an arc: points[:start+1] + path + points[end:]",
                arc={"type": "integer"},
                hash=_HASH,
                start={"type": "integer", "minimum": 0},
                end={"type": "integer", "minimum": 1},
                path={"type": "array", "items": _POINT},
            ),
            _operation(
                "move_node",
                "Move a node with all its arcs",
                node={"type": "integer"},
                x={"type": "integer"},
                y={"type": "integer"},
                arcs={
                    "type": "array",
                    "items": {"type": "object", "properties": {"arc": {"type": "integer"}, "hash": _HASH}},
                },
            ),
            _operation(
                "rename",
                "Give a division another official name",
                division={"type": "string", "format": "uuid"},
                name={"type": "string"},
                romanization={"anyOf": [{"type": "string"}, {"type": "null"}]},
                base_name={"type": "string", "description": "The name it had when this was made"},
            ),
        ]
    },
}
