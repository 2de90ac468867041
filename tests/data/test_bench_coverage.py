"""The benchmark generator: valid, nested, seeded, with the awkward shapes that it promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from tests.benchmarks.generate import SIZES, Coverage, Paths, load, make_coverage


@pytest.fixture(scope="module")
def coverage() -> Coverage:
    return make_coverage(SIZES["tiny"], np.random.default_rng(11))


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("QUMING_BENCH_DIR", str(tmp_path))
    return load("tiny")


def test_coverage_when_made_then_every_level_is_valid_and_on_the_grid(coverage: Coverage) -> None:
    for level in (coverage.villages, coverage.towns, coverage.counties):
        coords = shapely.get_coordinates(level)
        assert shapely.is_valid(level).all()
        assert shapely.coverage_is_valid(level)
        assert (np.rint(coords * 1e9) / 1e9 == coords).all()


def test_coverage_when_made_then_levels_nest_and_only_lakes_are_holes(coverage: Coverage) -> None:
    unions = [
        shapely.coverage_union_all(level) for level in (coverage.villages, coverage.towns, coverage.counties)
    ]

    assert all(union.normalize() == unions[0].normalize() for union in unions)
    outer = shapely.get_parts(unions[0])[0]
    holes = [shapely.Polygon(ring).normalize() for ring in outer.interiors]
    assert holes == [lake.normalize() for lake in coverage.lakes]
    for town in range(len(coverage.towns)):
        united = shapely.coverage_union_all(coverage.villages[coverage.town_of == town])
        assert united.normalize() == coverage.towns[town].normalize()


def test_coverage_when_made_then_holds_enclaves_and_parts(coverage: Coverage) -> None:
    size = SIZES["tiny"]
    assert (len(coverage.villages), len(coverage.towns), len(coverage.counties)) == (60, 6, 2)
    assert sum(len(shapely.get_parts(village)) > 1 for village in coverage.villages) == size.second_parts
    holes = shapely.get_num_interior_rings(shapely.get_parts(coverage.villages))
    assert holes.sum() == size.ring_enclaves
    assert any(len(shapely.get_parts(town)) > 1 for town in coverage.towns)


def test_coverage_when_made_from_the_same_seed_then_is_the_same(coverage: Coverage) -> None:
    again = make_coverage(SIZES["tiny"], np.random.default_rng(11))
    other = make_coverage(SIZES["tiny"], np.random.default_rng(12))

    assert shapely.equals_exact(again.villages, coverage.villages).all()
    assert not shapely.equals_exact(other.villages, coverage.villages).any()


def test_files_when_loaded_then_codes_nest_and_are_unique(paths: Paths) -> None:
    counties, towns, villages = (
        pyogrio.read_dataframe(path, read_geometry=False)
        for path in (paths.counties, paths.towns, paths.villages)
    )

    assert nested(villages, towns, 9)
    assert nested(towns, counties, 6)
    assert not villages.duplicated(["name", "parent_cod"]).any()
    assert len(pyogrio.read_dataframe(paths.place_names)) == SIZES["tiny"].places


def nested(children: pd.DataFrame, parents: pd.DataFrame, digits: int) -> bool:
    same = children["code"].str[:digits] == children["parent_cod"]
    return bool(
        same.all() and children["code"].is_unique and set(children["parent_cod"]) == set(parents["code"])
    )


def test_files_when_loaded_twice_then_are_not_made_again(paths: Paths) -> None:
    made = paths.villages.stat().st_mtime_ns

    assert load("tiny").villages.stat().st_mtime_ns == made
