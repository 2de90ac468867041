"""`quming worker`: do the background work."""

from __future__ import annotations

import logging

import click

from gazetteer.db import create_pool, session_factory
from gazetteer.settings import get_settings, require_safe


@click.command()
@click.option("--drain", is_flag=True, help="End when the queue is empty 队列空后退出")
@click.option("--concurrency", default=1, show_default=True, type=click.IntRange(1, 16))
def command(drain: bool, concurrency: int) -> None:
    """Run background jobs (releases, exports, imports) 运行后台任务."""
    from api.jobs import make_queue

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = get_settings()
    require_safe(settings)
    engine = create_pool(settings.database_url, size=max(2, concurrency))
    queue = make_queue(settings, session_factory(engine, audit_key=settings.secret_key))
    queue.run_worker(wait=not drain, concurrency=concurrency, listen_notify=not drain)
    engine.dispose()
