"""Where the files of releases lie: built aside, renamed into place when they are whole."""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PUBLIC = "public"
TILES = "tiles.pmtiles"
METADATA = "metadata.json"
CHECKSUMS = "checksums.txt"
SHARE_PAGE = "share.html"


def releases_folder(home: Path) -> Path:
    """Return the folder of all releases."""
    return home / "releases"


def public_folder(home: Path, version: str) -> Path:
    """Return the folder of the public files of a release."""
    return releases_folder(home) / version / PUBLIC


@contextmanager
def building_folder(home: Path, release_id: uuid.UUID) -> Iterator[Path]:
    """Give an empty folder to build in; whatever is left in it at the end is removed."""
    folder = _building(home, release_id)
    remove_building_folder(home, release_id)  # of a worker that was killed
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        remove_building_folder(home, release_id)


def remove_building_folder(home: Path, release_id: uuid.UUID) -> None:
    """Remove what a build has left; nothing happens when it left nothing."""
    shutil.rmtree(_building(home, release_id), ignore_errors=True)


def _building(home: Path, release_id: uuid.UUID) -> Path:
    return releases_folder(home) / f".building-{release_id}"


def put_in_place(folder: Path, home: Path, version: str) -> None:
    """Rename a finished folder to that of the release; a leftover of an unpublished one makes way."""
    target = releases_folder(home) / version
    shutil.rmtree(target, ignore_errors=True)
    folder.rename(target)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
