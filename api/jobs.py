"""The worker: the queue's application, and which function runs which kind of job."""

from __future__ import annotations

import ctypes
import logging
import os
import resource
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from typing import Any

from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.changes.queue import QUEUE, TASK
from gazetteer.exports.job import run_export
from gazetteer.operations.progress import RunningJob, Tell, fail_job, finish_job, start_job, teller
from gazetteer.settings import Settings
from webmap.build.release import build_release

log = logging.getLogger(__name__)

Runner = Callable[[sessionmaker[Session], Settings, RunningJob, Tell], dict[str, Any]]
RUNNERS: dict[str, Runner] = {"release": build_release, "export": run_export}
"""Kind of job -> what runs it; the result is what people are given."""
LONGEST_S = 2 * 3600
MEMORY_BYTES = 6 * 2**30
STALLED_AFTER_S = 60
ATTEMPTS = 3
_PR_SET_PDEATHSIG = 1


def run_job(sessions: sessionmaker[Session], settings: Settings, job_id: uuid.UUID) -> bool:
    """Run one job to its end in this process; False when it failed, with the reason in its row."""
    job = start_job(sessions, job_id)
    if job is None:
        return True
    try:
        result = RUNNERS[job.kind](sessions, settings, job, teller(sessions, job_id))
    except Exception as error:
        log.exception("job %s (%s) failed", job_id, job.kind)
        fail_job(sessions, job_id, error)
        return False
    finish_job(sessions, job_id, result)
    return True


def run_in_child(job_id: uuid.UUID, sessions: sessionmaker[Session]) -> None:
    """Run a job in a process of its own, so that its memory ends with it and its limits hurt nobody else.

    A job that the child could not end itself (killed, out of memory or time) is marked failed here.
    """
    command = [sys.executable, "-m", "api", "job", "run", str(job_id), "--parent", str(os.getpid())]
    try:
        code = subprocess.run(command, check=False, timeout=LONGEST_S).returncode
    except subprocess.TimeoutExpired:
        code = -signal.SIGKILL
    if code not in (0, 1):
        fail_job(sessions, job_id, f"任务被中止（{code}） the job was stopped ({code})")


def bind_to_parent(parent: int) -> None:
    """Limit this process, and let it end with the worker that started it: no two ever run one job.

    Raises
    ------
    ChildProcessError
        The worker is gone already.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise ChildProcessError("the worker that started this job has ended")


def make_queue(settings: Settings, sessions: sessionmaker[Session]) -> App:
    """Make the queue's application with its tasks."""
    app = App(connector=PsycopgConnector(conninfo=settings.database_url))

    @app.task(name=TASK, queue=QUEUE, retry=RetryStrategy(max_attempts=ATTEMPTS, wait=2))
    def run(job_id: str) -> None:
        run_in_child(uuid.UUID(job_id), sessions)

    @app.periodic(cron="* * * * *")
    @app.task(name="quming.retry_stalled", queue=QUEUE, queueing_lock="retry_stalled", pass_context=True)
    async def retry_stalled(context: JobContext, timestamp: int) -> None:
        manager = app.job_manager
        for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S):
            await manager.retry_job(stalled)

    return app
