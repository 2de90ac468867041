"""Shapefiles made for the tests, byte by byte where a program in the field got it wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import fiona
import pyogrio
import shapely

from boundaries.crs import esri_wkt

NAMES = ("青禾镇白鹭村", "青禾镇杜鹃村", "云杉街道")
CODES = ("510199001201", "510199001202", "510199003001")
BOXES = tuple(shapely.box(x, 30.41, x + 0.01, 30.42) for x in (103.82, 103.84, 103.86))


def make_layer(
    folder: Path,
    names: Sequence[str] = NAMES,
    *,
    stem: str = "xzq",
    encoding: str = "gb18030",
    language_byte: int = 0,
    cpg: str | None = None,
    width: int = 40,
    raw_names: Sequence[bytes] | None = None,
    geometries: Sequence[Any] = BOXES,
    epsg: int | None = 4490,
    field: str = "XZQMC",
) -> Path:
    """Write a layer with fields XZQDM and XZQMC whose names are these bytes; return the .shp."""
    folder.mkdir(parents=True, exist_ok=True)
    raws = list(raw_names or (name.encode(encoding) for name in names))
    properties = [
        {"XZQDM": CODES[number % len(CODES)], field: raw.decode("latin-1")} for number, raw in enumerate(raws)
    ]
    write_table(folder / f"{stem}.dbf", {"XZQDM": "str:12", field: f"str:{width}"}, properties, language_byte)
    write_shapes(folder / f"{stem}.shp", list(geometries)[: len(raws)])
    if epsg is not None:
        (folder / f"{stem}.prj").write_text(esri_wkt(epsg))
    if cpg is not None:
        (folder / f"{stem}.cpg").write_text(cpg)
    return folder / f"{stem}.shp"


def write_table(
    dbf: Path, fields: dict[str, str], properties: Sequence[dict[str, Any]], language_byte: int = 0
) -> None:
    """Write a .dbf whose text is given one character a byte, and set its language byte."""
    schema = {"geometry": "None", "properties": fields}
    with fiona.open(dbf, "w", driver="ESRI Shapefile", schema=schema, encoding="ISO-8859-1") as out:
        out.writerecords({"geometry": None, "properties": row} for row in properties)
    dbf.with_suffix(".cpg").unlink(missing_ok=True)
    patch(dbf, 29, bytes([language_byte]))


def write_shapes(shp: Path, geometries: Sequence[Any]) -> None:
    """Write .shp and .shx alone."""
    table = shp.with_suffix(".dbf")
    kept = table.read_bytes() if table.exists() else None
    pyogrio.raw.write(
        shp,
        shapely.to_wkb(list(geometries)),
        [],
        [],
        geometry_type=next(one.geom_type for one in geometries if one is not None),
        driver="ESRI Shapefile",
        crs="EPSG:4490",
    )
    for part in (".cpg", ".prj", ".dbf"):
        shp.with_suffix(part).unlink(missing_ok=True)
    if kept is not None:
        table.write_bytes(kept)


def patch(path: Path, offset: int, value: bytes) -> None:
    """Overwrite bytes of a file in place."""
    with path.open("r+b") as opened:
        opened.seek(offset)
        opened.write(value)
