"""Background jobs: who sees them, and the file they made."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.models import Job
from gazetteer.settings import Settings
from tests.api.conftest import Browser, SignIn
from tests.api.problems import problem


@pytest.fixture
def publisher(sign_in: SignIn) -> Browser:
    return sign_in("publisher")


def add_job(session: Session, browser: Browser, **more: Any) -> uuid.UUID:
    values = {"kind": "export", "state": "done", "progress": 1.0, **more}
    job = Job(created_by=uuid.UUID(browser.me["id"]), created_at=clock.now(session), **values)
    session.add(job)
    session.commit()
    return job.id


def test_job_when_ones_own_then_shown(session: Session, publisher: Browser) -> None:
    job = add_job(session, publisher, state="running", progress=0.25, message="一半的一半")
    shown = publisher.get(f"/api/v1/jobs/{job}").json
    assert (shown["state"], shown["progress"], shown["message"]) == ("running", 0.25, "一半的一半")


def test_job_when_somebody_elses_then_404_and_administrators_see_it(
    session: Session, publisher: Browser, sign_in: SignIn
) -> None:
    job = add_job(session, publisher)
    for door in ("", "/file"):
        problem(sign_in("surveyor").get(f"/api/v1/jobs/{job}{door}"), 404, "not_found")
    assert sign_in("administrator").get(f"/api/v1/jobs/{job}").status_code == 200


def test_file_when_made_then_downloaded_under_its_name(
    session: Session, publisher: Browser, settings: Settings
) -> None:
    (settings.home / "exports").mkdir()
    (settings.home / "exports" / "x.zip").write_bytes(b"PK")
    job = add_job(session, publisher, result={"file": "exports/x.zip", "name": "村界.zip"})
    with publisher.get(f"/api/v1/jobs/{job}/file") as answer:
        assert answer.data == b"PK"
        assert "filename*=UTF-8''%E6%9D%91%E7%95%8C.zip" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    "result", [None, {"file": "../outside.zip"}, {"file": "/etc/passwd"}, {"file": "no"}]
)
def test_file_when_there_is_none_or_it_lies_elsewhere_then_404(
    session: Session, publisher: Browser, settings: Settings, result: dict[str, str] | None
) -> None:
    (settings.home.parent / "outside.zip").write_bytes(b"PK")
    problem(publisher.get(f"/api/v1/jobs/{add_job(session, publisher, result=result)}/file"), 404, "no_file")
