"""Uploads made into layers: safe unpacking of .zip files and grouping of files that belong together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class LayerFile:
    """The files of one shapefile: ``parts`` maps a lower-case extension without dot to a path."""

    name: str
    folder: str
    parts: Mapping[str, Path]


@dataclass(frozen=True)
class Limits:
    """What an archive may cost: entries, bytes unpacked, and unpacked bytes per packed byte."""

    entries: int = 2_000
    total_bytes: int = 4_000_000_000
    ratio: int = 200


def unpack_zip(path: Path, into: Path, limits: Limits | None = None) -> list[LayerFile]:
    """Unpack the shapefile parts of a .zip into the folder `into` and return its layers in order of name.

    Raises
    ------
    FileError
        ``zip_broken``, ``zip_encrypted``, ``zip_path_escape``, ``zip_too_large``, ``archive_unsupported``,
        ``no_shapefile``.
    """
    raise NotImplementedError


def collect_layers(paths: Iterable[Path]) -> list[LayerFile]:
    """Group loose files (or the files of folders) into layers, comparing stem and extension without case.

    Raises
    ------
    FileError
        ``no_shapefile``.
    """
    raise NotImplementedError
