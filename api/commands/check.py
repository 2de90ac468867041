"""quming check: whether the whole register is what it promises to be."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys

import click

from api.database import open_sessions
from gazetteer.releases.register_check import RegisterCheck, check_register


@click.command("check", help="Check every line, cell, parent and area of the register.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day of law; today unless given.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(as_of: dt.datetime | None, as_json: bool) -> None:
    """Check and print; exit code 1 when anything is wrong."""
    with open_sessions() as sessions, sessions() as session:
        result = check_register(session, as_of.date() if as_of else None)
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(result), ensure_ascii=False, default=str))
    else:
        _print(result)
    if result.faults:
        sys.exit(1)


def _print(result: RegisterCheck) -> None:
    counts = "，".join(f"{name} {count}" for name, count in result.counts.items())
    click.echo(f"{result.as_of}：{counts}\ncontent hash {result.content_hash}")
    for fault in result.faults:
        click.echo(f"✗ {fault.zh}\n  {fault.en}")
    if not result.faults:
        click.echo("✓ 登记册完整一致 The register is whole")
