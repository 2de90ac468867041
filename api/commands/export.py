"""quming export: write a layer of the register or of a release into a file."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Literal, cast

import click

from api.database import open_sessions
from api.progress_bar import progress_bar
from gazetteer.exports.job import export_layer, file_name
from gazetteer.exports.layers import EXPORT_LAYERS
from gazetteer.operations.exports import ExportOrder
from gazetteer.queries.divisions import require_division
from gazetteer.settings import get_settings


@click.command("export", help="Write a layer into a shapefile package (.zip) 导出图层.")
@click.argument("layer", type=click.Choice(list(EXPORT_LAYERS)))
@click.option("--format", "format_", type=click.Choice(["shapefile"]), default="shapefile", show_default=True)
@click.option("--crs", type=int, default=4490, show_default=True, help="4490 or a 3-degree zone 4513-4554.")
@click.option("--encoding", type=click.Choice(["UTF-8", "GBK"]), default="UTF-8", show_default=True)
@click.option("--within", help="Id or code of a division: only what lies in it.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day of law; today unless given.")
@click.option("--known-at", help="As it was known at that moment: 2024-03-01T09:00:00+08:00.")
@click.option("--release", help="A version, or `latest`: out of a release instead of the register.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The .zip, or a folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    layer: str,
    format_: str,
    crs: int,
    encoding: str,
    within: str | None,
    as_of: dt.datetime | None,
    known_at: str | None,
    release: str | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Write the file and say what is in it."""
    day, known = as_of.date() if as_of else None, _moment(known_at)
    with open_sessions() as sessions, progress_bar(layer) as tell:
        with sessions() as session:
            division = require_division(session, within, day, known) if within else None
        order = ExportOrder(
            layer,
            crs,
            cast("Literal['UTF-8', 'GBK']", encoding),
            division,
            day,
            release,
            known,
        )
        path = output or Path(file_name(order))
        if path.is_dir():
            path = path / file_name(order)
        written = export_layer(sessions, get_settings(), order, path, tell)
    lost = [f"{one.row} {one.field} {one.original} -> {one.written}" for one in written.unmappable]
    if as_json:
        found = {"file": str(path), "rows": written.rows, "bytes": written.bytes, "sha256": written.sha256}
        click.echo(json.dumps({**found, "format": format_, "unmappable": lost}, ensure_ascii=False))
        return
    click.echo(f"✓ {path}  {written.rows} 行 rows  {written.bytes} bytes  sha256 {written.sha256}")
    for line in lost:
        click.echo(f"  GBK 无此字 not in GBK: {line}", err=True)


def _moment(written: str | None) -> dt.datetime | None:
    """Return a moment from the command line; it needs its time zone."""
    if written is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(written)
    except ValueError as error:
        raise click.BadParameter("2024-03-01T09:00:00+08:00", param_hint="--known-at") from error
    if moment.tzinfo is None:
        raise click.BadParameter("须带时区 needs a time zone: +08:00", param_hint="--known-at")
    return moment
