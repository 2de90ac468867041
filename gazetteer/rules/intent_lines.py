"""Operations on boundary lines as legal objects, their markers 界桩 and tripoints 三交点."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable
from typing import Any

from gazetteer.rules.intent_fields import LIMIT, Body, Item
from gazetteer.rules.lines import FOLLOWS, LINE_TYPES, STATUSES

LETTERS = {
    "single_two": ("Q",),
    "single_three": ("Q",),
    "double": ("A", "B"),
    "triple": ("C", "D", "E"),
}
"""Letters of each form of marker (GB/T 17796): single, two or three with one number."""
FORMS = {
    "single_two": "单立双面",
    "single_three": "单立三面",
    "double": "同号双立",
    "triple": "同号三立",
}
MARKER_STATUSES = {"standing": "完好", "damaged": "损坏", "lost": "丢失"}
THREE_SIDED = ("single_three", "triple")
MOST_REFERENCES = 3
LONGEST_COURSE = 20_000
LARGEST_OBJECT = 10_000
"""Characters of a survey's evidence."""


def _number(item: Item, field: str, low: float, high: float) -> float:
    """Return a finite number within bounds, both included."""
    given = item.has(field)
    value = item.values.get(field)
    wrong = not given or isinstance(value, bool) or not isinstance(value, int | float)
    if wrong or not math.isfinite(float(value)) or not low <= float(value) <= high:  # type: ignore[arg-type]
        item.fault(
            field, "not_a_number", f"应为 {low:g} 至 {high:g} 的数", f"must be from {low:g} to {high:g}"
        )
        return low
    return float(value)  # type: ignore[arg-type]


def _date(item: Item, field: str) -> str:
    """Return a day as YYYY-MM-DD."""
    item.has(field)
    value = item.values.get(field)
    try:
        if not isinstance(value, str) or len(value) != 10:
            raise ValueError(value)
        return dt.date.fromisoformat(value).isoformat()
    except ValueError:
        item.fault(field, "not_a_date", "应为 YYYY-MM-DD 格式的日期", "must be a date YYYY-MM-DD")
        return "1900-01-01"


def _given(item: Item, readers: dict[str, Callable[[Item, str], Any]], *, may_clear: frozenset[str]) -> Body:
    """Read the fields that are sent; null clears those that may be empty."""
    body: Body = {}
    for field, read in readers.items():
        if field not in item.values:
            continue
        clear = item.values[field] is None and field in may_clear
        body[field] = None if clear else read(item, field)
        item.has(field)
    return body


def _text(most: int = 200) -> Callable[[Item, str], str]:
    return lambda item, field: item.text(field, most)


def _course(item: Item, field: str) -> str:
    """Return the course text: lines of text, so that line breaks are no unseen characters."""
    item.has(field)
    value = item.values.get(field)
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_COURSE or "\0" in value:
        zh = f"应为 1 至 {LONGEST_COURSE} 字的文字"
        item.fault(field, "not_a_text", zh, f"must be text of 1 to {LONGEST_COURSE} characters")
        return ""
    return value.strip()


def _choice(words: Any) -> Callable[[Item, str], str]:
    return lambda item, field: item.choice(field, tuple(words))


def _metres(low: float, high: float) -> Callable[[Item, str], float]:
    return lambda item, field: _number(item, field, low, high)


_LINE: dict[str, Callable[[Item, str], Any]] = {
    "name": _text(),
    "legal_status": _choice(STATUSES),
    "line_type": _choice(LINE_TYPES),
    "follows": _choice(FOLLOWS),
    "agreement_no": _text(),
    "agreement_date": _date,
    "agreement_clause": _text(2000),
    "survey_date": _date,
    "accuracy_m": _metres(0.001, 10_000.0),
    "course": _course,
}
LINE_FIELDS = tuple(_LINE)
_MAY_CLEAR = frozenset(LINE_FIELDS) - {"name", "legal_status", "line_type"}


def _base(item: Item, fields: tuple[str, ...]) -> Body:
    """Read the values that the author saw: of the fields of the operation only."""
    if not item.has("base"):
        return {}
    seen = item.values.get("base")
    if not isinstance(seen, dict) or set(seen) - set(fields) or not _is_plain(seen):
        zh = "应为所见旧值的对象，字段同本操作"
        item.fault("base", "not_a_base", zh, "must be an object of the values seen, by field")
        return {}
    return {"base": dict(seen)}


def _set_line(item: Item) -> Body:
    body = {
        "line": item.uuid("line"),
        **_base(item, LINE_FIELDS),
        **_given(item, _LINE, may_clear=_MAY_CLEAR),
    }
    _require_something(item, body, LINE_FIELDS)
    return body


def _found_line(item: Item) -> Body:
    return {
        "line": item.uuid("line"),
        "arcs": item.arcs(least=1),
        **_given(item, _LINE, may_clear=_MAY_CLEAR),
    }


def _reference(item: Item) -> Body:
    return {
        "name": item.text("name", 100),
        "azimuth_deg": _number(item, "azimuth_deg", 0.0, 360.0),
        "distance_m": _number(item, "distance_m", 0.0, 100_000.0),
    }


def _position(item: Item) -> Body:
    return {"x": item.integer("x", -LIMIT, LIMIT), "y": item.integer("y", -LIMIT // 2, LIMIT // 2)}


def _place(item: Item) -> Body:
    return {"node": item.arc_id("node")} if item.has("node") else _position(item)


def _gnss(item: Item, field: str) -> Body:
    item.has(field)
    value = item.values.get(field)
    if not isinstance(value, dict) or not _is_plain(value):
        zh = f"应为对象，至多 {LARGEST_OBJECT} 字"
        item.fault(field, "not_an_object", zh, f"must be an object of at most {LARGEST_OBJECT:,} characters")
        return {}
    return dict(value)


def _is_plain(value: object) -> bool:
    """Tell whether a value is JSON that the database can keep: no NaN, no null characters, not too long."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return len(text) <= LARGEST_OBJECT and "\\u0000" not in text


_SURVEYED: dict[str, Callable[[Item, str], Any]] = {
    "elevation_m": _metres(-500.0, 9000.0),
    "accuracy_m": _metres(0.001, 10_000.0),
    "gnss": _gnss,
}
_MARKER: dict[str, Callable[[Item, str], Any]] = {
    "line": lambda item, field: item.uuid(field),
    "number": _text(20),
    "letter": _choice(("Q", "A", "B", "C", "D", "E")),
    "form": _choice(LETTERS),
    "material": _text(50),
    "sides": lambda item, field: item.uuids(field, 3, least=2),
    "references": lambda item, field: item.many(field, _reference, MOST_REFERENCES, least=0),
    "status": _choice(MARKER_STATUSES),
    "note": _text(2000),
}
MARKER_FIELDS = tuple(_MARKER)
_NEEDED = frozenset({"line", "number", "letter", "form", "material", "sides"})
_MARKER_CLEAR = frozenset({"note"})
_SURVEY_CLEAR = frozenset(_SURVEYED)


def _put_marker(item: Item) -> Body:
    body = {"marker": item.uuid("marker"), **_given(item, _MARKER, may_clear=_MARKER_CLEAR)}
    for field in sorted(_NEEDED - body.keys()):
        body[field] = _MARKER[field](item, field)
    body |= {"place": item.one("place", _place), **_given(item, _SURVEYED, may_clear=_SURVEY_CLEAR)}
    return body


def _set_marker(item: Item) -> Body:
    body = {
        "marker": item.uuid("marker"),
        **_base(item, MARKER_FIELDS),
        **_given(item, _MARKER, may_clear=_MARKER_CLEAR),
    }
    _require_something(item, body, MARKER_FIELDS)
    return body


def _move_marker(item: Item) -> Body:
    return {
        "marker": item.uuid("marker"),
        **({"from": item.one("from", _position)} if item.has("from") else {}),
        "place": item.one("place", _place),
        **_given(item, _SURVEYED, may_clear=_SURVEY_CLEAR),
    }


def _remove_marker(item: Item) -> Body:
    return {"marker": item.uuid("marker"), "reason": item.text("reason", 500)}


def _set_tripoint(item: Item) -> Body:
    return {
        "tripoint": item.uuid("tripoint"),
        "node": item.arc_id("node"),
        "sides": item.uuids("sides", 3, least=3),
        "name": item.text("name"),
        "agreement_no": item.optional_text("agreement_no"),
        "agreement_date": _date(item, "agreement_date") if item.has("agreement_date") else None,
    }


def _remove_tripoint(item: Item) -> Body:
    return {"tripoint": item.uuid("tripoint"), "reason": item.text("reason", 500)}


def _require_something(item: Item, body: Body, fields: tuple[str, ...]) -> None:
    if not body.keys() & set(fields):
        item.fault("", "nothing_given", "未给出任何要修改的字段", "must name a field to change")


LINE_PARSERS: dict[str, Callable[[Item], Body]] = {
    "set_line": _set_line,
    "found_line": _found_line,
    "put_marker": _put_marker,
    "set_marker": _set_marker,
    "move_marker": _move_marker,
    "remove_marker": _remove_marker,
    "set_tripoint": _set_tripoint,
    "remove_tripoint": _remove_tripoint,
}
"""Kind -> how its body is read."""
