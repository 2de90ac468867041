"""Database sessions: one a request, opened when first needed and closed at its end; or a command's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, g
from sqlalchemy.orm import Session, sessionmaker

from gazetteer import settings as configuration
from gazetteer.db import create_pool, session_factory
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


@contextmanager
def open_sessions() -> Iterator[sessionmaker[Session]]:
    """Yield the factory of sessions of a command, on the database of the settings."""
    settings = configuration.get_settings()
    engine = create_pool(settings.database_url, size=2)
    try:
        yield session_factory(engine, audit_key=settings.secret_key)
    finally:
        engine.dispose()
