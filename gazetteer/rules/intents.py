"""The operations of a change request as people send them: parsed, typed, hashed.

An intent is what a person meant (move this stretch, merge these towns, rename this division). It is kept
beside the change it makes so that it can be replayed on a newer base.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gazetteer.errors import FieldError, RuleBroken
from gazetteer.rules.intent_fields import Body, Item
from gazetteer.rules.intent_kinds import PARSERS

KINDS = tuple(PARSERS)


@dataclass(frozen=True)
class Intent:
    """One operation: the id its maker gave it, its kind and its checked body (JSON values only)."""

    id: uuid.UUID
    kind: str
    body: Body

    def to_json(self) -> Body:
        """Return the operation as it is sent and stored."""
        return {"id": str(self.id), "kind": self.kind, **self.body}


def parse_intents(raw: Sequence[Any]) -> list[Intent]:
    """Check and type the operations of a request; raise RuleBroken with every fault found."""
    errors: list[FieldError] = []
    intents: list[Intent] = []
    seen: set[uuid.UUID] = set()
    for index, item in enumerate(raw):
        where = f"operations[{index}]"
        faults: list[FieldError] = []
        intent = _parse_one(where, item, faults)
        errors += faults
        if intent is None:
            continue
        if intent.id in seen:
            errors.append(FieldError(f"{where}.id", "duplicate", "编号重复", "id given twice"))
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


def _parse_one(where: str, values: Any, faults: list[FieldError]) -> Intent | None:
    if not isinstance(values, Mapping):
        faults.append(FieldError(where, "not_an_object", "应为对象", "must be an object"))
        return None
    kind = values.get("kind")
    item = Item(where, values, faults)
    if not isinstance(kind, str) or kind not in PARSERS:
        words = ", ".join(KINDS)
        item.fault("kind", "unknown_kind", f"未知操作,应为其中之一: {words}", f"must be one of {words}")
        return None
    identity = item.uuid("id")
    body = item.read(PARSERS[kind], known=("kind",))
    return None if faults else Intent(uuid.UUID(identity), kind, body)
