"""Shapefile packages: exact coordinates, both encodings, what other programs read, and what is refused."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import shutil
import subprocess
import zipfile
from itertools import pairwise
from pathlib import Path

import fiona
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.crs import CrsError, from_4490, to_4490
from boundaries.files.errors import FileError
from boundaries.files.read import read_layer
from boundaries.files.write import About, Field, write_shapefile

FIELDS = (
    Field("code", "division_code", "区划代码"),
    Field("name", "name", "名称"),
    Field("level", "level", "级别", "integer"),
    Field("area_m2", "area_m2", "椭球面积", "real", "m2", 3),
    Field("valid_from", "valid_from", "生效日期", "date"),
)
ABOUT = About("新津区村级区划", "演示数据", dt.date(2020, 6, 18), licence="CC BY 4.0", release="7")
HOLED = shapely.Polygon(
    [(103.8, 30.4), (103.812345679, 30.4), (103.812345679, 30.412345678), (103.8, 30.41)],
    [[(103.802, 30.402), (103.802, 30.404), (103.804, 30.404), (103.804, 30.402)]],
)
PARTS = shapely.MultiPolygon(
    [shapely.box(103.82, 30.4, 103.83, 30.41), shapely.box(103.84, 30.4, 103.85, 30.41)]
)
ROWS = (
    (HOLED, row := {"code": "510118001201", "name": "白鹭村", "level": 5, "area_m2": 1065163.2345}),
    (PARTS, row | {"code": "510118001202", "name": "杜鹃村", "valid_from": dt.date(2020, 6, 18)}),
)


def integers(geometries) -> np.ndarray:
    return np.rint(shapely.get_coordinates(geometries) * 1e9).astype(np.int64)


def write(tmp_path: Path, rows=ROWS, **options):
    return write_shapefile(tmp_path / "villages.zip", "villages", rows, FIELDS, ABOUT, **options)


def unpack(package) -> dict[str, bytes]:
    with zipfile.ZipFile(package.path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_package_when_read_back_then_every_value_is_there(tmp_path: Path, encoding):
    layer = read_layer(write(tmp_path, encoding=encoding).path)

    assert layer.columns == {
        "code": ["510118001201", "510118001202"],
        "name": ["白鹭村", "杜鹃村"],
        "level": [5, 5],
        "area_m2": [1065163.235, 1065163.235],
        "valid_from": [None, "2020-06-18"],
    }
    assert (layer.crs_guess.epsg, layer.crs_guess.needs_confirmation, layer.notes) == (4490, False, ())
    assert shapely.equals(layer.geometry, np.array([HOLED, PARTS])).all()


@pytest.mark.parametrize(
    ("encoding", "cpg", "language_byte", "raw"),
    [("UTF-8", b"UTF-8", 0, "白鹭村".encode()), ("GBK", b"936", 0x4D, "白鹭村".encode("gbk"))],
)
def test_package_when_made_then_labels_agree_with_the_bytes(
    tmp_path: Path, encoding, cpg, language_byte, raw
):
    members = unpack(write(tmp_path, encoding=encoding))

    assert members["villages.cpg"] == cpg
    assert members["villages.dbf"][29] == language_byte
    assert raw in members["villages.dbf"]
    assert b"GCS_China_Geodetic_Coordinate_System_2000" in members["villages.prj"]


@settings(max_examples=15, deadline=None)
@given(
    points=st.lists(
        st.tuples(st.integers(103_700_000_000, 103_930_000_000), st.integers(30_320_000_000, 30_560_000_000)),
        min_size=3,
        max_size=12,
        unique=True,
    )
)
def test_coordinates_when_on_the_grid_then_the_same_integers_come_back(tmp_path_factory, points):
    grid = np.array(points, dtype=np.int64)
    line = shapely.linestrings(grid / 1e9)

    path = write_shapefile(
        tmp_path_factory.mktemp("x") / "l.zip", "lines", [(line, {"code": "1"})], FIELDS, ABOUT, kind="line"
    ).path

    assert integers(read_layer(path).geometry).tolist() == grid.tolist()


@pytest.mark.parametrize("epsg", [4523, 4544])
def test_package_when_in_gauss_krueger_then_back_within_a_millimetre_and_on_the_same_grid(
    tmp_path: Path, epsg
):
    snapped = shapely.transform(np.array([HOLED, PARTS]), lambda xy: np.rint(xy * 1e9) / 1e9)
    rows = [(geometry, attributes) for geometry, (_, attributes) in zip(snapped, ROWS, strict=True)]

    layer = read_layer(write(tmp_path, rows, epsg=epsg).path)

    assert (layer.crs_guess.epsg, layer.crs_guess.needs_confirmation) == (epsg, False)
    degrees = to_4490(layer.geometry, epsg)
    again = from_4490(shapely.transform(degrees, lambda xy: np.rint(xy * 1e9) / 1e9), epsg)
    moved = shapely.get_coordinates(again) - shapely.get_coordinates(layer.geometry)
    assert np.hypot(moved[:, 0], moved[:, 1]).max() < 0.001
    assert set(map(tuple, integers(degrees))) == set(map(tuple, integers(snapped)))


def test_rings_when_written_then_outer_ones_are_clockwise(tmp_path: Path):
    package = write(tmp_path, [(shapely.orient_polygons(one), row) for one, row in ROWS])

    geometries = read_raw(package, tmp_path)
    assert [shapely.is_ccw(ring) for ring in geometries] == [False, True, False, False]


def read_raw(package, tmp_path: Path) -> list[shapely.LinearRing]:
    """The rings in the order and direction of the bytes of the .shp."""
    data = unpack(package)["villages.shp"]
    rings, start = [], 100
    while start < len(data):
        words = int.from_bytes(data[start + 4 : start + 8], "big")
        body = data[start + 8 : start + 8 + 2 * words]
        count, total = np.frombuffer(body, "<i4", 2, 36)
        cuts = [*np.frombuffer(body, "<i4", count, 44), total]
        points = np.frombuffer(body, "<f8", 2 * total, 44 + 4 * count).reshape(-1, 2)
        rings += [shapely.LinearRing(points[a:b]) for a, b in pairwise(cuts)]
        start += 8 + 2 * words
    return rings


def test_package_when_gbk_lacks_a_character_then_marked_and_listed(tmp_path: Path):
    rows = [ROWS[0], (PARTS, {"code": "510129102", "name": "䢺江镇㙟头村𠮷"})]

    package = write(tmp_path, rows, encoding="GBK")

    assert read_layer(package.path).columns["name"] == ["白鹭村", "〓江镇〓头村〓"]
    lost = unpack(package)["villages_gbk_unmappable.csv"].decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(lost)))[1:] == [
        ["2", "name", "䢺江镇㙟头村𠮷", "〓江镇〓头村〓", "U+365F U+48BA U+20BB7"]
    ]
    assert b"?" not in unpack(package)["villages.dbf"]
    assert "共 1 处" in unpack(package)["README.txt"].decode("utf-8-sig")


def test_package_when_utf8_then_rare_characters_stay(tmp_path: Path):
    package = write(tmp_path, [(PARTS, {"code": "1", "name": "䢺江镇㙟头村𠮷"})])

    assert read_layer(package.path).columns["name"] == ["䢺江镇㙟头村𠮷"]
    assert package.unmappable == ()


def test_package_when_made_then_readme_codebook_and_hashes_are_inside(tmp_path: Path):
    package = write(tmp_path)

    members = unpack(package)
    assert list(members) == list(package.files)
    for name, digest in package.files.items():
        assert hashlib.sha256(members[name]).hexdigest() == digest
    readme = members["README.txt"].decode("utf-8-sig")
    for said in (
        "演示数据",
        "2020-06-18",
        "EPSG:4490",
        "CGCS2000 椭球面积",
        "Rows: 2",
        package.files["villages.dbf"],
    ):
        assert said in readme
    codebook = list(csv.reader(io.StringIO(members["codebook.csv"].decode("utf-8-sig"))))
    assert codebook[1] == ["code", "division_code", "区划代码", "text", "12", ""]
    assert codebook[4] == ["area_m2", "area_m2", "椭球面积", "real", "11.3", "m2"]


def test_package_when_made_twice_then_the_bytes_are_the_same(tmp_path: Path):
    assert write(tmp_path / "a").sha256 == write(tmp_path / "b").sha256


def test_widths_when_written_then_they_fit_the_data(tmp_path: Path):
    package = write(tmp_path)
    with zipfile.ZipFile(package.path) as archive:
        archive.extractall(tmp_path)

    with fiona.open(tmp_path / "villages.shp") as source:
        assert dict(source.schema["properties"]) == {
            "code": "str:12",
            "name": "str:9",
            "level": "int32:1",
            "area_m2": "float:11.3",
            "valid_from": "date",
        }


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_package_when_opened_by_gdal_then_names_and_system_are_right(tmp_path: Path, encoding):
    write(tmp_path, encoding=encoding)
    address = f"/vsizip/{tmp_path}/villages.zip/villages.shp"

    meta, _, _, values = pyogrio.raw.read(address)
    with fiona.open(address) as source:
        names = [record["properties"]["name"] for record in source]
        assert source.crs.to_epsg() == 4490

    assert meta["crs"] == "EPSG:4490"
    assert values[1].tolist() == names == ["白鹭村", "杜鹃村"]
    if ogrinfo := shutil.which("ogrinfo"):
        said = subprocess.run([ogrinfo, "-al", address], capture_output=True, text=True, check=True).stdout
        assert "白鹭村" in said


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ((shapely.LineString([(103.8, 30.4), (103.9, 30.4)]), {}), "geometry_kind"),
        ((shapely.Polygon(), {}), "geometry_kind"),
        ((PARTS, {"name": "村" * 85}), "text_too_long"),
        ((PARTS, {"name": 5}), "value_type"),
        ((PARTS, {"level": "five"}), "value_type"),
        ((PARTS, {"level": 1.5}), "value_type"),
        ((PARTS, {"area_m2": float("inf")}), "value_type"),
        ((PARTS, {"valid_from": "2020-06-18"}), "value_type"),
        ((PARTS, {"name": "\ud800"}), "value_type"),
    ],
)
def test_package_when_a_row_does_not_fit_then_it_is_named_and_no_file_is_left(tmp_path: Path, row, code):
    with pytest.raises(FileError) as caught:
        write(tmp_path, [*ROWS, row])

    assert caught.value.code == code
    assert caught.value.fields["row"] == 3
    assert "第 3 行" in caught.value.zh
    assert list(tmp_path.iterdir()) == []


def test_package_when_the_source_fails_then_its_own_error_comes_and_no_file_is_left(tmp_path: Path):
    def rows():
        yield ROWS[0]
        raise LookupError("the register went away")

    with pytest.raises(LookupError, match="went away"):
        write(tmp_path, rows())
    assert list(tmp_path.iterdir()) == []


def test_package_when_there_are_no_rows_then_refused(tmp_path: Path):
    with pytest.raises(FileError) as caught:
        write(tmp_path, [])
    assert caught.value.code == "nothing_to_write"


@pytest.mark.parametrize("epsg", [4326, 3857, 2432])
def test_package_when_the_system_is_not_accepted_then_refused(tmp_path: Path, epsg):
    with pytest.raises(CrsError, match=str(epsg)):
        write(tmp_path, epsg=epsg)


@pytest.mark.parametrize("name", ["division_code", "名称", "", "a b"])
def test_package_when_a_field_name_does_not_fit_then_refused(tmp_path: Path, name):
    with pytest.raises(FileError) as caught:
        write_shapefile(tmp_path / "a.zip", "a", ROWS, [Field(name, name, name)], ABOUT)
    assert (caught.value.code, caught.value.fields["field"]) == ("field_name", name)


def test_package_when_a_row_has_no_geometry_then_written_and_counted(tmp_path: Path):
    package = write(tmp_path, [ROWS[0], (None, ROWS[1][1])])

    assert "without geometry: 1" in unpack(package)["README.txt"].decode("utf-8-sig")
    assert [note.code for note in read_layer(package.path).errors] == ["null_geometry"]


def test_package_when_given_wkb_then_as_with_geometries(tmp_path: Path):
    rows = [(shapely.to_wkb(geometry), row) for geometry, row in ROWS]

    assert write(tmp_path / "a", rows).sha256 == write(tmp_path / "b").sha256
