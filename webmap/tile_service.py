"""Serving the tiles of releases: which archive, which bytes, which headers. No web framework, no database.

A version never changes, so its tiles may be kept for ever; ``latest`` is an alias that is looked up again
after a moment, and its tiles are to be asked for again after a minute.
"""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from webmap.build.folders import TILES, public_folder
from webmap.pmtiles_reader import Archive

LATEST = "latest"
MVT = "application/vnd.mapbox-vector-tile"
FOR_EVER = "public, max-age=31536000, immutable"
A_MINUTE = "public, max-age=60"
LATEST_KEPT_S = 1.0

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class TileReply:
    """Status, headers and body of an answer."""

    status: int
    headers: Headers
    body: bytes


NO_RELEASE = TileReply(404, [], b"")


class TileShelf:
    """The archives of the published releases, opened when they are first asked for.

    Parameters
    ----------
    home : Path
        The folder of the installation.
    find_latest : callable
        Returns the version of the newest published release, or None.
    is_published : callable
        Tells whether a version is published; asked once a version, since that never changes back.
    """

    def __init__(
        self, home: Path, find_latest: Callable[[], str | None], is_published: Callable[[str], bool]
    ) -> None:
        self._home = home
        self._find_latest = find_latest
        self._is_published = is_published
        self._archives: dict[str, Archive] = {}
        self._latest: tuple[float, str | None] = (-1e9, None)
        self._lock = threading.Lock()

    def archive(self, version: str) -> Archive | None:
        """Return the archive of a published version (or ``latest``), None when there is none."""
        if version == LATEST:
            found = self.latest()
            return None if found is None else self.archive(found)
        archive = self._archives.get(version)
        return archive if archive is not None else self._open(version)

    def latest(self) -> str | None:
        """Return the newest version, as it was at most a second ago."""
        at, version = self._latest
        now = time.monotonic()
        if now - at > LATEST_KEPT_S:
            version = self._find_latest()
            self._latest = (now, version)
        return version

    def _open(self, version: str) -> Archive | None:
        with self._lock:
            if version in self._archives:
                return self._archives[version]
            path = public_folder(self._home, version) / TILES
            if not self._is_published(version) or not path.is_file():
                return None
            self._archives[version] = Archive(path)
            return self._archives[version]


def answer_tile(
    shelf: TileShelf, address: tuple[str, int, int, int], accepts_gzip: bool, if_none_match: str | None
) -> TileReply:
    """Answer a request for a tile.

    Parameters
    ----------
    address : (version or ``latest``, zoom, x, y)
    accepts_gzip : bool
        Whether the client takes the stored bytes as they are.
    if_none_match : str, optional
        The header as it came.

    Returns
    -------
    TileReply
        200 with the tile, 204 where the map has nothing, 304 for the ETag the client has, 404 for a release
        that is not there or an address outside of its zooms.
    """
    version, zoom, x, y = address
    archive = shelf.archive(version)
    if archive is None or not archive.min_zoom <= zoom <= archive.max_zoom or not _exists(zoom, x, y):
        return NO_RELEASE
    headers: Headers = [
        ("Cache-Control", A_MINUTE if version == LATEST else FOR_EVER),
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", "ETag"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("Vary", "Accept-Encoding"),
    ]
    found = archive.tile_and_etag(zoom, x, y)
    if found is None:
        return TileReply(204, headers, b"")
    data, digest = found
    etag = f'"{digest}"' if accepts_gzip else f'"{digest}-plain"'
    headers.append(("ETag", etag))
    if if_none_match is not None and (etag in if_none_match or if_none_match.strip() == "*"):
        return TileReply(304, headers, b"")
    headers.append(("Content-Type", MVT))
    if accepts_gzip:
        headers.append(("Content-Encoding", "gzip"))
        return TileReply(200, headers, data)
    return TileReply(200, headers, gzip.decompress(data))


def takes_gzip(accept_encoding: str) -> bool:
    """Tell whether an Accept-Encoding header admits gzip."""
    for part in accept_encoding.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in ("gzip", "x-gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _exists(zoom: int, x: int, y: int) -> bool:
    return 0 <= x < 1 << zoom and 0 <= y < 1 << zoom


def describe_tiles(archive: Archive, version: str, base: str) -> dict[str, object]:
    """Return the TileJSON 3.0 of a version; its tiles are those of the version, never of ``latest``.

    Parameters
    ----------
    base : str
        Scheme and host of the installation, without a slash at the end.
    """
    west, south, east, north = archive.bounds
    metadata = archive.metadata
    return {
        "tilejson": "3.0.0",
        "name": metadata.get("name", ""),
        "description": metadata.get("description", ""),
        "version": version,
        "attribution": metadata.get("attribution", ""),
        "scheme": "xyz",
        "tiles": [f"{base}/tiles/public/{version}/{{z}}/{{x}}/{{y}}.mvt"],
        "minzoom": archive.min_zoom,
        "maxzoom": archive.max_zoom,
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, min(10, archive.max_zoom)],
        "vector_layers": metadata.get("vector_layers", []),
        "as_of": metadata.get("as_of"),
        "content_hash": metadata.get("content_hash"),
    }
