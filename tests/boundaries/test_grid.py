"""The integer grid: exact both ways, no repeated points, one hash for one state."""

import hashlib
import struct

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from boundaries.grid import arc_hash, as_points, snap, snap_polygon, snap_polygons, strip_repeated, to_degrees


@given(st.integers(-180 * 10**9, 180 * 10**9), st.integers(-90 * 10**9, 90 * 10**9))
def test_snap_of_degrees_on_the_grid_then_gives_the_same_integers(x: int, y: int) -> None:
    assert snap(to_degrees([(x, y)])).tolist() == [[x, y]]


def test_strip_repeated_when_points_repeat_then_each_stays_once() -> None:
    points = as_points([(0, 0), (0, 0), (1, 1), (1, 1), (1, 1), (0, 0)])
    assert strip_repeated(points).tolist() == [[0, 0], [1, 1], [0, 0]]


def test_snap_polygon_when_vertices_fall_together_then_none_repeats() -> None:
    polygon = shapely.Polygon([(103, 30), (104, 30), (104.0000000001, 30), (104, 31)])
    assert shapely.get_coordinates(snap_polygon(polygon)).tolist() == [
        [103, 30],
        [104, 30],
        [104, 31],
        [103, 30],
    ]


def test_snap_polygon_when_it_has_heights_then_they_are_dropped() -> None:
    polygon = shapely.Polygon([(103, 30, 500), (104, 30, 500), (104, 31, 500)])
    assert not shapely.has_z(snap_polygon(polygon))


def test_arc_hash_then_is_sha256_of_little_endian_points_and_sides() -> None:
    points = as_points([(103_800_000_000, 30_500_000_000), (-1, 2)])
    packed = struct.pack("<6q", 103_800_000_000, 30_500_000_000, -1, 2, 7, 0)
    assert arc_hash(points, 7, 0) == hashlib.sha256(packed).hexdigest()


def test_arc_hash_when_a_side_changes_then_differs() -> None:
    points = np.array([[0, 0], [1, 1]])
    assert arc_hash(points, 1, 2) != arc_hash(points, 2, 1)


def test_snap_polygons_when_already_on_the_grid_then_the_same_polygons_come_back() -> None:
    square = shapely.box(103.8, 30.4, 103.9, 30.5)

    snapped = snap_polygons(np.array([square, None], dtype=object))

    assert snapped[0] is square
    assert snapped[1] is None


def test_snap_polygons_when_only_a_point_repeats_then_it_is_dropped() -> None:
    repeated = shapely.Polygon([(0.1, 0.2), (0.3, 0.2), (0.3, 0.2), (0.3, 0.4)])

    snapped = snap_polygons(np.array([repeated], dtype=object))

    assert shapely.get_num_coordinates(snapped[0]) == 4
