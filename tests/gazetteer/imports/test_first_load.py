"""A first load: one, two and three levels, other coordinates and encodings, all or nothing, two people."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.grid import GRID
from gazetteer.db import create_pool, session_factory
from gazetteer.errors import Forbidden, RuleBroken, WrongState
from gazetteer.imports.choices import parse_choices
from gazetteer.imports.pipeline import check_import, sign_import
from gazetteer.operations.import_batches import cancel_import, confirm_import
from gazetteer.roles import Actor, Grant
from tests.gazetteer.imports.drawing import (
    FIRST_DAY,
    NAMES,
    PICTURE,
    TOWNS,
    check_files,
    count_rows,
    integers,
    load_files,
    make_actor,
    require_whole,
    three_levels,
    town_rows,
    union,
    village_rows,
    write_layer,
)
from tests.gazetteer.register import draw

FAR = [{"code": "510184", "name": "远方区", "geom": shapely.box(110.0, 30.0, 110.1, 30.1)}]


def test_first_load_when_three_levels_then_faces_parents_shapes_and_lines_stand(
    session: Session, tmp_path: Path
) -> None:
    event = load_files(session, tmp_path / "home", three_levels(tmp_path))

    register = require_whole(session, FIRST_DAY)
    by_name = {unit.name: unit for unit in register.units.values()}
    assert (event.kind, event.effective_on, event.document_no) == ("found", FIRST_DAY, "川1号")
    assert {face.kind for face in register.faces.values()} == {"unit"}
    assert len(register.faces) == 4
    assert by_name["甲村"].code == "510132100200"
    assert register.units[by_name["甲村"].parent].name == "东河镇"  # type: ignore[index]
    assert register.units[by_name["西河镇"].parent].name == "试验县"  # type: ignore[index]
    assert by_name["试验县"].type == "县"
    assert {line.name: line.level for line in register.lines.values()} == {
        "试验县外界线": 3,
        "东河—西河线": 4,
    }
    within = [arc for arc in register.arcs.values() if arc.line is None]
    assert len(within) == 2


def test_first_load_when_the_day_before_then_nothing_is_in_force(session: Session, tmp_path: Path) -> None:
    load_files(session, tmp_path / "home", three_levels(tmp_path))

    register = require_whole(session, FIRST_DAY - dt.timedelta(days=1))

    assert not register.units


def test_first_load_when_one_level_then_counties_are_the_faces(session: Session, tmp_path: Path) -> None:
    geoms = draw("aab\nacb")
    rows = [{"代码": f"51010{i}", "名称": f"{NAMES[k]}区", "geom": geoms[k]} for i, k in enumerate("abc", 4)]

    load_files(session, tmp_path / "home", [write_layer(tmp_path, "区县", rows)])

    register = require_whole(session, FIRST_DAY)
    assert {unit.level for unit in register.units.values()} == {3}
    assert {unit.parent for unit in register.units.values()} == {None}
    assert {line.name for line in register.lines.values()} == {
        "甲区外界线",
        "乙区外界线",
        "丙区外界线",
        "甲—乙线",
        "甲—丙线",
        "乙—丙线",
    }


def test_first_load_when_two_levels_without_a_top_then_several_tops_stand(
    session: Session, tmp_path: Path
) -> None:
    geoms = draw(PICTURE)
    paths = [
        write_layer(tmp_path, "villages", village_rows(geoms, TOWNS, "510132")),
        write_layer(tmp_path, "towns", town_rows(geoms, TOWNS, "510132")),
    ]

    load_files(session, tmp_path / "home", paths)

    register = require_whole(session, FIRST_DAY)
    tops = {unit.name for unit in register.units.values() if unit.parent is None}
    assert tops == {"东河镇", "西河镇"}


def test_first_load_when_gauss_krueger_with_zone_prefix_and_gbk_then_same_places_and_names(
    session: Session, tmp_path: Path
) -> None:
    paths = three_levels(tmp_path, epsg=4523, encoding="GBK")

    load_files(session, tmp_path / "home", paths)

    register = require_whole(session, FIRST_DAY)
    names = {unit.name for unit in register.units.values()}
    assert names == {"试验县", "东河镇", "西河镇", "甲村", "乙村", "丙村", "丁村"}
    county = next(unit.id for unit in register.units.values() if unit.level == 3)
    drawn = union(draw(PICTURE), "abcd")
    assert shapely.hausdorff_distance(register.shapes[county][0], drawn) * 111_000 < 0.001


def test_first_load_when_geographic_then_grid_integers_are_identical(
    session: Session, tmp_path: Path
) -> None:
    load_files(session, tmp_path / "home", three_levels(tmp_path))

    register = require_whole(session, FIRST_DAY)
    geoms = draw(PICTURE)
    for letter, geom in geoms.items():
        unit = next(u.id for u in register.units.values() if u.name == f"{NAMES[letter]}村")
        assert integers(register.shapes[unit][0]) == integers(geom)


def test_first_load_when_wgs84_then_a_person_must_confirm_first(session: Session, tmp_path: Path) -> None:
    person = make_actor(session)
    checked = check_files(session, tmp_path / "home", three_levels(tmp_path, epsg=4326), actor=person)
    keys = ["crs:districts", "crs:towns", "crs:villages"]
    assert (checked.batch.preview["needs"], checked.batch.preview["can_confirm"]) == (keys, False)

    with pytest.raises(RuleBroken) as caught:
        confirm_import(
            session, person, checked.batch.id, valid_from=FIRST_DAY, source="测试", document_no=None
        )
    assert caught.value.code == "assumptions_open"

    again = check_import(session, person, checked.batch.id, parse_choices({"confirmed": keys}))
    assert again.batch.preview["can_confirm"]


def test_first_load_when_signed_by_who_confirmed_then_refused(session: Session, tmp_path: Path) -> None:
    person = make_actor(session)
    checked = check_files(session, tmp_path / "home", three_levels(tmp_path), actor=person)
    confirm_import(session, person, checked.batch.id, valid_from=FIRST_DAY, source="测试", document_no=None)

    with pytest.raises(Forbidden) as caught:
        sign_import(session, person, checked.batch.id, checked)

    assert caught.value.code == "own_request"
    assert count_rows(session)["arc"] == 0


def test_first_load_when_checked_by_a_surveyor_then_forbidden(session: Session, tmp_path: Path) -> None:
    surveyor = make_actor(session, "surveyor")
    with pytest.raises(Forbidden):
        check_files(session, tmp_path / "home", three_levels(tmp_path), actor=surveyor)


def test_first_load_when_signed_by_the_approver_of_one_division_then_forbidden(
    session: Session, tmp_path: Path
) -> None:
    load_files(session, tmp_path / "home", [write_layer(tmp_path / "far", "counties", FAR)])
    place = next(iter(require_whole(session, FIRST_DAY).units))
    approver = make_actor(session, "approver")
    local = Actor(approver.user_id, "local", "某人", (Grant("approver", place),))
    person = make_actor(session)
    checked = check_files(session, tmp_path / "home", three_levels(tmp_path), actor=person)
    confirm_import(session, person, checked.batch.id, valid_from=FIRST_DAY, source="测试", document_no=None)

    with pytest.raises(Forbidden):
        sign_import(session, local, checked.batch.id, checked)


def test_first_load_when_signed_without_the_check_then_files_are_read_again(
    session: Session, tmp_path: Path
) -> None:
    person = make_actor(session)
    checked = check_files(session, tmp_path / "home", three_levels(tmp_path), actor=person)
    confirm_import(session, person, checked.batch.id, valid_from=FIRST_DAY, source="测试", document_no=None)

    sign_import(session, make_actor(session, "approver"), checked.batch.id)

    assert len(require_whole(session, FIRST_DAY).faces) == 4


def test_first_load_when_evidence_was_changed_then_refused(session: Session, tmp_path: Path) -> None:
    person = make_actor(session)
    checked = check_files(session, tmp_path / "home", three_levels(tmp_path), actor=person)
    confirm_import(session, person, checked.batch.id, valid_from=FIRST_DAY, source="测试", document_no=None)
    kept = Path(checked.batch.folder) / "towns.dbf"
    kept.write_bytes(kept.read_bytes()[:-1])

    with pytest.raises(RuleBroken) as caught:
        sign_import(session, make_actor(session, "approver"), checked.batch.id)

    assert caught.value.code == "evidence_changed"


def test_second_first_load_when_outline_is_covered_then_refused_by_name(
    session: Session, tmp_path: Path
) -> None:
    paths = three_levels(tmp_path)
    load_files(session, tmp_path / "home", paths)
    before = count_rows(session)

    with pytest.raises(RuleBroken) as caught:
        load_files(session, tmp_path / "home", paths)

    assert caught.value.code == "faces_exist"
    assert caught.value.fields["divisions"][:3] == ["试验县", "东河镇", "西河镇"]
    assert count_rows(session) == before


def test_first_load_when_the_database_fails_midway_then_nothing_is_left(
    database_url: str, tmp_path: Path
) -> None:
    engine = create_pool(database_url, size=2)
    sessions = session_factory(engine, audit_key="k" * 32)
    with sessions() as session:
        session.execute(
            text(
                "CREATE TRIGGER shapes_refused BEFORE INSERT ON division_shape"
                " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        )
        person, other = make_actor(session), make_actor(session)
        session.commit()
        checked = check_files(session, tmp_path / "home", three_levels(tmp_path), actor=person)
        batch_id = checked.batch.id
        confirm_import(session, person, batch_id, valid_from=FIRST_DAY, source="测试", document_no=None)
        with pytest.raises(Exception, match="append-only"):
            sign_import(session, other, batch_id, checked)
        session.rollback()
        assert set(count_rows(session).values()) == {0}
        assert check_state(session, batch_id) == "confirmed"
        session.execute(text("DROP TRIGGER shapes_refused ON division_shape"))
        session.commit()
        sign_import(session, other, batch_id, checked)
        assert len(require_whole(session, FIRST_DAY).faces) == 4
    engine.dispose()


def test_import_when_somebody_cancels_it_meanwhile_then_the_session_that_checked_it_cannot_confirm_it(
    database_url: str, tmp_path: Path
) -> None:
    engine = create_pool(database_url, size=2)
    sessions = session_factory(engine, audit_key="k" * 32)
    with sessions() as session, sessions() as another:
        person = make_actor(session)
        session.commit()
        checked = check_files(session, tmp_path / "home", three_levels(tmp_path), actor=person)
        cancel_import(another, person, checked.batch.id)
        with pytest.raises(WrongState):
            confirm_import(
                session, person, checked.batch.id, valid_from=FIRST_DAY, source="测试", document_no=None
            )
        session.rollback()
        assert check_state(session, checked.batch.id) == "cancelled"
    engine.dispose()


def check_state(session: Session, batch_id: object) -> str:
    found = session.execute(text("SELECT state FROM import_batch WHERE id = :id"), {"id": batch_id})
    return str(found.scalar_one())


def test_first_load_when_a_town_is_larger_than_its_villages_then_the_rest_is_a_face(
    session: Session, tmp_path: Path
) -> None:
    geoms = draw(PICTURE)
    villages = [row for row in village_rows(geoms, TOWNS, "510132") if row["name"] != "丁村"]
    paths = [
        write_layer(tmp_path, "villages", villages),
        write_layer(tmp_path, "towns", town_rows(geoms, TOWNS, "510132")),
    ]
    checked = check_files(session, tmp_path / "home", paths)
    assert checked.batch.preview["needs"] == ["rest:4"]

    load_files(session, tmp_path / "home2", paths, parse_choices({"confirmed": ["rest:4"]}))

    register = require_whole(session, FIRST_DAY)
    rest = next(face for face in register.faces.values() if face.kind == "rest")
    assert register.units[rest.unit].name == "西河镇"  # type: ignore[index]


def test_first_load_when_a_lake_is_declared_then_it_is_a_face_of_nobody(
    session: Session, tmp_path: Path
) -> None:
    geoms = draw("aaab\naxab\naaab")
    rows = [{"code": f"51010{i}", "name": f"{NAMES[k]}区", "geom": geoms[k]} for i, k in enumerate("ab", 4)]
    paths = [
        write_layer(tmp_path, "counties", rows),
        write_layer(tmp_path, "lakes", [{"name": "镜湖", "geom": geoms["x"]}]),
    ]

    load_files(session, tmp_path / "home", paths)

    register = require_whole(session, FIRST_DAY)
    water = next(face for face in register.faces.values() if face.kind == "water")
    assert water.unit is None
    assert "甲区内界线" in {line.name for line in register.lines.values()}


def test_first_load_when_codes_are_of_another_country_then_kept_as_local(
    session: Session, tmp_path: Path
) -> None:
    geoms = draw("aab\nacb")
    villages = [
        {"VILLCODE": f"1000801000{i}", "VILLNAME": f"{NAMES[k]}里", "TOWNCODE": "10008010", "geom": geoms[k]}
        for i, k in enumerate("abc", 1)
    ]
    town = [{"TOWNCODE": "10008010", "TOWNNAME": "南投市", "geom": union(geoms, "abc")}]
    paths = [write_layer(tmp_path, "a", villages), write_layer(tmp_path, "b", town)]

    load_files(session, tmp_path / "home", paths)

    register = require_whole(session, FIRST_DAY)
    assert {unit.scheme for unit in register.units.values()} == {"local"}
    assert {unit.level for unit in register.units.values()} == {4, 5}
    assert min(unit.code or "" for unit in register.units.values()) == "10008010"


def test_first_load_when_place_names_come_along_then_they_are_on_the_grid(
    session: Session, tmp_path: Path
) -> None:
    rows = [
        {
            "name": "南河",
            "pinyin": "Nán Hé",
            "class": "河流",
            "category": 1,
            "geom": shapely.Point(103.81, 30.49),
        }
    ]
    paths = [*three_levels(tmp_path), write_layer(tmp_path, "place_names", rows)]

    load_files(session, tmp_path / "home", paths)

    found = session.execute(
        text("SELECT name, legal_category, class_name, ST_X(geom) * :grid AS x FROM place_name_state"),
        {"grid": GRID},
    ).one()
    assert (found.name, found.legal_category, found.class_name) == ("南河", 1, "河流")
    assert round(found.x) == 103_810_000_000
