"""quming serve: the web server."""

from __future__ import annotations

import click
from granian import Granian
from granian.constants import Interfaces

from api.logs import LOGGING
from gazetteer.settings import Settings, get_settings


@click.command("serve", help="Serve the HTTP interface, the tiles and the web application.")
@click.option("--bind", default=None, help="HOST:PORT to listen on; QUMING_BIND otherwise.")
def command(bind: str | None) -> None:
    """Serve until the process is told to end."""
    settings = get_settings()
    if bind is not None:
        settings = Settings.model_validate(settings.model_dump() | {"bind": bind})
    if settings.production:
        # Imported here: it costs seconds that a development start need not wait.
        from api.start import require_safe_start

        require_safe_start(settings)
    Granian(
        "api.app:create_app",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        blocking_threads=settings.threads,
        respawn_failed_workers=True,
        workers_kill_timeout=10,  # a worker told to end while it is still starting would hang for ever
        websockets=False,
        log_dictconfig=LOGGING,
    ).serve()
