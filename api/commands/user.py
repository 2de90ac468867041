"""quming user: accounts and their roles."""

from __future__ import annotations

import dataclasses
import json

import click

from api.database import open_sessions
from gazetteer.operations import users
from gazetteer.queries.actors import list_accounts
from gazetteer.queries.divisions import require_division
from gazetteer.roles import Grant

ROLE = click.Choice(sorted(users.ROLES))


@click.group("user", help="Accounts and their roles.")
def command() -> None:
    """Group the commands of accounts."""


@command.command("list", help="List all accounts.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_users(as_json: bool) -> None:
    """List all accounts."""
    with open_sessions() as sessions, sessions() as session:
        accounts = list_accounts(session)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(a) for a in accounts], ensure_ascii=False, default=str))
        return
    for account in accounts:
        marks = [mark for mark, on in (("demo", account.demo), ("disabled 已停用", account.disabled)) if on]
        click.echo(
            f"{account.login:<20} {account.display_name}  {', '.join(account.roles)}  {' '.join(marks)}"
        )


@command.command("add", help="Make an account; its roles hold everywhere, or within a division.")
@click.argument("login")
@click.option("--name", "display_name", default="", help="The name people see.")
@click.option("--role", "roles", type=ROLE, multiple=True, help="A role; may be given several times.")
@click.option("--within", default=None, help="Id or code of the division in whose subtree the roles hold.")
@click.password_option(help="Asked for unless given.")
def add(login: str, display_name: str, roles: tuple[str, ...], within: str | None, password: str) -> None:
    """Make an account."""
    with open_sessions() as sessions, sessions() as session:
        division = require_division(session, within) if within else None
        users.create_user(session, login, display_name, password, [Grant(r, division) for r in roles])
    click.echo(f"✓ {login}")


@command.command("grant", help="Give an account a further role.")
@click.argument("login")
@click.argument("role", type=ROLE)
@click.option("--within", default=None, help="Id or code of the division in whose subtree the role holds.")
def grant(login: str, role: str, within: str | None) -> None:
    """Give an account a further role."""
    with open_sessions() as sessions, sessions() as session:
        division = require_division(session, within) if within else None
        users.grant_roles(session, login, [Grant(role, division)])
    click.echo(f"✓ {login}")


@command.command("disable", help="Disable an account: its sessions end, its tokens are revoked.")
@click.argument("login")
def disable(login: str) -> None:
    """Disable an account."""
    with open_sessions() as sessions, sessions() as session:
        users.disable_user(session, login)
    click.echo(f"✓ {login}")


@command.command("enable", help="Let a disabled account sign in again.")
@click.argument("login")
def enable(login: str) -> None:
    """Let a disabled account sign in again."""
    with open_sessions() as sessions, sessions() as session:
        users.enable_user(session, login)
    click.echo(f"✓ {login}")


@command.command("password", help="Give an account a new password.")
@click.argument("login")
@click.password_option(help="Asked for unless given.")
def password(login: str, password: str) -> None:
    """Give an account a new password."""
    with open_sessions() as sessions, sessions() as session:
        users.set_password(session, login, password)
    click.echo(f"✓ {login}")
