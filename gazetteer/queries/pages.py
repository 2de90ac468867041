"""Pages of a list: the place of the last item as a text that the next request hands back."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from gazetteer.errors import FieldError, RuleBroken

T = TypeVar("T")
Key = tuple[int | str, ...]


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items of a list, and where the next page begins; None at the end."""

    items: tuple[T, ...]
    next_cursor: str | None


def write_cursor(key: Sequence[int | str | uuid.UUID]) -> str:
    """Return the sort key of an item as an opaque text."""
    text = json.dumps([part if isinstance(part, int) else str(part) for part in key], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def parse_cursor(cursor: str, *kinds: type) -> Key:
    """Return the sort key behind a cursor; RuleBroken when it is not one of ours.

    Parameters
    ----------
    kinds : type
        What the parts of the key are: int, str or UUID (given back as text).
    """
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise ValueError(cursor)
        return tuple(_checked(part, kind) for part, kind in zip(parts, kinds, strict=True))
    except (ValueError, TypeError) as error:
        raise RuleBroken(
            "分页参数 cursor 无效，请从第一页重新开始。",
            "The cursor is not one of ours: begin again with the first page.",
            code="bad_cursor",
            errors=(FieldError("cursor", "bad_cursor", "无效", "not one of ours"),),
        ) from error


def _checked(part: object, kind: type) -> int | str:
    if kind is uuid.UUID:
        return str(uuid.UUID(str(part)))
    if kind is int and isinstance(part, int) and abs(part) < 2**62:
        return part
    if kind is str and isinstance(part, str) and "\0" not in part:
        return part
    raise ValueError(part)


def escape_like(text: str) -> str:
    r"""Return text for LIKE with its wildcards made plain (the escape character is \)."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
