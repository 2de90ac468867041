"""The worker: the queue's application, and which function runs which kind of job."""

from __future__ import annotations

import ctypes
import importlib
import logging
import os
import resource
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from typing import Any

from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Status
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.changes.queue import QUEUE, TASK
from gazetteer.operations.progress import RunningJob, Tell, fail_job, finish_job, start_job, teller
from gazetteer.operations.releases import abandon_release
from gazetteer.settings import Settings
from webmap.build.folders import remove_building_folder

log = logging.getLogger(__name__)

Runner = Callable[[sessionmaker[Session], Settings, RunningJob, Tell], dict[str, Any]]
RUNNERS = {
    "release": "webmap.build.release:build_release",
    "export": "gazetteer.exports.job:run_export",
}
"""Kind of job -> module and function that run it; imported only by the process that does the work."""
LONGEST_S = 2 * 3600
MEMORY_BYTES = 6 * 2**30
STALLED_AFTER_S = 60
ATTEMPTS = 3
_PR_SET_PDEATHSIG = 1


def find_runner(kind: str) -> Runner:
    """Import what runs a kind of job; what it returns is the result people are given."""
    module, name = RUNNERS[kind].split(":")
    runner: Runner = getattr(importlib.import_module(module), name)
    return runner


def run_job(sessions: sessionmaker[Session], settings: Settings, job_id: uuid.UUID) -> bool:
    """Run one job to its end in this process; False when it failed, with the reason in its row."""
    job = start_job(sessions, job_id)
    if job is None:
        return True
    try:
        result = find_runner(job.kind)(sessions, settings, job, teller(sessions, job_id))
    except Exception as error:
        log.exception("job %s (%s) failed", job_id, job.kind)
        fail_job(sessions, job_id, error)
        return False
    finish_job(sessions, job_id, result)
    return True


def run_in_child(job_id: uuid.UUID, settings: Settings, sessions: sessionmaker[Session]) -> None:
    """Run a job in a process of its own, so that its memory ends with it and its limits hurt nobody else.

    A job that the child could not end itself (killed, out of memory or time) is given up here.
    """
    command = [sys.executable, "-m", "api", "job", "run", str(job_id), "--parent", str(os.getpid())]
    try:
        code = subprocess.run(command, check=False, timeout=LONGEST_S).returncode
    except subprocess.TimeoutExpired:
        code = -signal.SIGKILL
    if code != 0:
        give_up(job_id, settings, sessions, f"任务被中止（{code}） the job was stopped ({code})")


def give_up(job_id: uuid.UUID, settings: Settings, sessions: sessionmaker[Session], reason: str) -> None:
    """Mark a job failed, unless it said itself how it ended, and remove what it left half made."""
    fail_job(sessions, job_id, reason)
    with sessions() as session:
        abandon_release(session, job_id)
    remove_building_folder(settings.home, job_id)


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

    @app.task(name=TASK, queue=QUEUE)
    def run(job_id: str) -> None:
        run_in_child(uuid.UUID(job_id), settings, sessions)

    @app.periodic(cron="* * * * *")
    @app.task(name="quming.retry_stalled", queue=QUEUE, queueing_lock="retry_stalled")
    async def retry_stalled(timestamp: int) -> None:
        await retry_stalled_jobs(app, settings, sessions)

    return app


async def retry_stalled_jobs(app: App, settings: Settings, sessions: sessionmaker[Session]) -> None:
    """Give jobs whose worker has died to another one; after a few times, take them for the cause."""
    manager = app.job_manager
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S):
        if stalled.task_name == TASK and stalled.attempts >= ATTEMPTS:
            await manager.finish_job(stalled, Status.FAILED, delete_job=False)
            job_id = uuid.UUID(str(stalled.task_kwargs["job_id"]))
            give_up(
                job_id, settings, sessions, "任务多次中断，已放弃 given up: its worker died several times"
            )
        else:
            await manager.retry_job(stalled)
