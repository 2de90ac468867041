"""quming release: build, list, verify releases and take their packages out."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
import sys
import uuid
from pathlib import Path

import click
from sqlalchemy.orm import Session

from api.database import open_sessions
from api.progress_bar import progress_bar
from gazetteer.errors import NotFound
from gazetteer.operations.progress import fail_job, finish_job, start_job
from gazetteer.operations.releases import request_release
from gazetteer.queries.actors import get_actor_by_login, list_accounts
from gazetteer.queries.releases import LATEST, ReleaseView, get_release, list_releases
from gazetteer.roles import Actor
from gazetteer.settings import get_settings
from webmap.build.folders import public_folder
from webmap.build.verify import verify_release

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("release", help="Releases: immutable editions of the register 发布版本.")
def command() -> None:
    """Group the commands of releases."""


@command.command("build", help="Build and publish a release of the register, here and now.")
@click.option("--note", default="", help="What readers should know 版本说明.")
@click.option("--as-of", type=DAY, help="The day of law; today unless given.")
@click.option("--by", "login", help="Account of the publisher; the only one unless given.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def build(note: str, as_of: dt.datetime | None, login: str | None, as_json: bool) -> None:
    """Build a release; a refused one prints every fault and ends with exit code 1."""
    from webmap.build.release import build_release

    settings = get_settings()
    with open_sessions() as sessions, progress_bar("发布 release") as tell:
        with sessions() as session:
            actor = _publisher(session, login)
            day = as_of.date() if as_of else None
            job_id: uuid.UUID = request_release(session, actor, note, day, queued=False).id
        job = start_job(sessions, job_id)
        assert job is not None, "a job just made is not over"
        try:
            result = build_release(sessions, settings, job, tell)
        except BaseException as error:
            fail_job(sessions, job_id, error)
            raise
        finish_job(sessions, job_id, result)
    click.echo(json.dumps(result) if as_json else f"✓ {result['version']}  {result['content_hash']}")


@command.command("list", help="List the releases, the newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_all(as_json: bool) -> None:
    """List the releases."""
    with open_sessions() as sessions, sessions() as session:
        releases = list_releases(session)
    if as_json:
        rows = [dataclasses.asdict(release) for release in releases]
        click.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for release in releases:
        megabytes = sum(artifact.bytes for artifact in release.artifacts) / 1e6
        about = f"{release.as_of}  {release.content_hash[:12]}  {megabytes:8.1f} MB  {release.note}"
        click.echo(f"{release.version:<8} {about}")


@command.command("verify", help="Check every file of a release against its recorded hash.")
@click.argument("version", default=LATEST)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def verify(version: str, as_json: bool) -> None:
    """Check the files of a release; exit code 1 when one is missing or altered."""
    with open_sessions() as sessions, sessions() as session:
        release = get_release(session, version)
    faults = verify_release(get_settings().home, release)
    if as_json:
        click.echo(json.dumps({"version": release.version, "faults": faults}, ensure_ascii=False))
    else:
        for fault in faults:
            click.echo(f"✗ {fault}")
        if not faults:
            click.echo(f"✓ {release.version}: {len(release.artifacts)} 个文件完好 files are whole")
    if faults:
        sys.exit(1)


@command.command("package", help="Copy the packages of a release into a folder.")
@click.argument("version", default=LATEST)
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), default=Path("."))
@click.option("--name", "names", multiple=True, help="Only these files; may be given several times.")
def package(version: str, output: Path, names: tuple[str, ...]) -> None:
    """Copy packages out of a release."""
    with open_sessions() as sessions, sessions() as session:
        release = get_release(session, version)
    folder = public_folder(get_settings().home, release.version)
    output.mkdir(parents=True, exist_ok=True)
    for name in names or _packages(release):
        if name not in {artifact.name for artifact in release.artifacts}:
            raise NotFound(
                f"版本 {release.version} 没有文件“{name}”。",
                f"Release {release.version} has no file '{name}'.",
            )
        shutil.copyfile(folder / name, output / name)
        click.echo(str(output / name))


def _packages(release: ReleaseView) -> list[str]:
    return [artifact.name for artifact in release.artifacts if artifact.name.endswith(".zip")]


def _publisher(session: Session, login: str | None) -> Actor:
    if login is not None:
        return get_actor_by_login(session, login)
    logins = [a.login for a in list_accounts(session) if not a.disabled and "publisher" in a.roles]
    if len(logins) != 1:
        found = ", ".join(logins) or "—"
        raise click.UsageError(f"用 --by 指定发布员账号 name the publisher with --by ({found})")
    return get_actor_by_login(session, logins[0])
