"""Neighbouring districts: named on the outer lines, through a first load and an edition."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.gazetteer.imports.drawing import FIRST_DAY, check_files, load_files, require_whole, three_levels

SHAPEFILES = Path(__file__).parents[3] / "data" / "shapefiles"
HEADER = "code,name,pinyin,type,start_lon,start_lat,end_lon,end_lat"


def write_neighbours(folder: Path, *rows: str) -> Path:
    path = folder / "neighbours.csv"
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    return path


def test_first_load_when_neighbours_are_given_then_outer_lines_name_them_and_their_ends_are_nodes(
    session: Session, tmp_path: Path
) -> None:
    paths = [
        *three_levels(tmp_path),
        write_neighbours(
            tmp_path,
            "510116,双流区,Shuāngliú Qū,区,103.81,30.5,103.84,30.48",
            "511403,彭山区,,区,103.84,30.48,103.8,30.48",
        ),
    ]

    load_files(session, tmp_path / "home", paths)

    register = require_whole(session, FIRST_DAY)
    outer = {line.name: line for line in register.lines.values() if line.level == 3}
    assert set(outer) == {"试验—双流线", "试验—彭山线", "试验县外界线"}
    assert (103_810_000_000, 30_500_000_000) in register.nodes
    beyond = register.externals[outer["试验—双流线"].right]  # type: ignore[index]
    assert (beyond.name, beyond.code, beyond.level) == ("双流区", "510116", 3)
    by_line = {name: [a for a in register.arcs.values() if a.line == line.id] for name, line in outer.items()}
    north_east = {tuple(point) for arc in by_line["试验—双流线"] for point in arc.points.tolist()}
    assert (103_820_000_000, 30_500_000_000) in north_east
    assert (103_800_000_000, 30_500_000_000) not in north_east


def test_first_load_when_a_stretch_ends_off_the_outline_then_the_neighbour_is_named(
    session: Session, tmp_path: Path
) -> None:
    row = "510116,双流区,,区,103.8123,30.5,103.84,30.48"
    paths = [*three_levels(tmp_path), write_neighbours(tmp_path, row)]

    checked = check_files(session, tmp_path / "home", paths)

    faults = checked.batch.preview["faults"]
    assert [(fault["code"], fault["divisions"]) for fault in faults] == [
        ("neighbour_off_outline", ["双流区"])
    ]


def test_first_load_when_the_neighbours_are_malformed_then_refused(session: Session, tmp_path: Path) -> None:
    paths = [*three_levels(tmp_path), write_neighbours(tmp_path, "510116,双流区,,区,east,30.5,103.84,30.48")]

    checked = check_files(session, tmp_path / "home", paths)

    assert [fault["code"] for fault in checked.batch.preview["faults"]] == ["neighbours_malformed"]


def test_edition_when_the_district_is_founded_anew_then_lines_to_neighbours_go_on(
    session: Session, tmp_path: Path
) -> None:
    load_files(session, tmp_path, [SHAPEFILES / "2019", SHAPEFILES / "neighbours.csv"])
    before = require_whole(session, dt.date(2019, 11, 1))
    load_files(session, tmp_path, [SHAPEFILES / "2020"], door="edition", valid_from=None)

    after = require_whole(session, dt.date(2020, 7, 1))
    old = {line.id: line.name for line in before.lines.values() if line.level == 3}
    new = {line.id: line.name for line in after.lines.values() if line.level == 3}
    assert old == new
    assert set(new.values()) == {"新津—双流线", "新津—彭山线", "新津—邛崃线", "新津—大邑线", "新津—崇州线"}
    sides = session.scalars(
        text(
            "SELECT n.name FROM boundary_line_state AS s JOIN division_name AS n ON n.division_id = s.left_id"
            " WHERE s.line_id = ANY(:lines) AND upper_inf(s.recorded) AND s.valid @> DATE '2020-07-01'"
        ),
        {"lines": list(new)},
    )
    assert set(sides) == {"新津区"}
