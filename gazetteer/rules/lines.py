"""Boundary lines 界线 by the codes of the land survey: type, status, what a line follows; and their names."""

from __future__ import annotations

from gazetteer.rules.generic_terms import specific_term

SETTLED = "600001"
"""JXXZ 已定界: settled by a delimitation; only a legal change may alter it."""
WORKING = "600004"
"""JXXZ 工作界: a working line."""
STATUSES = {
    SETTLED: "已定界",
    "600002": "未定界",
    "600003": "争议界",
    WORKING: "工作界",
    "600009": "其他",
}
"""JXXZ 界线性质."""

LINE_TYPES = {
    "250200": "海岸线",
    "620200": "国界",
    "630200": "省界",
    "640200": "地级界",
    "650200": "县级界",
    "660200": "乡级界",
    "670402": "开发区界",
    "670500": "村界",
}
"""JXLX 界线类型."""

_TYPE_OF_LEVEL = {1: "630200", 2: "640200", 3: "650200", 4: "660200", 5: "670500"}

FOLLOWS = {
    "fixed": "固定界线",
    "river_centre": "河流中心线",
    "channel_centre": "主航道中心线",
    "river_bank": "河岸",
    "ditch": "沟渠",
    "road_centre": "道路中心线",
    "road_edge": "道路边线",
    "ridge": "山脊",
    "valley": "谷底",
    "parcel_edge": "地块边",
    "wall": "围墙",
    "other": "其他",
}
"""What a line follows on the ground. The line stays where the agreement put it when that moves (Art. 7)."""

LOWEST_LEGAL_LEVEL = 4
"""Lines down to this level are 界线 of the law (县级 statutory, 乡级 by reference, Art. 19)."""


def line_type_of(level: int) -> str:
    """Return the JXLX of a line between two divisions of a level."""
    return _TYPE_OF_LEVEL[level]


def line_name(one: str | None, other: str | None, outer: bool) -> str:
    """Return the name of the line between two divisions, by their names.

    Parameters
    ----------
    one, other : str or None
        None for water and rest land, and for the outside.
    outer : bool
        Whether the outside lies beyond the line.
    """
    if one is None or other is None:
        named = one or other
        if named is None:
            return "水域界线"
        return f"{named}外界线" if outer else f"{named}内界线"
    return f"{specific_term(one)}—{specific_term(other)}线"
