"""Change requests as people work on them: create, edit, check, submit, decide.

Every function guards first (who, where, in which state, on which version), then reads, changes, writes the
log and the audit entry, and commits; whatever it raises, nothing of it is stored.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.changes import audit
from gazetteer.changes.requests import add_operations, add_review
from gazetteer.errors import ConflictFound, FieldError, Forbidden, OwnRequest, RuleBroken, Stale
from gazetteer.models import ChangeRequest, Event, Operation
from gazetteer.operations.apply import apply_evaluation
from gazetteer.operations.drafts import Evaluation, evaluate
from gazetteer.queries.requests import RequestView, get_request, list_intents, require_request
from gazetteer.roles import Actor, can, require
from gazetteer.rules.intents import Intent, content_hash, parse_intents
from gazetteer.rules.request_kinds import REQUEST_KINDS
from gazetteer.states import STEPS, Step, get_step, require_state


@dataclass(frozen=True)
class Receipt:
    """The answer to one operation sent: applied, duplicate, retracted, conflict or refused."""

    id: uuid.UUID
    status: str
    reason: str | None = None


def create_request(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    title: str,
    reason: str,
    effective_on: dt.date | None = None,
) -> RequestView:
    """Open an empty draft.

    Parameters
    ----------
    effective_on : date, optional
        The day the law changes, past or to come; by default the day of approval. None for a correction.
    """
    require(actor, "request.draft")
    if kind not in STEPS:
        raise RuleBroken(f"未知的申请类型:{kind}。", f"Unknown kind of request: {kind}.", code="unknown_kind")
    _require_dateable(kind, effective_on)
    at = clock.now(session)
    request = ChangeRequest(
        kind=kind,
        title=_required(title, "title", "标题"),
        reason=reason.strip(),
        state="draft",
        effective_on=effective_on,
        base_event=session.scalar(select(Event.id).order_by(Event.id.desc()).limit(1)),
        content_hash=signed_hash([], effective_on),
        created_by=actor.user_id,
        last_editor=actor.user_id,
        created_at=at,
        updated_at=at,
    )
    session.add(request)
    session.flush()
    add_review(session, request, "create", None, actor.user_id, at)
    return _finish(session, actor, request, "request.create")


def edit_request(
    session: Session,
    actor: Actor,
    request_id: uuid.UUID,
    *,
    version: int,
    title: str,
    reason: str,
    effective_on: dt.date | None,
) -> RequestView:
    """Change what a draft says beside its operations: title, reason, the day of effect."""
    request = require_request(session, actor, request_id, lock=True)
    step = _guard(actor, request, "edit")
    _require_version(request, version)
    _require_dateable(request.kind, effective_on)
    request.title, request.reason = _required(title, "title", "标题"), reason.strip()
    request.effective_on = effective_on
    request.content_hash = signed_hash(list_intents(session, request_id), effective_on)
    request.last_editor, request.updated_at = actor.user_id, clock.now(session)
    from_state, request.state = request.state, step.target
    add_review(session, request, "edit", from_state, actor.user_id, request.updated_at)
    return _finish(session, actor, request, "request.edit")


def put_operations(
    session: Session, actor: Actor, request_id: uuid.UUID, *, version: int, operations: Sequence[Any]
) -> tuple[RequestView, list[Receipt]]:
    """Make `operations` the content of a draft; sending the same again changes nothing.

    Rows are only added: an operation that is not sent any more is retracted by a row of its own. An
    operation that does not fit the register any more is kept too and answered with ``conflict``.
    """
    request = require_request(session, actor, request_id, lock=True)
    step = _guard(actor, request, "edit")
    intents = parse_intents(operations)
    standing = list_intents(session, request_id)
    known = {intent.id: intent for intent in standing}
    if [i.to_json() for i in intents] == [i.to_json() for i in standing]:
        return get_request(session, actor, request_id), [Receipt(i.id, "duplicate") for i in intents]
    _require_version(request, version)
    _require_unused(session, intents, known)
    keep, retracted = _common_start(standing, intents)
    evaluation = _evaluate(session, request, intents)
    _require_drafting(actor, evaluation)
    at = clock.now(session)
    add_operations(session, request, intents[keep:], retracted, actor.user_id, at)
    _take_content(request, intents, evaluation, actor, at)
    from_state, request.state = request.state, step.target
    add_review(session, request, "edit", from_state, actor.user_id, at)
    receipts = [_receipt(intent, known, evaluation) for intent in intents]
    receipts += [Receipt(gone, "retracted") for gone in retracted if gone not in {i.id for i in intents}]
    return _finish(session, actor, request, "request.edit"), receipts


def check_request(session: Session, actor: Actor, request_id: uuid.UUID) -> Evaluation:
    """Replay and check a request on the register of today; writes nothing."""
    return _evaluate(session, require_request(session, actor, request_id))


def step_request(
    session: Session,
    actor: Actor,
    request_id: uuid.UUID,
    action: str,
    *,
    version: int,
    content_hash: str,
    reason: str | None = None,
    document_no: str | None = None,
) -> RequestView:
    """Take one step: submit, withdraw, return, reject or approve.

    Raises
    ------
    Stale
        The version or the content the caller saw is not the present one.
    OwnRequest
        Nobody decides on what they wrote or edited.
    ConflictFound, RuleBroken
        The content does not fit the register, or breaks a rule.
    """
    request = require_request(session, actor, request_id, lock=True)
    step = _guard(actor, request, action)
    _require_version(request, version)
    _require_content(request, content_hash)
    _require_words(request, step, reason, document_no)
    if step.decides:
        request.document_no = (document_no or "").strip() or None
    from_state, request.state = request.state, step.target
    request.updated_at = clock.now(session)
    _WORK[action](session, actor, request)
    add_review(session, request, action, from_state, actor.user_id, request.updated_at, reason)
    if action == "approve":
        request.state = "in_force"
        add_review(session, request, "apply", step.target, actor.user_id, request.updated_at)
    return _finish(session, actor, request, f"request.{action}")


def _guard(actor: Actor, request: ChangeRequest, action: str) -> Step:
    step = get_step(request.kind, action)
    if step.own is False and actor.user_id in (request.created_by, request.last_editor):
        raise OwnRequest(
            "不能审批本人起草或最后修改的申请。", "Nobody decides on a request they wrote or last edited."
        )
    if step.own is True and actor.user_id != request.created_by:
        raise Forbidden("只有起草人可以执行此操作。", "Only the author may do this.")
    require(actor, step.permission)
    require_state(step, request.state)
    return step


def _evaluate(
    session: Session, request: ChangeRequest, intents: Sequence[Intent] | None = None, *, lock: bool = False
) -> Evaluation:
    """Work out a request at its day of effect: today for a correction and where none is given."""
    on = request.effective_on or clock.today(session)
    standing = list_intents(session, request.id) if intents is None else intents
    return evaluate(session, standing, on, kind=request.kind, lock=lock)


def _require_dateable(kind: str, effective_on: dt.date | None) -> None:
    """A correction has no day of effect: the register was wrong, the law is as it was."""
    if effective_on is not None and not REQUEST_KINDS[kind].legal:
        raise RuleBroken(
            "更正类申请没有生效日期。",
            "A correction has no day of effect.",
            code="effective_not_expected",
            errors=(FieldError("effective_on", "not_expected", "更正不填生效日期", "not for a correction"),),
        )


def _require_words(request: ChangeRequest, step: Step, reason: str | None, document_no: str | None) -> None:
    """Ask for what a step needs: the reason, or the document (a number belongs to a decision alone)."""
    if step.needs_reason and not (reason or "").strip():
        raise RuleBroken(
            "请填写理由。",
            "A reason is required.",
            code="reason_required",
            errors=(FieldError("reason", "required", "请填写理由", "give a reason"),),
        )
    legal = REQUEST_KINDS[request.kind].legal
    if legal and step.action == "approve" and not (document_no or "").strip():
        raise RuleBroken(
            "界线变更和区划变更须填写批准文号。",
            "A change of the law needs the number of the document that approves it.",
            code="document_required",
            errors=(FieldError("document_no", "required", "请填写批准文号", "give the number"),),
        )
    if document_no and not step.decides:
        raise RuleBroken(
            "只有审批决定可以填写文号。",
            "Only a decision carries a document number.",
            code="document_not_expected",
            errors=(FieldError("document_no", "not_expected", "此步骤不填文号", "not with this step"),),
        )


def _require_version(request: ChangeRequest, version: int) -> None:
    if version != request.version:
        raise Stale(
            f"申请已更新到第 {request.version} 版,您看到的是第 {version} 版,请刷新后再试。",
            f"The request is at version {request.version}, you saw {version}: reload it.",
            version=request.version,
        )


def _require_content(request: ChangeRequest, seen: str) -> None:
    if seen != request.content_hash:
        raise Stale(
            "申请内容在您打开之后已被修改,请重新查看。",
            "The content has changed since you opened it: look again.",
            code="stale_content",
            content_hash=request.content_hash,
        )


def _require_unused(session: Session, intents: Sequence[Intent], known: dict[uuid.UUID, Intent]) -> None:
    """Refuse an id that was used for something else, here or in another request."""
    changed = [i.id for i in intents if i.id in known and known[i.id].to_json() != i.to_json()]
    new = [i.id for i in intents if i.id not in known]
    used = changed + list(session.scalars(select(Operation.id).where(Operation.id.in_(new))))
    if used:
        raise RuleBroken(
            "操作编号已被使用,请为修改后的操作生成新编号。",
            "An operation id was already used for something else: make a new one.",
            code="operation_id_used",
            errors=tuple(FieldError("operations.id", "used", f"{i} 已被使用", f"{i} is used") for i in used),
        )


def _common_start(standing: Sequence[Intent], wanted: Sequence[Intent]) -> tuple[int, list[uuid.UUID]]:
    """Return how many operations stay as they stand, and the ids of those after them to retract."""
    keep = 0
    while keep < min(len(standing), len(wanted)) and standing[keep].id == wanted[keep].id:
        keep += 1
    again = {i.id for i in wanted[keep:]} & {i.id for i in standing[keep:]}
    if again:
        raise RuleBroken(
            "操作只能从末尾撤销,不能调换次序或从中间删除后保留其后的操作。",
            "Operations are undone from the end: those after a removed one need new ids.",
            code="operations_reordered",
        )
    return keep, [i.id for i in standing[keep:]]


def signed_hash(intents: Sequence[Intent], effective_on: dt.date | None) -> str:
    """Return what an approver signs: the sha256 of the operations, and of the day of effect where given."""
    operations = content_hash(intents)
    if effective_on is None:
        return operations
    return hashlib.sha256(f"{operations} {effective_on}".encode()).hexdigest()


def _require_drafting(actor: Actor, evaluation: Evaluation) -> None:
    """One side at least of every changed line or name must lie in the actor's subtree."""
    for paths in evaluation.sides:
        if not any(can(actor, "request.draft", path) for path in paths):
            require(actor, "request.draft", ())


def _take_content(
    request: ChangeRequest, intents: Sequence[Intent], evaluation: Evaluation, actor: Actor, at: Any
) -> None:
    request.content_hash = signed_hash(intents, request.effective_on)
    _note_places(request, evaluation)
    request.last_editor = actor.user_id
    request.updated_at = at


def _note_places(request: ChangeRequest, evaluation: Evaluation) -> None:
    """Keep what a request touches and whom it concerns, as the register stands now."""
    request.touched_faces = sorted(evaluation.touched_faces)
    request.touched_divisions = list(evaluation.touched_divisions)
    request.scope = sorted({division for side in evaluation.sides for path in side for division in path})


def _receipt(intent: Intent, known: dict[uuid.UUID, Intent], evaluation: Evaluation) -> Receipt:
    reason = evaluation.reason_against(intent.id)
    if reason is not None:
        return Receipt(intent.id, "conflict", reason)
    return Receipt(intent.id, "duplicate" if intent.id in known else "applied")


def _submit(session: Session, actor: Actor, request: ChangeRequest) -> None:
    evaluation = _evaluate(session, request)
    _require_drafting(actor, evaluation)
    _require_ok(evaluation)
    _note_places(request, evaluation)


def _approve(session: Session, actor: Actor, request: ChangeRequest) -> None:
    evaluation = _evaluate(session, request, lock=True)
    for paths in evaluation.sides:
        for path in paths:
            require(actor, "request.decide", path)
    _require_ok(evaluation)
    event = apply_evaluation(session, evaluation, request, actor.user_id)
    request.decided_by, request.applied_event, request.updated_at = actor.user_id, event.id, event.recorded_at


def _decide(session: Session, actor: Actor, request: ChangeRequest) -> None:
    require(actor, get_step(request.kind, "reject").permission, set(request.scope))
    request.decided_by = actor.user_id


def _return(session: Session, actor: Actor, request: ChangeRequest) -> None:
    require(actor, "request.return", set(request.scope))


def _nothing(session: Session, actor: Actor, request: ChangeRequest) -> None:
    """Withdrawing asks for nothing beyond the guard."""


_WORK: dict[str, Callable[[Session, Actor, ChangeRequest], None]] = {
    "submit": _submit,
    "withdraw": _nothing,
    "return": _return,
    "reject": _decide,
    "approve": _approve,
}


def _require_ok(evaluation: Evaluation) -> None:
    if evaluation.conflicts or evaluation.division_conflicts:
        raise ConflictFound(
            "申请所依据的界线、区划或名称此后已有变更,请起草人查看冲突并重新提交;未作任何修改。",
            "The lines, divisions or names this request is based on have changed since; nothing was applied.",
            evaluation=evaluation,
        )
    errors = [fault for fault in evaluation.faults if fault.severity == "error"]
    if errors:
        raise RuleBroken(
            f"检查发现 {len(errors)} 处错误:{errors[0].zh}",
            f"The check found {len(errors)} errors: {errors[0].en}",
            code="check_failed",
            errors=tuple(FieldError("operations", fault.code, fault.zh, fault.en) for fault in errors),
        )
    if evaluation.is_empty:
        raise RuleBroken("申请没有任何变更内容。", "The operations change nothing.", code="empty_request")


def _required(value: str, field: str, zh: str) -> str:
    if not value.strip():
        raise RuleBroken(
            f"请填写{zh}。",
            f"{field} must not be empty.",
            errors=(FieldError(field, "required", f"请填写{zh}", "must not be empty"),),
        )
    return value.strip()


def _finish(session: Session, actor: Actor, request: ChangeRequest, action: str) -> RequestView:
    request.version += 0 if action == "request.create" else 1
    session.flush()
    detail = {"state": request.state, "version": request.version, "content_hash": request.content_hash}
    audit.append(session, actor.user_id, action, "change_request", request.id, detail)
    session.commit()
    return get_request(session, actor, request.id)
