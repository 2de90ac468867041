"""The divisions before and after every event of an edition: what the lineage table says, nothing else."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from boundaries.errors import Fault
from gazetteer.imports.edition_tables import KEEPING, EventRow, LineageRow
from gazetteer.queries.editions import OldUnit

Key = tuple[int, str, str | None]
"""(level, name, name of the parent): what identifies a unit within a stage."""


@dataclass(frozen=True)
class StageUnit:
    """A division between two events; `parent` is the id of the division above, None at the top."""

    id: uuid.UUID
    level: int
    name: str
    type: str
    code: str | None
    parent: uuid.UUID | None


@dataclass(frozen=True)
class Passage:
    """A unit before an event and one it goes to: `whole` or a part, why we say so, and how many people."""

    source: uuid.UUID
    target: uuid.UUID
    whole: bool
    basis: str | None
    population: int | None = None


@dataclass(frozen=True)
class Stage:
    """All divisions in force between two events, and how they came from the stage before."""

    units: Mapping[uuid.UUID, StageUnit]
    passages: tuple[Passage, ...] = ()

    def sources(self, target: uuid.UUID) -> list[Passage]:
        """Return where a unit of this stage came from."""
        return self._by_target.get(target, [])

    @cached_property
    def _by_target(self) -> dict[uuid.UUID, list[Passage]]:
        found: dict[uuid.UUID, list[Passage]] = defaultdict(list)
        for passage in self.passages:
            found[passage.target].append(passage)
        return dict(found)


@dataclass
class _Names:
    """Look-up of the units of a stage."""

    units: Mapping[uuid.UUID, StageUnit]
    by_code: dict[tuple[int, str], uuid.UUID] = field(default_factory=dict)
    by_name: dict[Key, list[uuid.UUID]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for unit in self.units.values():
            parent = self.units[unit.parent].name if unit.parent else None
            self.by_name[(unit.level, unit.name, parent)].append(unit.id)
            if unit.code:
                self.by_code[(unit.level, unit.code)] = unit.id

    def find(self, row: LineageRow) -> list[uuid.UUID]:
        if row.from_code:
            found = self.by_code.get((row.level, row.from_code))
            return [] if found is None else [found]
        return self.by_name.get((row.level, row.from_name, row.from_parent), [])


def first_stage(units: Iterable[OldUnit]) -> Stage:
    """Return the stage before the first event: the register as it stands."""
    return Stage({u.id: StageUnit(u.id, u.level, u.name, u.type, u.code, u.parent) for u in units})


def next_stage(before: Stage, event: EventRow, rows: Sequence[LineageRow]) -> tuple[Stage, list[Fault]]:
    """Return the stage after an event.

    Every unit before must be a source, every row must name one unit, and the rows of a target must agree; a
    target is either kept by exactly one source (others are absorbed) or established by all of its sources.
    """
    faults: list[Fault] = []
    names = _Names(before.units)
    source_of: dict[int, uuid.UUID] = {}
    for row in rows:
        found = names.find(row)
        if len(found) == 1:
            source_of[row.line] = found[0]
        else:
            faults.append(_unknown_source(event, row, len(found)))
    faults += _missing_sources(event, before, set(source_of.values()))
    targets: dict[Key, list[LineageRow]] = defaultdict(list)
    for row in rows:
        targets[row.target].append(row)
    kept: dict[uuid.UUID, Key] = {}
    ids: dict[Key, uuid.UUID] = {}
    for target, group in targets.items():
        faults += _disagreements(event, group)
        keepers = [row for row in group if row.kind in KEEPING and row.line in source_of]
        ids[target] = source_of[keepers[0].line] if keepers else uuid.uuid4()
        if keepers and ids[target] in kept:
            faults.append(_twice_kept(event, keepers[0]))
        kept[ids[target]] = target
    units, parent_faults = _units(event, before, targets, ids)
    passages = tuple(
        Passage(source_of[row.line], ids[row.target], row.role == "whole", row.basis, row.population)
        for row in rows
        if row.line in source_of
    )
    return Stage(units, passages), [*faults, *parent_faults]


def _units(
    event: EventRow,
    before: Stage,
    targets: Mapping[Key, Sequence[LineageRow]],
    ids: Mapping[Key, uuid.UUID],
) -> tuple[dict[uuid.UUID, StageUnit], list[Fault]]:
    """Return the units of a stage, highest level first, with their parents."""
    faults: list[Fault] = []
    units: dict[uuid.UUID, StageUnit] = {}
    by_name: dict[str, list[tuple[int, uuid.UUID]]] = defaultdict(list)
    for target in sorted(targets, key=lambda key: key[0]):
        level, name, parent_name = target
        row = targets[target][0]
        old = before.units.get(ids[target])
        above = [unit for at, unit in by_name[parent_name or ""] if at < level]
        if parent_name and len(above) != 1:
            faults.append(
                _fault(
                    "lineage_parent",
                    event,
                    row,
                    f"上级“{parent_name}”在事件后找不到或不唯一",
                    f"its parent '{parent_name}' is not found after the event, or is not the only one",
                )
            )
        kind = row.to_type or (old.type if old else None)
        if kind is None:
            faults.append(_fault("lineage_type", event, row, "缺少类型 to_type", "to_type is missing"))
        parent = above[0] if parent_name and len(above) == 1 else None
        units[ids[target]] = StageUnit(ids[target], level, name, kind or "", row.to_code, parent)
        by_name[name].append((level, ids[target]))
    return units, faults


def _unknown_source(event: EventRow, row: LineageRow, count: int) -> Fault:
    zh = "在事件前不存在" if count == 0 else "在事件前不唯一"
    en = "does not exist before the event" if count == 0 else "is not the only one before the event"
    named = row.from_name or row.from_code
    return _fault("lineage_source", event, row, f"“{named}”{zh}", f"'{named}' {en}")


def _missing_sources(event: EventRow, before: Stage, named: set[uuid.UUID]) -> list[Fault]:
    missing = [unit for unit in before.units.values() if unit.id not in named]
    return [
        Fault(
            "lineage_missing",
            "error",
            f"事件 {event.key}：沿革表没有说明“{unit.name}”（{unit.code or '无代码'}）的去向。",
            f"Event {event.key}: the lineage does not say what becomes of '{unit.name}' "
            f"({unit.code or 'no code'}).",
            labels=(unit.name,),
        )
        for unit in missing
    ]


def _disagreements(event: EventRow, group: Sequence[LineageRow]) -> list[Fault]:
    row = group[0]
    faults = []
    if len({(r.to_code, r.to_type) for r in group}) > 1:
        zh, en = "各行的代码或类型不一致", "its rows disagree on code or type"
        faults.append(_fault("lineage_contradiction", event, row, zh, en))
    keeping = sum(r.kind in KEEPING for r in group)
    establishing = sum(r.kind == "establish" for r in group)
    if not (keeping == 1 and establishing == 0) and establishing != len(group):
        zh, en = "须恰有一行保留单位，或全部为 establish", "one row must keep it, or all must establish it"
        faults.append(_fault("lineage_contradiction", event, row, zh, en))
    return faults


def _twice_kept(event: EventRow, row: LineageRow) -> Fault:
    zh, en = f"“{row.from_name}”同时延续为两个单位", f"'{row.from_name}' is kept as two units"
    return _fault("lineage_contradiction", event, row, zh, en)


def _fault(code: str, event: EventRow, row: LineageRow, zh: str, en: str) -> Fault:
    return Fault(
        code,
        "error",
        f"事件 {event.key}，沿革表第 {row.line} 行“{row.to_name}”：{zh}。",
        f"Event {event.key}, lineage line {row.line}, '{row.to_name}': {en}.",
        labels=tuple(name for name in (row.from_name, row.to_name) if name),
    )
