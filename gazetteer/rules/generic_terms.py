"""Generic terms 通名 of divisions: the type in a name, the levels it may mean, the name without it."""

from __future__ import annotations

LEVEL_NAMES = {1: "省级", 2: "地级", 3: "县级", 4: "乡级", 5: "村级"}
"""Type of a division whose name has no known generic term."""

TERMS: tuple[tuple[str, frozenset[int]], ...] = (
    ("特别行政区", frozenset({1})),
    ("自治区", frozenset({1})),
    ("自治州", frozenset({2})),
    ("自治县", frozenset({3})),
    ("自治旗", frozenset({3})),
    ("街道办事处", frozenset({4})),
    ("街道", frozenset({4})),
    ("民族乡", frozenset({4})),
    ("苏木", frozenset({4})),
    ("地区", frozenset({2})),
    ("林区", frozenset({3})),
    ("社区", frozenset({5})),
    ("省", frozenset({1})),
    ("盟", frozenset({2})),
    ("州", frozenset({2})),
    ("市", frozenset({1, 2, 3, 4})),
    ("县", frozenset({3})),
    ("縣", frozenset({3})),
    ("旗", frozenset({3})),
    ("区", frozenset({3})),
    ("區", frozenset({3, 4})),
    ("镇", frozenset({4})),
    ("鎮", frozenset({4})),
    ("乡", frozenset({4})),
    ("鄉", frozenset({4})),
    ("村", frozenset({5})),
    ("里", frozenset({5})),
)
"""Longest first where one ends another. 市 is a municipality, a prefecture, a county or (Taiwan) a town."""

_LEVELS = dict(TERMS)
_LENGTHS = sorted({len(term) for term in _LEVELS}, reverse=True)


def find_term(name: str) -> str | None:
    """Return the generic term a name ends with, or None."""
    for length in _LENGTHS:
        if len(name) > length and (term := name[-length:]) in _LEVELS:
            return term
    return None


def find_levels(name: str) -> frozenset[int]:
    """Return the levels the generic term of a name may mean; empty when it has none."""
    term = find_term(name)
    return frozenset() if term is None else _LEVELS[term]


def type_of(name: str, level: int) -> str:
    """Return the type 建制类型 of a division from its name: its generic term, else the name of the level."""
    term = find_term(name)
    if term is None or level not in find_levels(name):
        return LEVEL_NAMES[level]
    return "街道" if term == "街道办事处" else term


def specific_term(name: str) -> str:
    """Return the specific term 专名: the name without its generic term."""
    term = find_term(name)
    return name[: -len(term)] if term else name
