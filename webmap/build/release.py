"""Building a release: read once, check, give a version, make the artefacts aside, publish them."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boundaries.files.write import Encoding
from gazetteer.exports.boundary_groups import boundary_groups
from gazetteer.exports.layers import EXPORT_LAYERS, layer_rows
from gazetteer.exports.package import write_layer
from gazetteer.operations.progress import RunningJob, Sessions, Tell
from gazetteer.operations.releases import (
    OpenRelease,
    ReleaseContent,
    abandon_release,
    open_release,
    publish_release,
)
from gazetteer.queries.releases import ArtifactView, list_sources
from gazetteer.queries.snapshot import Snapshot, snapshot
from gazetteer.releases.checks import require_publishable
from gazetteer.releases.content_hash import content_hash
from gazetteer.settings import Settings
from webmap.build.bands import plan_for
from webmap.build.folders import (
    CHECKSUMS,
    METADATA,
    PUBLIC,
    SHARE_PAGE,
    TILES,
    building_folder,
    put_in_place,
    sha256_of,
)
from webmap.build.tiles import write_archive
from webmap.share.page import write_share_page

ENCODINGS: dict[Encoding, str] = {"UTF-8": "utf8", "GBK": "gbk"}
NO_REVIEW_NUMBER = "审图号：未填写（内部使用）"


def attribution(review_number: str | None) -> str:
    """Return the line that every public map carries."""
    return f"审图号：{review_number}" if review_number else NO_REVIEW_NUMBER


def build_release(sessions: Sessions, settings: Settings, job: RunningJob, tell: Tell) -> dict[str, Any]:
    """Build and publish the release a job asks for; nothing is left of one that fails.

    Raises
    ------
    RuleBroken
        ``release_refused`` with every fault found.
    """
    tell(0.02, "读取登记册 reading the register")
    as_of = job.arguments.get("as_of")
    register, content = read_content(sessions, dt.date.fromisoformat(as_of) if as_of else None)
    tell(0.15, "检查 checking")
    require_publishable(register)
    with sessions() as session:
        sources = list_sources(session)
        release = open_release(
            session, job.id, job.created_by, content, job.arguments.get("note", ""), settings.review_number
        )
    if not release.published:
        try:
            artifacts = _build(Edition(register, content, release, sources), settings, tell)
            with sessions() as session:
                publish_release(session, release.id, artifacts)
        except Exception:
            with sessions() as session:
                abandon_release(session, release.id)
            raise
    return {"version": release.version, "content_hash": content.content_hash}


def read_content(sessions: Sessions, as_of: dt.date | None) -> tuple[Snapshot, ReleaseContent]:
    """Read the register in one unchanging view and say what a release of it holds."""
    with sessions() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        register = snapshot(session, as_of)
    counts = {
        layer.name: sum(d.level == layer.level and d.id in register.shapes for d in register.divisions)
        for layer in EXPORT_LAYERS.values()
        if layer.kind == "polygon"
    }
    counts |= {"boundary_lines": len(boundary_groups(register)), "place_names": len(register.places)}
    return register, ReleaseContent(register.as_of, register.last_event, content_hash(register), counts)


@dataclass(frozen=True, eq=False)
class Edition:
    """What a release is made of."""

    register: Snapshot
    content: ReleaseContent
    release: OpenRelease
    sources: tuple[str, ...]


def _build(edition: Edition, settings: Settings, tell: Tell) -> list[ArtifactView]:
    release, register = edition.release, edition.register
    with building_folder(settings.home, release.id) as folder:
        public = folder / PUBLIC
        public.mkdir()
        write_packages(edition, public)
        metadata = describe(edition)
        write_archive(
            register,
            public / TILES,
            plan_for(register, settings.villages_from_zoom),
            metadata,
            lambda share, message: tell(0.3 + 0.6 * share, message),
        )
        tell(0.92, "分享页 share page")
        line = attribution(release.review_number)
        write_share_page(register, public / SHARE_PAGE, release.version, line, edition.sources)
        _write_json(public / METADATA, metadata)
        lines = [f"{artifact.sha256}  {artifact.name}\n" for artifact in _artifacts(public)]
        (public / CHECKSUMS).write_text("".join(lines), encoding="utf-8")
        artifacts = _artifacts(public)
        put_in_place(folder, settings.home, release.version)
    return artifacts


def write_packages(edition: Edition, folder: Path) -> None:
    """Write a shapefile package of every layer that has rows, in each encoding."""
    for layer in EXPORT_LAYERS.values():
        rows = list(layer_rows(edition.register, layer))
        for encoding, suffix in ENCODINGS.items() if rows else ():
            write_layer(
                edition.register,
                layer,
                folder / f"{layer.name}_{suffix}.zip",
                encoding=encoding,
                release=edition.release.version,
                remarks=(*edition.sources, attribution(edition.release.review_number)),
                rows=rows,
            )


def describe(edition: Edition) -> dict[str, Any]:
    """Return the metadata of a release: what it is, of when, and what changed."""
    content, release = edition.content, edition.release
    return {
        "name": f"{edition.register.top_name or 'Quming 区名'} {release.version}",
        "description": release.note,
        "version": release.version,
        "as_of": content.as_of.isoformat(),
        "content_hash": content.content_hash,
        "crs": "EPSG:4490",
        "attribution": attribution(release.review_number),
        "review_number": release.review_number,
        "sources": list(edition.sources),
        "counts": content.counts,
        "changes": list(release.changes),
    }


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _artifacts(folder: Path) -> list[ArtifactView]:
    return [
        ArtifactView(PUBLIC, path.name, path.stat().st_size, sha256_of(path))
        for path in sorted(folder.iterdir())
    ]
