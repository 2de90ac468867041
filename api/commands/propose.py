"""quming propose: what happened between the register and a newer coverage, as tables for a person to edit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from api.commands.import_ import FILES, read_choices
from api.database import open_sessions
from gazetteer import clock
from gazetteer.imports.proposal import TOLERANCE_M, Proposal
from gazetteer.imports.proposal_files import summarise, write_proposal
from gazetteer.imports.proposal_plan import propose_from_files, propose_from_register


@click.command(
    "propose",
    help="Propose from the land what happened between the register and a newer coverage 沿革拟定.\n\n"
    "Writes events.csv and lineage.csv for `quming import --edition`, candidates.csv (same name or code, no "
    "common land: never linked) and unclear.csv. Rows marked `needed` wait for a person.",
)
@click.argument("files", nargs=-1, required=True, type=FILES)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="A folder to write in.")
@click.option("--older", multiple=True, type=FILES, help="An older coverage, instead of the register.")
@click.option("--effective", type=click.DateTime(["%Y-%m-%d"]), help="The day of law of the event.")
@click.option("--tolerance-m", type=float, default=TOLERANCE_M, show_default=True, help="Narrower is noise.")
@click.option("--level", "levels", multiple=True, metavar="LAYER=LEVEL", help="1 to 5, or water.")
@click.option("--crs", multiple=True, metavar="[LAYER=]EPSG", help="Coordinate system of all or one layer.")
@click.option("--encoding", multiple=True, metavar="[LAYER=]NAME", help="UTF-8 or GBK.")
@click.option("--scheme", default=None, help="Scheme of the codes: cn, or another.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def command(**options: Any) -> None:
    """Compare, write the tables, and say what waits for a person."""
    choices = read_choices(options | {"yes": True})
    day = options["effective"].date() if options["effective"] else None
    files, older, tolerance_m = options["files"], options["older"], options["tolerance_m"]
    if older:
        proposal = propose_from_files(older, files, choices, tolerance_m)
    else:
        with open_sessions() as sessions, sessions() as session:
            on = day or clock.today(session)
            proposal = propose_from_register(session, files, choices, on, tolerance_m)
    paths = write_proposal(proposal, options["output"], day)
    _show(proposal, paths, options["as_json"])


def _show(proposal: Proposal, paths: list[Path], as_json: bool) -> None:
    counts = {
        "kind": proposal.kind,
        "links": len(proposal.links),
        "to_confirm": sum(link.confirm for link in proposal.links),
        "candidates": len(proposal.candidates),
        "unclear": len(proposal.unclear),
        "passed_over": proposal.passed_over,
        "passed_over_m2": round(proposal.passed_over_m2, 1),
    }
    if as_json:
        click.echo(json.dumps(counts | {"files": [str(path) for path in paths]}, ensure_ascii=False))
        return
    click.echo(f"{summarise(proposal)}。{proposal.kind}")
    click.echo(f"  沿革 {counts['links']} 行，待确认 {counts['to_confirm']} rows to confirm")
    click.echo(f"  同名同码而无共同土地 candidates without common land: {counts['candidates']}")
    click.echo(f"  未明 unclear: {counts['unclear']}")
    click.echo(f"  忽略的细缝 passed over: {counts['passed_over']} ({counts['passed_over_m2']} m²)")
    for path in paths:
        click.echo(f"✓ {path}")
