"""The tiles of a snapshot, zoom by zoom, and the PMTiles archive that holds them."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pmtiles.tile import Compression, TileType
from pmtiles.writer import Writer

from boundaries.arcs import ArcTable
from boundaries.grid import IntArray
from gazetteer.queries.snapshot import Snapshot
from webmap.build.bands import Band, Plan, simplify_bands
from webmap.build.cut import TileParts, cut_into_tiles, doubled_areas
from webmap.build.layers import (
    DIVISION_KEYS,
    LINE_KEYS,
    LineLayer,
    PointLayer,
    PolygonLayer,
    label_layer,
    line_layer,
    place_layer,
    polygon_layers,
)
from webmap.build.mvt import Attributes, GeometryType, encode_geometries, encode_layer
from webmap.build.pixels import EXTENT, pixel_arcs, project
from webmap.build.shapes import open_rings
from webmap.tile_ids import tile_ids

LAYER_ORDER = ("districts", "towns", "villages", "boundary_lines", "labels", "place_names")

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Archive:
    """What was written: number of tiles, zooms, and the bounds (west, south, east, north) in degrees."""

    tiles: int
    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class _Source:
    """Everything that is prepared once for all zooms."""

    snapshot: Snapshot
    plan: Plan
    polygons: list[PolygonLayer]
    lines: LineLayer
    points: list[PointLayer]


@dataclass(frozen=True)
class _Piece:
    """One layer of one tile."""

    tile: tuple[int, int]
    layer: str
    data: bytes


def write_archive(
    snapshot: Snapshot, path: Path, plan: Plan, metadata: dict[str, Any], progress: Progress | None = None
) -> Archive:
    """Write all tiles of a snapshot into a PMTiles archive.

    Parameters
    ----------
    metadata : dict
        JSON metadata of the archive; ``vector_layers`` is added.
    progress : callable, optional
        Told the share done (0-1) and a message.
    """
    tell = progress or (lambda share, message: None)
    source = _Source(
        snapshot,
        plan,
        polygon_layers(snapshot),
        line_layer(snapshot),
        [label_layer(snapshot), place_layer(snapshot)],
    )
    tell(0.1, "化简界线 simplifying lines")
    bands = simplify_bands(snapshot, plan)
    bounds = register_bounds(snapshot)
    count = 0
    with path.open("wb") as file, ThreadPoolExecutor(2) as pool:
        writer: Any = Writer(file)  # type: ignore[no-untyped-call]
        for band in bands:
            tell(0.3 + 0.65 * band.zoom / (plan.deepest + 1), f"切片 z{band.zoom}")
            tiles = sorted(_tiles(source, band))
            packed = pool.map(lambda tile: gzip.compress(tile[1], 6, mtime=0), tiles)
            for (tile_id, _), data in zip(tiles, packed, strict=True):
                writer.write_tile(tile_id, data)
                count += 1
        described = {**metadata, "vector_layers": vector_layers(snapshot, plan)}
        writer.finalize(_header(bounds, plan), described)
    return Archive(count, 0, plan.deepest, bounds)


def register_bounds(snapshot: Snapshot) -> tuple[float, float, float, float]:
    """Return west, south, east, north of all lines in degrees."""
    low, high = snapshot.arcs.coords.min(axis=0) / 1e9, snapshot.arcs.coords.max(axis=0) / 1e9
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def vector_layers(snapshot: Snapshot, plan: Plan) -> list[dict[str, Any]]:
    """Describe the layers as TileJSON 3.0 asks."""
    from_zoom = {"districts": 3, "towns": 4, "villages": 5}
    fields: dict[str, tuple[str, ...]] = {
        **dict.fromkeys(from_zoom, DIVISION_KEYS),
        "boundary_lines": LINE_KEYS,
        "labels": ("id", "name", "level", "type"),
        "place_names": ("id", "name", "pinyin", "legal_category", "class_name"),
    }
    numbers = {"level", "area_m2", "legal_category"}
    described = []
    for name in LAYER_ORDER:
        level = from_zoom.get(name)
        if level is not None and level not in snapshot.levels:
            continue
        first = plan.places_from if name == "place_names" else 0
        if level is not None:
            first = min(plan.first_zoom[level], plan.deepest)
        described.append(
            {
                "id": name,
                "fields": {key: "Number" if key in numbers else "String" for key in fields[name]},
                "minzoom": first,
                "maxzoom": plan.deepest,
            }
        )
    return described


def _header(bounds: tuple[float, float, float, float], plan: Plan) -> dict[str, Any]:
    west, south, east, north = (round(value * 1e7) for value in bounds)
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": min(10, plan.deepest),
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }


def _tiles(source: _Source, band: Band) -> Iterator[tuple[int, bytes]]:
    """Yield (tile id, tile) of one zoom, not compressed."""
    pixels = pixel_arcs(band.table, band.zoom)
    row_of = band.row_of(len(source.snapshot.arcs))
    found: dict[tuple[int, int], list[bytes]] = {}
    for piece in _pieces(source, band.zoom, pixels, row_of):
        found.setdefault(piece.tile, []).append(piece.data)
    addresses = np.array(list(found), dtype=np.int64).reshape(-1, 2)
    ids = tile_ids(band.zoom, addresses[:, 0], addresses[:, 1]).tolist()
    for tile_id, layers in zip(ids, found.values(), strict=True):
        yield tile_id, b"".join(layers)


def _pieces(source: _Source, zoom: int, pixels: ArcTable, row_of: IntArray) -> Iterator[_Piece]:
    for layer in source.polygons:
        if source.plan.shows(layer.level, zoom):
            yield from _polygon_pieces(layer, zoom, pixels, row_of)
    yield from _line_pieces(source.lines, source.plan, zoom, pixels, row_of)
    for points in source.points:
        yield from _point_pieces(points, source.plan, zoom)


def _polygon_pieces(layer: PolygonLayer, zoom: int, pixels: ArcTable, row_of: IntArray) -> Iterator[_Piece]:
    coords, offsets = open_rings(layer.shapes, pixels, row_of)
    coords, offsets, rings = _at_least(coords, offsets, 3)
    for parts in cut_into_tiles(coords, offsets, True, zoom):
        yield from _whole_polygons(layer, parts, rings[parts.source])


def _whole_polygons(layer: PolygonLayer, parts: TileParts, source: IntArray) -> Iterator[_Piece]:
    """Drop rings that have shrunk away or turned over, encode the others; `source` are rings of the layer."""
    outer = layer.shapes.outer[source]
    areas = doubled_areas(parts)
    keep = (areas > 0) == outer
    keep &= areas != 0
    # A hole whose outer ring has shrunk away goes with it.
    polygon = layer.shapes.polygon[source] * (1 << 44) + parts.tile[:, 0] * (1 << 22) + parts.tile[:, 1]
    keep &= outer | np.isin(polygon, polygon[keep & outer])
    parts, source = _keep(parts, keep), source[keep]
    division = layer.shapes.rings.group[source]
    yield from _encode(
        layer.name, DIVISION_KEYS, GeometryType.POLYGON, parts, division, layer.attributes.__getitem__
    )


def _line_pieces(
    layer: LineLayer, plan: Plan, zoom: int, pixels: ArcTable, row_of: IntArray
) -> Iterator[_Piece]:
    named = np.array([plan.names(level, zoom) for level in range(6)])[layer.level]
    feature = np.where(named, np.arange(len(named)), layer.kind)[layer.group]
    chosen = np.flatnonzero(row_of[layer.arcs] >= 0)
    chosen = chosen[np.argsort(feature[chosen], kind="stable")]
    rows, forward = row_of[layer.arcs[chosen]], layer.forward[chosen]
    counts = np.diff(pixels.offsets)[rows]
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    along = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
    first = np.where(forward, pixels.offsets[rows], pixels.offsets[rows + 1] - 1)
    coords = pixels.coords[np.repeat(first, counts) + np.repeat(np.where(forward, 1, -1), counts) * along]
    coords, offsets, kept = _at_least(coords, offsets, 2)
    feature = feature[chosen[kept]]
    for parts in cut_into_tiles(coords, offsets, False, zoom):
        yield from _encode(
            "boundary_lines",
            LINE_KEYS,
            GeometryType.LINE,
            parts,
            feature[parts.source],
            layer.attributes.__getitem__,
        )


def _point_pieces(layer: PointLayer, plan: Plan, zoom: int) -> Iterator[_Piece]:
    first = {level: 0 if plan.names(level, zoom) else 99 for level in range(6)}
    first[-1] = plan.places_from
    shown = np.flatnonzero([zoom >= first[level] for level in layer.level.tolist()])
    if len(shown) == 0:
        return
    pixels = np.floor(project(layer.degrees[shown], zoom)).astype(np.int64)
    tile = pixels // EXTENT
    order = np.lexsort((shown, tile[:, 1], tile[:, 0]))
    parts = TileParts(
        (pixels - tile * EXTENT)[order], np.arange(len(order) + 1), np.arange(len(order)), tile[order]
    )
    yield from _encode(
        layer.name, layer.keys, GeometryType.POINT, parts, shown[order], layer.attributes.__getitem__
    )


def _at_least(coords: IntArray, offsets: IntArray, points: int) -> tuple[IntArray, IntArray, IntArray]:
    """Drop rings or lines of fewer points; return what is left and which they are."""
    counts = np.diff(offsets)
    enough = counts >= points
    kept: IntArray = np.flatnonzero(enough)
    starts = np.concatenate([[0], np.cumsum(counts[kept])]).astype(np.int64)
    return coords[np.repeat(enough, counts)], starts, kept


def _keep(parts: TileParts, keep: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> TileParts:
    counts = np.diff(parts.offsets)
    offsets = np.concatenate([[0], np.cumsum(counts[keep])]).astype(np.int64)
    return TileParts(parts.coords[np.repeat(keep, counts)], offsets, parts.source[keep], parts.tile[keep])


def _encode(
    name: str,
    keys: tuple[str, ...],
    kind: GeometryType,
    parts: TileParts,
    feature: IntArray,
    attributes: Callable[[int], Attributes],
) -> Iterator[_Piece]:
    """Encode the parts of one layer (sorted by tile and feature) and yield it tile by tile."""
    if len(feature) == 0:
        return
    new_tile = np.ones(len(feature), dtype=bool)
    new_tile[1:] = (parts.tile[1:] != parts.tile[:-1]).any(axis=1)
    new_feature = new_tile.copy()
    new_feature[1:] |= feature[1:] != feature[:-1]
    starts = np.flatnonzero(new_feature)
    encoded = encode_geometries(parts.coords, parts.offsets, np.concatenate([starts, [len(feature)]]), kind)
    tile_starts = np.append(np.searchsorted(starts, np.flatnonzero(new_tile)), len(starts)).tolist()
    tiles = parts.tile[new_tile].tolist()
    owners, cuts, data = feature[starts].tolist(), encoded.offsets.tolist(), encoded.data
    for (x, y), begin, end in zip(tiles, tile_starts[:-1], tile_starts[1:], strict=True):
        features = [(attributes(owners[i]), data[cuts[i] : cuts[i + 1]]) for i in range(begin, end)]
        yield _Piece((x, y), name, encode_layer(name, keys, kind, features))


def covers(bounds: tuple[float, float, float, float], zoom: int, x: int, y: int) -> bool:
    """Tell whether a tile meets the bounds (degrees)."""
    corners = np.array([[bounds[0], bounds[3]], [bounds[2], bounds[1]]])
    low, high = np.floor(project(corners, zoom) / EXTENT).astype(int)
    return bool(low[0] <= x <= high[0] and low[1] <= y <= high[1])
