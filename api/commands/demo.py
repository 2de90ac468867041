"""quming demo: the demonstration district with one account a role."""

from __future__ import annotations

import click

from api.demo import Demo, load_demo
from gazetteer.db import create_pool, session_factory
from gazetteer.operations.demo_accounts import ACCOUNTS, PASSWORD
from gazetteer.settings import get_settings, require_safe


@click.command("demo", help="Load the demonstration district and its accounts; again is harmless.")
def command() -> None:
    """Load what is missing of the demonstration."""
    settings = get_settings()
    require_safe(settings)
    engine = create_pool(settings.database_url, size=4)
    sessions = session_factory(engine, audit_key=settings.secret_key)
    load_demo(Demo(sessions, settings, click.echo))
    engine.dispose()
    for account in ACCOUNTS:
        click.echo(f"  {account.login:<10} {account.display_name}（{account.role}）")
    click.echo(f"  密码 password: {PASSWORD}")
