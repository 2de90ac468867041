"""`quming job run ID`: run one job in this process; the worker calls it for heavy tasks."""

from __future__ import annotations

import sys
import uuid

import click

from gazetteer.db import create_pool, session_factory
from gazetteer.settings import get_settings, require_safe


@click.group()
def command() -> None:
    """Background jobs, one by one 单个后台任务."""


@command.command("run")
@click.argument("job_id", type=click.UUID)
@click.option("--parent", type=int, help="End with this process (the worker) 随此进程结束")
def run(job_id: uuid.UUID, parent: int | None) -> None:
    """Run a queued job here and now; exit code 1 when it fails."""
    from api.jobs import bind_to_parent, run_job

    if parent is not None:
        bind_to_parent(parent)
    settings = get_settings()
    require_safe(settings)
    engine = create_pool(settings.database_url, size=2)
    done = run_job(session_factory(engine, audit_key=settings.secret_key), settings, job_id)
    engine.dispose()
    sys.exit(0 if done else 1)
