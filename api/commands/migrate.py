"""quming migrate: bring the database up to date."""

from __future__ import annotations

import click

from gazetteer.migrations import upgrade
from gazetteer.settings import get_settings


@click.command("migrate", help="Bring the database up to date; each step is all or nothing.")
@click.option("--revision", default="head", show_default=True, help="The step to go up to.")
def command(revision: str) -> None:
    """Apply the migrations that the database lacks."""
    upgrade(get_settings().database_url, revision)
    click.echo("数据库已是最新 The database is up to date.")
