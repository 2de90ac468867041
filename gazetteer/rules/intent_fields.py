"""Reading the fields of an operation as it is sent: each value checked, every fault kept with its place."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any

from gazetteer.errors import FieldError

Body = dict[str, Any]
"""JSON values only."""

LIMIT = 10**9 * 180
"""No coordinate in 1e-9 degree is larger than 180 degrees."""
MOST_POINTS = 20_000
LARGEST_ID = 2**53
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control, format (direction marks, zero-width spaces) and surrogate characters: no name has them."""
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,29}", re.ASCII)


class Item:
    """One object of a request while it is read.

    Parameters
    ----------
    where : str
        Path of the object, as in ``operations[3].cut``.
    values : mapping
        The object as sent.
    faults : list of FieldError
        Every fault found is added here; a faulty field reads as a harmless value.
    """

    def __init__(self, where: str, values: Mapping[str, Any], faults: list[FieldError]) -> None:
        self.where, self.values, self.faults = where, values, faults
        self._read: set[str] = set()

    def fault(self, field: str, code: str, zh: str, en: str) -> None:
        """Add a fault of a field."""
        self.faults.append(FieldError(f"{self.where}.{field}", code, zh, en))

    def has(self, field: str) -> bool:
        """Tell whether a field is given and not null."""
        return self._value(field) is not None

    def uuid(self, field: str) -> str:
        """Return a UUID as text in its one canonical form."""
        try:
            return str(uuid.UUID(str(self._value(field))))
        except ValueError:
            self.fault(field, "not_a_uuid", "应为 UUID", "must be a UUID")
            return str(uuid.UUID(int=0))

    def uuids(self, field: str, most: int, *, least: int = 1) -> list[str]:
        """Return several UUIDs, none twice."""
        found = []
        for number, value in enumerate(self._list(field, least, most)):
            place = f"{field}[{number}]"
            inner = Item(self.where, {place: value}, self.faults)
            found.append(inner.uuid(place))
        if len(set(found)) < len(found):
            self.fault(field, "duplicate", "重复列出", "is listed twice")
        return found

    def integer(self, field: str, low: int, high: int) -> int:
        """Return an integer within bounds, both included; true and 1.0 are none."""
        value = self._value(field)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            zh, en = f"应为 {low} 至 {high} 的整数", f"must be an integer from {low} to {high}"
            self.fault(field, "not_an_integer", zh, en)
            return low
        return value

    def arc_id(self, field: str) -> int:
        """Return the id of an arc, a node or a face."""
        return self.integer(field, 1, LARGEST_ID)

    def boolean(self, field: str) -> bool:
        """Return true or false."""
        value = self._value(field)
        if not isinstance(value, bool):
            self.fault(field, "not_a_boolean", "应为 true 或 false", "must be true or false")
            return False
        return value

    def hash(self, field: str) -> str:
        """Return the content hash of an arc."""
        value = self._value(field)
        if not isinstance(value, str) or len(value) != 64 or set(value) - set("0123456789abcdef"):
            self.fault(field, "not_a_hash", "应为 64 位十六进制摘要", "must be a 64-digit hex hash")
            return ""
        return value

    def text(self, field: str, most: int = 200) -> str:
        """Return text of 1 to `most` characters, without the blanks around it."""
        value = self._value(field)
        if not isinstance(value, str) or not value.strip() or len(value) > most:
            zh, en = f"应为 1 至 {most} 字的文字", f"must be text of 1 to {most} characters"
            self.fault(field, "not_a_text", zh, en)
            return ""
        if any(unicodedata.category(character) in _UNSEEN for character in value.strip()):
            zh, en = "含有控制字符或不可见字符", "has a control character or one that cannot be seen"
            self.fault(field, "unseen_character", zh, en)
            return ""
        return value.strip()

    def optional_text(self, field: str, most: int = 200) -> str | None:
        """Return text, or None where it is missing."""
        return self.text(field, most) if self.has(field) else None

    def code(self, field: str) -> str:
        """Return a code: digits, or letters and digits of another scheme."""
        value = self._value(field)
        if not isinstance(value, str) or _CODE.fullmatch(value) is None:
            zh, en = "应为 1 至 30 位的代码", "must be a code of 1 to 30 digits or letters"
            self.fault(field, "not_a_code", zh, en)
            return ""
        return value

    def choice(self, field: str, allowed: Collection[str]) -> str:
        """Return one of the words allowed."""
        value = self._value(field)
        if not isinstance(value, str) or value not in allowed:
            words = ", ".join(allowed)
            self.fault(field, "not_a_choice", f"应为其中之一: {words}", f"must be one of {words}")
            return next(iter(allowed))
        return value

    def point(self, field: str) -> list[int]:
        """Return a position [x, y] in grid integers."""
        value = self._value(field)
        if not isinstance(value, list) or len(value) != 2:
            self.fault(field, "not_a_point", "应为 [x, y]", "must be [x, y]")
            return [0, 0]
        pair = Item(f"{self.where}.{field}", dict(zip("xy", value, strict=True)), self.faults)
        return [pair.integer(axis, -LIMIT, LIMIT) for axis in "xy"]

    def path(self, field: str, least: int = 0) -> list[list[int]]:
        """Return a list of positions, at most 20,000."""
        value = self._value(field)
        if not isinstance(value, list) or not least <= len(value) <= MOST_POINTS:
            zh = f"应为 [[x, y], ...],{least} 至 {MOST_POINTS} 点"
            en = f"must be [[x, y], ...] of {least} to {MOST_POINTS:,} points"
            self.fault(field, "not_a_path", zh, en)
            return []
        names = [f"{field}[{number}]" for number in range(len(value))]
        inner = Item(self.where, dict(zip(names, value, strict=True)), self.faults)
        return [inner.point(name) for name in names]

    def paths(self, field: str, most: int) -> list[list[list[int]]]:
        """Return several lines, each of two points or more."""
        value = self._list(field, 1, most)
        names = [f"{field}[{number}]" for number in range(len(value))]
        inner = Item(self.where, dict(zip(names, value, strict=True)), self.faults)
        return [inner.path(name, least=2) for name in names]

    def arcs(self, field: str = "arcs", *, least: int = 0, most: int = 5000) -> list[Body]:
        """Return arcs as they were seen: [{arc, hash}]; the list may be left out where `least` is 0."""
        if least == 0 and not self.has(field):
            return []
        value = self._value(field)
        if not isinstance(value, list) or not least <= len(value) <= most:
            zh = "应列出涉及的弧段及其摘要 [{arc, hash}]"
            self.fault(field, "not_arcs", zh, "must list the arcs concerned with their hashes: [{arc, hash}]")
            return []
        return self.many(
            field, lambda item: {"arc": item.arc_id("arc"), "hash": item.hash("hash")}, most, least=least
        )

    def one(self, field: str, parse: Callable[[Item], Body]) -> Body:
        """Return an object within the object."""
        value = self._value(field)
        if not isinstance(value, Mapping):
            self.fault(field, "not_an_object", "应为对象", "must be an object")
            return {}
        return Item(f"{self.where}.{field}", value, self.faults).read(parse)

    def many(self, field: str, parse: Callable[[Item], Body], most: int, *, least: int = 1) -> list[Body]:
        """Return a list of objects."""
        found = []
        for number, value in enumerate(self._list(field, least, most)):
            place = f"{field}[{number}]"
            found.append(Item(self.where, {place: value}, self.faults).one(place, parse))
        return found

    def read(self, parse: Callable[[Item], Body], known: Collection[str] = ()) -> Body:
        """Return what `parse` reads, and find fault with every field it does not know."""
        body = parse(self)
        for field in sorted(str(name) for name in set(self.values) - self._read - set(known)):
            zh = "未知字段,不会被采用,请删除"
            self.fault(field[:100], "unknown_field", zh, "is not known here and would be lost: leave it out")
        return body

    def _list(self, field: str, least: int, most: int) -> list[Any]:
        value = self._value(field)
        if not isinstance(value, list) or not least <= len(value) <= most:
            zh, en = f"应为 {least} 至 {most} 项的列表", f"must be a list of {least} to {most} entries"
            self.fault(field, "not_a_list", zh, en)
            return []
        return value

    def _value(self, field: str) -> Any:
        self._read.add(field)
        return self.values.get(field)
