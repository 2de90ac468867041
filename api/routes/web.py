"""The browser application, built by Vite: its page at every address of its own, its files for ever."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, send_from_directory
from werkzeug.routing import PathConverter

from api.auth import public
from gazetteer.errors import NotFound

web = Blueprint("web", __name__)

DIST = Path(__file__).parents[2] / "webmap" / "app" / "dist"
FOR_EVER_S = 365 * 24 * 3600


class PageConverter(PathConverter):
    """An address that belongs to the application in the browser, not to the server."""

    regex = r"(?!(?:api|tiles|styles|share|ogc|assets)(?:/|$))[^/].*?"


def _dist() -> Path:
    return Path(current_app.config["WEB_DIST"])


def _page() -> Response:
    if not (_dist() / "index.html").is_file():
        raise NotFound(
            "网页应用尚未构建，请运行 make web。",
            "The web application has not been built: run make web.",
            code="web_not_built",
        )
    response = send_from_directory(_dist(), "index.html")
    response.headers["Cache-Control"] = "no-cache"
    return response


@web.get("/")
@public
def get_page() -> Response:
    """Return the page of the application."""
    return _page()


@web.get("/assets/<path:name>")
@public
def get_asset(name: str) -> Response:
    """Return a built file; its name carries a hash of its content, so it never changes."""
    response = send_from_directory(_dist() / "assets", name, max_age=FOR_EVER_S)
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response


@web.get("/<page:name>")
@public
def get_file_or_page(name: str) -> Response:
    """Return a file beside the page (icons, manifest), or the page itself for its own addresses."""
    if "." in name.rsplit("/", 1)[-1]:
        response = send_from_directory(_dist(), name)
        response.headers["Cache-Control"] = "no-cache"
        return response
    return _page()
