"""Run the benchmarks and print one table: `python -m tests.benchmarks [--size large] [--only tiles]`."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from collections.abc import Sequence

from tests.benchmarks import importing, reshape, tiles
from tests.benchmarks.databases import fresh_database
from tests.benchmarks.generate import SIZES, load
from tests.benchmarks.measure import Figure, describe_machine, print_figures

MEASURES = ("importing", "reshape", "tiles")
JUDGED = "large"
"""The size that the targets are meant for; another one only shows that everything works."""


def main(size: str, measures: Sequence[str]) -> int:
    """Measure and print; return 1 when a target is missed. The import always runs: it makes the register."""
    begin, machine = time.monotonic(), describe_machine()

    def say(what: str) -> None:
        print(f"[{time.monotonic() - begin:6.1f} s] {what}", file=sys.stderr, flush=True)

    say(f"the {size} coverage")
    paths = load(size)
    figures: list[Figure] = []
    with (
        fresh_database("quming_bench", register=True) as url,
        fresh_database("quming_bench_peer", register=False) as peer_url,
    ):
        figures += importing.measure(url, peer_url, size, paths, say)
        if "reshape" in measures:
            figures += reshape.measure(url, peer_url, size, say)
        if "tiles" in measures:
            figures += tiles.measure(url, peer_url, size, say)
    if size != JUDGED:
        figures = [dataclasses.replace(figure, target=None, ratio_target=None) for figure in figures]
    print_figures(figures, machine)
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=MEASURES, dest="measures")
    parser.add_argument("--size", choices=sorted(SIZES), default="large")
    given = parser.parse_args()
    sys.exit(main(given.size, given.measures))
