"""One database session a request, opened when it is first needed and closed when the request ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, g
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.settings import Settings


@dataclass(frozen=True)
class Installation:
    """What the application was made with; at ``app.extensions["quming"]``."""

    settings: Settings
    sessions: sessionmaker[Session]


def get_installation() -> Installation:
    """Return what the application was made with."""
    return cast("Installation", current_app.extensions["quming"])


def get_session() -> Session:
    """Return the session of this request."""
    if "session" not in g:
        g.session = get_installation().sessions()
    return cast("Session", g.session)


def get_settings() -> Settings:
    """Return the settings that the application was made with."""
    return get_installation().settings


def _close(_error: BaseException | None) -> None:
    session = g.pop("session", None)
    if session is not None:
        session.close()


def register(app: Flask, settings: Settings, sessions: sessionmaker[Session]) -> None:
    """Give the application its settings and its sessions."""
    app.extensions["quming"] = Installation(settings, sessions)
    app.teardown_appcontext(_close)
