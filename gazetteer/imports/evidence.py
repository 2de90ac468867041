"""Uploaded files kept as evidence: copied as they came, with their size and SHA-256."""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from gazetteer.errors import RuleBroken

_BLOCK_BYTES = 1 << 20
SHAPEFILE_PARTS = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".xml"})


def keep_files(home: Path, batch_id: uuid.UUID, paths: Iterable[Path]) -> tuple[Path, list[dict[str, Any]]]:
    """Copy the files of an import into ``home/uploads/<batch_id>``.

    Parameters
    ----------
    paths : iterable of Path
        Files, or folders (their files are taken). A .shp brings the files beside it with the same stem.

    Returns
    -------
    folder : Path
    files : list of dict
        ``name`` within the folder, ``bytes`` and ``sha256`` of each, in order of name.
    """
    folder = home / "uploads" / str(batch_id)
    folder.mkdir(parents=True)
    for name, path in _named(paths):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return folder, describe_files(folder)


def describe_files(folder: Path) -> list[dict[str, Any]]:
    """Return name, bytes and sha256 of every file kept, in order of name."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        {
            "name": path.relative_to(folder).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": file_sha256(path),
        }
        for path in found
    ]


def require_unchanged(folder: Path, files: Sequence[dict[str, Any]]) -> None:
    """Raise RuleBroken when the evidence is not what was uploaded."""
    if not folder.is_dir() or describe_files(folder) != list(files):
        raise RuleBroken(
            "上传文件已缺失或被更改，请重新上传。",
            "The uploaded files are missing or have changed; upload them again.",
            code="evidence_changed",
        )


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _named(paths: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """Yield every file to keep once, with the name it gets; folders keep theirs."""
    taken: dict[str, Path] = {}
    for path in paths:
        if path.is_dir():
            found = (
                (p.relative_to(path.parent).as_posix(), p) for p in sorted(path.rglob("*")) if p.is_file()
            )
        elif path.suffix.lower() == ".shp":
            found = ((p.name, p) for p in sorted(path.parent.iterdir()) if _belongs(p, path))
        else:
            found = ((path.name, path) for _ in range(1))
        for name, source in found:
            if taken.setdefault(name, source) != source:
                raise RuleBroken(
                    f"两个上传文件同名：{name}。", f"Two files have the same name: {name}.", code="same_name"
                )
    return iter(taken.items())


def _belongs(candidate: Path, shapefile: Path) -> bool:
    name = candidate.name.lower()
    stem = shapefile.stem.lower()
    return candidate.is_file() and name.startswith(stem + ".") and Path(name).suffix in SHAPEFILE_PARTS
