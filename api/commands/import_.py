"""quming import: take shapefiles into the register, as a first load or as a newer edition."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from api.database import open_sessions
from gazetteer import settings
from gazetteer.imports.choices import Choices, parse_choices
from gazetteer.imports.pipeline import (
    Checked,
    check_import,
    describe_batch,
    preview_files,
    sign_import,
    start_import,
)
from gazetteer.operations.import_batches import confirm_import
from gazetteer.queries.actors import get_actor_by_login
from gazetteer.roles import Actor

SHOWN_FAULTS = 30
FILES = click.Path(exists=True, path_type=Path)


@click.command(
    "import",
    help="Take shapefiles (files, zips or folders) into the register 导入.\n\n"
    "Everything is checked and shown first; one person confirms, a second one signs.",
)
@click.argument("files", nargs=-1, required=True, type=FILES)
@click.option("--edition", is_flag=True, help="A newer edition: events.csv and lineage.csv are among FILES.")
@click.option("--level", "levels", multiple=True, metavar="LAYER=LEVEL", help="1 to 5, or water.")
@click.option("--crs", multiple=True, metavar="[LAYER=]EPSG", help="Coordinate system of all or one layer.")
@click.option("--encoding", multiple=True, metavar="[LAYER=]NAME", help="UTF-8 or GBK.")
@click.option("--scheme", default=None, help="Scheme of the codes: cn, or another.")
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="The day the state begins in law.")
@click.option("--source", default="", help="Where the files come from.")
@click.option("--document", default=None, help="Number of the document.")
@click.option("--user", default="admin", show_default=True, help="Login of the person who confirms.")
@click.option("--sign-as", default=None, help="Login of the second person, who signs.")
@click.option("--dry-run", is_flag=True, help="Check and show; keep nothing.")
@click.option("--yes", is_flag=True, help="Confirm every assumption without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def command(**options: Any) -> None:
    """Check files, and take them in unless it is a dry run."""
    as_json, files = options["as_json"], options["files"]
    door = "edition" if options["edition"] else "first_load"
    choices = read_choices(options)
    with open_sessions() as sessions, sessions() as session:
        if options["dry_run"]:
            preview = preview_files(session, files, door, choices)
            _show(preview, as_json)
            sys.exit(0 if preview["can_confirm"] else 1)
        actor = get_actor_by_login(session, options["user"])
        batch = start_import(session, actor, settings.get_settings().home, door, files, choices)
        checked = _settle(session, actor, batch.id, choices, as_json)
        day = options["valid_from"].date() if options["valid_from"] else None
        source, document = options["source"], options["document"]
        confirm_import(session, actor, batch.id, valid_from=day, source=source, document_no=document)
        if options["sign_as"] is None:
            click.echo(f"已确认，待第二人签署 confirmed, a second person signs it: {batch.id}", err=as_json)
            return
        event = sign_import(session, get_actor_by_login(session, options["sign_as"]), batch.id, checked)
    click.echo(f"✓ 已入库 applied, event {event.id}", err=as_json)


def read_choices(options: Mapping[str, Any]) -> Choices:
    """Return the choices that the options of a command make."""
    said = {name: _pairs(options[name]) for name in ("levels", "crs", "encoding")}
    confirmed = ["*"] if options["yes"] else []
    return parse_choices(said | {"scheme": options["scheme"], "confirmed": confirmed})


def _pairs(values: Sequence[str]) -> dict[str, str]:
    """Return LAYER=VALUE options as a mapping; VALUE alone stands for all layers."""
    pairs = (value.rpartition("=") for value in values)
    return {Path(layer).stem if layer else "*": value for layer, _, value in pairs}


def _settle(session: Session, actor: Actor, batch_id: uuid.UUID, choices: Choices, as_json: bool) -> Checked:
    """Check an import, show it, and ask for each assumption that waits; end here when it cannot go on."""
    checked = check_import(session, actor, batch_id, choices)
    shown = describe_batch(checked.batch)
    _show(shown, as_json)
    if shown["can_confirm"]:
        return checked
    waiting = {one["key"]: one for one in shown["assumptions"] if one["key"] in shown["needs"]}
    if shown["state"] == "refused" or len(waiting) < len(shown["needs"]):
        sys.exit(1)
    for one in waiting.values():
        click.confirm(f"{one['message']}\n{one['message_en']}\n确认 confirm?", abort=True, err=as_json)
    return check_import(session, actor, batch_id, choices.confirming(*waiting))


def _show(preview: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(preview, ensure_ascii=False, indent=2))
        return
    for layer in preview["layers"]:
        fields = "、".join(f"{name}={column}" for name, column in layer["fields"].items() if column)
        level = layer["level"] if layer["level"] is not None else "—"
        click.echo(
            f"{layer['file']}: {layer['rows']} 行 rows, level {level}, EPSG:{layer['crs']['epsg']}, "
            f"{layer['encoding']['encoding']}; {fields}"
        )
    for name, count in preview["counts"].items():
        click.echo(f"  {name}: {count}")
    for event in preview.get("events", ()):
        click.echo(f"  {event['effective']} {event['kind']}: {event['summary']}")
    for one in preview["assumptions"]:
        click.echo(f"  {'✓' if one['confirmed'] else '?'} {one['message']} {one['message_en']}")
    _show_faults(preview["faults"])
    for key in preview["needs"]:
        click.echo(f"  待确认或选择 needed: {key}")


def _show_faults(faults: Sequence[Mapping[str, Any]]) -> None:
    for fault in faults[:SHOWN_FAULTS]:
        mark = "✗" if fault["severity"] == "error" else "!"
        click.echo(f"  {mark} {fault['message']} {fault['message_en']}")
    if len(faults) > SHOWN_FAULTS:
        more = len(faults) - SHOWN_FAULTS
        click.echo(f"  … 另有 {more} 处 and {more} more: --json")
