"""Generate and cache the benchmark coverages: nested counties, towns and villages, lakes and place names.

`load("large")` gives 200 / 3,000 / 30,000 nested units with about 5.6 million vertices on the 1e-9 grid,
with enclaves, multipart units and 30 lakes (water that belongs to nobody), and 1,000,000 place names.
"""

from __future__ import annotations

import argparse
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from data.invented_coverage import Edges, Floats, Ints, Lines, relax, roughen, snap, voronoi_edges
from tests.benchmarks.layers import write_division_layers, write_lakes, write_place_names

VERSION = 1
"""Raised when the same seed and size give other files, so that old caches are left aside."""
VILLAGE_DEG = 0.0165
"""Side of a mean village; 30,000 of them cover about 90,000 km2."""
CENTRE = np.array([104.5, 30.5])


@dataclass(frozen=True)
class Size:
    """How many units, and of which kinds."""

    counties: int
    towns: int
    villages: int
    lakes: int
    ring_enclaves: int
    cell_enclaves: int
    second_parts: int
    places: int
    vertices_per_village: int = 190


SIZES = {
    "tiny": Size(2, 6, 60, 1, 1, 1, 1, 1_000, 60),
    "small": Size(20, 300, 3_000, 3, 15, 15, 10, 100_000),
    "large": Size(200, 3_000, 30_000, 30, 150, 150, 84, 1_000_000),
}


@dataclass(frozen=True)
class Paths:
    """The shapefiles of one generated size (EPSG:4490, UTF-8)."""

    folder: Path
    counties: Path
    towns: Path
    villages: Path
    lakes: Path
    place_names: Path


@dataclass(frozen=True)
class Coverage:
    """Villages with their town, towns with their county, and the lakes between them.

    `villages`, `towns`, `counties`, `lakes`: arrays of Polygon or MultiPolygon, EPSG:4490, on the grid;
    `town_of`: int, town of each village; `county_of`: int, county of each town.
    """

    villages: NDArray[np.object_]
    towns: NDArray[np.object_]
    counties: NDArray[np.object_]
    lakes: NDArray[np.object_]
    town_of: Ints
    county_of: Ints


@dataclass(frozen=True)
class Cells:
    """The single Voronoi cells from which units are put together.

    `polygons`: (n,) Polygon; `seeds`: float (n, 2); `beside`: int (m, 2) pairs of adjacent cells;
    `rim`: bool (n,), the cell touches the outside.
    """

    polygons: NDArray[np.object_]
    seeds: Floats
    beside: Ints
    rim: NDArray[np.bool_]


def load(size: str, seed: int = 11) -> Paths:
    """Return the files of a size, made at the first call and kept in the cache folder."""
    folder = cache_folder() / f"{size}-{seed}-v{VERSION}"
    if not folder.exists():
        building = folder.with_name(f"{folder.name}.building-{os.getpid()}")
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        rng = np.random.default_rng(seed)
        coverage = make_coverage(SIZES[size], rng)
        write_division_layers(building, coverage, rng)
        write_lakes(building, coverage.lakes)
        write_place_names(building, coverage, SIZES[size].places, rng)
        building.rename(folder)
    names = ("counties", "towns", "villages", "lakes", "place_names")
    return Paths(folder, *(folder / f"{name}.shp" for name in names))


def cache_folder() -> Path:
    """Return the folder of generated data: QUMING_BENCH_DIR, else below the user's cache folder."""
    given = os.environ.get("QUMING_BENCH_DIR")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "quming" / "bench"


def make_coverage(size: Size, rng: np.random.Generator) -> Coverage:
    """Return a nested coverage of `size`; the same generator state gives the same coordinates."""
    count = size.villages - size.ring_enclaves + size.second_parts + size.lakes
    cells = make_cells(count, size.vertices_per_village, rng)
    lakes = rng.permutation(np.flatnonzero(~cells.rim))[: size.lakes]
    land = np.setdiff1d(np.arange(count), lakes)
    town_of_cell = np.full(count, -1)
    town_of_cell[land] = _grouped(cells.seeds[land], size.towns, rng)
    county_of = _grouped(_means(cells.seeds[land], town_of_cell[land], size.towns), size.counties, rng)
    touching = _touching(cells.beside, count)
    busy = set(lakes.tolist())
    _move_enclaves(size.cell_enclaves, town_of_cell, touching, busy, rng)
    parts = _second_parts(size.second_parts, town_of_cell, touching, busy, rng)
    hosts = [cell for cell in rng.permutation(land).tolist() if cell not in busy][: size.ring_enclaves]
    return _assembled(cells, lakes, town_of_cell, county_of, parts, hosts, touching, rng)


def make_cells(count: int, vertices: int, rng: np.random.Generator) -> Cells:
    """Return `count` adjacent cells with about `vertices` vertices each, in one round patch."""
    side = VILLAGE_DEG * np.sqrt(count) / 2 + 5 * VILLAGE_DEG
    total = round((2 * side / VILLAGE_DEG) ** 2)
    seeds = snap(CENTRE + rng.uniform(-side, side, (total, 2)))
    free = (np.abs(seeds - CENTRE) < side - 2 * VILLAGE_DEG).all(axis=1)
    seeds = snap(relax(seeds, free, 3))
    away = ((seeds - CENTRE) ** 4).sum(axis=1)
    order = np.argsort(away, kind="stable")
    seeds = seeds[order]
    edges = voronoi_edges(seeds)
    edges = edges.pick((edges.left < count) | (edges.right < count))
    length = np.sqrt(((edges.end - edges.start) ** 2).sum(axis=1))
    wanted = (count * vertices - 2 * len(length)) / 2
    inner = np.floor(length / length.sum() * wanted).astype(np.int64)
    lines = roughen(edges, seeds, inner, rng, 0.16)
    inside = (edges.left < count) & (edges.right < count)
    rim = np.zeros(count, dtype=bool)
    outer = np.concatenate([edges.left[~inside], edges.right[~inside]])
    rim[outer[outer < count]] = True
    beside = np.stack([edges.left, edges.right], axis=1)[inside]
    return Cells(_polygons(edges, lines, seeds[:count]), seeds[:count], beside, rim)


def _polygons(edges: Edges, lines: Lines, seeds: Floats) -> NDArray[np.object_]:
    """Return the polygon of each cell: its lines in the order of their bearing from the seed."""
    count = len(seeds)
    cell = np.concatenate([edges.left, edges.right])
    edge = np.tile(np.arange(len(edges.left)), 2)
    forward = np.repeat([True, False], len(edges.left))
    own = cell < count
    cell, edge, forward = cell[own], edge[own], forward[own]
    middle = (edges.start[edge] + edges.end[edge]) / 2 - seeds[cell]
    order = np.lexsort((np.arctan2(middle[:, 1], middle[:, 0]), cell))
    cell, edge, forward = cell[order], edge[order], forward[order]
    lengths = lines.offsets[edge + 1] - lines.offsets[edge] - 1
    place = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    first = np.where(forward, lines.offsets[edge], lines.offsets[edge + 1] - 1)
    take = np.repeat(first, lengths) + np.repeat(np.where(forward, 1, -1), lengths) * place
    rings = shapely.linearrings(lines.coords[take], indices=np.repeat(cell, lengths))
    return np.asarray(shapely.polygons(rings))


def _grouped(points: Floats, groups: int, rng: np.random.Generator) -> Ints:
    """Return a group for each point: the nearest of `groups` spread centres; no group is empty."""
    centres = rng.permutation(points)[:groups]
    for _ in range(4):
        centres = _means(points, _nearest(points, centres), groups, centres)
    group = _nearest(points, centres)
    for empty in np.flatnonzero(np.bincount(group, minlength=groups) == 0):
        crowded = np.bincount(group, minlength=groups)[group] > 1
        distance = np.where(crowded, ((points - centres[empty]) ** 2).sum(axis=1), np.inf)
        group[np.argmin(distance)] = empty
    return group


def _nearest(points: Floats, centres: Floats) -> Ints:
    """Return the index of the nearest centre for each point."""
    tree = shapely.STRtree([shapely.Point(centre) for centre in centres])
    return np.array(tree.nearest([shapely.Point(point) for point in points]), dtype=np.int64)


def _means(points: Floats, group: Ints, groups: int, otherwise: Floats | None = None) -> Floats:
    counts = np.bincount(group, minlength=groups)[:, None]
    sums = np.stack([np.bincount(group, points[:, axis], groups) for axis in (0, 1)], axis=1)
    means = sums / np.maximum(counts, 1)
    return np.asarray(means if otherwise is None else np.where(counts > 0, means, otherwise))


def _touching(beside: Ints, count: int) -> list[list[int]]:
    touching: list[list[int]] = [[] for _ in range(count)]
    for one, two in beside.tolist():
        touching[one].append(two)
        touching[two].append(one)
    return touching


def _move_enclaves(
    wanted: int, town_of_cell: Ints, touching: list[list[int]], busy: set[int], rng: np.random.Generator
) -> None:
    """Give `wanted` cells that lie within one town to a town beside it 飞地."""
    for cell in rng.permutation(len(town_of_cell)).tolist():
        if not wanted:
            return
        town = town_of_cell[cell]
        around = [cell, *touching[cell]]
        if any(other in busy or town_of_cell[other] != town for other in around):
            continue
        beyond = {int(town_of_cell[far]) for near in touching[cell] for far in touching[near]} - {town, -1}
        if beyond:
            town_of_cell[cell] = min(beyond)
            busy.update(around)
            wanted -= 1


def _second_parts(
    wanted: int, town_of_cell: Ints, touching: list[list[int]], busy: set[int], rng: np.random.Generator
) -> dict[int, int]:
    """Return cells that become the second part of a village of their town, two steps away."""
    parts: dict[int, int] = {}
    for cell in rng.permutation(len(town_of_cell)).tolist():
        if len(parts) == wanted:
            return parts
        if cell in busy:
            continue
        far = {two for one in touching[cell] for two in touching[one]} - {cell, *touching[cell]} - busy
        mates = sorted(other for other in far if town_of_cell[other] == town_of_cell[cell])
        if mates:
            parts[cell] = mates[0]
            busy.update((cell, mates[0]))
    return parts


def _assembled(
    cells: Cells,
    lakes: Ints,
    town_of_cell: Ints,
    county_of: Ints,
    parts: dict[int, int],
    hosts: list[int],
    touching: list[list[int]],
    rng: np.random.Generator,
) -> Coverage:
    """Put villages together from cells, cut the ring enclaves out of their hosts, and unite the parents."""
    shapes = cells.polygons.copy()
    for cell, mate in parts.items():
        shapes[mate] = shapely.MultiPolygon([cells.polygons[mate], cells.polygons[cell]])
    rings = [_ring(cells.polygons[host], cells.seeds[host], rng) for host in hosts]
    for host, ring in zip(hosts, rings, strict=True):
        shapes[host] = shapely.Polygon(cells.polygons[host].exterior, [ring.exterior])
    kept = np.setdiff1d(np.arange(len(shapes)), [*lakes.tolist(), *parts])
    ring_towns = [_other_town(host, town_of_cell, touching) for host in hosts]
    villages = np.concatenate([shapes[kept], np.array(rings, dtype=object)])
    town_of = np.concatenate([town_of_cell[kept], np.array(ring_towns, dtype=np.int64)])
    towns = _united(villages, town_of)
    return Coverage(villages, towns, _united(towns, county_of), cells.polygons[lakes], town_of, county_of)


def _other_town(host: int, town_of_cell: Ints, touching: list[list[int]]) -> int:
    """Return a town near the host's that is not its own, if there is one."""
    own = int(town_of_cell[host])
    near = {
        int(town_of_cell[far]) for one in touching[host] for two in touching[one] for far in touching[two]
    }
    return min(near - {own, -1}, default=own)


def _ring(host: shapely.Polygon, seed: Floats, rng: np.random.Generator) -> shapely.Polygon:
    """Return a round enclave about the seed of its host; lines keep away from seeds, so it fits."""
    reach = 0.4 * host.exterior.distance(shapely.Point(seed))
    turns = np.arange(40) / 40 * 2 * np.pi
    radius = reach * (1 + rng.uniform(-0.2, 0.2, 40))
    circle = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    return shapely.Polygon(snap(seed + radius[:, None] * circle))


def _united(shapes: NDArray[np.object_], group: Ints) -> NDArray[np.object_]:
    order = np.argsort(group, kind="stable")
    pieces = np.split(shapes[order], np.cumsum(np.bincount(group))[:-1])
    united = np.empty(len(pieces), dtype=object)
    united[:] = [shapely.coverage_union_all(piece) for piece in pieces]
    return united


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("size", choices=sorted(SIZES))
    parser.add_argument("--seed", type=int, default=11)
    chosen = parser.parse_args()
    print(load(chosen.size, chosen.seed).folder)
