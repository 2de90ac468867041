"""Unpacking and grouping of uploads: names of Chinese Windows, escapes, bombs, and what is no shapefile."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from boundaries.files.archive import Limits, collect_layers, unpack_zip
from boundaries.files.errors import FileError
from boundaries.files.read import read_layer
from tests.boundaries.files.making import NAMES, make_layer

PARTS = ("shp", "shx", "dbf", "prj")


def pack(target: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target


def parts_of(tmp_path: Path, prefix: str) -> dict[str, bytes]:
    shp = make_layer(tmp_path / "made")
    return {f"{prefix}.{part}": shp.with_suffix(f".{part}").read_bytes() for part in PARTS}


def refused(path: Path, into: Path, limits: Limits | None = None) -> FileError:
    with pytest.raises(FileError) as caught:
        unpack_zip(path, into, limits)
    assert path.name in caught.value.zh
    assert path.name in caught.value.en
    return caught.value


def test_unpack_when_p107_names_are_gbk_without_flag_then_they_read_right(tmp_path: Path):
    packed = pack(tmp_path / "a.zip", parts_of(tmp_path, "XXXXXXXX/YYYYYYYYYY"))
    raw = packed.read_bytes()
    raw = raw.replace(b"XXXXXXXX", "行政界线".encode("gbk")).replace(
        b"YYYYYYYYYY", "青禾镇界线".encode("gbk")
    )
    packed.write_bytes(raw)

    (layer,) = unpack_zip(packed, tmp_path / "out")

    assert (layer.folder, layer.name, sorted(layer.parts)) == ("行政界线", "青禾镇界线", sorted(PARTS))
    assert read_layer(packed).columns["XZQMC"] == list(NAMES)


def test_unpack_when_p112_two_layers_and_mac_forks_then_both_and_no_forks(tmp_path: Path):
    members = parts_of(tmp_path, "data/xzj") | parts_of(tmp_path, "data/sub/xzc")
    members |= {"__MACOSX/data/._xzj.shp": b"fork", "data/._xzj.dbf": b"fork", "data/.DS_Store": b"x"}
    packed = pack(tmp_path / "a.zip", members)

    layers = unpack_zip(packed, tmp_path / "out")

    assert [(layer.folder, layer.name) for layer in layers] == [("data", "xzj"), ("data/sub", "xzc")]
    with pytest.raises(FileError, match="xzj, xzc"):
        read_layer(packed)
    assert read_layer(layers[1]).rows == 3


@pytest.mark.parametrize("name", ["../../evil.shp", "/tmp/evil.shp", "..\\..\\evil.shp", "C:/evil.shp"])
def test_unpack_when_a_name_escapes_then_refused_and_nothing_is_written(tmp_path: Path, name: str):
    packed = pack(tmp_path / "a.zip", parts_of(tmp_path, "xzq") | {name: b"x"})

    assert refused(packed, tmp_path / "out").code == "zip_path_escape"
    assert not (tmp_path / "out").exists()


def test_unpack_when_an_entry_is_a_link_then_refused(tmp_path: Path):
    link = zipfile.ZipInfo("xzq.shp")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")

    assert refused(tmp_path / "a.zip", tmp_path / "out").code == "zip_path_escape"


def test_unpack_when_p905_an_entry_explodes_then_refused_before_it_is_written(tmp_path: Path):
    packed = pack(tmp_path / "a.zip", parts_of(tmp_path, "xzq") | {"xzq.qix": b"\0" * 20_000_000})

    assert refused(packed, tmp_path / "out").code == "zip_too_large"
    assert not (tmp_path / "out").exists()


def test_unpack_when_the_directory_lies_about_sizes_then_the_bytes_are_counted(tmp_path: Path):
    packed = pack(tmp_path / "a.zip", parts_of(tmp_path, "xzq"))
    limits = Limits(total_bytes=sum(len(part) for part in parts_of(tmp_path, "xzq").values()) - 1)

    assert refused(packed, tmp_path / "out", limits).code == "zip_too_large"


def test_unpack_when_there_are_too_many_entries_then_refused(tmp_path: Path):
    packed = pack(tmp_path / "a.zip", {f"{number}.txt": b"" for number in range(11)})

    assert refused(packed, tmp_path / "out", Limits(entries=10)).code == "zip_too_large"


def test_unpack_when_there_is_no_shapefile_then_what_is_there_is_named(tmp_path: Path):
    error = refused(pack(tmp_path / "a.zip", {"zip/points.zip": b"PK"}), tmp_path / "out")

    assert error.code == "no_shapefile"
    assert "zip/points.zip" in error.zh


@pytest.mark.parametrize(("name", "code"), [("a.zip", "zip_broken"), ("a.rar", "archive_unsupported")])
def test_unpack_when_it_is_no_zip_then_refused(tmp_path: Path, name: str, code: str):
    (tmp_path / name).write_bytes(b"Rar!\x1a\x07\x00 something else")

    assert refused(tmp_path / name, tmp_path / "out").code == code


def test_unpack_when_bytes_are_damaged_then_refused(tmp_path: Path):
    packed = pack(tmp_path / "a.zip", parts_of(tmp_path, "xzq"))
    raw = bytearray(packed.read_bytes())
    raw[60:70] = b"\xff" * 10
    packed.write_bytes(raw)

    assert refused(packed, tmp_path / "out").code == "zip_broken"


def test_unpack_when_a_name_comes_twice_then_refused(tmp_path: Path):
    packed = pack(tmp_path / "a.zip", parts_of(tmp_path, "xzq") | {"XZQ.SHP": b"x"})

    assert refused(packed, tmp_path / "out").code == "zip_duplicate"


def test_unpack_when_flagged_as_encrypted_then_refused(tmp_path: Path):
    packed = pack(tmp_path / "a.zip", {"xzq.shp": b"x"})
    raw = bytearray(packed.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    packed.write_bytes(raw)

    assert refused(packed, tmp_path / "out").code == "zip_encrypted"


def test_collect_when_p106_cases_are_mixed_then_one_layer(tmp_path: Path):
    shp = make_layer(tmp_path)
    for part, name in (("shp", "XZQ.SHP"), ("shx", "xzq.Shx"), ("prj", "XZQ.Prj"), ("dbf", "Xzq.dbf")):
        shp.with_suffix(f".{part}").rename(tmp_path / name)

    (layer,) = collect_layers([tmp_path])

    assert (layer.name, sorted(layer.parts)) == ("XZQ", sorted(PARTS))
    read = read_layer(tmp_path / "XZQ.SHP")
    assert (read.rows, read.columns["XZQMC"], read.crs_guess.epsg) == (3, list(NAMES), 4490)
