"""From the register, or an older coverage, and the files of a newer one to a proposal; writes nothing."""

from __future__ import annotations

import datetime as dt
import tempfile
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from gazetteer.changes.coverage import NOBODY, Coverage
from gazetteer.errors import FieldError, RuleBroken
from gazetteer.imports.choices import Choices
from gazetteer.imports.coverage_plan import CoveragePlan, find_layers, plan_coverage
from gazetteer.imports.evidence import keep_files
from gazetteer.imports.findings import stops
from gazetteer.imports.proposal import TOLERANCE_M, Party, Proposal, propose
from gazetteer.queries.editions import OldRegister, read_register


def propose_from_register(
    session: Session,
    files: Iterable[Path],
    choices: Choices,
    day: dt.date,
    tolerance_m: float = TOLERANCE_M,
) -> Proposal:
    """Propose what happened between the register on `day` and a newer coverage.

    Raises
    ------
    RuleBroken
        ``refused``: the files do not pass the check of a coverage; `errors` has every fault.
    """
    before = parties_of_register(read_register(session, day))
    return propose(before, _read(files, choices), tolerance_m)


def propose_from_files(
    older: Iterable[Path], newer: Iterable[Path], choices: Choices, tolerance_m: float = TOLERANCE_M
) -> Proposal:
    """Propose what happened between two coverages in files; raises as `propose_from_register`."""
    return propose(_read(older, choices), _read(newer, choices), tolerance_m)


def parties_of_register(old: OldRegister) -> list[Party]:
    """Return the divisions of the register that have a shape."""
    names = {unit.id: unit.name for unit in old.units.values()}
    return [
        Party(u.level, u.code, u.name, u.type, names.get(u.parent) if u.parent else None, old.shapes[u.id][0])
        for u in old.units.values()
        if u.id in old.shapes
    ]


def parties_of_coverage(coverage: Coverage) -> list[Party]:
    """Return the divisions of a checked coverage."""
    units = coverage.units
    parents = [None if p == NOBODY else units.name[p] for p in units.parent.tolist()]
    return [
        Party(
            int(units.level[i]), units.code[i], units.name[i], units.type[i], parents[i], coverage.shapes[i]
        )
        for i in range(len(units))
    ]


def _read(files: Iterable[Path], choices: Choices) -> Sequence[Party]:
    with (
        tempfile.TemporaryDirectory(prefix="quming-propose-") as home,
        tempfile.TemporaryDirectory(prefix="quming-propose-") as work,
    ):
        folder, _ = keep_files(Path(home), uuid.uuid4(), files)
        plan = plan_coverage(find_layers(folder, Path(work)), choices)
    if plan.coverage is None or stops(plan.faults):
        raise _refused(plan)
    return parties_of_coverage(plan.coverage)


def _refused(plan: CoveragePlan) -> RuleBroken:
    faults = [fault for fault in plan.faults if fault.severity == "error"]
    needed = [FieldError(key, "needed", "需要说明", "must be said") for key in plan.missing]
    return RuleBroken(
        "图形文件没有通过检查，请先用 --dry-run 查看。",
        "The files do not pass the check of a coverage: look at them with --dry-run first.",
        code="refused",
        errors=(*(FieldError(f.code, f.code, f.zh, f.en) for f in faults), *needed),
    )
