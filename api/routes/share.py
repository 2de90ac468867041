"""Share pages: one page of a release that anybody with its address can open."""

from __future__ import annotations

from typing import Annotated

from flask import Response, send_from_directory
from pydantic import Field

from api.auth import public
from api.blueprint import make_blueprint, problems
from api.database import get_session, get_settings
from api.schemas.base import Body
from gazetteer.errors import NotFound
from gazetteer.queries.releases import get_shared_release
from webmap.build.folders import SHARE_PAGE, public_folder
from webmap.share.page import ASSETS, script_hashes

api = make_blueprint("share", "Share pages 分享页", prefix="")

FOR_EVER_S = 365 * 24 * 3600
A_DAY_S = 24 * 3600


class SharePath(Body):
    """The token of a share page in the path."""

    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,64}$")]


class AssetPath(Body):
    """A file that the share pages need."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+\.(css|js|txt)$", max_length=60)]


@api.get(
    "/share/<string:token>",
    responses={200: {"description": "A page", "content": {"text/html": {}}}, **problems(404)},
)
@public
def get_share_page(path: SharePath) -> Response:
    """Return the page of a release."""
    release = get_shared_release(get_session(), path.token)
    file = public_folder(get_settings().home, release.version) / SHARE_PAGE
    if not file.is_file():
        raise NotFound(
            "此分享页的文件已不在。", "The file of this share page is gone.", release=release.version
        )
    page = file.read_text(encoding="utf-8")
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = _policy(page)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@api.get("/share/assets/<string:name>", responses={200: {"description": "The file"}, **problems(404)})
@public
def get_share_asset(path: AssetPath) -> Response:
    """Return a script or style sheet of the share pages."""
    versioned = path.name.startswith("leaflet-")
    return send_from_directory(ASSETS, path.name, max_age=FOR_EVER_S if versioned else A_DAY_S)


def _policy(page: str) -> str:
    """Let the page run its own scripts, named by their hashes, and Leaflet from here; nothing else."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {' '.join(script_hashes(page))}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
