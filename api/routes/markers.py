"""Boundary markers 界桩: lists, one with its description, photos."""

from __future__ import annotations

from flask import Response, send_file

from api.auth import get_actor, guard
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session, get_settings
from api.schemas.base import IdPath
from api.schemas.box import parse_box
from api.schemas.lines import (
    MarkerDetails,
    MarkerOut,
    MarkerPage,
    MarkerQuery,
    OnDay,
    PhotoForm,
    PhotoOut,
    PhotoPath,
)
from gazetteer import clock
from gazetteer.errors import NotFound
from gazetteer.operations.marker_photos import add_photo, photo_path
from gazetteer.queries.line_course import describe_place
from gazetteer.queries.markers import MarkerFilter, find_photos, get_marker, get_photo, list_markers

api = make_blueprint("markers", "Boundary markers 界桩")


@api.get("/markers", responses={200: MarkerPage, **problems(401, 403)})
@guard("working.read")
def list_boundary_markers(query: MarkerQuery) -> Response:
    """List markers by line and number."""
    session = get_session()
    wanted = MarkerFilter(
        on=query.as_of or clock.today(session),
        line=query.line,
        division=query.division,
        status=query.status,
        bbox=parse_box(query.bbox) if query.bbox else None,
    )
    page = list_markers(session, wanted, limit=query.limit, cursor=query.cursor)
    return reply(MarkerPage.model_validate(page))


@api.get("/markers/<uuid:id>", responses={200: MarkerDetails, **problems(401, 403, 404)})
@guard("working.read")
def get_boundary_marker(path: IdPath, query: OnDay) -> Response:
    """Return a marker with the draft of where it stands 边界点位置说明."""
    session = get_session()
    on = query.as_of or clock.today(session)
    marker = get_marker(session, path.id, on)
    described = describe_place(session, marker, on)
    return reply(MarkerDetails(**dict(MarkerOut.model_validate(marker)), description=described))


@api.post(
    "/markers/<uuid:id>/photos",
    responses={201: PhotoOut, **problems(401, 403, 404, 413, 415)},
)
@guard("marker.photo", form=True)
def upload_photo(path: IdPath, form: PhotoForm) -> Response:
    """Keep a photo of a marker; the same photo sent again is the one that is there."""
    session, settings = get_session(), get_settings()
    most = settings.photo_limit_mb * 2**20
    with form.file.stream as stream:
        content = stream.read(most + 1)
    photo = add_photo(
        session,
        get_actor(),
        path.id,
        settings.home,
        content,
        most_bytes=most,
        taken_on=form.taken_on,
        note=form.note or None,
    )
    kept = next(view for view in find_photos(session, [path.id])[path.id] if view.id == photo)
    return reply(PhotoOut.model_validate(kept), 201)


@api.get("/markers/<uuid:id>/photos/<uuid:photo>", responses={**problems(401, 403, 404)})
@guard("working.read")
def download_photo(path: PhotoPath) -> Response:
    """Return a photo of a marker."""
    sha256, media_type = get_photo(get_session(), path.id, path.photo)
    file = photo_path(get_settings().home, sha256, media_type)
    if not file.is_file():
        raise NotFound("照片文件缺失。", "The file of the photo is missing.", code="photo_missing")
    response = send_file(file, mimetype=media_type, etag=sha256, conditional=True)
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response
