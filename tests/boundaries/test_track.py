"""A surveyed track becomes the reshape of a stretch: nearest vertices, direction, grid, tolerance."""

from itertools import pairwise

import numpy as np
import pytest

from boundaries.arcs import Arc
from boundaries.draft import replay
from boundaries.edits import splice
from boundaries.errors import BoundaryError
from boundaries.grid import snap, to_degrees
from boundaries.track import fit_track
from boundaries.validate import validate
from tests.boundaries.drawing import arc_between, points_of, subgraph_of

PICTURE = """
1     2     3
      a
      b x
        y
      c z
      d
4     5     6
"""
FACES = {1: "1 4 5 d c b a 2", 2: "2 a b c d 5 6 3"}
STEP_M = 95.9
"""One step of the picture, 0.001 degree of longitude at 30.5 N, in metres."""


def border() -> Arc:
    return arc_between(subgraph_of(PICTURE, FACES), 1, 2)


def track_of(names: str) -> np.ndarray:
    points = points_of(PICTURE)
    return to_degrees([points[name] for name in names.split()])


def vertex(arc: Arc, name: str) -> int:
    return [tuple(p) for p in arc.points.tolist()].index(points_of(PICTURE)[name])


def test_fit_track_when_it_joins_two_vertices_then_replaces_what_lies_between() -> None:
    arc = border()
    fitted = fit_track(arc.points, track_of("b x y z c"), 0.0)
    assert {fitted.start, fitted.end} == {vertex(arc, "b"), vertex(arc, "c")}
    assert fitted.start < fitted.end
    points = points_of(PICTURE)
    assert sorted(map(tuple, fitted.path.tolist())) == sorted(points[n] for n in "xyz")
    assert fitted.start_gap_m == fitted.end_gap_m == 0.0


@pytest.mark.parametrize("names", ["b x y z c", "c z y x b"])
def test_fit_track_when_walked_either_way_then_gives_the_same_line(names: str) -> None:
    arc = border()
    fitted = fit_track(arc.points, track_of(names), 0.0)
    expected = fit_track(arc.points, track_of("b x y z c"), 0.0)
    assert fitted.path.tolist() == expected.path.tolist()


def test_fit_track_when_the_ends_are_near_then_measures_the_gaps_and_keeps_the_vertices() -> None:
    arc, track = border(), track_of("b x y z c")
    track[0, 0] += 0.0001
    fitted = fit_track(arc.points, track, 0.0)
    gaps = sorted([fitted.start_gap_m, fitted.end_gap_m])
    assert gaps == [0.0, pytest.approx(STEP_M / 10, abs=0.05)]
    assert len(fitted.path) == 4


def test_fit_track_when_an_end_is_within_the_tolerance_then_leaves_it_out() -> None:
    arc, track = border(), track_of("b x y z c")
    track[0, 0] -= 0.00001
    fitted = fit_track(arc.points, track, 2.0)
    assert sorted(map(tuple, fitted.path.tolist())) == sorted(points_of(PICTURE)[n] for n in "xz")
    assert fitted.dropped == 3


@pytest.mark.parametrize(("which", "end"), [(0, "start"), (-1, "end")])
def test_fit_track_when_an_end_is_too_far_then_says_which_and_how_far(which: int, end: str) -> None:
    track = track_of("b x y z c")
    track[which, 0] += 0.001
    with pytest.raises(BoundaryError) as raised:
        fit_track(border().points, track, 0.0, reach_m=20.0)
    assert raised.value.code == "track_end_too_far"
    assert raised.value.fields["end"] == end
    assert raised.value.fields["distance_m"] == pytest.approx(STEP_M, abs=0.5)
    assert fit_track(border().points, track, 0.0, reach_m=120.0).end > 0


def test_fit_track_when_points_repeat_on_the_grid_then_each_stays_once() -> None:
    track = np.repeat(track_of("b x y z c"), 3, axis=0) + np.tile([[0.0], [1e-11], [-1e-11]], (5, 1))
    assert len(fit_track(border().points, track, 0.0).path) == 3


@pytest.mark.parametrize("tolerance_m", [0.5, 5.0])
def test_fit_track_when_simplified_then_stays_within_the_tolerance(tolerance_m: float) -> None:
    rng = np.random.default_rng(4)
    way = track_of("b x y z c")
    fine = np.concatenate([np.linspace(p, q, 50)[:-1] for p, q in pairwise(way)] + [way[-1:]])
    noisy = fine + rng.normal(0, tolerance_m / 4 / 111_000, fine.shape)
    noisy[[0, -1]] = way[[0, -1]]
    fitted = fit_track(border().points, noisy, tolerance_m)
    assert len(fitted.path) < len(noisy) / 4
    assert fitted.dropped > 100
    turns = to_degrees(fitted.path)
    for corner in track_of("x z"):
        assert np.hypot(*((turns - corner) * 100_000).T).min() < 3 * tolerance_m


def test_fit_track_when_both_ends_are_nearest_to_one_vertex_then_is_refused() -> None:
    with pytest.raises(BoundaryError) as raised:
        fit_track(border().points, track_of("b x b"), 0.0)
    assert raised.value.code == "track_ends_meet"


@pytest.mark.parametrize(
    ("track", "code"),
    [
        ([[103.8, 30.5]], "track_too_short"),
        ([], "track_too_short"),
        ([[103.8, 30.5, 490.0], [103.9, 30.5, 491.0]], "track_too_short"),
        ([[103.8, 30.5], [float("nan"), 30.5]], "track_not_degrees"),
        ([[380_000.0, 3_374_000.0], [380_010.0, 3_374_000.0]], "track_not_degrees"),
    ],
)
def test_fit_track_when_it_is_no_track_then_is_refused(track: list[list[float]], code: str) -> None:
    with pytest.raises(BoundaryError) as raised:
        fit_track(border().points, track, 0.0)
    assert raised.value.code == code


def test_fit_track_when_the_arc_is_a_ring_then_takes_the_stretch_beside_the_track() -> None:
    ring = np.array([(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)]) * 10**6 + snap([(103.8, 30.5)])
    track = to_degrees(ring[[3, 0]]) - [[0.0, 0.0], [0.0, 0.0]]
    outside = np.array([track[0], track[0] - [0.002, 0.002], track[1]])
    fitted = fit_track(ring, outside, 0.0)
    assert (fitted.start, fitted.end) == (3, 4)


def test_fit_track_then_its_reshape_is_accepted() -> None:
    subgraph = subgraph_of(PICTURE, FACES)
    arc = arc_between(subgraph, 1, 2)
    fitted = fit_track(arc.points, track_of("b x y z c"), 1.0)
    operation = {
        "id": "t",
        "kind": "reshape",
        "arc": arc.id,
        "hash": arc.hash,
        "start": fitted.start,
        "end": fitted.end,
        "path": fitted.path.tolist(),
        "source": {"kind": "gnss"},
    }
    draft = replay(subgraph, [operation])
    assert draft.results[0].status == "applied"
    assert validate(subgraph, draft.patch) == []
    wanted = splice(arc.points, fitted.start, fitted.end, fitted.path)
    assert arc_between(draft.subgraph, 1, 2).points.tolist() == wanted.tolist()
