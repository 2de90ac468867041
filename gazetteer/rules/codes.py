"""Codes 代码 of divisions: formats of GB/T 2260 and GB/T 10114, what the digits say, and padding.

The rules hold for the scheme 'cn' only; any other scheme is kept as it stands.
Sources: 行政区划代码管理办法 (民政部令79号), 统计上使用的县以下行政区划代码编制规则.
"""

from __future__ import annotations

import re
from collections.abc import Collection

CN = "cn"
LOCAL = "local"

LENGTH = {1: 2, 2: 4, 3: 6, 4: 9, 5: 12}
"""Digits of a code by level, without padding."""

_FORMAT = {
    1: re.compile(r"\d{2}", re.ASCII),
    2: re.compile(r"\d{4}", re.ASCII),
    3: re.compile(r"\d{6}", re.ASCII),
    4: re.compile(r"\d{6}(0(?!00)\d{2}|[1-5]\d{2})", re.ASCII),
    5: re.compile(r"\d{9}(0(?!00)\d{2}|[1-5]\d{2})", re.ASCII),
}

_TOWN_TYPES = {"0": ("街道",), "1": ("镇",), "2": ("乡",), "3": ("乡",)}
"""Seventh digit -> the generic terms it allows; 4 and 5 are units like a township, of any name."""

_VILLAGE_TYPES = {"0": ("社区", "居委会"), "1": ("社区", "居委会"), "2": ("村",), "3": ("村",)}
"""Tenth digit -> the generic terms it allows."""

_RANGES: dict[int, tuple[tuple[str, range], ...]] = {
    4: (("街道", range(1, 100)), ("镇", range(100, 200)), ("乡", range(200, 400))),
    5: (("社区", range(1, 200)), ("居委会", range(1, 200)), ("村", range(200, 400))),
}
"""Generic term -> the numbers it may have; 400-599 are units like a township or village, of any name."""


def strip_padding(code: str, level: int) -> str:
    """Return a code of `level` without the zeros that pad it to 6, 9 or 12 digits."""
    length = LENGTH[level]
    if len(code) in (6, 9, 12) and len(code) > length and set(code[length:]) == {"0"}:
        return code[:length]
    return code


def fits_format(code: str, level: int) -> bool:
    """Tell whether an unpadded code has the format of its level."""
    return _FORMAT[level].fullmatch(code) is not None


def type_digit_agrees(code: str, level: int, type_: str) -> bool:
    """Tell whether the 7th digit of a town, or the 10th of a village, agrees with the type."""
    allowed: tuple[str, ...] | None
    if level == 4 and len(code) == 9:
        allowed = _TOWN_TYPES.get(code[6])
    elif level == 5 and len(code) == 12:
        allowed = _VILLAGE_TYPES.get(code[9])
    else:
        return True
    return allowed is None or type_.endswith(allowed)


def parent_prefix(code: str, parent_level: int) -> str:
    """Return the code that the parent at `parent_level` has when the rule of prefixes holds."""
    return code[: LENGTH[parent_level]]


def town_prefix(code: str) -> str:
    """Return what codes under a parent begin with: a city that has towns and no county counts as 6 digits."""
    return code.ljust(LENGTH[3], "0") if len(code) < LENGTH[3] else code


def type_range(level: int, type_: str) -> range:
    """Return the last three digits a town or village of a type may have (GB/T 10114)."""
    for term, numbers in _RANGES[level]:
        if type_.endswith(term):
            return numbers
    return range(400, 600)


def next_code(parent: str, level: int, type_: str, taken: Collection[str]) -> str | None:
    """Return the next code in sequence 顺序编制 for a town or village under a parent.

    Parameters
    ----------
    parent : str
        Code of the parent, without padding.
    taken : collection of str
        Every code ever used under it; a retired one is not used again 废码不用.

    Returns
    -------
    str or None
        The number after the highest one used; once the last is used, the lowest never used; None when the
        range is full.
    """
    prefix, numbers = town_prefix(parent), type_range(level, type_)
    used = {int(code[-3:]) for code in taken if len(code) == len(prefix) + 3 and code.startswith(prefix)}
    used &= set(numbers)
    after_last = max(used, default=numbers.start - 1) + 1
    free = after_last if after_last in numbers else next((n for n in numbers if n not in used), None)
    return None if free is None else f"{prefix}{free:03d}"
