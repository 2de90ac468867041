"""One database session a request, opened when it is first needed and closed when the request ends."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app, g
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.settings import Settings


def get_session() -> Session:
    """Return the session of this request."""
    if "session" not in g:
        make = cast("sessionmaker[Session]", current_app.extensions["quming.sessions"])
        g.session = make()
    return cast("Session", g.session)


def get_settings() -> Settings:
    """Return the settings that the application was made with."""
    return cast("Settings", current_app.extensions["quming.settings"])


def _close(_error: BaseException | None) -> None:
    session = g.pop("session", None)
    if session is not None:
        session.close()


def register(app: Flask, settings: Settings, sessions: sessionmaker[Session]) -> None:
    """Give the application its settings and its sessions."""
    app.extensions["quming.settings"] = settings
    app.extensions["quming.sessions"] = sessions
    app.teardown_appcontext(_close)
