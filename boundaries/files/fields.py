"""Which column means what: known field names in Chinese and English, and of the land survey standard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boundaries.notes import Note

# Spellings without case, spaces and underscores, the usual one first. XZQDM to QSDWMC are of the land survey
# standard (TD/T 1055-2019).
ROLE_NAMES: dict[str, tuple[str, ...]] = {
    "code": (
        *("xzqdm", "xzqhdm", "行政区划代码", "行政区代码", "区划代码", "行政代码", "统计用区划代码", "code"),
        *("adcode", "divisioncode", "admincode", "代码", "编码", "dm", "pac", "zldwdm", "qsdwdm", "gbcode"),
    ),
    "name": (
        *("xzqmc", "xzqhmc", "行政区划名称", "行政区名称", "区划名称", "name", "名称", "单位名称", "地名"),
        *("divisionname", "adminname", "mc", "zldwmc", "qsdwmc", "namezh", "cname", "fullname"),
    ),
    "parent_code": (
        *(
            "上级代码",
            "上级行政区划代码",
            "上级行政区代码",
            "父级代码",
            "parentcode",
            "parentadcode",
            "parent",
        ),
        *("parentid", "pcode", "sjdm", "sjxzqdm", "sjxzqhdm", "fjdm", "pid"),
    ),
    "parent_name": ("上级名称", "上级行政区划名称", "上级单位", "parentname", "sjmc", "sjxzqmc", "pname"),
    "level": ("级别", "行政级别", "行政区划级别", "level", "adminlevel", "lvl", "xzjb", "jb", "等级"),
    "type": ("类型", "单位类型", "行政区划类型", "type", "divisiontype", "类别", "xzlx", "lx", "kind"),
    "pinyin": ("拼音", "汉语拼音", "pinyin", "romanization", "hypy", "罗马字母", "py", "namepy"),
}
# Columns that name the unit they belong to; the finest is the layer's own, the next its parent.
UNIT_WORDS: dict[int, tuple[str, ...]] = {
    5: ("vill", "village", "community", "cun", "村", "社区", "村级", "c"),
    4: ("town", "township", "street", "xiang", "zhen", "乡镇", "镇", "街道", "乡", "镇街", "xz", "jd"),
    3: ("county", "district", "xian", "区县", "县", "区", "县级", "qx", "x"),
    2: ("city", "prefecture", "shi", "市", "地市", "市级", "ds"),
    1: ("prov", "province", "sheng", "省", "省级", "s"),
}
CODE_ENDINGS = ("code", "代码", "编码", "dm", "bm")
NAME_ENDINGS = ("name", "名称", "名", "mc")
LEVEL_BY_DIGITS = {2: 1, 4: 2, 6: 3, 9: 4, 12: 5}
# A local part such as 街道代码 "001" is not the code of a parent.
SHORTEST_PARENT_CODE = 4
SHORTEST_PREFIX = 3
# Some national data sets put the number of China before the six digits.
COUNTRY = "156"
LEN_WITH_COUNTRY = 9
LEVEL_ZH = {1: "省级", 2: "地级", 3: "县级", 4: "乡级", 5: "村级"}
LEVEL_EN = {1: "province", 2: "city", 3: "county", 4: "town", 5: "village"}
ROLE_ZH = {
    "code": "代码",
    "name": "名称",
    "parent_code": "上级代码",
    "parent_name": "上级名称",
    "level": "级别",
    "type": "类型",
    "pinyin": "拼音",
}


@dataclass(frozen=True)
class FieldMap:
    """Columns of a layer by meaning; None where no column was recognised.

    ``level_guess`` is the level of every row (1 province to 5 village) when the field names or the length of
    the codes say so, and no level column exists. ``notes`` tell a person what was assumed.
    """

    code: str | None = None
    name: str | None = None
    parent_code: str | None = None
    parent_name: str | None = None
    level: str | None = None
    type: str | None = None
    pinyin: str | None = None
    level_guess: int | None = None
    notes: tuple[Note, ...] = ()


def guess_fields(columns: Mapping[str, Sequence[Any]] | Iterable[str]) -> FieldMap:
    """Guess which column is the code, the name, the parent, the level, the type and the romanization.

    Parameters
    ----------
    columns : mapping of str to sequence, or iterable of str
        Column names, with their values where these are known; the values tell the level and keep local parts
        of a code from being taken for parents.
    """
    values: Mapping[str, Sequence[Any]] = columns if isinstance(columns, Mapping) else {}
    names = list(columns)
    roles = _find_roles(names)
    own_level = _add_units(names, values, roles)
    codes = values.get(roles.get("code", ""), ())
    level = None if "level" in roles else own_level or _level_of_codes(codes)
    return FieldMap(level_guess=level, notes=_notes(roles, level), **roles)


def is_code_field(name: str) -> bool:
    """Say whether a column holds codes, which stay text whatever type the file gives them."""
    plain = _plain(name)
    if plain in ROLE_NAMES["code"] or plain in ROLE_NAMES["parent_code"]:
        return True
    return plain.endswith(CODE_ENDINGS)


def _plain(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _find_roles(names: Sequence[str]) -> dict[str, str]:
    roles: dict[str, str] = {}
    exact = {_plain(name): name for name in reversed(names)}
    # NAME99 or ADCODE_1 stand for NAME and ADCODE where these are not there themselves.
    plain = {key.rstrip("0123456789"): name for key, name in reversed(exact.items())} | exact
    for role, spellings in ROLE_NAMES.items():
        found = next((plain[spelling] for spelling in spellings if spelling in plain), None)
        found = found or next((name for key, name in plain.items() if _cut_role(key) == role), None)
        if found is not None and found not in roles.values():
            roles[role] = found
    return roles


def _cut_role(plain: str) -> str | None:
    """Return the role a name stands for when ten bytes cut its end off, unless two roles begin like it."""
    if len(plain) < SHORTEST_PREFIX or plain.isascii():
        return None
    fitting = {role for role, spellings in ROLE_NAMES.items() if any(s.startswith(plain) for s in spellings)}
    return fitting.pop() if len(fitting) == 1 else None


def _add_units(
    names: Sequence[str], values: Mapping[str, Sequence[Any]], roles: dict[str, str]
) -> int | None:
    """Fill the roles from columns such as VILLCODE, TOWNNAME, 镇代码; return the level of the layer."""
    free = [name for name in names if name not in roles.values()]
    codes = _unit_columns(free, CODE_ENDINGS)
    titles = _unit_columns(free, NAME_ENDINGS)
    own = None
    if "code" not in roles and (codes or titles):
        own = max({*codes, *titles})
        if own in codes:
            roles["code"] = codes.pop(own)
        if own in titles and "name" not in roles:
            roles["name"] = titles.pop(own)
    elif "name" not in roles and titles:
        roles["name"] = titles.pop(max(titles))
    above = [level for level in sorted(codes, reverse=True) if own is None or level < own]
    for level in above:
        if "parent_code" not in roles and _long_enough(values.get(codes[level])):
            roles["parent_code"] = codes[level]
            if "parent_name" not in roles and level in titles:
                roles["parent_name"] = titles[level]
    return own


def _unit_columns(names: Iterable[str], endings: tuple[str, ...]) -> dict[int, str]:
    """Return the column of each level whose name is a unit word followed by one of the endings."""
    found: dict[int, str] = {}
    for name in names:
        plain = _plain(name)
        for level, words in UNIT_WORDS.items():
            if any(plain == word + ending for word in words for ending in endings):
                found.setdefault(level, name)
    return found


def _long_enough(codes: Sequence[Any] | None) -> bool:
    given = [str(code) for code in codes or () if code is not None]
    return not given or max(len(code) for code in given) >= SHORTEST_PARENT_CODE


def _level_of_codes(codes: Sequence[Any]) -> int | None:
    """Return the level all codes agree on by their length, padding zeros aside."""
    levels = {_level_of_code(str(code)) for code in codes if code is not None}
    return levels.pop() if len(levels) == 1 else None


def _level_of_code(code: str) -> int | None:
    if not code.isdigit():
        return None
    if len(code) == LEN_WITH_COUNTRY and code.startswith(COUNTRY):
        code = code.removeprefix(COUNTRY)
    for digits in (2, 4, 6, 9):
        if len(code) in LEVEL_BY_DIGITS and len(code) > digits and not code[digits:].strip("0"):
            return LEVEL_BY_DIGITS[digits]
    return LEVEL_BY_DIGITS.get(len(code))


def _notes(roles: Mapping[str, str], level: int | None) -> tuple[Note, ...]:
    notes = [
        Note(
            "field_assumed",
            f"字段“{column}”当作{ROLE_ZH[role]}。",
            f'The field "{column}" is taken for the {role.replace("_", " ")}.',
            field=column,
        )
        for role, column in roles.items()
    ]
    if level is not None:
        notes.append(
            Note(
                "level_assumed",
                f"全部当作{LEVEL_ZH[level]}单位。",
                f"All rows are taken for {LEVEL_EN[level]} level.",
            )
        )
    notes += [
        Note(
            f"{role}_missing",
            f"没有认出{ROLE_ZH[role]}字段,请指定。",
            f"No {role} field was recognised.",
            "warning",
        )
        for role in ("code", "name")
        if role not in roles
    ]
    return tuple(notes)
