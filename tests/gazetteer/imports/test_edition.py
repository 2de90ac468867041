"""An edition load: a small drawn reform, identity as the law has it, and what is refused."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gazetteer.errors import Stale
from gazetteer.imports.choices import parse_choices
from gazetteer.imports.edition_tables import EVENT_COLUMNS, LINEAGE_COLUMNS
from gazetteer.imports.pipeline import sign_import
from gazetteer.operations.import_batches import confirm_import
from gazetteer.queries.editions import OldRegister
from tests.gazetteer.imports.drawing import (
    FIRST_DAY,
    PICTURE,
    check_files,
    load_files,
    make_actor,
    require_whole,
    three_levels,
    union,
    write_layer,
)
from tests.gazetteer.register import draw

MERGER = dt.date(2019, 12, 23)
DISTRICT = dt.date(2020, 6, 18)
DAY = dt.timedelta(days=1)

Line = Sequence[object]
EVENTS: list[Line] = [
    (1, "merge", "", MERGER, "川1号", "省政府", "yes", "yes", "乙村并入甲村，东河镇改街道"),
    (2, "reclass", DISTRICT, DISTRICT, "川函127号", "国务院", "no", "no", "撤县设区"),
]
LINEAGE: list[Line] = [
    (1, 3, "510132", "试验县", "", "510132", "试验县", "", "县", "whole", "continue", ""),
    (1, 4, "510132100", "东河镇", "试验县", "", "东河街道", "试验县", "街道", "whole", "establish", ""),
    (1, 4, "510132101", "西河镇", "试验县", "510132101", "西河镇", "试验县", "镇", "whole", "continue", ""),
    (
        1,
        5,
        "510132100200",
        "甲村",
        "东河镇",
        "510132100200",
        "甲村",
        "东河街道",
        "村",
        "whole",
        "reparent",
        "",
    ),
    (
        1,
        5,
        "510132100201",
        "乙村",
        "东河镇",
        "510132100200",
        "甲村",
        "东河街道",
        "村",
        "whole",
        "absorb",
        "文件",
    ),
    (1, 5, "510132101200", "丙村", "西河镇", "", "新村", "西河镇", "村", "whole", "establish", ""),
    (1, 5, "510132101201", "丁村", "西河镇", "", "新村", "西河镇", "村", "whole", "establish", ""),
    (2, 3, "510132", "试验县", "", "510118", "试验区", "", "区", "whole", "establish", ""),
    (2, 4, "", "东河街道", "试验县", "510118001", "东河街道", "试验区", "街道", "whole", "recode", ""),
    (2, 4, "510132101", "西河镇", "试验县", "510118100", "西河镇", "试验区", "镇", "whole", "recode", ""),
    (
        2,
        5,
        "510132100200",
        "甲村",
        "东河街道",
        "510118001200",
        "甲村",
        "东河街道",
        "村",
        "whole",
        "recode",
        "",
    ),
    (2, 5, "", "新村", "西河镇", "510118100200", "新村", "西河镇", "村", "whole", "recode", ""),
]


def write_table(folder: Path, name: str, columns: Sequence[str], lines: Sequence[Line]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([columns, *lines])
    return path


def write_edition(
    folder: Path, events: Sequence[Line] = EVENTS, lineage: Sequence[Line] = LINEAGE, new_name: str = "新村"
) -> list[Path]:
    geoms = draw(PICTURE)
    villages = [
        {"code": "510118001200", "name": "甲村", "type": "村", "geom": union(geoms, "ab")},
        {"code": "510118100200", "name": new_name, "type": "村", "geom": union(geoms, "cd")},
    ]
    towns = [
        {"code": "510118001", "name": "东河街道", "type": "街道", "geom": union(geoms, "ab")},
        {"code": "510118100", "name": "西河镇", "type": "镇", "geom": union(geoms, "cd")},
    ]
    district = [{"code": "510118", "name": "试验区", "type": "区", "geom": union(geoms, "abcd")}]
    return [
        write_layer(folder, "villages", villages),
        write_layer(folder, "towns", towns),
        write_layer(folder, "districts", district),
        write_table(folder, "events.csv", EVENT_COLUMNS, events),
        write_table(folder, "lineage.csv", LINEAGE_COLUMNS, lineage),
    ]


@pytest.fixture
def loaded(session: Session, tmp_path: Path) -> Session:
    load_files(session, tmp_path / "home", three_levels(tmp_path / "old"))
    return session


def load_edition(session: Session, tmp_path: Path) -> None:
    paths = write_edition(tmp_path / "new")
    load_files(session, tmp_path / "home", paths, door="edition", valid_from=None)


def code_of(register: OldRegister, name: str) -> str | None:
    return next(unit.code for unit in register.units.values() if unit.name == name)


def named(register: OldRegister) -> dict[str, object]:
    return {unit.name: unit.id for unit in register.units.values()}


def test_edition_when_loaded_then_every_day_is_whole(loaded: Session, tmp_path: Path) -> None:
    load_edition(loaded, tmp_path)

    before = require_whole(loaded, MERGER - DAY)
    between = require_whole(loaded, MERGER)
    after = require_whole(loaded, DISTRICT)
    assert set(named(before)) == {"试验县", "东河镇", "西河镇", "甲村", "乙村", "丙村", "丁村"}
    assert set(named(between)) == {"试验县", "东河街道", "西河镇", "甲村", "新村"}
    assert set(named(after)) == {"试验区", "东河街道", "西河镇", "甲村", "新村"}


def test_edition_when_loaded_then_identity_follows_the_law(loaded: Session, tmp_path: Path) -> None:
    load_edition(loaded, tmp_path)

    before, after = named(require_whole(loaded, MERGER - DAY)), named(require_whole(loaded, DISTRICT))
    between = named(require_whole(loaded, MERGER))
    assert before["甲村"] == after["甲村"]
    assert before["西河镇"] == after["西河镇"]
    assert before["东河镇"] != between["东河街道"] == after["东河街道"]
    assert between["试验县"] != after["试验区"]


def test_edition_when_a_code_was_never_published_then_it_has_none_between(
    loaded: Session, tmp_path: Path
) -> None:
    load_edition(loaded, tmp_path)

    between, after = require_whole(loaded, DISTRICT - DAY), require_whole(loaded, DISTRICT)
    assert code_of(between, "东河街道") is None
    assert code_of(between, "甲村") == "510132100200"
    assert code_of(after, "东河街道") == "510118001"
    assert code_of(after, "甲村") == "510118001200"


def test_edition_when_loaded_then_faces_and_arcs_are_kept_where_nothing_moved(
    loaded: Session, tmp_path: Path
) -> None:
    before = require_whole(loaded, MERGER)
    load_edition(loaded, tmp_path)
    after = require_whole(loaded, MERGER)

    face = {unit.name: f.id for f in before.faces.values() for unit in [before.units[f.unit]] if f.unit}  # type: ignore[index]
    kept = {unit.name: f.id for f in after.faces.values() for unit in [after.units[f.unit]] if f.unit}  # type: ignore[index]
    assert kept["甲村"] == face["甲村"]
    assert kept["新村"] not in face.values()
    inner = {arc.id for arc in before.arcs.values() if {arc.left, arc.right} == {face["甲村"], face["乙村"]}}
    assert inner
    assert not inner & set(after.arcs)
    outer = {arc.id for arc in before.arcs.values() if {arc.left, arc.right} == {face["甲村"], 0}}
    assert outer <= set(after.arcs)
    assert {after.arcs[i].version for i in outer} == {1}


def test_edition_when_loaded_then_lineage_has_areas_and_proof(loaded: Session, tmp_path: Path) -> None:
    load_edition(loaded, tmp_path)

    rows = loaded.execute(
        text(
            "SELECT f.name AS source, t.name AS target, l.role, l.exact, l.basis,"
            " abs(l.area_m2 - s.area_m2) < 0.001 AS same_area"
            " FROM lineage AS l"
            " JOIN division_name AS f ON f.division_id = l.from_id AND upper_inf(f.recorded)"
            " JOIN division_name AS t ON t.division_id = l.to_id AND upper_inf(t.recorded)"
            " JOIN division_shape AS s ON s.division_id = l.from_id ORDER BY l.event_id, source"
        )
    ).all()
    assert {(row.source, row.target) for row in rows} == {
        ("乙村", "甲村"),
        ("丙村", "新村"),
        ("丁村", "新村"),
        ("东河镇", "东河街道"),
        ("试验县", "试验区"),
    }
    assert all(row.role == "whole" and row.exact and row.same_area for row in rows)
    assert {row.basis for row in rows if row.source == "乙村"} == {"文件"}


def test_edition_when_loaded_then_earlier_knowledge_stays_known(loaded: Session, tmp_path: Path) -> None:
    known = loaded.execute(text("SELECT max(recorded_at) FROM event")).scalar_one()
    load_edition(loaded, tmp_path)

    names = loaded.scalars(
        text(
            "SELECT name FROM division_name WHERE recorded @> CAST(:known AS timestamptz)"
            " AND valid @> DATE '2020-07-01'"
        ),
        {"known": known},
    ).all()
    assert sorted(names) == sorted(["试验县", "东河镇", "西河镇", "甲村", "乙村", "丙村", "丁村"])


def test_edition_when_loaded_then_events_carry_what_the_table_says(loaded: Session, tmp_path: Path) -> None:
    load_edition(loaded, tmp_path)

    rows = loaded.execute(
        text(
            "SELECT kind, approved_on, effective_on, document_no, authority, date_assumed"
            " FROM event WHERE kind <> 'found' ORDER BY id"
        )
    ).all()
    assert [tuple(row) for row in rows] == [
        ("merge", None, MERGER, "川1号", "省政府", True),
        ("reclass", DISTRICT, DISTRICT, "川函127号", "国务院", False),
    ]


def codes_of_faults(session: Session, tmp_path: Path, paths: Sequence[Path]) -> set[tuple[str, str]]:
    checked = check_files(session, tmp_path / "home", paths, door="edition")
    faults = checked.batch.preview["faults"]
    return {(fault["code"], fault["divisions"][0] if fault["divisions"] else "") for fault in faults}


def test_edition_when_a_unit_is_not_in_the_lineage_then_it_is_named(loaded: Session, tmp_path: Path) -> None:
    paths = write_edition(tmp_path / "new", lineage=[line for line in LINEAGE if line[3] != "乙村"])

    assert codes_of_faults(loaded, tmp_path, paths) == {("lineage_missing", "乙村")}


def test_edition_when_a_target_is_kept_and_established_then_refused(loaded: Session, tmp_path: Path) -> None:
    wrong = [(*line[:10], "establish", "") if line[3] == "乙村" else line for line in LINEAGE]
    paths = write_edition(tmp_path / "new", lineage=wrong)

    assert ("lineage_contradiction", "甲村") in codes_of_faults(loaded, tmp_path, paths)


def test_edition_when_the_source_is_unknown_then_it_is_named(loaded: Session, tmp_path: Path) -> None:
    wrong = [(*line[:2], "510132100299", *line[3:]) if line[3] == "乙村" else line for line in LINEAGE]
    paths = write_edition(tmp_path / "new", lineage=wrong)

    assert codes_of_faults(loaded, tmp_path, paths) >= {
        ("lineage_source", "乙村"),
        ("lineage_missing", "乙村"),
    }


def test_edition_when_the_files_name_another_unit_then_refused_by_name(
    loaded: Session, tmp_path: Path
) -> None:
    paths = write_edition(tmp_path / "new", new_name="别村")

    assert codes_of_faults(loaded, tmp_path, paths) == {("edition_contradiction", "新村")}


def test_edition_when_shapes_would_change_at_another_event_then_refused(
    loaded: Session, tmp_path: Path
) -> None:
    events = [(*line[:7], "no" if line[7] == "yes" else "yes", line[8]) for line in EVENTS]
    paths = write_edition(tmp_path / "new", events=events)

    assert {code for code, _ in codes_of_faults(loaded, tmp_path, paths)} == {"shape_changes"}


def test_edition_when_a_table_is_malformed_then_the_line_is_named(loaded: Session, tmp_path: Path) -> None:
    events = [(*EVENTS[0][:3], "2019年12月", *EVENTS[0][4:]), EVENTS[1]]
    paths = write_edition(tmp_path / "new", events=events)

    checked = check_files(loaded, tmp_path / "home", paths, door="edition")

    fault = checked.batch.preview["faults"][0]
    assert fault["code"] == "edition_table_row"
    assert "events.csv 第 2 行" in fault["message"]


def test_edition_when_the_register_is_empty_then_refused(session: Session, tmp_path: Path) -> None:
    paths = write_edition(tmp_path / "new")

    assert ("register_empty", "") in codes_of_faults(session, tmp_path, paths)


def test_edition_when_loaded_twice_then_the_later_event_is_named(loaded: Session, tmp_path: Path) -> None:
    load_edition(loaded, tmp_path)

    faults = codes_of_faults(loaded, tmp_path, write_edition(tmp_path / "again"))

    assert ("later_change", "撤县设区") in faults


def test_edition_when_the_register_changed_after_the_check_then_stale(
    loaded: Session, tmp_path: Path
) -> None:
    person = make_actor(loaded)
    paths = write_edition(tmp_path / "new")
    checked = check_files(loaded, tmp_path / "home", paths, door="edition", actor=person)
    confirm_import(loaded, person, checked.batch.id, valid_from=None, source="测试", document_no=None)
    loaded.execute(
        text(
            "INSERT INTO event (kind, recorded_at, effective_on, summary)"
            " VALUES ('correct', now(), '2019-02-01', '其间的更正')"
        )
    )

    with pytest.raises(Stale):
        sign_import(loaded, make_actor(loaded, "approver"), checked.batch.id, checked)


def test_edition_when_land_without_a_village_and_a_lake_stay_then_their_faces_are_kept(
    session: Session, tmp_path: Path
) -> None:
    geoms = draw("aaabb\naxabb\naaacc")

    def write(folder: Path, village: str) -> list[Path]:
        town = {"code": "510132100", "name": "东河镇", "type": "镇", "geom": union(geoms, "abc")}
        rows = [
            {"code": f"51013210020{i}", "name": name, "type": "村", "geom": geoms[letter]}
            for i, (letter, name) in enumerate((("a", "甲村"), ("b", village)))
        ]
        lake = [{"name": "镜湖", "geom": geoms["x"]}]
        return [
            write_layer(folder, "villages", rows),
            write_layer(folder, "towns", [town]),
            write_layer(folder, "lakes", lake),
        ]

    confirmed = parse_choices({"confirmed": ["rest:4"]})
    load_files(session, tmp_path / "home", write(tmp_path / "old", "乙村"), confirmed)
    before = require_whole(session, FIRST_DAY)
    one, two = "510132100200", "510132100201"
    lineage = [
        (1, 4, "510132100", "东河镇", "", "510132100", "东河镇", "", "镇", "whole", "continue", ""),
        (1, 5, one, "甲村", "东河镇", one, "甲村", "东河镇", "村", "whole", "continue", ""),
        (1, 5, two, "乙村", "东河镇", two, "新村", "东河镇", "村", "whole", "rename", ""),
    ]
    paths = [
        *write(tmp_path / "new", "新村"),
        write_table(tmp_path / "new", "events.csv", EVENT_COLUMNS, EVENTS[:1]),
        write_table(tmp_path / "new", "lineage.csv", LINEAGE_COLUMNS, lineage),
    ]

    load_files(session, tmp_path / "home", paths, confirmed, door="edition", valid_from=None)

    after = require_whole(session, MERGER)
    assert after.faces == before.faces
    assert {arc.id: arc.version for arc in after.arcs.values()} == dict.fromkeys(before.arcs, 1)
    assert "新村" in named(after)
