"""The Flask application: settings in, routes registered, guards checked."""

from __future__ import annotations

from importlib.metadata import version

from flask.json.provider import DefaultJSONProvider
from flask_openapi.models.info import Info
from flask_openapi.openapi import OpenAPI
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.middleware.proxy_fix import ProxyFix

from api import auth, database, errors, limiter, security, tile_front
from api.document import SECURITY_SCHEMES
from api.routes import (
    arcs,
    changes,
    codes,
    crosswalk,
    divisions,
    docs,
    exports,
    health,
    imports,
    jobs,
    lineage,
    lines,
    markers,
    me,
    names,
    releases,
    requests,
    search,
    sessions,
    share,
    styles,
    tiles,
    tokens,
    web,
)
from gazetteer.db import create_pool, session_factory
from gazetteer.settings import Settings, read_settings, require_safe

BLUEPRINTS = (
    health.api,
    sessions.api,
    me.api,
    tokens.api,
    divisions.api,
    search.api,
    names.api,
    codes.api,
    lineage.api,
    changes.api,
    crosswalk.api,
    arcs.api,
    lines.api,
    markers.api,
    requests.api,
    imports.api,
    jobs.api,
    releases.api,
    exports.api,
    tiles.api,
    styles.api,
    share.api,
)
PAGES = (docs.docs, web.web)


class Json(DefaultJSONProvider):
    """JSON as we write it: Chinese as it is, members in the order given."""

    ensure_ascii = False
    sort_keys = False


def create_app(settings: Settings | None = None, sessions: sessionmaker[Session] | None = None) -> OpenAPI:
    """Make the application.

    Parameters
    ----------
    settings : Settings, optional
        Read from the environment unless given.
    sessions : sessionmaker, optional
        Where database sessions come from; a pool on ``settings.database_url`` unless given.

    Raises
    ------
    UnsafeSettings
        Production with a default or short secret.
    api.auth.Unguarded
        A route does not say who may call it.
    """
    settings = settings or read_settings()
    require_safe(settings)
    app = _make_shell(settings)
    if sessions is None:
        engine = create_pool(settings.database_url, size=settings.pool_size)
        sessions = session_factory(engine, audit_key=settings.secret_key)
    database.register(app, settings, sessions)
    limiter.register(app)
    security.register(app)
    auth.register(app)
    errors.register(app)
    for blueprint in BLUEPRINTS:
        app.register_api(blueprint)
    for pages in PAGES:
        app.register_blueprint(pages)
    tile_front.register(app, settings, sessions)
    auth.require_guards(app)
    return app


def _make_shell(settings: Settings) -> OpenAPI:
    app = OpenAPI(
        __name__,
        info=Info(title="Quming 区名", version=version("quming"), description=DESCRIPTION),
        security_schemes=SECURITY_SCHEMES,
        validation_error_model=errors.Problem,
        validation_error_callback=errors.raise_invalid,
        doc_ui=False,
        static_folder=None,
    )
    app.json = Json(app)
    app.url_map.converters["page"] = web.PageConverter
    app.url_map.merge_slashes = False  # its redirect of //host/ would lead to another host
    app.config["MAX_CONTENT_LENGTH"] = settings.upload_limit_mb * 2**20
    app.config["WEB_DIST"] = web.DIST
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    return app


DESCRIPTION = (
    "The register of administrative divisions, boundary lines and place names of a district. "
    "行政区划、界线与地名登记平台。 "
    "Errors are application/problem+json with `code`, `detail` (中文) and `detail_en`."
)
