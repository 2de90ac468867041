"""Background jobs: how far they are, and the file they made."""

from __future__ import annotations

from pathlib import Path

from flask import Response, send_file

from api.auth import get_actor, signed_in
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session, get_settings
from api.schemas.base import IdPath
from api.schemas.jobs import JobOut
from gazetteer.errors import NotFound
from gazetteer.queries.jobs import JobView, get_job

api = make_blueprint("jobs", "Background jobs 后台任务")


@api.get("/jobs/<uuid:id>", responses={200: JobOut, **problems(401, 404)})
@signed_in
def get_one_job(path: IdPath) -> Response:
    """Return a job of one's own; administrators see every job."""
    return reply(JobOut.model_validate(get_job(get_session(), get_actor(), path.id)))


@api.get("/jobs/<uuid:id>/file", responses={200: {"description": "The file made"}, **problems(401, 404)})
@signed_in
def get_job_file(path: IdPath) -> Response:
    """Download the file that a job made."""
    job = get_job(get_session(), get_actor(), path.id)
    file = _file_of(job, get_settings().home)
    return send_file(file, as_attachment=True, download_name=(job.result or {}).get("name", file.name))


def _file_of(job: JobView, home: Path) -> Path:
    """Return the job's file, which must lie in the home; NotFound while there is none."""
    name: str | None = (job.result or {}).get("file")
    file = (home / name).resolve() if name else None
    if job.state == "done" and file is not None and file.is_file() and home.resolve() in file.parents:
        return file
    raise NotFound("此任务没有可下载的文件。", "The job has no file to download.", code="no_file")
