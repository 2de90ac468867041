"""Checks of codes and names of divisions; nothing is replaced, everything is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from boundaries.errors import Fault, Severity
from gazetteer.changes.coverage import NOBODY, Units
from gazetteer.rules import codes
from gazetteer.rules.names import strange_characters


def check_units(units: Units, labels: Sequence[str]) -> list[Fault]:
    """Return the faults of names and codes.

    Names: empty is an error; characters outside Han, 〇 · digits （） and equal names under one parent are
    warnings. Codes: duplicates are errors in any scheme; format and parent prefix are errors in the scheme
    'cn', a type digit that disagrees with the type is a warning.
    """
    return [
        *_check_names(units, labels),
        *_check_duplicate_codes(units, labels),
        *(_check_cn_codes(units, labels) if units.scheme == codes.CN else ()),
    ]


def _check_names(units: Units, labels: Sequence[str]) -> Iterator[Fault]:
    seen: dict[tuple[int, int, str], int] = {}
    for i, name in enumerate(units.name):
        if not name:
            yield _fault("name_missing", "error", "没有名称", "has no name", labels[i])
            continue
        if wrong := strange_characters(name):
            yield _fault(
                "name_characters",
                "warning",
                f"的名称含有不应出现的字符：{wrong}",
                f"has characters in its name that do not belong there: {wrong}",
                labels[i],
            )
        key = (int(units.level[i]), int(units.parent[i]), name)
        if key in seen:
            yield _fault(
                "name_twice", "warning", "与同一上级下的另一单位同名", "has the name of a sibling", labels[i]
            )
        seen[key] = i


def _check_duplicate_codes(units: Units, labels: Sequence[str]) -> Iterator[Fault]:
    holders: dict[str, list[int]] = defaultdict(list)
    for i, code in enumerate(units.code):
        if code is not None:
            holders[code].append(i)
    for code, rows in holders.items():
        if len(rows) > 1:
            names = tuple(labels[i] for i in rows)
            yield Fault(
                "code_twice",
                "error",
                f"代码 {code} 被重复使用：{'、'.join(names)}。",
                f"Code {code} is used more than once: {', '.join(names)}.",
                labels=names,
            )


def _check_cn_codes(units: Units, labels: Sequence[str]) -> Iterator[Fault]:
    for i, code in enumerate(units.code):
        if code is None:
            continue
        level = int(units.level[i])
        if not codes.fits_format(code, level):
            zh = f"的代码 {code} 不符合第 {level} 级的格式"
            yield _fault(
                "code_format", "error", zh, f"has a code not fit for level {level}: {code}", labels[i]
            )
            continue
        parent = int(units.parent[i])
        above = units.code[parent] if parent != NOBODY else None
        if above is not None and not code.startswith(above):
            zh = f"的代码 {code} 不以上级代码 {above} 开头"
            yield _fault("code_prefix", "error", zh, f"has code {code}, its parent {above}", labels[i])
        if not codes.type_digit_agrees(code, level, units.type[i]):
            zh = f"的代码 {code} 与类型“{units.type[i]}”不符"
            en = f"has code {code}, which is not that of a {units.type[i]}"
            yield _fault("code_type", "warning", zh, en, labels[i])


def _fault(code: str, severity: Severity, zh: str, en: str, label: str) -> Fault:
    return Fault(code, severity, f"“{label}”{zh}。", f"'{label}' {en}.", labels=(label,))
