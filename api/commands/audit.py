"""quming audit: the log that cannot be rewritten unnoticed."""

from __future__ import annotations

import json
import sys

import click

from api.database import open_sessions
from gazetteer.changes.audit import verify


@click.group("audit", help="The audit log.")
def command() -> None:
    """Group the commands of the audit log."""


@command.command("verify", help="Verify the whole chain and the signature of every day.")
@click.option("--json", "as_json", is_flag=True, help="Print the faults as JSON.")
def verify_chain(as_json: bool) -> None:
    """Verify and print; exit code 1 when the chain is broken."""
    with open_sessions() as sessions, sessions() as session:
        faults = verify(session)
    if as_json:
        click.echo(json.dumps({"ok": not faults, "faults": faults}, ensure_ascii=False))
    else:
        click.echo("\n".join(faults) or "✓ 审计日志完整 The audit log is whole")
    if faults:
        sys.exit(1)
