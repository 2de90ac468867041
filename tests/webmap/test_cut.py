"""Tests of cutting into tiles: nothing is lost or doubled, neighbours get the same points."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.grid import IntArray
from webmap.build.cut import BUFFER, TileParts, cut_into_tiles, doubled_areas
from webmap.build.pixels import EXTENT

ZOOM = 3
WORLD = EXTENT << ZOOM


def cut(points: IntArray, closed: bool) -> list[TileParts]:
    return list(cut_into_tiles(points, np.array([0, len(points)]), closed, ZOOM))


def rings_of(parts: TileParts) -> list[IntArray]:
    return [parts.coords[a:b] for a, b in zip(parts.offsets[:-1], parts.offsets[1:], strict=True)]


@st.composite
def stars(draw: st.DrawFn) -> IntArray:
    """A polygon around a centre, anywhere on the map, of any size, in whole pixels."""
    count = draw(st.integers(3, 12))
    radius = draw(st.lists(st.integers(20, WORLD // 3), min_size=count, max_size=count))
    x, y = draw(st.integers(WORLD // 3, WORLD * 2 // 3)), draw(st.integers(WORLD // 3, WORLD * 2 // 3))
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    points = np.column_stack([x + np.cos(angles) * radius, y + np.sin(angles) * radius])
    return np.rint(points).astype(np.int64)


@settings(max_examples=60, deadline=None)
@given(stars())
def test_polygon_when_cut_then_its_tiles_hold_exactly_its_area(points: IntArray) -> None:
    whole = shapely.Polygon(points)
    tile = shapely.box(0, 0, EXTENT, EXTENT)

    pieces = 0.0
    for parts in cut(points, True):
        for ring, doubled in zip(rings_of(parts), doubled_areas(parts).tolist(), strict=True):
            assert doubled >= 0
            piece = shapely.make_valid(shapely.Polygon(ring))
            pieces += shapely.intersection(piece, tile).area

    # Cut points are rounded to whole pixels, at two borders of each tile on the way.
    assert pieces == pytest.approx(whole.area, abs=whole.length + 50)


@settings(max_examples=60, deadline=None)
@given(stars())
def test_line_when_cut_then_its_tiles_hold_exactly_its_length(points: IntArray) -> None:
    tile = shapely.box(0, 0, EXTENT, EXTENT)

    pieces = sum(
        shapely.intersection(shapely.LineString(line), tile).length
        for parts in cut(points, False)
        for line in rings_of(parts)
    )

    whole = shapely.LineString(points).length
    assert pieces == pytest.approx(whole, rel=0.01, abs=60)


@settings(max_examples=60, deadline=None)
@given(stars())
def test_parts_when_cut_then_stay_within_the_buffer_and_do_not_repeat_points(points: IntArray) -> None:
    for parts in cut(points, True):
        assert parts.coords.min() >= -BUFFER
        assert parts.coords.max() <= EXTENT + BUFFER
        for ring in rings_of(parts):
            assert len(ring) >= 3
            assert (ring != np.roll(ring, 1, axis=0)).any(axis=1).all()


@settings(max_examples=60, deadline=None)
@given(stars())
def test_line_when_cut_backwards_then_gives_the_same_points(points: IntArray) -> None:
    def segments(line: IntArray) -> set[tuple[tuple[int, ...], ...]]:
        found = set()
        for parts in cut(line, False):
            for tile, piece in zip(parts.tile.tolist(), rings_of(parts), strict=True):
                ends = [tuple(point) for point in piece.tolist()]
                found |= {(tuple(tile), *sorted(pair)) for pair in pairwise(ends)}
        return found

    assert segments(points) == segments(points[::-1])


def test_polygon_when_it_covers_a_tile_then_the_tile_is_full() -> None:
    square = np.array([[0, 0], [WORLD, 0], [WORLD, WORLD], [0, WORLD]])

    parts = cut(square, True)

    areas = np.concatenate([doubled_areas(part) for part in parts])
    inner = 2 * (EXTENT + 2 * BUFFER) ** 2
    assert len(areas) == 4**ZOOM
    assert np.count_nonzero(areas == inner) == (2**ZOOM - 2) ** 2


def test_nothing_when_cut_then_gives_nothing() -> None:
    empty = np.zeros((0, 2), dtype=np.int64)

    assert list(cut_into_tiles(empty, np.array([0]), True, ZOOM)) == []
