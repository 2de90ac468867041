"""Vector tiles: of releases for everybody, of the register as it stands for those who work on it."""

from __future__ import annotations

from typing import cast

from flask import Response, current_app, jsonify, request

from api.addresses import own_address
from api.auth import guard, public
from api.blueprint import make_blueprint, problems
from api.database import get_session
from api.schemas.releases import TileJsonPath, TilePath, WorkingTilePath
from api.tile_front import SHELF
from gazetteer import clock
from gazetteer.errors import NotFound
from gazetteer.queries.tiles import get_working_tile
from webmap.tile_service import (
    A_MINUTE,
    LATEST,
    MVT,
    NO_RELEASE,
    TileShelf,
    answer_tile,
    describe_tiles,
    takes_gzip,
)

api = make_blueprint("tiles", "Vector tiles 矢量切片", prefix="")

TILE = {"description": "A Mapbox Vector Tile", "content": {MVT: {}}}
NOTHING = {"description": "The map has nothing there"}


def _shelf() -> TileShelf:
    return cast("TileShelf", current_app.extensions[SHELF])


@api.get(
    "/tiles/public/<string:version>/<int:z>/<int:x>/<int:y>.mvt",
    responses={200: TILE, 204: NOTHING, 304: {"description": "As the client has it"}, **problems(404)},
)
@public
def get_public_tile(path: TilePath) -> Response:
    """Return a tile of a release; under a version it never changes, `latest` is good for a minute."""
    reply = answer_tile(
        _shelf(),
        (path.version, path.z, path.x, path.y),
        takes_gzip(request.headers.get("Accept-Encoding", "")),
        request.headers.get("If-None-Match"),
    )
    if reply is NO_RELEASE:
        raise NotFound("没有此切片或此版本。", "There is no such tile or release.")
    return Response(reply.body, reply.status, reply.headers)


@api.get(
    "/tiles/public/<string:version>.json",
    responses={200: {"description": "TileJSON 3.0"}, **problems(404)},
)
@public
def get_tilejson(path: TileJsonPath) -> Response:
    """Describe the tiles of a release (TileJSON 3.0); `latest` leads to the tiles of the newest version."""
    shelf = _shelf()
    version = shelf.latest() if path.version == LATEST else path.version
    archive = None if version is None else shelf.archive(version)
    if version is None or archive is None:
        raise NotFound("没有此发布版本。", "There is no such release.", release=path.version)
    response = jsonify(describe_tiles(archive, version, own_address()))
    # The host in it is the caller's: a shared cache may keep it for one address only, and not for long.
    response.headers["Cache-Control"] = A_MINUTE
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@api.get(
    "/tiles/working/<int:z>/<int:x>/<int:y>.mvt",
    responses={200: TILE, 204: NOTHING, **problems(401, 403, 404)},
)
@guard("working.read")
def get_working(path: WorkingTilePath) -> Response:
    """Return a tile of the register as it stands now; any query is ignored, so it can defeat caches."""
    if max(path.x, path.y) >= 1 << path.z:
        raise NotFound("没有此切片。", "There is no such tile.")
    session = get_session()
    data = get_working_tile(session, path.z, path.x, path.y, clock.today(session))
    response = Response(data, 200 if data else 204, content_type=MVT)
    response.headers["Cache-Control"] = "private, no-store"
    return response
