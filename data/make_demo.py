"""Write the demo district, data/shapefiles, from demo_facts.json: `python -m data.make_demo [folder]`.

Seeded: the same facts give the same files. Inner lines are invented 示意.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from data.demo_cells import SEED, make_cells
from data.demo_facts import Facts, Unit, read_facts
from data.demo_lineage import EVENTS, lineage_rows

FOLDER = Path(__file__).with_name("shapefiles")
MADE_ON = "2026-11-25"
NOTE = "示意 inner lines invented"
POINT_NOTE = "示意 position invented"
DIVISION_FIELDS = ("code", "name", "pinyin", "type", "parent_cod", "note")
NAME_FIELDS = ("name", "pinyin", "class", "category", "note")


def main(folder: Path = FOLDER) -> None:
    """Write every file of the demo and its manifest."""
    facts = read_facts()
    cells = make_cells(facts)
    successor = {link.old: link.new for link in facts.village_links}
    before = _levels(cells)
    after = _levels(_joined(cells, successor))
    _write_edition(folder / "2019", facts.before.district, facts.before.towns, facts.before.villages, before)
    _write_edition(folder / "2020", facts.after.district, facts.after.towns, facts.after.villages, after)
    _write_place_names(folder / "2020" / "place_names.shp", facts, after)
    _write_csv(folder / "2020" / "events.csv", EVENTS)
    _write_csv(folder / "2020" / "lineage.csv", [asdict(row) for row in lineage_rows(facts)])
    _write_csv(folder / "neighbours.csv", _neighbours(facts))
    _write_csv(folder / "MANIFEST.csv", _manifest(folder))


def _joined(shapes: Mapping[str, BaseGeometry], target: Mapping[str, str] | int) -> dict[str, BaseGeometry]:
    """Return the union of the shapes with one target; a number takes that many digits of the code."""
    groups: dict[str, list[BaseGeometry]] = defaultdict(list)
    for code, shape in shapes.items():
        groups[code[:target] if isinstance(target, int) else target[code]].append(shape)
    return {code: shapely.coverage_union_all(group) for code, group in sorted(groups.items())}


def _levels(villages: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Return the shapes of villages, towns and district by code, the parents built from the villages."""
    return {**villages, **_joined(villages, 9), **_joined(villages, 6)}


def _write_edition(
    folder: Path,
    district: Unit,
    towns: Sequence[Unit],
    villages: Sequence[Unit],
    shapes: Mapping[str, BaseGeometry],
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, units in (("districts", (district,)), ("towns", towns), ("villages", villages)):
        ordered = sorted(units, key=lambda unit: unit.code)
        rows = [
            (unit.code, unit.name, unit.pinyin, unit.type, unit.parent, _note(NOTE, unit.remark))
            for unit in ordered
        ]
        _write_layer(
            folder / f"{name}.shp", "Polygon", DIVISION_FIELDS, rows, [shapes[u.code] for u in ordered]
        )


def _note(note: str, remark: str) -> str:
    return f"{note}；{remark}" if remark else note


def _write_layer(
    path: Path,
    kind: str,
    fields: Sequence[str],
    rows: Sequence[Sequence[object]],
    shapes: Sequence[BaseGeometry],
) -> None:
    """Write one shapefile: UTF-8, EPSG:4490, and no date of today in it."""
    columns = [
        np.array(column, dtype=np.int32 if isinstance(column[0], int) else object)
        for column in zip(*rows, strict=True)
    ]
    pyogrio.raw.write(
        path,
        geometry=np.array([shapely.to_wkb(shapely.normalize(shape)) for shape in shapes], dtype=object),
        field_data=columns,
        fields=np.array(fields, dtype=object),
        geometry_type=kind,
        crs="EPSG:4490",
        driver="ESRI Shapefile",
        encoding="UTF-8",
        layer_options={"DBF_DATE_LAST_UPDATE": MADE_ON, "RESIZE": "YES"},
    )


def _write_place_names(path: Path, facts: Facts, shapes: Mapping[str, BaseGeometry]) -> None:
    rng = np.random.default_rng(SEED + 1)
    code = {town.name: town.code for town in facts.after.towns}
    rows, points = [], []
    for place in facts.place_names:
        note = _note(POINT_NOTE, place["remark"])
        rows.append((place["name"], place["pinyin"], place["class"], int(place["category"]), note))
        points.append(_place(place["name"], shapes[code[place["town"]]], facts, rng))
    _write_layer(path, "Point", NAME_FIELDS, rows, points)


def _place(name: str, town: BaseGeometry, facts: Facts, rng: np.random.Generator) -> Point:
    """Return a point for a place: the known point of a town, else any point within the town."""
    known = facts.town_points.get(name)
    if known and town.contains(Point(known)):
        return Point(known)
    west, south, east, north = town.bounds
    while True:
        point = Point(np.round(rng.uniform((west, south), (east, north)), 6))
        if town.contains(point):
            return point


def _neighbours(facts: Facts) -> list[dict[str, str]]:
    """Return the neighbouring districts and, clockwise, the stretch of the outline that each one touches."""
    rows = []
    for given in facts.neighbours:
        start = facts.outline[given["first_vertex"] % len(facts.outline)]
        end = facts.outline[given["last_vertex"] % len(facts.outline)]
        rows.append(
            {
                **{key: given[key] for key in ("code", "name", "pinyin", "type")},
                "parent_code": given["parent"],
                "start_lon": f"{start[0]:.6f}",
                "start_lat": f"{start[1]:.6f}",
                "end_lon": f"{end[0]:.6f}",
                "end_lat": f"{end[1]:.6f}",
            }
        )
    return rows


def _manifest(folder: Path) -> Iterable[dict[str, str]]:
    """Return one row for each file with its origin, size and checksum."""
    outline = "Tianditu outline (MIT); NBS codes and names (WTFPL); inner lines invented 示意"
    origin = {
        "events.csv": "public documents and web pages (facts)",
        "lineage.csv": "NBS lists and web pages (facts); links marked 示意 invented",
        "neighbours.csv": "Tianditu outlines (MIT)",
        "place_names": "public pages (facts), nine names from general knowledge and unverified;"
        " town points Vonng/adcode, GeoNames (CC BY 4.0); positions 示意",
    }
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".shp", ".shx", ".dbf", ".prj", ".cpg", ".csv") or path.name == "MANIFEST.csv":
            continue
        source = origin.get(path.name) or origin.get(path.stem) or outline
        yield {
            "file": path.relative_to(folder).as_posix(),
            "source": source,
            "licence": "CC BY 4.0" if path.stem == "place_names" else "Apache-2.0",
            "date": MADE_ON,
            "crs": "EPSG:4490" if path.suffix in (".shp", ".prj") else "",
            "encoding": "UTF-8" if path.suffix in (".dbf", ".csv", ".cpg") else "",
            "count": str(_count(path)),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }


def _count(path: Path) -> int:
    """Return the number of records of a table or layer; 1 for the small files beside it."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return sum(1 for _ in csv.DictReader(file))
    if path.suffix in (".shp", ".shx", ".dbf"):
        return int(pyogrio.read_info(path.with_suffix(".shp"))["features"])
    return 1


def _write_csv(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    table = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
