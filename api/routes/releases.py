"""Releases: the list, one of them, its changes and its files; a publisher asks for a new one."""

from __future__ import annotations

from typing import Any

from flask import Response, send_file

from api.addresses import own_address
from api.auth import get_actor, guard, public
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session, get_settings
from api.schemas.jobs import JobOut
from api.schemas.releases import (
    ArtifactOut,
    JobAnswer,
    PackagePath,
    ReleaseChanges,
    ReleaseList,
    ReleaseOrder,
    ReleaseOut,
    ReleasePath,
    ReleaseSummary,
)
from gazetteer.errors import NotFound
from gazetteer.operations.releases import request_release
from gazetteer.queries.jobs import get_job
from gazetteer.queries.releases import LATEST, ArtifactView, ReleaseView, get_release, list_releases
from webmap.build.folders import releases_folder
from webmap.tile_service import A_MINUTE, FOR_EVER

api = make_blueprint("releases", "Releases 发布版本")


@api.get("/releases", responses={200: ReleaseList})
@public
def list_all_releases() -> Response:
    """List the published releases, the newest first."""
    items = [ReleaseSummary(**_summary(release)) for release in list_releases(get_session())]
    return reply(ReleaseList(items=items))


@api.post("/releases", responses={202: JobAnswer, **problems(401, 403, 415)})
@guard("release.build")
def post_release(body: ReleaseOrder) -> Response:
    """Ask for a release of the register; the answer is the job that builds it."""
    session, actor = get_session(), get_actor()
    job = request_release(session, actor, body.note, body.as_of)
    return reply(JobAnswer(job=JobOut.model_validate(get_job(session, actor, job.id))), 202)


@api.get("/releases/<string:version>", responses={200: ReleaseOut, **problems(404)})
@public
def get_one_release(path: ReleasePath) -> Response:
    """Return a release with its files and what changed since the one before."""
    release = get_release(get_session(), path.version)
    return reply(
        ReleaseOut(
            **_summary(release),
            layers=release.counts,
            changes=release.changes,
            artifacts=[_artifact(release.version, artifact) for artifact in release.artifacts],
            tiles_url=f"{own_address()}/tiles/public/{release.version}.json",
        )
    )


@api.get("/releases/<string:version>/changes", responses={200: ReleaseChanges, **problems(404)})
@public
def get_release_changes(path: ReleasePath) -> Response:
    """Return what changed since the release before: events with their requests and divisions."""
    release = get_release(get_session(), path.version)
    return reply(ReleaseChanges(version=release.version, changes=release.changes))


@api.get(
    "/releases/<string:version>/packages/<string:audience>/<string:name>",
    responses={200: {"description": "The file"}, **problems(404)},
)
@public
def get_package(path: PackagePath) -> Response:
    """Download a file of a release; its ETag is its SHA-256."""
    release = get_release(get_session(), path.version)
    known = {(artifact.audience, artifact.name): artifact for artifact in release.artifacts}
    artifact = known.get((path.audience, path.name))
    file = releases_folder(get_settings().home) / release.version / path.audience / path.name
    if path.audience != "public" or artifact is None or not file.is_file():
        raise NotFound(
            f"版本 {release.version} 没有文件“{path.name}”。",
            f"Release {release.version} has no file '{path.name}'.",
            name=path.name,
        )
    response = send_file(
        file,
        as_attachment=True,
        download_name=f"quming_{release.version}_{path.name}",
        etag=artifact.sha256,
        conditional=True,
    )
    response.headers["Cache-Control"] = A_MINUTE if path.version == LATEST else FOR_EVER
    return response


def _summary(release: ReleaseView) -> dict[str, Any]:
    return {
        "version": release.version,
        "content_hash": release.content_hash,
        "as_of": release.as_of,
        "published_at": release.published_at,
        "note": release.note,
        "review_number": release.review_number,
        "share_url": f"{own_address()}/share/{release.share_token}",
    }


def _artifact(version: str, artifact: ArtifactView) -> ArtifactOut:
    return ArtifactOut(
        audience=artifact.audience,
        name=artifact.name,
        bytes=artifact.bytes,
        sha256=artifact.sha256,
        url=f"{own_address()}/api/v1/releases/{version}/packages/{artifact.audience}/{artifact.name}",
    )
