"""Exports: a layer of the register, or of a release, as a file."""

from __future__ import annotations

from flask import Response

from api.auth import get_actor, guard
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session
from api.schemas.jobs import JobOut
from api.schemas.releases import ExportBody, JobAnswer
from gazetteer.operations.exports import ExportOrder, request_export
from gazetteer.queries.jobs import get_job

api = make_blueprint("exports", "Exports 导出")


@api.post("/exports", responses={202: JobAnswer, **problems(401, 403, 404, 415)})
@guard("export")
def post_export(body: ExportBody) -> Response:
    """Ask for a layer as a file; the answer is the job, whose file is fetched when it is done."""
    session, actor = get_session(), get_actor()
    order = ExportOrder(
        body.layer, body.crs, body.encoding, body.within, body.as_of, body.release, body.known_at
    )
    job = request_export(session, actor, order)
    return reply(JobAnswer(job=JobOut.model_validate(get_job(session, actor, job.id))), 202)
