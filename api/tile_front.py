"""Tiles of releases are answered before the application: no session, no guard, no log line a tile.

A map asks for dozens of tiles at a time. The application's own path (request objects, hooks, access log)
costs several times what finding and sending the bytes does, and a public tile needs none of it. What is not
answered here (errors, other methods) goes on to the route of api/routes/tiles.py, which answers the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.queries.releases import find_latest_version, is_published
from gazetteer.settings import Settings
from webmap.tile_service import NO_RELEASE, TileShelf, answer_tile, takes_gzip

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SHELF = "quming_tiles"
PREFIX = "/tiles/public/"
_ADDRESS = re.compile(PREFIX + r"(latest|[0-9]{4}\.[0-9]+)/([0-9]{1,2})/([0-9]{1,9})/([0-9]{1,9})\.mvt")
_STATUS = {code: f"{code} {HTTPStatus(code).phrase}" for code in (200, 204, 304)}


class TileFront:
    """A WSGI application in front of another one."""

    def __init__(self, behind: WSGIApplication, shelf: TileShelf) -> None:
        self._behind = behind
        self._shelf = shelf

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a tile, or hand the request on."""
        path: str = environ["PATH_INFO"]
        if not path.startswith(PREFIX) or environ["REQUEST_METHOD"] != "GET":
            return self._behind(environ, start_response)
        found = _ADDRESS.fullmatch(path)
        if found is None:
            return self._behind(environ, start_response)
        version, zoom, x, y = found.groups()
        accepts = takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        address = (version, int(zoom), int(x), int(y))
        try:
            reply = answer_tile(self._shelf, address, accepts, environ.get("HTTP_IF_NONE_MATCH"))
        except (SQLAlchemyError, OSError):
            # The database or an archive does not answer: the application meets it too, logs it and tells it.
            return self._behind(environ, start_response)
        if reply is NO_RELEASE:
            return self._behind(environ, start_response)
        if reply.status == 200:
            reply.headers.append(("Content-Length", str(len(reply.body))))
        start_response(_STATUS[reply.status], reply.headers)
        return [reply.body] if reply.body else []


def register(app: Flask, settings: Settings, sessions: sessionmaker[Session]) -> None:
    """Open the shelf of archives and put the front before the application."""

    def latest() -> str | None:
        with sessions() as session:
            return find_latest_version(session)

    def published(version: str) -> bool:
        with sessions() as session:
            return is_published(session, version)

    shelf = TileShelf(settings.home, latest, published)
    app.extensions[SHELF] = shelf
    app.wsgi_app = TileFront(app.wsgi_app, shelf)  # type: ignore[method-assign]
