"""Jobs as people see them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from gazetteer.errors import NotFound
from gazetteer.models import Job
from gazetteer.roles import Actor, can


@dataclass(frozen=True)
class JobView:
    """A background task: progress 0-1, then its result or its error."""

    id: uuid.UUID
    kind: str
    state: str
    progress: float
    message: str
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    created_at: dt.datetime
    finished_at: dt.datetime | None


def get_job(session: Session, actor: Actor, job_id: uuid.UUID) -> JobView:
    """Return a job of one's own (administrators: any); NotFound for others, whether they exist or not."""
    job = session.get(Job, job_id)
    if job is None or not (job.created_by == actor.user_id or can(actor, "audit.read", ())):
        raise NotFound(f"没有此任务：{job_id}。", f"There is no job {job_id}.")
    return JobView(
        job.id,
        job.kind,
        job.state,
        job.progress,
        job.message,
        job.result,
        job.error,
        job.created_at,
        job.finished_at,
    )
