"""Tests of the tiles: decoded and compared, neighbours and levels held together vertex by vertex."""

from __future__ import annotations

import gzip
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from pmtiles.reader import MmapSource, all_tiles
from pmtiles.tile import zxy_to_tileid

from gazetteer.queries.snapshot import Snapshot
from webmap.build.bands import Plan, plan_for
from webmap.build.cut import BUFFER
from webmap.build.pixels import EXTENT, project
from webmap.build.tiles import write_archive
from webmap.pmtiles_reader import Archive
from webmap.tile_ids import tile_addresses, tile_ids

Address = tuple[int, int, int]
Segment = tuple[tuple[int, int], tuple[int, int]]


@pytest.fixture
def archive(small: Snapshot, tmp_path: Path) -> Archive:
    path = tmp_path / "public.pmtiles"
    write_archive(small, path, plan_for(small), {"name": "试验区"})
    return Archive(path)


def decode(data: bytes) -> dict[str, list[dict[str, Any]]]:
    layers = mapbox_vector_tile.decode(gzip.decompress(data), default_options={"y_coord_down": True})
    return {name: layer["features"] for name, layer in layers.items()}


def addresses(archive: Archive, zooms: range | None = None) -> list[Address]:
    zooms = zooms or range(archive.min_zoom, archive.max_zoom + 1)
    return [
        (z, x, y)
        for z in zooms
        for x in tiles_across(archive, z, 0)
        for y in tiles_across(archive, z, 1)
        if archive.tile(z, x, y) is not None
    ]


def tiles_across(archive: Archive, zoom: int, axis: int) -> range:
    west, south, east, north = archive.bounds
    corners = np.floor(project(np.array([[west, north], [east, south]]), zoom) / EXTENT).astype(int)
    return range(corners[0, axis] - 1, corners[1, axis] + 2)


def rings(feature: dict[str, Any]) -> list[list[tuple[int, int]]]:
    geometry = feature["geometry"]
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[(x, y) for x, y in ring] for polygon in polygons for ring in polygon]


def chain(features: list[dict[str, Any]]) -> Counter[Segment]:
    """Sum the directed segments; a segment and its reverse cancel, borders of the cut are left out."""
    total: Counter[Segment] = Counter()
    for feature in features:
        for ring in rings(feature):
            for a, b in pairwise(ring):
                if not on_cut(a, b):
                    total[(a, b) if a < b else (b, a)] += 1 if a < b else -1
    return Counter({segment: count for segment, count in total.items() if count})


def on_cut(a: tuple[int, int], b: tuple[int, int]) -> bool:
    low, high = -BUFFER, EXTENT + BUFFER
    return any(a[axis] == b[axis] and a[axis] in (low, high) for axis in (0, 1))


def test_tiles_when_decoded_then_levels_and_neighbours_share_every_vertex(archive: Archive) -> None:
    checked = 0
    for z, x, y in addresses(archive):
        layers = decode(archive.tile(z, x, y) or b"")
        if z < 9:
            continue
        district = chain(layers["districts"])
        assert chain(layers["towns"]) == district, (z, x, y)
        assert chain(layers["villages"]) == district, (z, x, y)
        checked += 1
    assert checked > 20


def test_tiles_when_decoded_then_every_division_is_there_with_its_attributes(
    archive: Archive, small: Snapshot
) -> None:
    found: dict[str, dict[str, Any]] = {}
    for z, x, y in addresses(archive, range(12, 13)):
        for feature in decode(archive.tile(z, x, y) or b"")["villages"]:
            found[feature["properties"]["name"]] = feature["properties"]

    expected = {d.name: d for d in small.divisions if d.level == 5}
    assert found.keys() == expected.keys()
    for name, properties in found.items():
        division = expected[name]
        assert properties["id"] == str(division.id)
        assert properties["code"] == division.code
        assert properties["parent_code"] == division.parent_code
        assert properties["area_m2"] == pytest.approx(division.area_m2, abs=0.001)
        assert properties["valid_from"] == "2019-01-01"
        assert properties["level"] == 5
        assert "pinyin" not in properties


def test_tiles_when_zoom_is_low_then_only_the_levels_of_that_zoom_show(archive: Archive) -> None:
    by_zoom: dict[int, set[str]] = {}
    for z, x, y in addresses(archive):
        by_zoom.setdefault(z, set()).update(decode(archive.tile(z, x, y) or b""))

    assert by_zoom[6] == {"districts", "boundary_lines", "labels"}
    assert by_zoom[8] == {"districts", "towns", "boundary_lines", "labels"}
    assert by_zoom[9] == {"districts", "towns", "villages", "boundary_lines", "labels"}
    assert "place_names" in by_zoom[10]
    assert archive.max_zoom == 14


def test_tiles_when_lines_are_drawn_then_each_once_at_its_highest_level(archive: Archive) -> None:
    lines = []
    for address in addresses(archive, range(11, 12)):
        features = decode(archive.tile(*address) or b"")["boundary_lines"]
        lines += [(address, feature["properties"]) for feature in features]

    keys = Counter((at, p["level"], p.get("name"), p.get("left"), p.get("right")) for at, p in lines)
    assert {level for _, level, _, _, _ in keys} == {3, 4, 5}
    assert all(count == 1 for count in keys.values())
    assert all(None in (left, right) for _, level, _, left, right in keys if level == 3)
    named = [p for _, p in lines if p.get("name") == "甲乙线"]
    assert {(p["level"], p["legal_status"]) for p in named} == {(4, "600001")}


def properties(tile: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [feature["properties"] for feature in tile["boundary_lines"]]


def test_tiles_when_villages_are_first_drawn_then_their_names_wait_two_zooms(archive: Archive) -> None:
    tiles = [decode(archive.tile(*address) or b"") for address in addresses(archive, range(9, 11))]
    lines = [line for tile in tiles for line in properties(tile)]

    assert {f["properties"]["level"] for tile in tiles for f in tile.get("labels", [])} == {3, 4}
    assert all(set(line) <= {"level", "legal_status"} for line in lines if line["level"] == 5)
    assert any("left" in line for line in lines if line["level"] == 4)
    alike = [
        (n, p.get("legal_status")) for n, t in enumerate(tiles) for p in properties(t) if p["level"] == 5
    ]
    assert len(alike) == len(set(alike))


def test_tiles_when_labels_are_placed_then_each_lies_inside_its_division_and_shows_once(
    archive: Archive, small: Snapshot
) -> None:
    names = Counter(
        feature["properties"]["name"]
        for z, x, y in addresses(archive, range(13, 14))
        for feature in decode(archive.tile(z, x, y) or b"").get("labels", [])
    )

    assert names == Counter(d.name for d in small.divisions)


def test_archive_when_read_then_agrees_with_the_stock_reader(archive: Archive, tmp_path: Path) -> None:
    with (tmp_path / "public.pmtiles").open("rb") as file:
        stock = {address: bytes(data) for address, data in all_tiles(MmapSource(file))}

    assert len(archive) == len(stock)
    assert all(archive.tile(*address) == data for address, data in stock.items())
    assert archive.metadata["name"] == "试验区"
    assert {layer["id"] for layer in archive.metadata["vector_layers"]} >= {"districts", "towns", "villages"}


def test_archive_when_built_twice_then_is_byte_for_byte_the_same(small: Snapshot, tmp_path: Path) -> None:
    first, second = tmp_path / "1.pmtiles", tmp_path / "2.pmtiles"
    plan = Plan(deepest=12)
    write_archive(small, first, plan, {})
    write_archive(small, second, plan, {})

    assert first.read_bytes() == second.read_bytes()


def test_tile_ids_when_computed_in_bulk_then_equal_the_specification() -> None:
    rng = np.random.default_rng(7)
    for zoom in (0, 1, 5, 14):
        x, y = rng.integers(0, 2**zoom, (2, 50))
        ids = tile_ids(zoom, x, y)
        assert ids.tolist() == [zxy_to_tileid(zoom, int(a), int(b)) for a, b in zip(x, y, strict=True)]
        zooms, back_x, back_y = tile_addresses(ids)
        assert (zooms == zoom).all()
        assert (back_x == x).all()
        assert (back_y == y).all()
