"""Checking that the files of a release are what was published."""

from __future__ import annotations

from pathlib import Path

from gazetteer.queries.releases import ReleaseView
from webmap.build.folders import TILES, releases_folder, sha256_of
from webmap.pmtiles_reader import Archive


def verify_release(home: Path, release: ReleaseView) -> list[str]:
    """Return one sentence for each file that is missing or altered, and for tiles that do not open."""
    faults = []
    for artifact in release.artifacts:
        path = releases_folder(home) / release.version / artifact.audience / artifact.name
        if not path.is_file():
            faults.append(f"{artifact.audience}/{artifact.name}: 缺失 missing")
        elif sha256_of(path) != artifact.sha256:
            faults.append(f"{artifact.audience}/{artifact.name}: 内容与记录不符 altered")
        elif artifact.name == TILES:
            archive = Archive(path)
            if archive.metadata.get("content_hash") != release.content_hash:
                faults.append(f"{artifact.audience}/{artifact.name}: 属于其他版本 of another release")
            archive.close()
    return faults
