"""Invent the 106 village cells of the demo district inside the real outline; seeded, and 示意 throughout."""

from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np
import shapely
from shapely import LineString, Polygon

from data.demo_facts import Facts, Unit
from data.invented_coverage import Edges, Floats, Ints, Lines, roughen, snap, voronoi_edges

SEED = 510118
STEP_DEG = 0.00045
"""Mean distance of the vertices of an inner line, about 45 m."""
ENCLAVE, ENCLAVE_HOST = "山河村", "牧马山社区"
"""飞地: this village of 普兴镇 is drawn as a ring inside a village of 花源镇."""
DETACHED, DETACHED_IN = "李柏村", "兴义镇"
"""This village of 文井乡 is drawn among the villages of 兴义镇, so that its town has two parts."""


def make_cells(facts: Facts) -> dict[str, Polygon]:
    """Return the cell of each village of 2019 by code: an exact coverage of the outline on the 1e-9 grid."""
    rng = np.random.default_rng(SEED)
    outline = Polygon(facts.outline)
    seeds, owners = _seeds(facts, outline, rng)
    frame = _frame(outline)
    every = np.vstack([seeds, frame])
    edges = _inside(voronoi_edges(every), outline, len(seeds))
    lines = _roughened(edges, every, outline, rng)
    cells = _polygons(lines, edges, outline, seeds)
    return _named(facts, cells, owners, _adjacency(edges, len(seeds)), rng)


def _seeds(facts: Facts, outline: Polygon, rng: np.random.Generator) -> tuple[Floats, list[str]]:
    """Return a seed for every cell and the name of the town of 2019 whose ground it stands on."""
    towns = [town.name for town in facts.before.towns]
    points = np.array([facts.town_points[town] for town in towns])
    west, south, east, north = outline.bounds
    cloud = rng.uniform((west, south), (east, north), (60_000, 2))
    cloud = cloud[shapely.contains_xy(outline, cloud[:, 0], cloud[:, 1])]
    ground = np.argmin(((cloud[:, None] - points[None]) ** 2).sum(axis=2), axis=1)
    seeds, owners = [], []
    for index, town in enumerate(towns):
        mine = cloud[ground == index]
        found = _spread(mine, _wanted(facts, town))
        seeds.append(found)
        owners += [town] * len(found)
    return snap(np.vstack(seeds)), owners


def _wanted(facts: Facts, town: str) -> int:
    """Return how many cells to cut the ground of a town into."""
    code = next(unit.code for unit in facts.before.towns if unit.name == town)
    names = [village.name for village in facts.before.villages if village.parent == code]
    return len(names) - (ENCLAVE in names) - (DETACHED in names) + (town == DETACHED_IN)


def _spread(cloud: Floats, count: int) -> Floats:
    """Return `count` seeds spread evenly over a cloud of points (Lloyd on the cloud)."""
    seeds = cloud[:count]
    for _ in range(12):
        nearest = np.argmin(((cloud[:, None] - seeds[None]) ** 2).sum(axis=2), axis=1)
        seeds = np.array([cloud[nearest == cell].mean(axis=0) for cell in range(count)])
    return seeds


def _frame(outline: Polygon) -> Floats:
    """Return far points that bound the outer Voronoi cells."""
    west, south, east, north = outline.bounds
    x, y, reach = (west + east) / 2, (south + north) / 2, 2.0
    turns = np.linspace(0, 1, 24, endpoint=False)
    return snap(np.stack([x + reach * np.cos(2 * np.pi * turns), y + reach * np.sin(2 * np.pi * turns)], 1))


def _inside(edges: Edges, outline: Polygon, count: int) -> Edges:
    """Return the pieces of the edges between two of the first `count` cells that lie inside the outline."""
    kept: list[tuple[Floats, Floats, int, int]] = []
    for start, end, left, right in zip(edges.start, edges.end, edges.left, edges.right, strict=True):
        if left >= count or right >= count:
            continue
        for piece in shapely.get_parts(outline.intersection(shapely.linestrings([start, end]))):
            ends = snap(shapely.get_coordinates(piece))
            if len(ends) == 2:
                forward = ((ends[1] - ends[0]) * (end - start)).sum() > 0
                kept.append((*(ends if forward else ends[::-1]), int(left), int(right)))
    start, end, left, right = (np.array(column) for column in zip(*kept, strict=True))
    return Edges(start, end, left, right)


def _roughened(edges: Edges, seeds: Floats, outline: Polygon, rng: np.random.Generator) -> list[Floats]:
    """Return the lines; one that would leave the outline is damped until it stays inside."""
    length = np.sqrt(((edges.end - edges.start) ** 2).sum(axis=1))
    inner: Ints = np.minimum(np.rint(length / STEP_DEG), 38).astype(np.int64)
    lines = _split(roughen(edges, seeds, inner, rng, 0.16))
    for index, line in enumerate(lines):
        straight = np.linspace(line[0], line[-1], len(line))
        damping = 1.0
        while len(line) > 2 and not _stays_inside(lines[index], outline):
            damping *= 0.5
            lines[index] = snap(straight + damping * (line - straight))
            lines[index][[0, -1]] = line[[0, -1]]
    return lines


def _split(lines: Lines) -> list[Floats]:
    return np.split(lines.coords, lines.offsets[1:-1])


def _stays_inside(line: Floats, outline: Polygon) -> bool:
    middle = shapely.linestrings(line[1:-1]) if len(line) > 3 else shapely.points(line[1])
    return bool(shapely.contains(outline, middle) and shapely.distance(outline.boundary, middle) > 1e-6)


def _polygons(lines: list[Floats], edges: Edges, outline: Polygon, seeds: Floats) -> list[Polygon]:
    """Return the cell of each seed, in the order of the seeds."""
    ring = _with_vertices(outline, np.vstack([edges.start, edges.end]))
    drawn = [LineString(line) for line in lines] + ring
    faces = shapely.get_parts(shapely.polygonize(drawn))
    straight = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=outline, ordered=True)
    shares = shapely.area(shapely.intersection(faces[:, None], shapely.get_parts(straight)[None]))
    cell = np.argmax(shares, axis=1)
    if sorted(cell) != list(range(len(seeds))):
        raise ValueError("a cell was cut in two by the outline; choose another seed")
    return list(faces[np.argsort(cell)])


def _with_vertices(outline: Polygon, ends: Floats) -> list[LineString]:
    """Return the outline as lines between its vertices and the ends of inner lines that lie on it."""
    on = np.unique(ends[shapely.distance(outline.exterior, shapely.points(ends)) < 2e-9], axis=0)
    vertices = snap(shapely.get_coordinates(outline))
    pieces: list[LineString] = []
    for start, end in itertools.pairwise(vertices):
        near = shapely.distance(shapely.linestrings([start, end]), shapely.points(on)) < 2e-9
        between = on[near & (on != start).any(axis=1) & (on != end).any(axis=1)]
        along = ((between - start) * (end - start)).sum(axis=1)
        path = np.vstack([start, between[np.argsort(along)], end])
        pieces += [LineString(step) for step in itertools.pairwise(path)]
    return pieces


def _adjacency(edges: Edges, count: int) -> list[set[int]]:
    touching: list[set[int]] = [set() for _ in range(count)]
    for left, right in zip(edges.left.tolist(), edges.right.tolist(), strict=True):
        touching[left].add(right)
        touching[right].add(left)
    return touching


def _named(
    facts: Facts,
    cells: list[Polygon],
    owners: list[str],
    touching: list[set[int]],
    rng: np.random.Generator,
) -> dict[str, Polygon]:
    """Give each village of 2019 a cell; villages that become one unit in 2020 get cells side by side."""
    free = {town: {i for i, owner in enumerate(owners) if owner == town} for town in set(owners)}
    named: dict[str, Polygon] = {}
    detached = _detached_cell(free, owners, touching)
    free[DETACHED_IN].discard(detached)
    for town in facts.before.towns:
        for group in _groups(facts, town):
            for village, cell in zip(group, _take(free[town.name], len(group), touching), strict=True):
                named[village.code] = cells[cell]
    by_name = {village.name: village.code for village in facts.before.villages}
    named[by_name[DETACHED]] = cells[detached]
    host = named[by_name[ENCLAVE_HOST]]
    ring = _ring(host, rng)
    named[by_name[ENCLAVE]] = ring
    named[by_name[ENCLAVE_HOST]] = Polygon(host.exterior, [ring.exterior])
    return named


def _groups(facts: Facts, town: Unit) -> list[list[Unit]]:
    """Return the villages of a town that need a cell, joined by successor, large groups first."""
    successor = {link.old: link.new for link in facts.village_links}
    groups: dict[str, list[Unit]] = defaultdict(list)
    for village in facts.before.villages:
        if village.parent == town.code and village.name not in (ENCLAVE, DETACHED):
            groups[successor[village.code]].append(village)
    return sorted(groups.values(), key=lambda group: (-len(group), group[0].code))


def _detached_cell(free: dict[str, set[int]], owners: list[str], touching: list[set[int]]) -> int:
    """Return the cell of the host town at its rim that touches no cell of the detached village's town."""
    home = "文井乡"
    host = free[DETACHED_IN]
    apart = [i for i in host if all(owners[j] != home for j in touching[i])]
    return min(apart, key=lambda i: (len(touching[i] & host), i))


def _take(free: set[int], count: int, touching: list[set[int]]) -> list[int]:
    """Take `count` cells side by side out of `free`, beginning where the fewest free cells are around."""

    def key(cell: int) -> tuple[int, int]:
        return len(touching[cell] & free), cell

    taken = [min(free, key=key)]
    free.discard(taken[0])
    while len(taken) < count:
        beside = {cell for done in taken for cell in touching[done]} & free
        taken.append(min(beside or free, key=key))
        free.discard(taken[-1])
    return taken


def _ring(host: Polygon, rng: np.random.Generator) -> Polygon:
    """Return a roughly round enclave in the middle of its host."""
    centre = host.centroid
    radius = 0.35 * host.exterior.distance(centre)
    turns = np.arange(32) / 32
    reach = radius * (1 + rng.uniform(-0.15, 0.15, 32))
    circle = np.stack([np.cos(2 * np.pi * turns), np.sin(2 * np.pi * turns)], axis=1)
    return Polygon(snap(np.array([centre.x, centre.y]) + reach[:, None] * circle))
