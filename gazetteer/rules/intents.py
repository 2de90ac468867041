"""The operations of a change request as people send them: parsed, typed, hashed.

An intent is what a person meant (move this stretch, move this node, rename this division). It is kept
beside the patch so that it can be replayed on a newer base.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gazetteer.errors import FieldError, RuleBroken

KINDS = ("reshape", "move_node", "rename")
_LIMIT = 10**9 * 180
"""No coordinate in 1e-9 degree is larger than 180 degrees."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control, format (direction marks, zero-width spaces) and surrogate characters: no name has them."""


@dataclass(frozen=True)
class Intent:
    """One operation: the id its maker gave it, its kind and its checked body (JSON values only)."""

    id: uuid.UUID
    kind: str
    body: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the operation as it is sent and stored."""
        return {"id": str(self.id), "kind": self.kind, **self.body}


def parse_intents(raw: Sequence[Any]) -> list[Intent]:
    """Check and type the operations of a request; raise RuleBroken with every fault found."""
    errors: list[FieldError] = []
    intents: list[Intent] = []
    seen: set[uuid.UUID] = set()
    for index, item in enumerate(raw):
        faults: list[FieldError] = []
        intent = _parse_one(f"operations[{index}]", item, faults)
        errors += faults
        if intent is None:
            continue
        if intent.id in seen:
            errors.append(_error(f"operations[{index}].id", "duplicate", "编号重复", "id given twice"))
        seen.add(intent.id)
        intents.append(intent)
    if errors:
        raise RuleBroken(
            "操作格式有误,未保存任何内容。",
            "Some operations are malformed; nothing was stored.",
            code="malformed_operation",
            errors=tuple(errors),
        )
    return intents


def content_hash(intents: Sequence[Intent]) -> str:
    """Return the sha256 of the operations in order: what the approver signs."""
    text = json.dumps(
        [i.to_json() for i in intents], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _error(field: str, code: str, zh: str, en: str) -> FieldError:
    return FieldError(field, code, zh, en)


def _parse_one(where: str, item: Any, faults: list[FieldError]) -> Intent | None:
    if not isinstance(item, Mapping):
        faults.append(_error(where, "not_an_object", "应为对象", "must be an object"))
        return None
    kind = item.get("kind")
    if kind not in KINDS:
        faults.append(
            _error(f"{where}.kind", "unknown_kind", f"未知操作,应为 {KINDS}", f"must be one of {KINDS}")
        )
        return None
    identity = _uuid(where, "id", item, faults)
    body = {"reshape": _reshape, "move_node": _move_node, "rename": _rename}[kind](where, item, faults)
    return None if faults or identity is None else Intent(identity, kind, body)


def _uuid(where: str, field: str, item: Mapping[str, Any], faults: list[FieldError]) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(item.get(field)))
    except ValueError:
        faults.append(_error(f"{where}.{field}", "not_a_uuid", "应为 UUID", "must be a UUID"))
        return None


def _integer(
    where: str, field: str, item: Mapping[str, Any], faults: list[FieldError], low: int, high: int
) -> int:
    value = item.get(field)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        faults.append(
            _error(
                f"{where}.{field}",
                "not_an_integer",
                f"应为 {low} 至 {high} 的整数",
                f"must be an integer from {low} to {high}",
            )
        )
        return low
    return value


def _hash(where: str, field: str, item: Mapping[str, Any], faults: list[FieldError]) -> str:
    value = item.get(field)
    if not isinstance(value, str) or len(value) != 64 or set(value) - set("0123456789abcdef"):
        faults.append(
            _error(f"{where}.{field}", "not_a_hash", "应为 64 位十六进制摘要", "must be a 64-digit hex hash")
        )
        return ""
    return value


def _text(
    where: str, field: str, item: Mapping[str, Any], faults: list[FieldError], *, optional: bool = False
) -> str | None:
    value = item.get(field)
    if value is None and optional:
        return None
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        faults.append(
            _error(
                f"{where}.{field}",
                "not_a_text",
                "应为 1 至 200 字的文字",
                "must be text of 1 to 200 characters",
            )
        )
        return None
    if any(unicodedata.category(character) in _UNSEEN for character in value.strip()):
        faults.append(
            _error(
                f"{where}.{field}",
                "unseen_character",
                "含有控制字符或不可见字符",
                "has a control character or one that cannot be seen",
            )
        )
        return None
    return value.strip()


def _reshape(where: str, item: Mapping[str, Any], faults: list[FieldError]) -> dict[str, Any]:
    start = _integer(where, "start", item, faults, 0, 10**7)
    end = _integer(where, "end", item, faults, start + 1, 10**7)
    path = item.get("path")
    if not isinstance(path, list) or len(path) > 20_000:
        faults.append(
            _error(
                f"{where}.path",
                "not_a_path",
                "应为 [[x, y], ...],至多 20000 点",
                "must be [[x, y], ...] of at most 20,000 points",
            )
        )
        path = []
    points = []
    for number, point in enumerate(path):
        if not isinstance(point, list) or len(point) != 2:
            faults.append(_error(f"{where}.path[{number}]", "not_a_point", "应为 [x, y]", "must be [x, y]"))
            continue
        pair = dict(zip("xy", point, strict=True))
        points.append(
            [_integer(f"{where}.path[{number}]", axis, pair, faults, -_LIMIT, _LIMIT) for axis in "xy"]
        )
    return {
        "arc": _integer(where, "arc", item, faults, 1, 2**53),
        "hash": _hash(where, "hash", item, faults),
        "start": start,
        "end": end,
        "path": points,
    }


def _move_node(where: str, item: Mapping[str, Any], faults: list[FieldError]) -> dict[str, Any]:
    arcs = item.get("arcs")
    if not isinstance(arcs, list) or not arcs or not all(isinstance(a, Mapping) for a in arcs):
        faults.append(
            _error(
                f"{where}.arcs",
                "not_arcs",
                "应列出交于该点的全部弧段及摘要",
                "must list every arc at the node with its hash",
            )
        )
        arcs = []
    return {
        "node": _integer(where, "node", item, faults, 1, 2**53),
        "x": _integer(where, "x", item, faults, -_LIMIT, _LIMIT),
        "y": _integer(where, "y", item, faults, -_LIMIT, _LIMIT),
        "arcs": [
            {"arc": _integer(place, "arc", arc, faults, 1, 2**53), "hash": _hash(place, "hash", arc, faults)}
            for place, arc in ((f"{where}.arcs[{n}]", a) for n, a in enumerate(arcs))
        ],
    }


def _rename(where: str, item: Mapping[str, Any], faults: list[FieldError]) -> dict[str, Any]:
    division = _uuid(where, "division", item, faults)
    return {
        "division": str(division),
        "name": _text(where, "name", item, faults),
        "romanization": _text(where, "romanization", item, faults, optional=True),
        "base_name": _text(where, "base_name", item, faults),
    }
