"""The life of an import before it is applied: uploaded, checked or refused, confirmed, cancelled."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.changes import audit
from gazetteer.errors import FieldError, Forbidden, NotFound, RuleBroken, WrongState
from gazetteer.models import ImportBatch
from gazetteer.roles import Actor, require

PERMISSION = {"first_load": "import.first_load", "edition": "import.edition"}
"""Door of an import -> what its maker needs."""

WHOLE_REGISTER = ()
"""The path of no division: an import reaches everywhere, so a role in a part of the register does not do."""

CHECKABLE = ("uploaded", "checked", "refused")


def record_upload(
    session: Session,
    actor: Actor,
    *,
    batch_id: uuid.UUID,
    door: str,
    folder: Path,
    files: Sequence[Mapping[str, Any]],
    choices: Mapping[str, Any],
) -> ImportBatch:
    """Record which files were uploaded; they lie in `folder` already.

    Raises
    ------
    Forbidden
    RuleBroken
        ``unknown_door``.
    """
    if door not in PERMISSION:
        raise RuleBroken(f"没有“{door}”这种导入。", f"There is no import '{door}'.", code="unknown_door")
    require(actor, PERMISSION[door], WHOLE_REGISTER)
    batch = ImportBatch(
        id=batch_id,
        door=door,
        state="uploaded",
        folder=str(folder),
        files=[dict(file) for file in files],
        assumptions=dict(choices),
        preview={},
        created_by=actor.user_id,
        created_at=clock.now(session),
    )
    session.add(batch)
    session.flush()
    detail = {"door": door, "files": batch.files}
    audit.append(session, actor.user_id, "import.upload", "import", str(batch_id), detail)
    session.commit()
    return batch


def require_checkable(session: Session, actor: Actor, batch_id: uuid.UUID) -> ImportBatch:
    """Return an import that `actor` may check now, locked; raises Forbidden or WrongState."""
    batch = lock_batch(session, batch_id)
    require(actor, PERMISSION[batch.door], WHOLE_REGISTER)
    require_open(batch, *CHECKABLE)
    return batch


def record_check(
    session: Session,
    actor: Actor,
    batch_id: uuid.UUID,
    *,
    choices: Mapping[str, Any],
    preview: Mapping[str, Any],
) -> ImportBatch:
    """Record what a check found; `preview["faults"]` with an error means refused."""
    batch = lock_batch(session, batch_id)
    require(actor, PERMISSION[batch.door], WHOLE_REGISTER)
    require_open(batch, *CHECKABLE)
    refused = any(fault["severity"] == "error" for fault in preview["faults"])
    batch.state = "refused" if refused else "checked"
    batch.assumptions = dict(choices)
    batch.preview = dict(preview)
    detail = {"state": batch.state, "faults": len(preview["faults"])}
    audit.append(session, actor.user_id, "import.check", "import", str(batch_id), detail)
    session.commit()
    return batch


def confirm_import(
    session: Session,
    actor: Actor,
    batch_id: uuid.UUID,
    *,
    valid_from: dt.date | None,
    source: str,
    document_no: str | None,
) -> ImportBatch:
    """Confirm a checked import: from when it counts, where it comes from, under which document.

    Raises
    ------
    RuleBroken
        ``assumptions_open`` while assumptions wait for a person; ``malformed`` when a value is missing.
    WrongState
        It is not checked, or was refused.
    """
    batch = lock_batch(session, batch_id)
    require(actor, PERMISSION[batch.door], WHOLE_REGISTER)
    require_open(batch, "checked")
    needs = batch.preview.get("needs", [])
    if needs:
        raise RuleBroken(
            "还有假定未经确认。", "Assumptions are not confirmed yet.", code="assumptions_open", needs=needs
        )
    _require_values(batch, valid_from, source)
    batch.state = "confirmed"
    batch.valid_from = valid_from
    batch.source = source.strip()
    batch.document_no = (document_no or "").strip() or None
    batch.confirmed_by = actor.user_id
    detail = {"valid_from": str(valid_from), "source": batch.source, "document_no": batch.document_no}
    audit.append(session, actor.user_id, "import.confirm", "import", str(batch_id), detail)
    session.commit()
    return batch


def _require_values(batch: ImportBatch, valid_from: dt.date | None, source: str) -> None:
    errors = []
    if batch.door == "first_load" and valid_from is None:
        errors.append(FieldError("valid_from", "missing", "缺少生效日期", "the valid-from date is missing"))
    if not source.strip():
        errors.append(FieldError("source", "missing", "缺少资料来源", "the source is missing"))
    if errors:
        zh, en = "确认导入还缺少内容。", "The confirmation lacks values."
        raise RuleBroken(zh, en, code="malformed", errors=tuple(errors))


def cancel_import(session: Session, actor: Actor, batch_id: uuid.UUID) -> ImportBatch:
    """Give an import up; its record and files stay."""
    batch = lock_batch(session, batch_id)
    require(actor, PERMISSION[batch.door], WHOLE_REGISTER)
    require_open(batch, "uploaded", "checked", "refused", "confirmed")
    batch.state = "cancelled"
    audit.append(session, actor.user_id, "import.cancel", "import", str(batch_id), {})
    session.commit()
    return batch


def require_second_person(batch: ImportBatch, actor: Actor) -> None:
    """Raise unless `actor` may sign: permitted, and neither who uploaded nor who confirmed."""
    require(actor, "import.sign", WHOLE_REGISTER)
    require_open(batch, "confirmed")
    if actor.user_id in (batch.confirmed_by, batch.created_by):
        raise Forbidden(
            "签署人不能是上传人或确认人。",
            "Who uploaded or confirmed an import cannot sign it.",
            code="own_request",
        )


def lock_batch(session: Session, batch_id: uuid.UUID) -> ImportBatch:
    """Return an import as it stands now, locked until the transaction ends."""
    batch = session.get(ImportBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None:
        raise NotFound("没有这次导入。", "There is no such import.", id=str(batch_id))
    return batch


def require_open(batch: ImportBatch, *states: str) -> None:
    """Raise WrongState unless the import is in one of `states`."""
    if batch.state not in states:
        raise WrongState(
            f"导入处于状态“{batch.state}”，不能执行此步骤。",
            f"An import in state '{batch.state}' has no such step.",
            state=batch.state,
        )
