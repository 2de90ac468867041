"""Coverages cut into arcs: what is shared, where the nodes are, and what is refused."""

import numpy as np
import pytest
import shapely

from boundaries.arcs import ArcTable
from boundaries.errors import BoundaryError, CoverageError
from boundaries.extract import extract
from boundaries.grid import to_degrees
from boundaries.rebuild import build_polygons
from tests.boundaries.drawing import box, draw, points_of

TWO = """
1   2   3
  a
4   5   6
"""

ENCLAVE = """
1       2
   a b
   d c
4       5
"""

FOUR_AT_A_POINT = """
1   2   3
4   5   6
7   8   9
"""


def sides(table: ArcTable) -> list[tuple[int, int]]:
    return sorted((int(a), int(b)) for a, b in zip(table.left, table.right, strict=True))


def as_set(table: ArcTable) -> set[tuple[int, int, bytes]]:
    return {(int(table.left[i]), int(table.right[i]), table.points(i).tobytes()) for i in range(len(table))}


def test_extract_when_two_faces_share_a_border_then_it_is_one_arc() -> None:
    table = extract(*draw(TWO, {1: "1 4 5 2", 2: "2 5 6 3"}))
    assert sides(table) == [(1, 0), (1, 2), (2, 0)]
    assert len(table.nodes) == 2


def test_extract_when_rings_turn_or_start_elsewhere_then_the_arcs_are_the_same() -> None:
    plain = extract(*draw(TWO, {1: "1 4 5 2", 2: "2 5 6 3"}))
    turned = extract(*draw(TWO, {1: "2 5 4 1", 2: "6 5 2 3"}))
    assert np.array_equal(plain.coords, turned.coords)
    assert np.array_equal(plain.left, turned.left)


def test_extract_when_a_face_is_an_enclave_then_its_ring_has_a_node_at_the_smallest_vertex() -> None:
    table = extract(*draw(ENCLAVE, {1: "1 4 5 2 / a b c d", 2: "a d c b"}))
    ring = next(i for i in range(len(table)) if 2 in (table.left[i], table.right[i]))
    assert table.start_node[ring] == table.end_node[ring]
    assert tuple(table.points(ring)[0]) == points_of(ENCLAVE)["d"]


def test_extract_when_two_divisions_meet_at_a_point_only_then_the_point_is_a_node() -> None:
    table = extract(*draw(FOUR_AT_A_POINT, {1: "1 4 5 2", 2: "5 8 9 6"}))
    centre = points_of(FOUR_AT_A_POINT)["5"]
    assert [tuple(n) for n in table.nodes] == [centre]
    assert sides(table) == [(1, 0), (2, 0)]


def test_extract_when_enclaves_touch_at_a_point_then_four_arcs_meet_there() -> None:
    picture = """
    1         2
      a b
      d e f
        g h
    4         5
    """
    faces = {1: "1 4 5 2 / a b e d / e f h g", 2: "a d e b", 3: "e g h f"}
    table = extract(*draw(picture, faces))
    polygons = build_polygons(table, {1: 0, 2: 1, 3: 2})
    assert sides(table) == [(1, 0), (1, 2), (1, 3)]
    assert shapely.equals(polygons, draw(picture, faces)[0]).all()


def test_extract_when_a_face_has_parts_then_its_label_is_on_all_of_them() -> None:
    picture = """
    1   2   3   4
    5   6   7   8
    """
    table = extract(*draw(picture, {1: "1 5 6 2 + 3 7 8 4", 2: "2 6 7 3"}))
    assert sides(table) == [(1, 0), (1, 0), (1, 2), (1, 2), (2, 0), (2, 0)]


def test_extract_when_an_extra_node_is_a_vertex_then_the_arc_is_cut_there() -> None:
    geoms, labels = draw(TWO, {1: "1 4 5 a 2", 2: "2 a 5 6 3"})
    extra = np.array([points_of(TWO)["a"], (1, 1)], dtype=np.int64)
    assert len(extract(geoms, labels, extra)) == len(extract(geoms, labels)) + 1


def test_extract_when_points_repeat_then_they_are_skipped() -> None:
    geoms, labels = draw(TWO, {1: "1 1 4 5 5 2", 2: "2 5 6 3 3"})
    clean = extract(*draw(TWO, {1: "1 4 5 2", 2: "2 5 6 3"}))
    assert np.array_equal(extract(geoms, labels).coords, clean.coords)


def test_extract_when_arcs_are_rebuilt_and_extracted_again_then_they_are_the_same() -> None:
    geoms, labels = draw(ENCLAVE, {1: "1 4 5 2 / a b c d", 2: "a d c b"})
    table = extract(geoms, labels)
    again = extract(build_polygons(table, {1: 0, 2: 1}), labels)
    assert as_set(again) == as_set(table)


@pytest.mark.parametrize(
    ("faces", "code"),
    [
        ({1: "1 4 5 2", 2: "1 4 5 2"}, "segment_overused"),
        ({1: "1 4 5 2", 2: "1 4 6 3"}, "segment_overused"),
        ({1: "1 4 5 2", 2: "a 5 6 3"}, "outline_crosses_itself"),
    ],
)
def test_extract_when_faces_overlap_then_is_refused(faces: dict[int, str], code: str) -> None:
    with pytest.raises(CoverageError) as raised:
        extract(*draw(TWO, faces))
    assert [fault.code for fault in raised.value.faults] == [code]


def test_extract_when_polygons_cross_without_a_common_vertex_then_is_refused() -> None:
    geoms = np.array([box(103, 30, 103.2, 30.1), box(103.1, 29.9, 103.15, 30.2)], dtype=object)
    with pytest.raises(CoverageError):
        extract(geoms, [1, 2])


def test_extract_when_a_vertex_is_missing_on_one_side_then_is_refused() -> None:
    geoms, labels = draw(TWO, {1: "1 4 5 2", 2: "2 a 5 6 3"})
    with pytest.raises(CoverageError):
        extract(geoms, labels)


@pytest.mark.parametrize("labels", [[1, 1], [0, 1], [1]])
def test_extract_when_labels_are_not_one_to_a_face_then_is_refused(labels: list[int]) -> None:
    geoms, _ = draw(TWO, {1: "1 4 5 2", 2: "2 5 6 3"})
    with pytest.raises(BoundaryError, match="label"):
        extract(geoms, labels)


def test_extract_when_vertex_keys_collide_then_positions_stay_apart() -> None:
    # Two corners whose difference is a short vector of the key lattice: equal keys, different positions.
    a, b = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F
    dx, dy = short_vector(a, b, 2**64)
    x, y = 103_000_000_000, 30_000_000_000
    corners = np.array([(x, y), (x + dx, y + dy), (x, y + dy + 10**9)])
    table = extract(np.array([shapely.Polygon(to_degrees(corners))], dtype=object), [1])
    assert len(table.coords) == 4


def short_vector(a: int, b: int, modulus: int) -> tuple[int, int]:
    """Return a short (x, y) with a x + b y = 0 (Gauss reduction of the lattice)."""
    u, v = (modulus, 0), ((-b * pow(a, -1, modulus)) % modulus, 1)
    while True:
        if u[0] ** 2 + u[1] ** 2 > v[0] ** 2 + v[1] ** 2:
            u, v = v, u
        factor = round((u[0] * v[0] + u[1] * v[1]) / (u[0] ** 2 + u[1] ** 2))
        if factor == 0:
            return u
        v = (v[0] - factor * u[0], v[1] - factor * u[1])
