"""From a newer coverage and its two tables to the steps that bring the register there, event by event.

Nothing is guessed: a unit the lineage does not name, a target it names twice, or a final unit that is not in
the files is refused by name. Shapes change at the one event that says so; a unit after it has the shape of
the unit it becomes in the end, a unit before it the shape it had.
"""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from boundaries.errors import Fault
from boundaries.grid import as_points
from gazetteer.changes.edition_steps import Step
from gazetteer.imports.choices import Choices
from gazetteer.imports.coverage_plan import CoveragePlan, find_layers, plan_coverage
from gazetteer.imports.edition_tables import EditionTables, read_tables
from gazetteer.imports.edition_timeline import Drawn, Timeline, make_steps
from gazetteer.imports.final_units import match_final_units
from gazetteer.imports.findings import stops
from gazetteer.imports.stages import Stage, first_stage, next_stage
from gazetteer.queries.editions import OldRegister, find_later_event, read_register


@dataclass(frozen=True, eq=False)
class EditionPlan:
    """The steps of an edition when nothing forbids it, and everything a person should see."""

    coverage: CoveragePlan
    faults: tuple[Fault, ...]
    tables: EditionTables
    steps: tuple[Step, ...] = ()
    base_event: int = 0

    def preview(self, choices: Choices) -> dict[str, Any]:
        """Return the preview of the import, with the events."""
        preview = replace(self.coverage, faults=self.faults).preview(choices)
        return preview | {"events": [describe_step(step) for step in self.steps]}


def plan_edition(session: Session, folder: Path, work: Path, choices: Choices) -> EditionPlan:
    """Read an edition and plan its steps on the register as it stands; writes nothing.

    Raises
    ------
    FileError
        When the files hold no shapefile.
    """
    tables = read_tables(folder)
    files = find_layers(folder, work)
    if tables.faults:
        coverage = plan_coverage(files, choices)
        return EditionPlan(coverage, (*tables.faults, *coverage.faults), tables)
    first_day = tables.events[0].effective
    later = find_later_event(session, first_day)
    old = read_register(session, first_day)
    coverage = plan_coverage(files, choices, as_points(list(old.nodes)))
    faults = [*coverage.faults, *_register_faults(old, later)]
    if stops(faults) or coverage.coverage is None:
        return EditionPlan(coverage, tuple(faults), tables)
    steps, found = _plan(old, tables, coverage)
    return EditionPlan(coverage, (*faults, *found), tables, steps, old.last_event)


def _register_faults(old: OldRegister, later: str | None) -> list[Fault]:
    if not old.arcs:
        zh, en = "登记库还没有数据，请先做首次入库。", "The register is empty: a first load comes first."
        return [Fault("register_empty", "error", zh, en)]
    if later is not None:
        zh = f"登记库里已有同日或更晚的变更（{later}），不能再导入更早的版本。"
        en = f"The register knows a change on that day or later ({later}): no edition can come before it."
        return [Fault("later_change", "error", zh, en, labels=(later,))]
    return []


def _plan(
    old: OldRegister, tables: EditionTables, plan: CoveragePlan
) -> tuple[tuple[Step, ...], list[Fault]]:
    assert plan.coverage is not None
    stages, faults = _stages(old, tables)
    if stops(faults):
        return (), faults
    index, found = match_final_units(stages[-1], plan.coverage.units)
    faults += found
    at = next(i for i, event in enumerate(tables.events) if event.geometry) + 1
    faults += _one_to_one(tables, stages, at)
    if stops(faults):
        return (), faults
    drawn = Drawn(old, plan.coverage, index, at)
    steps, found = make_steps(Timeline(tables.events, stages), drawn)
    return steps, [*faults, *found]


def _stages(old: OldRegister, tables: EditionTables) -> tuple[list[Stage], list[Fault]]:
    stages = [first_stage(old.units.values())]
    faults: list[Fault] = []
    for event in tables.events:
        stage, found = next_stage(stages[-1], event, tables.rows(event.key))
        faults += found
        if found:
            break
        stages.append(stage)
    return stages, faults


def _one_to_one(tables: EditionTables, stages: list[Stage], at: int) -> list[Fault]:
    """Shapes change at one event only: at every other one each unit must become one unit."""
    faults = []
    for i, event in enumerate(tables.events, start=1):
        if i == at:
            continue
        names = {**stages[i - 1].units, **stages[i].units}
        for unit in _more_than_one(stages[i]):
            faults.append(
                Fault(
                    "shape_changes",
                    "error",
                    f"事件 {event.key} 未标明 geometry=yes，但“{names[unit].name}”的范围会改变。",
                    f"Event {event.key} does not say geometry = yes, but '{names[unit].name}' changes shape.",
                    labels=(names[unit].name,),
                )
            )
    return faults


def _more_than_one(stage: Stage) -> list[uuid.UUID]:
    targets = Counter(passage.target for passage in stage.passages)
    sources = Counter(passage.source for passage in stage.passages)
    return [unit for unit in {**targets, **sources} if targets[unit] > 1 or sources[unit] > 1]


def describe_step(step: Step) -> dict[str, Any]:
    """Return one event of the preview: dates, and how much changes."""
    facts = step.facts
    return {
        "kind": facts.kind,
        "effective": facts.effective.isoformat(),
        "approved": facts.approved.isoformat() if facts.approved else None,
        "document_no": facts.document_no,
        "authority": facts.authority,
        "date_assumed": facts.assumed,
        "summary": facts.summary,
        "counts": {
            "founded": len(step.founded),
            "ended": len(step.ended),
            "renamed": len(step.names),
            "recoded": len(step.codes),
            "retyped": len(step.types),
            "reparented": len(step.parents),
            "arcs_ended": len(step.closed_arcs),
            "arcs_changed": len(step.changed_arcs),
            "arcs_begun": len(step.new_arcs),
        },
    }
