"""Operations on divisions that draw no line: names, codes, types, seats, parents, mergers."""

from __future__ import annotations

from gazetteer.rules.intent_fields import Body, Item

MOST_UNITS = 2000
"""Divisions in one operation."""


def _rename(item: Item) -> Body:
    return {
        "division": item.uuid("division"),
        "name": item.text("name"),
        "romanization": item.optional_text("romanization"),
        "base_name": item.text("base_name"),
    }


def _transfer(item: Item) -> Body:
    body = {"division": item.uuid("division"), "from": item.uuid("from"), "to": item.uuid("to")}
    if body["from"] == body["to"]:
        item.fault("to", "same_division", "与原上级相同", "is the parent it has")
    return body


def _merge(item: Item) -> Body:
    divisions, into = item.uuids("divisions", MOST_UNITS), item.uuid("into")
    if not set(divisions) - {into}:
        item.fault(
            "divisions", "nothing_to_merge", "至少还须有一个单位", "must name one other division at least"
        )
    return {"divisions": divisions, "into": into, "arcs": item.arcs()}


def _convert(item: Item) -> Body:
    return {
        "division": item.uuid("division"),
        "new": item.uuid("new"),
        "type": item.text("type", 20),
        **naming(item),
        **code(item),
    }


def _reclass(item: Item) -> Body:
    name = item.optional_text("name")
    body = {"division": item.uuid("division"), "type": item.text("type", 20)}
    return body if name is None else {**body, "name": name}


def _recode(item: Item) -> Body:
    codes = item.many("codes", lambda one: {"division": one.uuid("division"), "code": one.code("code")}, 5000)
    for field in ("division", "code"):
        given = [entry.get(field) for entry in codes]
        if len(set(given)) < len(given):
            zh, en = f"同一 {field} 列出两次", f"lists a {field} twice"
            item.fault("codes", "duplicate", zh, en)
    return {"codes": codes}


def _move_seat(item: Item) -> Body:
    return {"division": item.uuid("division"), "seat": item.point("seat"), **address(item, "address")}


def naming(item: Item) -> Body:
    """Read a name and, where given, its romanization."""
    romanization = item.optional_text("romanization")
    name = {"name": item.text("name")}
    return name if romanization is None else {**name, "romanization": romanization}


def code(item: Item) -> Body:
    """Read a code where one is given."""
    return {"code": item.code("code")} if item.has("code") else {}


def address(item: Item, field: str) -> Body:
    """Read the address of a seat where one is given."""
    text = item.optional_text(field, 300)
    return {} if text is None else {field: text}


DIVISION_PARSERS = {
    "rename": _rename,
    "transfer": _transfer,
    "merge": _merge,
    "convert": _convert,
    "reclass": _reclass,
    "recode": _recode,
    "move_seat": _move_seat,
}
