"""Reading layers: codes as text, rows without geometry, deleted rows, missing and damaged files, systems."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import shapely

from boundaries.crs import from_4490, read_bounds, to_4490
from boundaries.files.errors import FileError
from boundaries.files.read import read_layer, require_usable
from tests.boundaries.files.making import BOXES, NAMES, make_layer, patch, write_shapes, write_table

VILLAGE = np.array([shapely.box(103.82, 30.41, 103.83, 30.42)], dtype=object)
RECORD_BYTES = 136  # one box in a .shp: 8 header, 44 fixed, 4 part, 5 points


def refused(path: Path) -> FileError:
    with pytest.raises(FileError) as caught:
        read_layer(path)
    return caught.value


def test_codes_when_p105_numeric_then_text_with_their_zeros(tmp_path: Path):
    fields = {"XZQDM": "int:12", "JDDM": "str:3", "CDM": "int:6", "DCMJ": "float:12.2"}
    rows = [
        {"XZQDM": 510199001201, "JDDM": "001", "CDM": 201, "DCMJ": 12.5},
        {"XZQDM": None, "JDDM": "003", "CDM": 1, "DCMJ": None},
        {"XZQDM": 510199003001, "JDDM": "003", "CDM": None, "DCMJ": 3},
    ]
    write_table(tmp_path / "daima.dbf", fields, rows)
    dbf = (tmp_path / "daima.dbf").read_bytes()
    (tmp_path / "daima.dbf").write_bytes(dbf.replace(b"     1", b"   001"))
    write_shapes(tmp_path / "daima.shp", BOXES)

    columns = read_layer(tmp_path / "daima.shp").columns

    assert columns["XZQDM"] == ["510199001201", None, "510199003001"]
    assert columns["JDDM"] == ["001", "003", "003"]
    assert columns["CDM"] == ["201", "001", None]
    assert columns["DCMJ"] == [12.5, None, 3.0]


def test_codes_when_stored_with_decimals_then_without_point(tmp_path: Path):
    write_table(tmp_path / "a.dbf", {"code": "float:16.1"}, [{"code": 510118001.0}])
    write_shapes(tmp_path / "a.shp", BOXES[:1])

    assert read_layer(tmp_path / "a.shp").columns["code"] == ["510118001"]


def test_rows_when_p110_one_has_no_geometry_then_it_is_named_and_the_rest_stays(tmp_path: Path):
    layer = read_layer(make_layer(tmp_path, geometries=[BOXES[0], None, BOXES[2]]))

    assert [(note.code, note.row) for note in layer.errors] == [("null_geometry", 2)]
    assert layer.geometry[1] is None
    assert layer.geometry[2].centroid.x == pytest.approx(103.865)
    with pytest.raises(FileError) as caught:
        require_usable(layer)
    assert caught.value.code == "unusable_rows"
    assert "第 2 行" in caught.value.zh


def test_rows_when_p109_one_is_deleted_then_skipped_and_reported(tmp_path: Path):
    shp = make_layer(tmp_path)
    dbf = shp.with_suffix(".dbf")
    header, length = struct.unpack_from("<HH", dbf.read_bytes(), 8)
    patch(dbf, header + length, b"*")

    layer = read_layer(shp)

    assert layer.columns["XZQMC"] == [NAMES[0], NAMES[2]]
    assert layer.record_numbers.tolist() == [1, 3]
    assert layer.geometry[1].centroid.x == pytest.approx(103.865)
    assert [note.code for note in layer.notes] == ["deleted_rows"]
    assert layer.errors == ()


def test_dates_when_one_is_impossible_then_only_it_is_empty(tmp_path: Path):
    rows = [{"valid_from": "2020-06-18"}, {"valid_from": "2019-12-20"}, {"valid_from": None}]
    write_table(tmp_path / "a.dbf", {"valid_from": "date"}, rows)
    dbf = (tmp_path / "a.dbf").read_bytes()
    (tmp_path / "a.dbf").write_bytes(dbf.replace(b"20191220", b"20191332"))
    write_shapes(tmp_path / "a.shp", BOXES)

    layer = read_layer(tmp_path / "a.shp")

    assert layer.columns["valid_from"] == ["2020-06-18", None, None]
    assert [(note.code, note.row, note.field) for note in layer.notes if note.code == "bad_date"] == [
        ("bad_date", 2, "valid_from")
    ]


@pytest.mark.parametrize(
    ("offset", "value", "said"),
    [
        (56, struct.pack("<d", float("nan")), "not a number"),
        (56, struct.pack("<d", 1e300), "not a number"),
        (56 + 64, struct.pack("<d", 103.9), "not closed"),
        (8, struct.pack("<i", 99), "damaged"),
        (8 + 36, struct.pack("<i", 2**30), "damaged"),
    ],
)
def test_rows_when_a_record_is_damaged_then_it_is_named_with_the_reason(tmp_path: Path, offset, value, said):
    shp = make_layer(tmp_path)
    patch(shp, 100 + RECORD_BYTES + offset, value)

    layer = read_layer(shp)

    (error,) = layer.errors
    assert (error.code, error.row) == ("broken_geometry", 2)
    assert said in error.en
    assert [geometry is None for geometry in layer.geometry] == [False, True, False]
    assert np.isfinite(read_bounds(layer.geometry)).all()


@pytest.mark.parametrize("part", ["shx", "dbf"])
def test_layer_when_p108_a_part_is_missing_then_it_is_named(tmp_path: Path, part: str):
    shp = make_layer(tmp_path)
    shp.with_suffix(f".{part}").unlink()

    error = refused(shp)

    assert error.code == "missing_part"
    assert f"xzq.{part}" in error.zh
    assert f"xzq.{part}" in error.en


@pytest.mark.parametrize("part", ["shp", "shx", "dbf"])
def test_layer_when_a_part_is_empty_then_it_is_named(tmp_path: Path, part: str):
    shp = make_layer(tmp_path)
    shp.with_suffix(f".{part}").write_bytes(b"")

    error = refused(shp)

    assert error.code == "empty_file"
    assert f"xzq.{part}" in error.zh


def test_layer_when_table_and_shapes_differ_then_both_counts_are_named(tmp_path: Path):
    shp = make_layer(tmp_path)
    write_shapes(shp, BOXES[:2])

    error = refused(shp)

    assert error.code == "count_mismatch"
    assert (error.fields["shapes"], error.fields["rows"]) == (2, 3)


def test_layer_when_the_table_is_cut_short_then_no_row_is_lost_in_silence(tmp_path: Path):
    shp = make_layer(tmp_path)
    dbf = shp.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes()[:-60])

    assert refused(shp).code == "count_mismatch"


def test_layer_when_the_shp_is_something_else_then_refused(tmp_path: Path):
    shp = make_layer(tmp_path)
    shp.write_bytes(b"<html>" * 50)

    assert refused(shp).code == "broken_file"


def test_layer_when_the_path_is_wrong_then_refused(tmp_path: Path):
    assert refused(tmp_path / "nothing.shp").code == "file_missing"


@pytest.mark.parametrize(("in_file", "in_prj", "proposed"), [(4523, 4544, 4523), (4544, 4523, 4544)])
def test_layer_when_p302_p303_prefix_and_prj_differ_then_the_numbers_win(
    tmp_path: Path, in_file: int, in_prj: int, proposed: int
):
    shp = make_layer(tmp_path, NAMES[:1], geometries=from_4490(VILLAGE, in_file), epsg=in_prj)

    layer = read_layer(shp)

    guess = layer.crs_guess
    assert (guess.epsg, guess.needs_confirmation) == (proposed, True)
    assert guess.box == pytest.approx((103.82, 30.41, 103.83, 30.42), abs=1e-8)
    assert not read_layer(shp, crs=proposed).crs_guess.needs_confirmation
    converted = to_4490(layer.geometry, proposed)
    assert read_bounds(converted) == pytest.approx((103.82, 30.41, 103.83, 30.42), abs=1e-8)


def test_layer_when_p111_no_prj_and_metres_then_zone_35_is_proposed(tmp_path: Path):
    layer = read_layer(make_layer(tmp_path, NAMES[:1], geometries=from_4490(VILLAGE, 4523), epsg=None))

    assert (layer.crs_guess.epsg, layer.crs_guess.needs_confirmation) == (4523, True)
    corner = shapely.get_coordinates(to_4490(layer.geometry, 4523)).min(axis=0)
    assert corner == pytest.approx((103.82, 30.41), abs=1e-6)


def test_columns_when_names_are_gbk_then_decoded_like_the_texts(tmp_path: Path):
    shp = make_layer(tmp_path, field="名称".encode("gbk").decode("latin-1"))

    assert read_layer(shp).columns["名称"] == list(NAMES)


def test_geometry_when_it_has_heights_then_two_dimensions_stay(tmp_path: Path):
    layer = read_layer(make_layer(tmp_path, geometries=[shapely.force_3d(box, 500.0) for box in BOXES]))

    assert not shapely.has_z(layer.geometry).any()
    assert layer.errors == ()


def test_rows_when_one_vertex_is_wild_then_it_does_not_condemn_the_file(tmp_path: Path):
    wild = shapely.Polygon([(103.9, 30.4), (103.91, 30.4), (103.9, 3041.0)])
    boxes = [shapely.box(103.8 + x / 100, 30.41, 103.81 + x / 100, 30.42) for x in range(9)]

    layer = read_layer(make_layer(tmp_path, ["村"] * 10, geometries=[*boxes, wild]))

    assert [(note.code, note.row) for note in layer.errors] == [("stray_coordinates", 10)]
    assert (layer.crs_guess.epsg, layer.crs_guess.needs_confirmation) == (4490, False)
