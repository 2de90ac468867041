"""The worker: a job whose worker died is done by another, and one that always kills it is given up."""

from __future__ import annotations

import asyncio
import datetime as dt
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from api.jobs import ATTEMPTS, make_queue, retry_stalled_jobs, run_in_child, run_job
from gazetteer.changes.queue import QUEUE
from gazetteer.db import create_pool, session_factory
from gazetteer.models import Job, Release
from gazetteer.operations.progress import start_job
from gazetteer.operations.releases import ReleaseContent, open_release, request_release
from gazetteer.queries.releases import list_releases
from gazetteer.roles import Actor, Grant
from gazetteer.settings import Settings
from tests.api.conftest import PICTURE
from tests.gazetteer.register import build_register, three_levels

Sessions = sessionmaker[Session]


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[tuple[Settings, Sessions]]:
    engine = create_pool(database_url, size=4)
    yield (
        Settings(database_url=database_url, home=tmp_path, secret_key="key of the tests"),
        session_factory(engine, audit_key="key of the tests"),
    )
    engine.dispose()


@pytest.fixture
def job_id(house: tuple[Settings, Sessions]) -> uuid.UUID:
    _, sessions = house
    with sessions() as session:
        register = build_register(session, three_levels(PICTURE, {"东镇": "ac", "西镇": "bd"}))
        session.commit()
        actor = Actor(register.user_id, "publisher", "发布员", (Grant("publisher"),))
        return request_release(session, actor, "").id


def take_and_die(sessions: Sessions, attempts: int = 0) -> None:
    """Take the task as a worker does, then send no sign of life for an hour."""
    with sessions() as session:
        worker = session.execute(text("SELECT * FROM procrastinate_register_worker_v1()")).scalar_one()
        values = {"worker": worker, "queues": [QUEUE]}
        session.execute(text("SELECT * FROM procrastinate_fetch_job_v2(:queues, :worker)"), values)
        session.execute(
            text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"), values
        )
        session.execute(text("UPDATE procrastinate_jobs SET attempts = :n"), {"n": attempts})
        session.commit()


def retry(house: tuple[Settings, Sessions]) -> None:
    async def run() -> None:
        app = make_queue(*house)
        async with app.open_async():
            await retry_stalled_jobs(app, *house)

    asyncio.run(run())


def status(sessions: Sessions) -> str:
    with sessions() as session:
        return str(session.execute(text("SELECT status FROM procrastinate_jobs")).scalar_one())


def test_stalled_job_when_its_worker_has_died_then_is_queued_again_and_done_whole(
    house: tuple[Settings, Sessions], job_id: uuid.UUID
) -> None:
    settings, sessions = house
    take_and_die(sessions)
    start_job(sessions, job_id)
    half = settings.home / "releases" / f".building-{job_id}"
    half.mkdir(parents=True)
    (half / "half").touch()

    retry(house)

    assert status(sessions) == "todo"
    assert run_job(sessions, settings, job_id)
    with sessions() as session:
        versions = [release.version for release in list_releases(session)]
    assert [path.name for path in (settings.home / "releases").iterdir()] == versions


def test_stalled_job_when_it_has_killed_several_workers_then_is_given_up(
    house: tuple[Settings, Sessions], job_id: uuid.UUID
) -> None:
    _, sessions = house
    take_and_die(sessions, attempts=ATTEMPTS)

    retry(house)

    assert status(sessions) == "failed"
    with sessions() as session:
        job = session.get_one(Job, job_id)
        assert job.state == "failed"
        assert job.error is not None
        assert job.error["code"] == "job_stopped"


def test_job_when_its_process_is_killed_then_fails_and_leaves_nothing(
    house: tuple[Settings, Sessions], job_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, sessions = house
    half = settings.home / "releases" / f".building-{job_id}"
    half.mkdir(parents=True)
    with sessions() as session:
        content = ReleaseContent(dt.date(2026, 1, 1), None, "0" * 64, {})
        open_release(session, job_id, session.get_one(Job, job_id).created_by, content, "", None)
    # A process that cannot even reach the database ends with Python's own exit code.
    monkeypatch.setenv("QUMING_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")

    run_in_child(job_id, settings, sessions)

    assert list((settings.home / "releases").iterdir()) == []
    with sessions() as session:
        assert session.get_one(Job, job_id).state == "failed"
        assert session.get(Release, job_id) is None


def test_job_when_it_is_over_then_a_task_that_comes_twice_does_nothing(
    house: tuple[Settings, Sessions], job_id: uuid.UUID
) -> None:
    settings, sessions = house

    assert run_job(sessions, settings, job_id)
    assert run_job(sessions, settings, job_id)

    with sessions() as session:
        assert len(list_releases(session)) == 1


def test_job_when_something_unexpected_happens_then_its_text_is_not_shown(
    house: tuple[Settings, Sessions], job_id: uuid.UUID
) -> None:
    settings, sessions = house
    (settings.home / "releases").write_text("a file where the folder should be: password=hunter2")

    assert not run_job(sessions, settings, job_id)

    with sessions() as session:
        error = session.get_one(Job, job_id).error
    assert error is not None
    assert error["code"] == "internal_error"
    assert "hunter2" not in str(error)
    assert str(settings.home) not in str(error)


def test_child_when_its_worker_is_killed_then_ends_with_it() -> None:
    child = (
        "import os, signal; from api.jobs import bind_to_parent; bind_to_parent(os.getppid());"
        " print('bound', flush=True); signal.pause()"
    )
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    worker = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "bound\n"

    worker.send_signal(signal.SIGKILL)
    worker.wait()

    # The pipe closes when the last process that holds it is gone.
    assert worker.stdout.read() == ""
    worker.stdout.close()


def test_child_when_its_worker_is_gone_already_then_refuses_to_begin() -> None:
    code = "from api.jobs import bind_to_parent; bind_to_parent(1)"
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)

    assert "ChildProcessError" in ended.stderr
