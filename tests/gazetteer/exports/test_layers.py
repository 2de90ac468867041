"""Tests of the rows of the export layers: what is in them, and what `within` leaves."""

from __future__ import annotations

import uuid
from pathlib import Path

import numpy as np
import pytest
import shapely
from sqlalchemy.orm import Session

from boundaries.grid import snap
from gazetteer.errors import NotFound, RuleBroken
from gazetteer.exports.layers import get_layer, layer_rows
from gazetteer.exports.package import write_layer
from gazetteer.queries.snapshot import Snapshot, snapshot
from tests.gazetteer.register import Register, build_register, three_levels

PICTURE = """
    aabb
    aeb~
    ccdd
"""
PLACES = (("山上", 103.805, 30.495), ("河边", 103.835, 30.475))


@pytest.fixture
def register(session: Session) -> Register:
    units = three_levels(PICTURE, {"甲镇": "ae", "乙镇": "bcd"}, bent=True)
    return build_register(session, units, places=PLACES, line=("甲乙线", "a", "b"))


@pytest.fixture
def held(session: Session, register: Register) -> Snapshot:
    return snapshot(session)


def names(held: Snapshot, layer: str, within: uuid.UUID | None = None) -> list[object]:
    return [row["name"] for _, row in layer_rows(held, get_layer(layer), within)]


def test_rows_when_taken_whole_then_every_division_of_the_level(held: Snapshot) -> None:
    assert names(held, "districts") == ["试验区"]
    assert names(held, "towns") == ["甲镇", "乙镇"]
    assert names(held, "villages") == ["A村", "E村", "B村", "C村", "D村"]


def test_rows_when_within_a_town_then_only_its_own(held: Snapshot, register: Register) -> None:
    town = register.ids["甲镇"]

    assert names(held, "districts", town) == []
    assert names(held, "towns", town) == ["甲镇"]
    assert names(held, "villages", town) == ["A村", "E村"]
    assert names(held, "place_names", town) == ["山上"]
    sides = [{row["left"], row["right"]} for _, row in layer_rows(held, get_layer("boundary_lines"), town)]
    assert all(side & {"甲镇", "A村", "E村"} for side in sides)


def test_rows_when_within_something_unknown_then_not_found(held: Snapshot) -> None:
    with pytest.raises(NotFound):
        list(layer_rows(held, get_layer("towns"), uuid.uuid4()))


def test_lines_when_written_then_every_arc_once_with_its_sides_where_they_say(held: Snapshot) -> None:
    rows = list(layer_rows(held, get_layer("boundary_lines")))

    parts = [part for geom, _ in rows for part in shapely.get_parts(geom)]
    length = sum(shapely.length(parts))
    left, right = held.side(5)
    parting = np.flatnonzero((left >= 0) | (right >= 0))  # not those between the lake and the outside
    coords = [held.arcs.points(i) for i in parting.tolist()]
    assert len(parts) == len(parting) == len(held.arcs) - 1
    assert length == pytest.approx(sum(shapely.length(shapely.LineString(c / 1e9)) for c in coords))
    shapes = {d.name: held.shapes[d.id] for d in held.divisions}
    for geom, row in rows:
        for part in shapely.get_parts(geom):
            (x0, y0), (x1, y1) = shapely.get_coordinates(part)[:2]
            middle, across = ((x0 + x1) / 2, (y0 + y1) / 2), (-(y1 - y0) / 9, (x1 - x0) / 9)
            for side, sign in (("left", 1), ("right", -1)):
                point = shapely.Point(middle[0] + sign * across[0], middle[1] + sign * across[1])
                if row[side] is not None:
                    assert shapes[str(row[side])].covers(point), (row, side)


def test_lines_when_owned_then_carry_name_and_status(held: Snapshot) -> None:
    rows = [row for _, row in layer_rows(held, get_layer("boundary_lines")) if row["name"]]

    assert [(row["name"], row["level"], row["legal_status"]) for row in rows] == [("甲乙线", 4, "600001")]


def test_lines_when_nobody_gave_them_then_are_working_lines_without_a_name(held: Snapshot) -> None:
    rows = [row for _, row in layer_rows(held, get_layer("boundary_lines")) if row["id"] is None]

    assert 5 in {row["level"] for row in rows}
    assert {(row["name"], row["legal_status"]) for row in rows} == {(None, "600004")}


def test_polygons_when_yielded_then_lie_on_the_grid(held: Snapshot) -> None:
    for geom, _ in layer_rows(held, get_layer("villages")):
        points = shapely.get_coordinates(geom)
        assert np.array_equal(snap(points) / 1e9, points)


def test_layer_when_unknown_then_names_those_there_are() -> None:
    with pytest.raises(RuleBroken) as caught:
        get_layer("rivers")

    assert caught.value.code == "unknown_layer"
    assert "boundary_lines" in caught.value.en


def test_package_when_there_is_nothing_then_refused_and_no_file(
    held: Snapshot, register: Register, tmp_path: Path
) -> None:
    with pytest.raises(RuleBroken) as caught:
        write_layer(held, get_layer("districts"), tmp_path / "none.zip", within=register.ids["甲镇"])

    assert caught.value.code == "nothing_to_write"
    assert list(tmp_path.iterdir()) == []
