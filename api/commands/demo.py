"""quming demo: the demonstration district with one account a role."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session, sessionmaker

from api.database import open_sessions
from gazetteer.operations.demo_accounts import ACCOUNTS, PASSWORD
from gazetteer.queries.applied_imports import has_applied
from gazetteer.queries.releases import find_latest_version
from gazetteer.settings import get_settings, require_safe


@click.command("demo", help="Load the demonstration district and its accounts; again is harmless.")
def command() -> None:
    """Load what is missing of the demonstration."""
    settings = get_settings()
    require_safe(settings)
    with open_sessions() as sessions:
        if not _is_loaded(sessions):
            from api.demo import Demo, load_demo  # heavy: only the first time pays for it

            load_demo(Demo(sessions, settings, click.echo))
    for account in ACCOUNTS:
        click.echo(f"  {account.login:<10} {account.display_name}（{account.role}）")
    click.echo(f"  密码 password: {PASSWORD}")


def _is_loaded(sessions: sessionmaker[Session]) -> bool:
    """Tell whether the last step of the demonstration has been taken."""
    with sessions() as session:
        return has_applied(session, "edition") and find_latest_version(session) is not None
