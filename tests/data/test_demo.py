"""The demo district: the files are what manifest and program say; 2020 is made of cells of 2019."""

from __future__ import annotations

import csv
import hashlib
import itertools
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from data.demo_facts import read_facts
from data.make_demo import FOLDER, main

KEEPS_ID = {"continue", "rename", "recode", "reclass", "reparent"}


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def layer(name: str) -> pd.DataFrame:
    return pd.DataFrame(pyogrio.read_dataframe(FOLDER / name))


def shapes(name: str) -> dict[str, BaseGeometry]:
    frame = layer(name)
    return dict(zip(frame["code"], frame["geometry"], strict=True))


def same(one: BaseGeometry, two: BaseGeometry) -> bool:
    """Tell whether two shapes have the same vertices, whatever their order."""
    return bool(one.normalize() == two.normalize())


def test_manifest_when_read_then_agrees_with_every_file() -> None:
    rows = table("MANIFEST.csv")

    listed = {row["file"]: row["sha256"] for row in rows}
    present = {
        path.relative_to(FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in FOLDER.rglob("*")
        if path.is_file() and path.name not in ("MANIFEST.csv", "README.md")
    }
    assert listed == present
    assert all(row["source"] and row["licence"] and row["date"] for row in rows)
    counts = {row["file"]: int(row["count"]) for row in rows if row["file"].endswith(".shp")}
    assert counts == {name: pyogrio.read_info(FOLDER / name)["features"] for name in counts}


def test_program_when_run_again_then_writes_the_same_bytes(tmp_path: Path) -> None:
    main(tmp_path)

    again = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept = {
        path.relative_to(FOLDER): path.read_bytes()
        for path in FOLDER.rglob("*")
        if path.is_file() and path.name != "README.md"
    }
    assert again == kept


@pytest.mark.parametrize(
    ("year", "counts"), [("2019", (1, 12, 106)), ("2020", (1, 8, 81))], ids=["2019", "2020"]
)
def test_edition_when_read_then_has_the_published_units(year: str, counts: tuple[int, int, int]) -> None:
    layers = [layer(f"{year}/{name}.shp") for name in ("districts", "towns", "villages")]

    assert tuple(len(frame) for frame in layers) == counts
    assert [set(frame["code"].str.len()) for frame in layers] == [{6}, {9}, {12}]
    assert set(layers[1]["parent_cod"]) == set(layers[0]["code"])
    assert set(layers[2]["parent_cod"]) == set(layers[1]["code"])
    assert all(frame["note"].str.contains("示意").all() for frame in layers)


@pytest.mark.parametrize("year", ["2019", "2020"])
def test_coverage_when_checked_then_is_valid_and_nested(year: str) -> None:
    outline = shapely.Polygon(read_facts().outline)
    levels = [shapes(f"{year}/{name}.shp") for name in ("villages", "towns", "districts")]

    for level in levels:
        geometry = np.array(list(level.values()))
        coords = shapely.get_coordinates(geometry)
        assert shapely.is_valid(geometry).all()
        assert shapely.coverage_is_valid(geometry)
        assert (np.rint(coords * 1e9) / 1e9 == coords).all()
    for children, parents in itertools.pairwise(levels):
        digits = len(next(iter(parents)))
        for code, parent in parents.items():
            mine = [child for key, child in children.items() if key[:digits] == code]
            assert same(shapely.coverage_union_all(mine), parent)
    # Inner lines end on the outline at new vertices, each within the grid of the given straight line.
    district = next(iter(levels[2].values()))
    assert shapely.symmetric_difference(district, outline).area < 1e-9
    assert set(read_facts().outline) <= set(map(tuple, shapely.get_coordinates(district)))


def test_villages_of_2020_when_compared_then_are_exact_unions_of_cells_of_2019() -> None:
    before, after = shapes("2019/villages.shp"), shapes("2020/villages.shp")
    links = read_facts().village_links

    assert {link.old for link in links} == set(before)
    for code, shape in after.items():
        cells = [before[link.old] for link in links if link.new == code]
        assert same(shapely.coverage_union_all(cells), shape)


def test_demo_when_drawn_then_holds_an_enclave_and_a_town_in_two_parts() -> None:
    towns = layer("2019/towns.shp")
    parts = {
        name: len(shapely.get_parts(shape)) for name, shape in zip(towns["name"], towns.geometry, strict=True)
    }
    holes = {
        name: int(shapely.get_num_interior_rings(shapely.get_parts(shape)).sum())
        for name, shape in zip(towns["name"], towns.geometry, strict=True)
    }
    assert {name for name, count in parts.items() if count == 2} == {"文井乡", "普兴镇"}
    assert {name for name, count in holes.items() if count} == {"花源镇"}


def test_lineage_when_read_then_follows_every_unit_from_2019_to_2020() -> None:
    rows = table("2020/lineage.csv")
    state = edition_state("2019", "新津县")

    for event in ("1", "2"):
        mine = [row for row in rows if row["event"] == event]
        assert {(row["level"], row["from_name"], row["from_parent"]) for row in mine} == set(state)
        assert all(
            row["from_code"] == state[row["level"], row["from_name"], row["from_parent"]] for row in mine
        )
        state = {(row["level"], row["to_name"], row["to_parent"]): row["to_code"] for row in mine}
    assert state == edition_state("2020", "新津区")


def edition_state(year: str, district: str) -> dict[tuple[str, str, str], str]:
    towns, villages = layer(f"{year}/towns.shp"), layer(f"{year}/villages.shp")
    name_of = dict(zip(towns["code"], towns["name"], strict=True))
    state = {("3", district, ""): layer(f"{year}/districts.shp")["code"][0]}
    state |= {("4", name, district): code for name, code in zip(towns["name"], towns["code"], strict=True)}
    state |= {
        ("5", name, name_of[parent]): code
        for name, parent, code in zip(villages["name"], villages["parent_cod"], villages["code"], strict=True)
    }
    return state


@pytest.mark.parametrize("event", ["1", "2"])
def test_lineage_when_read_then_each_target_has_one_heir_or_is_founded(event: str) -> None:
    kinds: dict[tuple[str, str, str], Counter[str]] = {}
    for row in table("2020/lineage.csv"):
        if row["event"] == event:
            kinds.setdefault((row["level"], row["to_name"], row["to_parent"]), Counter())[row["kind"]] += 1

    for target, counts in kinds.items():
        heirs = sum(count for kind, count in counts.items() if kind in KEEPS_ID)
        founded = set(counts) == {"establish"}
        assert founded or heirs == 1, target


def test_identity_when_law_says_so_then_new_units_are_exactly_the_founded_ones() -> None:
    rows = [row for row in table("2020/lineage.csv") if row["level"] != "5"]

    founded = {row["to_name"] for row in rows if row["kind"] == "establish"}
    absorbed = {(row["from_name"], row["to_name"]) for row in rows if row["kind"] == "absorb"}
    assert founded == {"新津区", "普兴街道", "花桥街道", "花源街道", "宝墩镇"}
    assert absorbed == {("方兴镇", "安西镇"), ("邓双镇", "永商镇")}


def test_events_when_read_then_only_one_changes_the_geometry_and_the_assumed_day_is_marked() -> None:
    events = table("2020/events.csv")

    assert [row["geometry"] for row in events] == ["yes", "no"]
    assert [row["assumed"] for row in events] == ["yes", "no"]
    assert events[1]["effective"] == "2020-06-18"


def test_place_names_when_read_then_lie_in_the_district_and_are_marked() -> None:
    names = layer("2020/place_names.shp")
    district = layer("2020/districts.shp").geometry[0]

    assert 30 <= len(names) <= 60
    assert names["note"].str.contains("示意").all()
    assert set(names["category"]) <= set(range(1, 9))
    assert shapely.covers(district, np.array(names.geometry)).all()


def test_neighbours_when_read_then_their_stretches_close_the_outline() -> None:
    rows = table("neighbours.csv")

    starts = [(row["start_lon"], row["start_lat"]) for row in rows]
    ends = [(row["end_lon"], row["end_lat"]) for row in rows]
    assert ends == [*starts[1:], starts[0]]
    assert {row["name"] for row in rows} == {"双流区", "彭山区", "邛崃市", "大邑县", "崇州市"}
