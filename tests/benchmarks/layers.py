"""Write generated coverages as shapefiles, with codes and names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from tests.benchmarks.names import place_names, specifics

if TYPE_CHECKING:
    from tests.benchmarks.generate import Coverage

DIVISION_FIELDS = ("code", "name", "type", "parent_cod", "note")
NOTE = "invented 虚构"


def write_division_layers(folder: Path, coverage: Coverage, rng: np.random.Generator) -> None:
    """Write counties.shp, towns.shp and villages.shp with nested codes of 6, 9 and 12 digits."""
    county = county_codes(len(coverage.counties))
    towns, town_types = town_codes(county, coverage.county_of)
    villages, village_types = village_codes(towns, coverage.town_of)
    terms = specifics(len(coverage.counties) + len(coverage.towns), rng)
    county_terms, town_terms = np.split(terms, [len(coverage.counties)])
    village_terms = specifics(10_000, rng)[np.arange(len(villages)) * 7 % 10_000]
    city = np.array([code[:4] + "00" for code in county])
    county_types = np.full(len(county), "县")
    _write_divisions(folder / "counties.shp", coverage.counties, county, county_terms, county_types, city)
    parents = county[coverage.county_of]
    _write_divisions(folder / "towns.shp", coverage.towns, towns, town_terms, town_types, parents)
    parents = towns[coverage.town_of]
    _write_divisions(
        folder / "villages.shp", coverage.villages, villages, village_terms, village_types, parents
    )


def county_codes(count: int) -> NDArray[Any]:
    """Return invented codes of six digits, ten counties a city."""
    return np.array([f"51{index // 10 + 1:02d}{index % 10 + 21:02d}" for index in range(count)])


def town_codes(counties: NDArray[Any], county_of: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return codes of nine digits and types: 街道 001-, 镇 100-, 乡 200-."""
    serial = _serial(county_of)
    base = np.select([serial < 3, serial < 12], [1, 100 - 3], 200 - 12)
    codes = [
        f"{counties[county]}{number:03d}" for county, number in zip(county_of, serial + base, strict=True)
    ]
    return np.array(codes), np.select([serial < 3, serial < 12], ["街道", "镇"], "乡")


def village_codes(towns: NDArray[Any], town_of: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return codes of twelve digits and types: 社区 001-, 村 200-."""
    serial = _serial(town_of)
    base = np.where(serial < 3, 1, 200 - 3)
    codes = [f"{towns[town]}{number:03d}" for town, number in zip(town_of, serial + base, strict=True)]
    return np.array(codes), np.where(serial < 3, "社区", "村")


def _serial(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of each row within its group, from 0."""
    order = np.argsort(group, kind="stable")
    counts = np.bincount(group)
    serial = np.empty(len(group), dtype=np.int64)
    serial[order] = np.arange(len(group)) - np.repeat(np.cumsum(counts) - counts, counts)
    return serial


def write_lakes(folder: Path, lakes: NDArray[np.object_]) -> None:
    """Write lakes.shp: the water that belongs to no village."""
    names = np.array([f"湖{number + 1}" for number in range(len(lakes))], dtype=object)
    _write(folder / "lakes.shp", "Polygon", lakes, ("name",), [names])


def write_place_names(folder: Path, coverage: Coverage, count: int, rng: np.random.Generator) -> None:
    """Write place_names.shp: `count` points within the box of the coverage."""
    names, classes, categories = place_names(count, rng)
    west, south, east, north = shapely.total_bounds(coverage.counties)
    coords = np.round(rng.uniform((west, south), (east, north), (count, 2)), 7)
    points = np.asarray(shapely.points(coords))
    fields = ("name", "class", "category")
    columns = [names.astype(object), classes.astype(object), categories]
    _write(folder / "place_names.shp", "Point", points, fields, columns)


def _write_divisions(
    path: Path,
    shapes: NDArray[np.object_],
    codes: NDArray[Any],
    terms: NDArray[Any],
    types: NDArray[Any],
    parents: NDArray[Any],
) -> None:
    order = np.argsort(codes)
    names = np.char.add(terms.astype("U8"), types.astype("U2"))
    notes = np.full(len(codes), NOTE)
    columns = [column[order].astype(object) for column in (codes, names, types, parents, notes)]
    _write(path, "Polygon", shapes[order], DIVISION_FIELDS, columns)


def _write(
    path: Path,
    kind: str,
    shapes: NDArray[Any],
    fields: Sequence[str],
    columns: Sequence[NDArray[Any]],
) -> None:
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(shapes),
        field_data=list(columns),
        fields=np.array(fields, dtype=object),
        geometry_type=kind,
        crs="EPSG:4490",
        driver="ESRI Shapefile",
        encoding="UTF-8",
    )
