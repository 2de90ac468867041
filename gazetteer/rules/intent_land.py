"""Operations that divide land: where the cut runs, and what becomes of each piece."""

from __future__ import annotations

from gazetteer.rules.intent_divisions import MOST_UNITS, address, code, naming
from gazetteer.rules.intent_fields import Body, Item

MOST_LINES = 200
MOST_PARTS = 200
MOST_PEOPLE = 10**10
LOWEST_LEVEL = 5


def _split(item: Item) -> Body:
    return {
        "division": item.uuid("division"),
        "cuts": item.one("cuts", _lines),
        "parts": item.many("parts", _part, MOST_PARTS),
        "children": item.many("children", _split_child, MOST_UNITS, least=0) if item.has("children") else [],
    }


def _part(item: Item) -> Body:
    return {
        "inside": item.point("inside"),
        "division": item.uuid("division"),
        "type": item.text("type", 20),
        **naming(item),
        **code(item),
        **_population(item),
    }


def _split_child(item: Item) -> Body:
    return {
        "division": item.uuid("division"),
        "new": item.uuid("new"),
        "type": item.text("type", 20),
        **naming(item),
        **code(item),
    }


def _transfer_part(item: Item) -> Body:
    body = {"division": item.uuid("division"), "to": item.uuid("to"), "cut": item.one("cut", _cut)}
    if body["division"] == body["to"]:
        item.fault("to", "same_division", "与原单位相同", "is the division itself")
    return {**body, **_population(item), **_child(item)}


def _establish(item: Item) -> Body:
    return {
        "division": item.uuid("division"),
        "level": item.integer("level", 1, LOWEST_LEVEL),
        "type": item.text("type", 20),
        **naming(item),
        "parent": item.uuid("parent") if item.has("parent") else None,
        **({"seat": item.point("seat")} if item.has("seat") else {}),
        **address(item, "seat_address"),
        **code(item),
        "from": item.many("from", _source, MOST_UNITS),
        **_population(item),
    }


def _source(item: Item) -> Body:
    """Read where land of a new division comes from: a division, children of one, or a piece of one."""
    body = {"division": item.uuid("division"), **_share(item), **_population(item)}
    return {**body, **_child(item)} if "cut" in body else body


def _abolish(item: Item) -> Body:
    return {"division": item.uuid("division"), "into": item.many("into", _target, MOST_UNITS)}


def _target(item: Item) -> Body:
    return {"division": item.uuid("division"), **_share(item), **_population(item)}


def _share(item: Item) -> Body:
    """Read which part of the land is meant: children, a piece, or, with neither, all of it (that is left)."""
    if item.has("children") and item.has("cut"):
        zh, en = "children 与 cut 只能有一个", "cannot be given together with children"
        item.fault("cut", "two_shares", zh, en)
    if item.has("children"):
        return {"children": item.uuids("children", MOST_UNITS)}
    return {"cut": item.one("cut", _cut)} if item.has("cut") else {}


def _cut(item: Item) -> Body:
    return {**_lines(item), "inside": item.point("inside")}


def _lines(item: Item) -> Body:
    """Read cutting lines, or one ring, with the outline arcs they meet as they were seen.

    With neither, the land falls into the parts it has: one that lies apart (飞地) can be named by a point.
    """
    body: Body = {}
    if item.has("lines"):
        body["lines"] = item.paths("lines", MOST_LINES)
    if item.has("ring"):
        body["ring"] = item.path("ring", least=3)
    return {**body, "arcs": item.arcs()}


def _child(item: Item) -> Body:
    """Read the division that a piece becomes within the one it goes to."""
    return {"child": item.one("child", _new_child)} if item.has("child") else {}


def _new_child(item: Item) -> Body:
    return {"division": item.uuid("division"), "type": item.text("type", 20), **naming(item), **code(item)}


def _population(item: Item) -> Body:
    return {"population": item.integer("population", 0, MOST_PEOPLE)} if item.has("population") else {}


LAND_PARSERS = {
    "split": _split,
    "transfer_part": _transfer_part,
    "establish": _establish,
    "abolish": _abolish,
}
