"""Village tiles of a release at zoom 9, as the server sends them, beside tipg on the same villages."""

from __future__ import annotations

import gzip
import math
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import psycopg

from api.jobs import run_job
from gazetteer.db import create_pool, session_factory
from gazetteer.operations.releases import request_release
from gazetteer.settings import Settings
from tests.benchmarks.load_register import person
from tests.benchmarks.measure import Figure, Progress
from tests.benchmarks.peers import TIPG, tipg, wait_for
from tests.benchmarks.servers import Load, ended, free_port, put_load

ZOOM = 9
SECONDS = 8
PEER_SECONDS = 25
WANTED = {1: 1000.0, 16: 500.0}
"""How many times the peer's requests a second are wanted, by concurrency."""
_PROPER_SHARE = 0.02
"""A village counts as within a tile when this share of it is."""

_WITHIN = """
SELECT code
FROM villages, (SELECT ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4326)) AS tile (geom)
WHERE ST_SetSRID(villages.geom, 4326) && tile.geom
    AND ST_Area(ST_Intersection(ST_SetSRID(villages.geom, 4326), tile.geom))
        > %(share)s * ST_Area(villages.geom)
"""


@dataclass(frozen=True)
class Tile:
    """The address of a tile."""

    z: int
    x: int
    y: int

    def ours(self, version: str) -> str:
        """Return the path of the tile at our server."""
        return f"/tiles/public/{version}/{self.z}/{self.x}/{self.y}.mvt"

    def theirs(self) -> str:
        """Return the path of the tile at tipg."""
        return f"/collections/public.villages/tiles/WebMercatorQuad/{self.z}/{self.x}/{self.y}"


def measure(url: str, peer_url: str, size: str, say: Progress) -> list[Figure]:
    """Build a release of the register, serve it, and put the same load on it and on tipg.

    Raises
    ------
    AssertionError
        A tile lacks a village, or an answer failed.
    """
    with tempfile.TemporaryDirectory(prefix="quming-bench-home-") as home:
        say("the release")
        begin = time.perf_counter()
        version = build_release(url, Path(home))
        built_s = time.perf_counter() - begin
        tiles = _tiles(peer_url)
        with tipg(peer_url) as their_address, served(url, Path(home)) as our_address:
            for tile in tiles:
                check_tile(peer_url, our_address + tile.ours(version), tile, "villages")
            check_tile(peer_url, their_address + tiles[0].theirs(), tiles[0], "default")
            our_paths, their_paths = [t.ours(version) for t in tiles], [t.theirs() for t in tiles]
            figures = []
            for connections, wanted in WANTED.items():
                say(f"load of {connections}")
                theirs = put_load(their_address, their_paths, connections, PEER_SECONDS)
                ours = put_load(our_address, our_paths, connections, SECONDS)
                figures.append(_figure(size, len(tiles), connections, ours, theirs, wanted))
    return [*figures, Figure(f"release of {size} built, all artefacts", built_s, "s", "less")]


def _figure(size: str, tiles: int, connections: int, ours: Load, theirs: Load, wanted: float) -> Figure:
    assert ours.failed == 0, f"{ours.failed} of {ours.requests} requests failed"
    assert theirs.failed == 0, f"{theirs.failed} of {theirs.requests} requests failed at the peer"
    name = f"{tiles} village tiles z{ZOOM}, {size}, concurrency {connections}"
    peer = (TIPG.replace("==", " "), theirs.per_second)
    note = f"(median {ours.median_ms:.2g} ms)"
    return Figure(name, ours.per_second, "req/s", "more", None, peer, wanted, note)


def build_release(url: str, home: Path) -> str:
    """Build and publish a release with the job's own function, and return its version."""
    settings = Settings(database_url=url, home=home)
    engine = create_pool(url, size=3)
    sessions = session_factory(engine, audit_key=settings.secret_key)
    with sessions() as session:
        publisher = person(session, "publisher")
        session.commit()
        job = request_release(session, publisher, "benchmark", queued=False)
    assert run_job(sessions, settings, job.id)
    engine.dispose()
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT version FROM release WHERE id = %s", (job.id,)).fetchone()
    assert row is not None
    return str(row[0])


@contextmanager
def served(url: str, home: Path) -> Iterator[str]:
    """Serve the register with `quming serve` as installed; yield the address."""
    port = free_port()
    environment = {
        **os.environ,
        "QUMING_DATABASE_URL": url,
        "QUMING_HOME": str(home),
        "QUMING_BIND": f"127.0.0.1:{port}",
        "QUMING_ENV": "development",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "serve"], env=environment, stdout=subprocess.DEVNULL
    )
    with ended(process):
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/healthz")
        yield address


def _tiles(peer_url: str) -> list[Tile]:
    """Return the tiles that are full of villages, the fullest first."""
    with psycopg.connect(peer_url) as connection:
        row = connection.execute("SELECT ST_Extent(ST_SetSRID(geom, 4326)) FROM villages").fetchone()
        assert row is not None
        west, south, east, north = (float(v) for v in row[0][4:-1].replace(",", " ").split())
        (x0, y0), (x1, y1) = _tile_of(west, north), _tile_of(east, south)
        every = [Tile(ZOOM, x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]
        counts = {tile: len(_within(connection, tile)) for tile in every}
    fullest = max(counts.values())
    return sorted((t for t in every if counts[t] >= fullest / 2), key=lambda t: -counts[t])


def _tile_of(lon: float, lat: float) -> tuple[int, int]:
    side = 2**ZOOM
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * side), int(y * side)


def _within(connection: psycopg.Connection[Any], tile: Tile) -> set[str]:
    values = {"z": tile.z, "x": tile.x, "y": tile.y, "share": _PROPER_SHARE}
    return {code for (code,) in connection.execute(_WITHIN, values).fetchall()}


def check_tile(peer_url: str, address: str, tile: Tile, layer: str) -> None:
    """Assert that a tile holds every village that lies in it."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        body = answer.read()
    decoded = mapbox_vector_tile.decode(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
    seen = {feature["properties"]["code"] for feature in decoded[layer]["features"]}
    with psycopg.connect(peer_url) as connection:
        missing = _within(connection, tile) - seen
    assert not missing, f"{address}: {len(missing)} villages are missing, {sorted(missing)[:3]}"
