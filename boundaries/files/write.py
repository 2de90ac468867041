"""Writing a shapefile package: a .zip with the layer, a codebook, a README and a list of what did not fit."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boundaries import gauss_kruger
from boundaries.crs import STORAGE_EPSG, crs_name, esri_wkt
from boundaries.crs_messages import refuse_code
from boundaries.files.errors import FileError
from boundaries.files.stream import MARK, Encoding, Field, Kind, RowStream, Unmappable, Value

CPG: dict[str, str] = {"UTF-8": "UTF-8", "GBK": "936"}
LONGEST_NAME_BYTES = 10
# Members carry one fixed date: the same content gives the same bytes.
MEMBER_TIME_S = 946_728_000
FAST = 1

__all__ = ["About", "Encoding", "Field", "Package", "Unmappable", "Value", "write_shapefile"]


@dataclass(frozen=True)
class About:
    """What README.txt says of a package: title, source, date of the state, licence, release, free remarks."""

    title: str
    source: str
    as_of: dt.date
    licence: str = ""
    release: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Package:
    """A finished package: path of the .zip, rows, size, SHA-256 of the .zip and of each file in it."""

    path: Path
    rows: int
    bytes: int
    sha256: str
    files: Mapping[str, str]
    unmappable: tuple[Unmappable, ...]


def write_shapefile(
    path: Path,
    layer: str,
    rows: Iterable[tuple[Any, Mapping[str, Value]]],
    fields: Sequence[Field],
    about: About,
    epsg: int = 4490,
    encoding: Encoding = "UTF-8",
    kind: Kind = "polygon",
) -> Package:
    """Write the rows as a shapefile into the .zip `path`; nothing is left behind when it fails.

    Parameters
    ----------
    path : Path
        The .zip to make.
    layer : str
        Stem of the files, ASCII.
    rows : iterable of (geometry, attributes)
        Geometry is a shapely geometry or WKB bytes in EPSG:4490, degrees, or None; taken once, in batches.
    fields : sequence of Field
    about : About
    epsg : int
        4490 or a CGCS2000 3-degree Gauss-Krueger code (4513-4554).
    encoding : {'UTF-8', 'GBK'}
    kind : {'polygon', 'line', 'point'}

    Raises
    ------
    FileError
        ``field_name``, ``text_too_long``, ``geometry_kind``, ``value_type``, ``too_large``,
        ``nothing_to_write``.
    CrsError
        ``crs_unsupported``.
    """
    _check_fields(fields)
    if epsg != STORAGE_EPSG and epsg not in gauss_kruger.ACCEPTED:
        refuse_code(epsg)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=path.parent) as folder:
        work = Path(folder)
        stream = RowStream(rows, fields, encoding, epsg, kind, work / "attributes.arrow")
        packed = work / "package.zip"
        hashes = _write_parts(work, packed, layer, stream, fields, about)
        digest, size = _sha256(packed), packed.stat().st_size
        packed.replace(path)
    return Package(path, stream.rows, size, digest, hashes, tuple(stream.unmappable))


def _write_parts(
    work: Path, packed: Path, layer: str, stream: RowStream, fields: Sequence[Field], about: About
) -> dict[str, str]:
    """Write and pack every file of the package; return their SHA-256 by name, in order."""
    parts = {part: f"{layer}.{part}" for part in ("shp", "shx", "dbf", "prj", "cpg")}
    lost = f"{layer}_gbk_unmappable.csv"
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=FAST) as archive,
        ThreadPoolExecutor(1) as pool,
    ):
        stream.write_shapes(work / parts["shp"])
        # Packing the shapes takes as long as writing the table and runs beside it.
        shapes = pool.submit(_pack, archive, work, [parts["shp"], parts["shx"]])
        stream.write_table(work / parts["dbf"], about.as_of)
        (work / parts["prj"]).write_text(esri_wkt(stream.epsg), encoding="ascii")
        (work / parts["cpg"]).write_text(CPG[stream.encoding], encoding="ascii")
        _write_codebook(work / "codebook.csv", fields, stream)
        rest = [parts["dbf"], parts["prj"], parts["cpg"], "codebook.csv"]
        if stream.unmappable:
            _write_unmappable(work / lost, stream.unmappable)
            rest.append(lost)
        hashes = shapes.result() | _pack(archive, work, rest)
        text = _readme(about, layer, fields, stream, hashes)
        (work / "README.txt").write_text(text, encoding="utf-8-sig", newline="\r\n")
        return hashes | _pack(archive, work, ["README.txt"])


def _check_fields(fields: Sequence[Field]) -> None:
    seen: set[str] = set()
    for field in fields:
        name = field.name
        good = name.isascii() and name.isidentifier() and len(name) <= LONGEST_NAME_BYTES
        if not good or name.casefold() in seen:
            raise FileError(
                "field_name",
                f"字段名“{name}”不能用:shapefile 的字段名须是 1–10 个字母、数字或下划线,且不重复。",
                f'The field name "{name}" cannot be used: 1 to 10 letters, digits or "_", each name once.',
                field=name,
            )
        seen.add(name.casefold())


def _write_codebook(path: Path, fields: Sequence[Field], stream: RowStream) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        out = csv.writer(opened)
        out.writerow(["field", "full_name", "中文", "type", "width", "unit"])
        for field in fields:
            width = stream.width(field)
            out.writerow([field.name, field.full_name, field.zh, field.type, width, field.unit])


def _write_unmappable(path: Path, unmappable: Sequence[Unmappable]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        out = csv.writer(opened)
        out.writerow(["row", "field", "original", "written", "characters"])
        for one in unmappable:
            lost = sorted(
                {char for char, mark in zip(one.original, one.written, strict=True) if char != mark}
            )
            out.writerow(
                [one.row, one.field, one.original, one.written, " ".join(f"U+{ord(c):04X}" for c in lost)]
            )


def _readme(
    about: About, layer: str, fields: Sequence[Field], stream: RowStream, hashes: Mapping[str, str]
) -> str:
    degrees = stream.epsg == STORAGE_EPSG
    unit_zh, unit_en = ("经度、纬度,单位度", "longitude, latitude in degrees")
    if not degrees:
        unit_zh, unit_en = ("东坐标、北坐标,单位米", "easting, northing in metres")
    lines = [
        about.title,
        "",
        f"图层 Layer: {layer} ({stream.kind})",
        f"来源 Source: {about.source}",
        f"现势日期 State of: {about.as_of.isoformat()}",
        *([f"发布版本 Release: {about.release}"] if about.release else []),
        *([f"许可 Licence: {about.licence}"] if about.licence else []),
        f"坐标系 CRS: EPSG:{stream.epsg} {crs_name(stream.epsg)}; {unit_zh} / {unit_en}",
        "面积 Areas: CGCS2000 椭球面积,平方米 / geodesic on the CGCS2000 ellipsoid, m2 (1 亩 = 2000/3 m2)",
        f"字符编码 Encoding: {stream.encoding} (.cpg {CPG[stream.encoding]})",
        f"记录数 Rows: {stream.rows}; 无图形 without geometry: {stream.empty}",
        f"字段 Fields: {', '.join(f'{field.name} {field.zh}' for field in fields)} (codebook.csv)",
    ]
    if stream.encoding == "GBK":
        count = len(stream.unmappable)
        lines.append(
            f"GBK 不能容纳的字写作“{MARK}”,共 {count} 处,原文见 {layer}_gbk_unmappable.csv / "
            f"{count} texts hold characters outside of GBK, written as {MARK}"
        )
    lines += [*about.remarks, "", "SHA-256"]
    lines += [f"{digest}  {name}" for name, digest in hashes.items()]
    return "\n".join(lines) + "\n"


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _pack(archive: zipfile.ZipFile, work: Path, names: Iterable[str]) -> dict[str, str]:
    """Add files to the archive and return their SHA-256."""
    hashes: dict[str, str] = {}
    for name in names:
        os.utime(work / name, (MEMBER_TIME_S, MEMBER_TIME_S))
        archive.write(work / name, name)
        hashes[name] = _sha256(work / name)
    return hashes
