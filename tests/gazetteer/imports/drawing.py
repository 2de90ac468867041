"""Small shapefiles drawn on a text grid, people to import them, and the proof that a register is whole."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.arcs import Arc
from boundaries.chain import chain, equal_chains
from boundaries.grid import arc_hash, snap
from boundaries.rebuild import build_polygon
from gazetteer.imports.choices import Choices, parse_choices
from gazetteer.imports.pipeline import Checked, check_import, sign_import, start_import
from gazetteer.models import Event, User
from gazetteer.operations.import_batches import confirm_import
from gazetteer.queries.editions import OldArc, OldRegister, read_register
from gazetteer.roles import Actor, Grant
from tests.gazetteer.register import draw

FIRST_DAY = dt.date(2019, 1, 1)
Row = Mapping[str, object]


def make_actor(session: Session, role: str = "administrator") -> Actor:
    """Make an account with one role everywhere."""
    user = User(login=f"u{uuid.uuid4().hex[:10]}", display_name="某人", password_hash="-")
    session.add(user)
    session.flush()
    return Actor(user.id, user.login, user.display_name, (Grant(role),))


def write_layer(
    folder: Path,
    name: str,
    rows: Sequence[Row],
    *,
    epsg: int | None = 4490,
    encoding: str = "UTF-8",
    labelled: bool = True,
) -> Path:
    """Write rows (each with `geom` in EPSG:4490 degrees) as a shapefile; unlabelled drops .cpg and .prj."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.shp"
    gdf = gpd.GeoDataFrame(
        [{key: value for key, value in row.items() if key != "geom"} for row in rows],
        geometry=[row["geom"] for row in rows],
        crs=4490 if epsg in (None, 3824, 4326, 4490) else None,
    )
    if epsg in (3824, 4326):
        gdf = gdf.set_crs(epsg, allow_override=True)
    elif epsg not in (None, 4490):
        gdf = gdf.set_crs(4490).to_crs(epsg)
    gdf.to_file(path, engine="pyogrio", encoding=encoding)
    if not labelled:
        path.with_suffix(".cpg").unlink()
        path.with_suffix(".prj").unlink()
    return path


def union(geoms: Mapping[str, BaseGeometry], letters: str) -> BaseGeometry:
    """Return the union of drawn units, keeping every vertex."""
    merged: BaseGeometry = shapely.coverage_union_all([geoms[letter] for letter in letters])
    return merged


def village_rows(geoms: Mapping[str, BaseGeometry], towns: Mapping[str, str], county: str) -> list[Row]:
    """Return village rows: town k has code county + (100 + k), its villages codes of 200 and more."""
    return [
        {"code": f"{county}{100 + t}{200 + v}", "name": f"{NAMES[letter]}村", "geom": geoms[letter]}
        for t, letters in enumerate(towns.values())
        for v, letter in enumerate(letters)
    ]


def town_rows(geoms: Mapping[str, BaseGeometry], towns: Mapping[str, str], county: str) -> list[Row]:
    """Return town rows as unions of their villages."""
    return [
        {"code": f"{county}{100 + t}", "name": name, "geom": union(geoms, letters)}
        for t, (name, letters) in enumerate(towns.items())
    ]


NAMES = dict(zip("abcdefghijklmnop", "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳", strict=True))
TOWNS = {"东河镇": "ab", "西河镇": "cd"}
PICTURE = """
    aabb
    aabc
    ddcc
"""


def three_levels(folder: Path, **options: object) -> list[Path]:
    """Write a county of two towns of four villages."""
    geoms = draw(PICTURE)
    county = [{"code": "510132", "name": "试验县", "geom": union(geoms, "abcd")}]
    return [
        write_layer(folder, "villages", village_rows(geoms, TOWNS, "510132"), **options),  # type: ignore[arg-type]
        write_layer(folder, "towns", town_rows(geoms, TOWNS, "510132"), **options),  # type: ignore[arg-type]
        write_layer(folder, "districts", county, **options),  # type: ignore[arg-type]
    ]


def check_files(
    session: Session,
    home: Path,
    paths: Sequence[Path],
    choices: Choices | None = None,
    door: str = "first_load",
    actor: Actor | None = None,
) -> Checked:
    """Upload and check."""
    person = actor or make_actor(session)
    batch = start_import(session, person, home, door, paths, choices or parse_choices({}))
    return check_import(session, person, batch.id)


def load_files(
    session: Session,
    home: Path,
    paths: Sequence[Path],
    choices: Choices | None = None,
    door: str = "first_load",
    valid_from: dt.date | None = FIRST_DAY,
) -> Event:
    """Upload, check, confirm and sign by two people."""
    person = make_actor(session)
    checked = check_files(session, home, paths, choices, door, person)
    assert checked.batch.preview["faults"] == []
    confirm_import(
        session, person, checked.batch.id, valid_from=valid_from, source="测试", document_no="川1号"
    )
    return sign_import(session, make_actor(session, "approver"), checked.batch.id, checked)


def require_whole(session: Session, day: dt.date) -> OldRegister:
    """Prove that the register of a day hangs together and return it.

    Arcs end in their nodes, carry their hash and a line in force; every stored polygon is the one that its
    faces give; every parent is the sum of its children. Only arcs within a town may have no line.
    """
    register = read_register(session, day)
    at = {node: xy for xy, node in register.nodes.items()}
    hashes = dict(
        session.execute(
            text("SELECT id, hash FROM arc WHERE upper_inf(recorded) AND valid @> CAST(:day AS date)"),
            {"day": day},
        ).all()
    )
    for arc in register.arcs.values():
        assert tuple(arc.points[0]) == at[arc.start_node]
        assert tuple(arc.points[-1]) == at[arc.end_node]
        assert hashes[arc.id] == arc_hash(arc.points, arc.left, arc.right)
        assert arc.line in register.lines if arc.line else _within_a_town(register, arc)
    assert set(register.lines) == {arc.line for arc in register.arcs.values() if arc.line}
    assert set(register.shapes) == set(register.units)
    for unit in register.units:
        _require_shape(register, unit)
    return register


def _within_a_town(register: OldRegister, arc: OldArc) -> bool:
    left, right = (path(register, register.faces[face].unit) for face in (arc.left, arc.right))
    above = [[unit for unit in units if register.units[unit].level < 5] for units in (left, right)]
    return bool(above[0]) and above[0] == above[1]


def _require_shape(register: OldRegister, unit: uuid.UUID) -> None:
    inside = {face.id for face in register.faces.values() if unit in path(register, face.unit)}
    arcs = [_as_arc(arc) for arc in register.arcs.values()]
    built = build_polygon(arcs, inside)
    assert equal_chains(chain(built), chain(register.shapes[unit][0]))


def _as_arc(arc: OldArc) -> Arc:
    return Arc(arc.id, arc.version, arc.start_node, arc.end_node, arc.left, arc.right, arc.points)


def path(register: OldRegister, unit: uuid.UUID | None) -> list[uuid.UUID]:
    """Return a unit and all above it."""
    found = []
    while unit is not None:
        found.append(unit)
        unit = register.units[unit].parent
    return found


def integers(geom: BaseGeometry) -> set[tuple[int, int]]:
    """Return the grid positions of all vertices."""
    return {(int(x), int(y)) for x, y in snap(np.asarray(shapely.get_coordinates(geom)))}


def count_rows(session: Session) -> dict[str, int]:
    """Return how many rows the tables of the register hold."""
    tables = (
        "division",
        "division_name",
        "member",
        "arc",
        "node",
        "boundary_line",
        "division_shape",
        "event",
    )
    return {
        table: session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables
    } | {"face": session.execute(text("SELECT count(*) FROM face WHERE id <> 0")).scalar_one()}
