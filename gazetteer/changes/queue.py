"""Background work: the row people see and the queue's own entry, written in one transaction.

The queue is Procrastinate's. Its function is called on the session's own connection, so that a task exists
exactly when the change that asks for it is committed: no task of a rolled-back request, no request without
its task.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.models import Job

TASK = "quming.run_job"
QUEUE = "jobs"
ONE_AT_A_TIME = frozenset({"release", "import_apply"})
"""Kinds of which the queue runs one at a time."""

_DEFER = text(
    """
    SELECT procrastinate_defer_jobs_v1(ARRAY[
        ROW(:queue, :task, 0, :lock, NULL, CAST(:args AS jsonb), NULL)::procrastinate_job_to_defer_v1
    ])
    """
)


def enqueue(session: Session, kind: str, arguments: dict[str, Any], created_by: uuid.UUID) -> Job:
    """Add a job and its task; both are there once the caller commits.

    Parameters
    ----------
    kind : str
        A kind that the table allows and the worker has a runner for.
    arguments : dict
        JSON values only.
    """
    job = add_job(session, kind, arguments, created_by, clock.now(session))
    session.execute(
        _DEFER,
        {
            "queue": QUEUE,
            "task": TASK,
            "lock": kind if kind in ONE_AT_A_TIME else None,
            "args": json.dumps({"job_id": str(job.id)}),
        },
    )
    return job


def add_job(
    session: Session, kind: str, arguments: dict[str, Any], created_by: uuid.UUID, at: dt.datetime
) -> Job:
    """Add a job without a task: the caller runs it itself (a command that waits)."""
    job = Job(kind=kind, state="queued", arguments=arguments, created_by=created_by, created_at=at)
    session.add(job)
    session.flush()
    return job
