"""Import of a whole coverage, arcs extracted, everything checked, all levels built; beside ogr2ogr."""

from __future__ import annotations

import json
import subprocess
import sys

import psycopg

from tests.benchmarks.generate import Paths
from tests.benchmarks.load_register import LAYERS, LEVELS
from tests.benchmarks.measure import Figure, Progress
from tests.benchmarks.peers import load_with_ogr2ogr, ogr2ogr_version

TARGET_S = 25.0
TARGET_GB = 2.0
GOAL_RATIO = 4.0


def measure(url: str, peer_url: str, size: str, paths: Paths, say: Progress) -> list[Figure]:
    """Fill the empty register at `url` and the peer's database, and return what it took.

    Raises
    ------
    AssertionError
        The register does not hold what the files hold.
    """
    say("ogr2ogr loads the same files")
    peer_s = load_with_ogr2ogr(peer_url, [getattr(paths, layer) for layer in LAYERS])
    say("the import")
    command = [sys.executable, "-m", "tests.benchmarks.load_register", url, size]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    took = json.loads(done.stdout)
    check_register(url, peer_url)
    seconds = took["seconds"]
    return [
        Figure(
            f"import, {size}: checked, arcs, all levels",
            seconds["total"],
            "s",
            "less",
            TARGET_S,
            (f"{ogr2ogr_version()} plain load", peer_s),
            GOAL_RATIO,
        ),
        Figure("... of which read and checked", seconds["check"], "s", "less"),
        Figure("... peak memory", took["peak_bytes"] / 1e9, "GB", "less", TARGET_GB),
    ]


def check_register(url: str, peer_url: str) -> None:
    """Assert that every division of the register has the shape of its row in the plain load."""
    for layer, level in LEVELS.items():
        mine = _fingerprint(url, _OURS, {"level": level})
        theirs = _fingerprint(peer_url, _THEIRS.format(layer=layer), {})
        assert mine == theirs, f"{layer}: {len(mine)} and {len(theirs)} rows differ"
    with psycopg.connect(url) as connection:
        loose = connection.execute("SELECT count(*) FROM arc WHERE left_face = right_face").fetchone()
        assert loose == (0,)


_OURS = """
SELECT code.code, ST_NPoints(shape.geom), round(ST_Area(shape.geom)::numeric, 12)
FROM division_shape AS shape
JOIN division_code AS code USING (division_id)
WHERE shape.level = %(level)s
"""
_THEIRS = "SELECT code, ST_NPoints(geom), round(ST_Area(geom)::numeric, 12) FROM {layer}"


def _fingerprint(url: str, query: str, values: dict[str, int]) -> set[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return set(connection.execute(query.encode(), values or None).fetchall())
