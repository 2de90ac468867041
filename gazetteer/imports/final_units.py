"""The units after the last event against the rows of the files: found by code or by name, none left over."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from boundaries.errors import Fault
from gazetteer.changes.coverage import NOBODY, Units
from gazetteer.imports.stages import Stage, StageUnit


def match_final_units(stage: Stage, units: Units) -> tuple[dict[uuid.UUID, int], list[Fault]]:
    """Return the row of the files for every unit of the last stage, and where they disagree.

    A unit with a code is found by it; one without by level, name and the name of its parent.
    """
    by_code = {(int(units.level[i]), code): i for i, code in enumerate(units.code) if code}
    by_name = {(int(units.level[i]), units.name[i], _parent_name(units, i)): i for i in range(len(units))}
    index: dict[uuid.UUID, int] = {}
    faults: list[Fault] = []
    for unit in stage.units.values():
        parent = stage.units[unit.parent].name if unit.parent else None
        key = (unit.level, unit.name, parent)
        row = by_code.get((unit.level, unit.code)) if unit.code else by_name.get(key)
        if row is None:
            faults.append(_absent(unit))
            continue
        index[unit.id] = row
        faults += _differences(unit, parent, units, row)
    reached = set(index.values())
    faults += [_unreached(units, i) for i in range(len(units)) if i not in reached]
    return index, faults


def _parent_name(units: Units, i: int) -> str | None:
    parent = int(units.parent[i])
    return None if parent == NOBODY else units.name[parent]


def _differences(unit: StageUnit, parent: str | None, units: Units, row: int) -> Iterator[Fault]:
    pairs = (
        ("名称", "name", unit.name, units.name[row]),
        ("代码", "code", unit.code, units.code[row]),
        ("类型", "type", unit.type, units.type[row]),
        ("上级", "parent", parent, _parent_name(units, row)),
    )
    for zh, en, told, shown in pairs:
        if told != shown:
            said, drawn = told or "—", shown or "—"
            yield Fault(
                "edition_contradiction",
                "error",
                f"“{unit.name}”的{zh}：沿革表为“{said}”，图形文件为“{drawn}”。",
                f"The {en} of '{unit.name}' is '{said}' in the lineage and '{drawn}' in the files.",
                labels=(unit.name,),
            )


def _absent(unit: StageUnit) -> Fault:
    return Fault(
        "edition_unit_absent",
        "error",
        f"沿革表最后的单位“{unit.name}”（{unit.code or '无代码'}）不在图形文件中。",
        f"'{unit.name}' ({unit.code or 'no code'}) of the lineage is not in the files.",
        labels=(unit.name,),
    )


def _unreached(units: Units, i: int) -> Fault:
    return Fault(
        "edition_unit_unreached",
        "error",
        f"图形文件中的“{units.name[i]}”（{units.code[i] or '无代码'}）没有任何沿革指向它。",
        f"No lineage reaches '{units.name[i]}' ({units.code[i] or 'no code'}) of the files.",
        labels=(units.name[i],),
    )
