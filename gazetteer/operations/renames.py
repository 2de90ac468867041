"""Working out the renames of a draft: each on the name that the one before gave, and who bears it already."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy.orm import Session

from boundaries.errors import Fault
from gazetteer.queries.chains import Link, find_links
from gazetteer.queries.official_names import NameRow, find_official_names, find_same_names
from gazetteer.queries.stand import When, day_of
from gazetteer.rules.intents import Intent
from gazetteer.rules.names import strange_characters


@dataclass(frozen=True)
class Rename:
    """A new official name for a division, and the row it replaces; `base_name` is what the author saw."""

    division: Link
    row: NameRow | None
    name: str
    pinyin: str | None
    base_name: str


def find_renames(
    session: Session, intents: Sequence[Intent], on: When
) -> tuple[tuple[Rename, ...], tuple[Rename, ...]]:
    """Return one rename for each division named, and those that do not start from the name it has.

    Several renames of one division are replayed in order: each starts from the name the one before gave.
    """
    bodies: defaultdict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for intent in intents:
        if intent.kind == "rename":
            bodies[uuid.UUID(intent.body["division"])].append(intent.body)
    if not bodies:
        return (), ()
    rows = find_official_names(session, bodies, on)
    links = find_links(session, bodies, day_of(on))
    renames, stale = [], []
    for division, steps in bodies.items():
        base = steps[0]["base_name"]
        rename = Rename(
            division=links.get(division, Link(division, 0, base, None)),
            row=rows.get(division),
            name=steps[-1]["name"],
            pinyin=steps[-1]["romanization"],
            base_name=base,
        )
        renames.append(rename)
        broken = any(before["name"] != after["base_name"] for before, after in pairwise(steps))
        if broken or rename.row is None or rename.row.name != base:
            stale.append(rename)
    return tuple(renames), tuple(stale)


def check_names(session: Session, renames: Sequence[Rename], on: dt.date) -> list[Fault]:
    """Names must be new and no sibling may have them (地名管理条例 Art. 9(7)-(8))."""
    faults = []
    drafted = {rename.division.id: rename.name for rename in renames}
    for rename in renames:
        if rename.name == rename.base_name:
            zh, en = f"新名称与原名称“{rename.name}”相同。", f"The new name is the old one: {rename.name}."
            faults.append(Fault("same_name", "error", zh, en, labels=(rename.base_name,)))
        if wrong := strange_characters(rename.name):
            zh = f"新名称“{rename.name}”含有不应出现的字符：{wrong}。"
            en = f"{rename.name} has characters that do not belong into a name: {wrong}."
            faults.append(Fault("name_characters", "warning", zh, en, labels=(rename.base_name,)))
        for other in find_same_names(session, rename.division.id, drafted, on):
            zh = f"“{rename.name}”已是同级区划(代码 {other.code or '未公布'})的名称。"
            en = f"{rename.name} is borne by another division of its level ({other.code or 'no code'})."
            faults.append(Fault("duplicate_name", "error", zh, en, labels=(rename.base_name, other.name)))
    return faults
