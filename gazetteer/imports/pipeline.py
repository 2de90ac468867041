"""An import from upload to application, for the command line, the API and the demo.

Four steps, each its own transaction: `start_import` keeps the files, `check_import` reads them and says what
was found, `operations.import_batches.confirm_import` takes a person's word, `sign_import` applies it for a
second person. A check stores nothing but its preview.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from boundaries.errors import BoundaryError
from gazetteer.errors import RuleBroken
from gazetteer.imports.choices import Choices, parse_choices
from gazetteer.imports.coverage_plan import CoveragePlan, find_layers, plan_coverage
from gazetteer.imports.edition_plan import EditionPlan, plan_edition
from gazetteer.imports.evidence import keep_files, require_unchanged
from gazetteer.imports.findings import faults_of, stops
from gazetteer.imports.neighbours import read_neighbours
from gazetteer.models import Event, ImportBatch
from gazetteer.operations.edition import sign_edition
from gazetteer.operations.first_load import sign_first_load
from gazetteer.operations.import_batches import (
    lock_batch,
    record_check,
    record_upload,
    require_checkable,
    require_second_person,
)
from gazetteer.roles import Actor
from gazetteer.rules.codes import CN


@dataclass(frozen=True, eq=False)
class Checked:
    """A checked import, with what it would write while the check is at hand."""

    batch: ImportBatch
    plan: CoveragePlan | EditionPlan


def start_import(
    session: Session, actor: Actor, home: Path, door: str, paths: Iterable[Path], choices: Choices
) -> ImportBatch:
    """Keep the files of an import as evidence under `home` and record the upload.

    Parameters
    ----------
    door : {'first_load', 'edition'}
    paths : iterable of Path
        Files or folders; see `evidence.keep_files`.
    """
    batch_id = uuid.uuid4()
    folder, files = keep_files(home, batch_id, paths)
    return record_upload(
        session, actor, batch_id=batch_id, door=door, folder=folder, files=files, choices=choices.to_json()
    )


def check_import(
    session: Session, actor: Actor, batch_id: uuid.UUID, choices: Choices | None = None
) -> Checked:
    """Read, understand and check an import and store its preview; new choices replace the old ones."""
    batch = require_checkable(session, actor, batch_id)
    chosen = choices or parse_choices(batch.assumptions)
    plan = _plan(session, batch, chosen)
    batch = record_check(session, actor, batch_id, choices=chosen.to_json(), preview=plan.preview(chosen))
    return Checked(batch, plan)


def sign_import(session: Session, actor: Actor, batch_id: uuid.UUID, checked: Checked | None = None) -> Event:
    """Apply a confirmed import for the second person.

    Parameters
    ----------
    checked : Checked, optional
        The check of this import in this process; without it the files are read and checked once more.
    """
    batch = lock_batch(session, batch_id)
    require_second_person(batch, actor)
    plan = checked.plan if checked else _plan(session, batch, parse_choices(batch.assumptions))
    if isinstance(plan, EditionPlan) and plan.steps:
        places = plan.coverage.places
        return sign_edition(session, actor, batch_id, plan.steps, plan.base_event, places)
    if isinstance(plan, CoveragePlan) and not stops(plan.faults) and (plan.coverage or plan.places):
        return sign_first_load(session, actor, batch_id, plan.coverage, plan.places)
    raise RuleBroken(
        "导入文件没有通过检查，请重新检查。",
        "The files of the import do not pass the check any more: check it again.",
        code="refused",
    )


def preview_files(session: Session, paths: Iterable[Path], door: str, choices: Choices) -> dict[str, Any]:
    """Check files and return the preview without keeping or recording anything."""
    with tempfile.TemporaryDirectory(prefix="quming-import-") as home:
        folder, _ = keep_files(Path(home), uuid.uuid4(), paths)
        return _plan_folder(session, folder, door, choices).preview(choices)


def _plan(session: Session, batch: ImportBatch, choices: Choices) -> CoveragePlan | EditionPlan:
    folder = Path(batch.folder)
    require_unchanged(folder, batch.files)
    return _plan_folder(session, folder, batch.door, choices)


def _plan_folder(session: Session, folder: Path, door: str, choices: Choices) -> CoveragePlan | EditionPlan:
    with tempfile.TemporaryDirectory(prefix="quming-import-") as work:
        try:
            if door == "edition":
                return plan_edition(session, folder, Path(work), choices)
            neighbours = read_neighbours(folder, choices.scheme or CN)
            return plan_coverage(find_layers(folder, Path(work)), choices, neighbours=neighbours)
        except BoundaryError as error:
            return CoveragePlan((), tuple(faults_of(error)), (), ())


def describe_batch(batch: ImportBatch) -> dict[str, Any]:
    """Return an import as the API and the command line show it."""
    empty = {"layers": [], "faults": [], "counts": {}, "assumptions": [], "needs": [], "can_confirm": False}
    preview = {**empty, **batch.preview}
    if batch.state != "checked":
        preview["can_confirm"] = False
    return {
        "id": str(batch.id),
        "door": batch.door,
        "state": batch.state,
        "files": batch.files,
        "choices": batch.assumptions,
        "valid_from": None if batch.valid_from is None else batch.valid_from.isoformat(),
        "source": batch.source,
        "document_no": batch.document_no,
        "created_by": str(batch.created_by),
        "confirmed_by": None if batch.confirmed_by is None else str(batch.confirmed_by),
        "signed_by": None if batch.signed_by is None else str(batch.signed_by),
        "applied_event": batch.applied_event,
        **preview,
    }
