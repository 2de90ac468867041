"""The life of a job while it runs; each step is a short transaction of its own, so that people see it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from boundaries.errors import BoundaryError
from gazetteer import clock
from gazetteer.errors import NotFound, RegisterError
from gazetteer.models import Job

Sessions = sessionmaker[Session]
Tell = Callable[[float, str], None]


@dataclass(frozen=True)
class RunningJob:
    """What a runner knows of its job."""

    id: uuid.UUID
    kind: str
    arguments: dict[str, Any]
    created_by: uuid.UUID


def start_job(sessions: Sessions, job_id: uuid.UUID) -> RunningJob | None:
    """Mark a job as running and return it; None when it is over already (a task that came twice)."""
    with sessions() as session:
        job = session.get(Job, job_id, with_for_update=True, populate_existing=True)
        if job is None:
            raise NotFound("没有此任务。", "There is no such job.", job=str(job_id))
        if job.state in ("done", "failed"):
            return None
        job.state, job.progress, job.message = "running", 0.0, "已开始 started"
        session.commit()
        return RunningJob(job.id, job.kind, job.arguments, job.created_by)


def teller(sessions: Sessions, job_id: uuid.UUID) -> Tell:
    """Return a function that tells people how far a job is (share 0-1, message)."""

    def tell(share: float, message: str) -> None:
        with sessions() as session:
            session.execute(
                update(Job)
                .where(Job.id == job_id, Job.state == "running")
                .values(progress=min(max(share, 0.0), 1.0), message=message)
            )
            session.commit()

    return tell


def finish_job(sessions: Sessions, job_id: uuid.UUID, result: dict[str, Any]) -> None:
    """Mark a job as done, with what it made."""
    _end(sessions, job_id, "done", result=result, progress=1.0, message="完成 done")


def fail_job(sessions: Sessions, job_id: uuid.UUID, error: BaseException | str) -> None:
    """Mark a job as failed; a domain error keeps its sentences, any other becomes an internal error."""
    described = describe_error(error)
    _end(sessions, job_id, "failed", error=described, message=described["message"])


def describe_error(error: BaseException | str) -> dict[str, Any]:
    """Return code, sentences and fields of what stopped a job; never the text of an unexpected exception."""
    if isinstance(error, RegisterError):
        errors = [
            {"field": e.field, "code": e.code, "message": e.zh, "message_en": e.en} for e in error.errors
        ]
        fields = {key: value for key, value in error.fields.items() if key == "faults"}
        return {
            "code": error.code,
            "message": error.zh,
            "message_en": error.en,
            "errors": errors,
            **fields,
        }
    if isinstance(error, BoundaryError):
        return {"code": error.code, "message": error.zh, "message_en": error.en, "errors": []}
    if isinstance(error, str):
        return {"code": "job_stopped", "message": error, "message_en": error, "errors": []}
    return {
        "code": "internal_error",
        "message": "内部错误，详情见服务日志。",
        "message_en": "Internal error; the log of the worker has the details.",
        "errors": [],
    }


def _end(sessions: Sessions, job_id: uuid.UUID, state: str, **values: Any) -> None:
    with sessions() as session:
        session.execute(
            update(Job)
            .where(Job.id == job_id, Job.state.in_(("queued", "running")))
            .values(state=state, finished_at=clock.now(session), **values)
        )
        session.commit()
