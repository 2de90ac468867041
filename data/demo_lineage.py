"""The event table and the lineage table of the demo: December 2019 mergers, June 2020 county to district.

Identity follows the law: 设立 makes a new division; a unit that absorbs others keeps its id, and so does a
village whose name goes on. The format is described in data/shapefiles/README.md.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from data.demo_facts import Edition, Facts, Link, Unit

EVENTS = (
    {
        "event": "1",
        "kind_summary": "merge",
        "approved": "",
        "effective": "2019-12-23",
        "document_no": "川府民政〔2019〕24号",
        "authority": "四川省人民政府",
        "assumed": "yes",
        "geometry": "yes",
        "summary": "新津县部分乡镇行政区划调整：12个乡镇街道并为8个，106个村（社区）并为81个。"
        "日期据花源街道、永商镇的公开网页，其余乡镇假定同日；文号据大邑县部分推定",
    },
    {
        "event": "2",
        "kind_summary": "reclass",
        "approved": "2020-06-18",
        "effective": "2020-06-18",
        "document_no": "川府函〔2020〕127号",
        "authority": "国务院批准，四川省人民政府批复",
        "assumed": "no",
        "geometry": "no",
        "summary": "撤销新津县，设立成都市新津区，以原新津县的行政区域为新津区的行政区域；"
        "区划代码由510132改为510118",
    },
)

SAME_UNIT = {"𨞪江社区": "畴江社区", "永兴社区": "永兴场社区", "五星社区": "五星村"}
"""Villages of 2020 whose name differs from the village of 2019 that goes on in them."""
FOUNDED_TOWNS = ("普兴街道", "花桥街道", "花源街道", "宝墩镇")
"""Towns that were 设立 in December 2019; the others go on, some of them absorbing a neighbour."""


@dataclass(frozen=True)
class Row:
    """One row of lineage.csv."""

    event: str
    level: str
    from_code: str
    from_name: str
    from_parent: str
    to_code: str
    to_name: str
    to_parent: str
    to_type: str
    role: str
    kind: str
    basis: str


def lineage_rows(facts: Facts) -> list[Row]:
    """Return every row of lineage.csv, in the order of event, level and code."""
    return [*_mergers(facts), *_county_to_district(facts)]


def _mergers(facts: Facts) -> list[Row]:
    district = facts.before.district
    rows = [
        Row("1", "3", district.code, district.name, "", district.code, district.name, "", district.type,
            "whole", "continue", "未变")
    ]  # fmt: skip
    rows += _level_rows(facts, "4", facts.before.towns, facts.after.towns, facts.town_links)
    rows += _level_rows(facts, "5", facts.before.villages, facts.after.villages, facts.village_links)
    return rows


def _level_rows(
    facts: Facts, level: str, old: tuple[Unit, ...], new: tuple[Unit, ...], links: tuple[Link, ...]
) -> list[Row]:
    before = {unit.code: unit for unit in old}
    after = {unit.code: unit for unit in new}
    sources = sources_of(links)
    rows = []
    for link in sorted(links, key=lambda link: link.old):
        source, target = before[link.old], after[link.new]
        heir = heir_of(target, [before[code] for code in sources[target.code]])
        rows.append(
            Row(
                "1", level, source.code, source.name, facts.before.name_of(source.parent),
                heir.code if heir else "", target.name, _parent_then(facts, level, target), target.type,
                "whole", _kind(source, target, heir, facts), link.basis,
            )
        )  # fmt: skip
    return rows


def sources_of(links: tuple[Link, ...]) -> dict[str, list[str]]:
    """Return the codes of 2019 that went into each code of 2020."""
    sources: dict[str, list[str]] = defaultdict(list)
    for link in links:
        sources[link.new].append(link.old)
    return sources


def heir_of(target: Unit, sources: list[Unit]) -> Unit | None:
    """Return the unit of 2019 that goes on in `target` with its id; None where `target` was founded."""
    if target.name in FOUNDED_TOWNS:
        return None
    name = SAME_UNIT.get(target.name, target.name)
    return next((source for source in sources if source.name == name), None)


def _parent_then(facts: Facts, level: str, target: Unit) -> str:
    """Return the parent's name between the two events: the district was still a county."""
    return facts.before.district.name if level == "4" else facts.after.name_of(target.parent)


def _kind(source: Unit, target: Unit, heir: Unit | None, facts: Facts) -> str:
    if heir is None:
        return "establish"
    if source is not heir:
        return "absorb"
    if source.type != target.type:
        return "reclass"
    if source.name != target.name:
        return "rename"
    if len(source.code) == 12 and _town_changed(source, target, facts):
        return "reparent"
    return "continue"


def _town_changed(source: Unit, target: Unit, facts: Facts) -> bool:
    """Tell whether the village's town is another division than before (founded, or absorbed by another)."""
    town = facts.after.name_of(target.parent)
    return town in FOUNDED_TOWNS or town != facts.before.name_of(source.parent)


def _county_to_district(facts: Facts) -> list[Row]:
    old, new = facts.before.district, facts.after.district
    basis = "川府函〔2020〕127号：以原新津县的行政区域为新津区的行政区域"
    rows = [
        Row("2", "3", old.code, old.name, "", new.code, new.name, "", new.type, "whole", "establish", basis)
    ]
    for level, units, links, before in (
        ("4", facts.after.towns, facts.town_links, facts.before.towns),
        ("5", facts.after.villages, facts.village_links, facts.before.villages),
    ):
        old_units = {unit.code: unit for unit in before}
        sources = sources_of(links)
        for unit in units:
            heir = heir_of(unit, [old_units[code] for code in sources[unit.code]])
            rows.append(_recode(facts.after, level, unit, heir.code if heir else "", old.name))
    return rows


def _recode(after: Edition, level: str, unit: Unit, old_code: str, county: str) -> Row:
    parent_after = after.name_of(unit.parent)
    parent_before = county if level == "4" else parent_after
    return Row(
        "2", level, old_code, unit.name, parent_before, unit.code, unit.name, parent_after, unit.type,
        "whole", "recode", "两年代码表",
    )  # fmt: skip
