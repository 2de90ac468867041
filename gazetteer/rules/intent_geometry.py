"""Operations on single lines: what each says, and on which state of the line it was made."""

from __future__ import annotations

from gazetteer.rules.intent_fields import LIMIT, Body, Item

MOST_VERTICES = 10**7
SOURCES = ("drawn", "gnss", "file")
"""Where new points come from: drawn on the map, measured in the field, read from a file."""


def _reshape(item: Item) -> Body:
    start = item.integer("start", 0, MOST_VERTICES)
    return {
        **_arc(item),
        "start": start,
        "end": item.integer("end", start + 1, MOST_VERTICES),
        "path": item.path("path"),
        **({"source": item.one("source", _source)} if item.has("source") else {}),
        **_declared(item),
    }


def _source(item: Item) -> Body:
    note = item.optional_text("note", 500)
    return {"kind": item.choice("kind", SOURCES), **({} if note is None else {"note": note})}


def _insert_vertex(item: Item) -> Body:
    after = item.integer("after", 0, MOST_VERTICES)
    return {**_arc(item), "after": after, "point": item.point("point"), **_declared(item)}


def _move_vertex(item: Item) -> Body:
    index = item.integer("index", 1, MOST_VERTICES)
    return {**_arc(item), "index": index, "point": item.point("point"), **_declared(item)}


def _delete_vertex(item: Item) -> Body:
    return {**_arc(item), "index": item.integer("index", 1, MOST_VERTICES), **_declared(item)}


def _move_node(item: Item) -> Body:
    return {
        "node": item.arc_id("node"),
        "x": item.integer("x", -LIMIT, LIMIT),
        "y": item.integer("y", -LIMIT, LIMIT),
        "arcs": item.arcs(least=1),
        **_declared(item),
    }


def _arc(item: Item) -> Body:
    return {"arc": item.arc_id("arc"), "hash": item.hash("hash")}


def _declared(item: Item) -> Body:
    """Read the declaration that the outline of the district changes; kept only where it is made."""
    declared = item.has("outer_changed") and item.boolean("outer_changed")
    return {"outer_changed": True} if declared else {}


GEOMETRY_PARSERS = {
    "reshape": _reshape,
    "move_node": _move_node,
    "insert_vertex": _insert_vertex,
    "move_vertex": _move_vertex,
    "delete_vertex": _delete_vertex,
}
