"""Dirty files are refused with the places and sizes of every fault, and nothing but the upload is stored."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely import Polygon
from sqlalchemy.orm import Session

from boundaries.area import area_m2
from boundaries.grid import snap_polygon
from gazetteer.errors import RuleBroken, WrongState
from gazetteer.imports.choices import parse_choices
from gazetteer.imports.pipeline import preview_files
from gazetteer.operations.import_batches import confirm_import
from tests.gazetteer.imports.drawing import (
    FIRST_DAY,
    NAMES,
    PICTURE,
    TOWNS,
    check_files,
    count_rows,
    make_actor,
    three_levels,
    town_rows,
    union,
    village_rows,
    write_layer,
)
from tests.gazetteer.register import draw


def county_rows(geoms: Mapping[str, shapely.Geometry]) -> list[dict[str, object]]:
    return [
        {"code": f"5101{number:02}", "name": f"{NAMES[letter]}区", "geom": geom}
        for number, (letter, geom) in enumerate(sorted(geoms.items()), start=4)
    ]


def faults_of(session: Session, tmp_path: Path, *paths: Path) -> list[dict[str, Any]]:
    checked = check_files(session, tmp_path / "home", paths)
    assert checked.batch.state == "refused"
    found: list[dict[str, Any]] = checked.batch.preview["faults"]
    return found


def test_check_when_two_counties_overlap_then_place_and_size_are_told_and_nothing_is_stored(
    session: Session, tmp_path: Path
) -> None:
    geoms = draw("ab")
    geoms["a"] = snap_polygon(shapely.union(geoms["a"], shapely.box(103.81, 30.492, 103.812, 30.498)))
    path = write_layer(tmp_path, "counties", county_rows(geoms))

    faults = faults_of(session, tmp_path, path)

    overlap = next(fault for fault in faults if fault["code"] == "overlap")
    assert 103.81 < overlap["lon"] < 103.812
    assert 30.492 < overlap["lat"] < 30.498
    assert overlap["area_m2"] == pytest.approx(
        area_m2(shapely.box(103.81, 30.492, 103.812, 30.498)), rel=1e-6
    )
    assert set(overlap["divisions"]) == {"甲区", "乙区"}
    assert set(count_rows(session).values()) == {0}


def test_check_when_a_sliver_of_one_square_metre_is_planted_then_it_is_found(
    session: Session, tmp_path: Path
) -> None:
    geoms = draw("ab")
    sliver = Polygon([(103.81, 30.494), (103.81, 30.496), (103.8099999063, 30.495)])
    geoms["a"] = snap_polygon(
        Polygon([*geoms["a"].exterior.coords[:-1]]).difference(sliver)  # type: ignore[attr-defined]
    )
    coords = [(103.81, 30.49), (103.82, 30.49), (103.82, 30.5), (103.81, 30.5), (103.81, 30.496)]
    geoms["b"] = Polygon([*coords, (103.81, 30.494)])
    path = write_layer(tmp_path, "counties", county_rows(geoms))

    faults = faults_of(session, tmp_path, path)

    gap = next(fault for fault in faults if fault["code"] == "gap")
    assert gap["area_m2"] == pytest.approx(1.0, rel=0.02)
    assert gap["width_m"] < 0.01
    assert gap["lat"] == pytest.approx(30.495, abs=0.001)


def test_check_when_a_hole_is_no_declared_water_then_it_is_a_gap(session: Session, tmp_path: Path) -> None:
    geoms = draw("aaa\naxa\naaa")
    path = write_layer(tmp_path, "counties", county_rows({"a": geoms["a"]}))

    faults = faults_of(session, tmp_path, path)

    assert [fault["code"] for fault in faults] == ["gap"]
    assert faults[0]["area_m2"] == pytest.approx(area_m2(geoms["x"]), rel=1e-9)


def test_check_when_a_polygon_crosses_itself_then_the_place_is_told(session: Session, tmp_path: Path) -> None:
    bow = Polygon([(103.82, 30.41), (103.83, 30.42), (103.83, 30.41), (103.82, 30.42)])
    path = write_layer(tmp_path, "counties", county_rows({"a": bow}))

    faults = faults_of(session, tmp_path, path)

    assert (round(faults[0]["lon"], 6), round(faults[0]["lat"], 6)) == (103.825, 30.415)


def test_check_when_a_town_is_smaller_than_its_villages_then_refused_with_the_piece(
    session: Session, tmp_path: Path
) -> None:
    geoms = draw(PICTURE)
    towns = town_rows(geoms, TOWNS, "510132")
    towns[0] = {**towns[0], "geom": geoms["a"]}
    paths = [
        write_layer(tmp_path, "villages", village_rows(geoms, TOWNS, "510132")),
        write_layer(tmp_path, "towns", towns),
    ]

    faults = faults_of(session, tmp_path, *paths)

    nesting = next(fault for fault in faults if fault["code"] == "nesting")
    assert nesting["divisions"] == ["东河镇"]
    assert nesting["area_m2"] == pytest.approx(area_m2(geoms["b"]), rel=1e-9)


def test_check_when_a_thin_strip_of_a_town_has_no_village_then_it_is_no_rest_land(
    session: Session, tmp_path: Path
) -> None:
    geoms = draw("ab")
    strip = shapely.box(103.81, 30.49, 103.81002, 30.5)
    villages = village_rows(
        {**geoms, "b": snap_polygon(geoms["b"].difference(strip))}, {"东河镇": "ab"}, "510132"
    )
    paths = [
        write_layer(tmp_path, "villages", villages),
        write_layer(tmp_path, "towns", town_rows(geoms, {"东河镇": "ab"}, "510132")),
    ]

    faults = faults_of(session, tmp_path, *paths)

    assert {fault["code"] for fault in faults} == {"nesting"}
    assert faults[0]["width_m"] == pytest.approx(1.9, abs=0.1)


def test_check_when_codes_and_names_are_wrong_then_each_is_named(session: Session, tmp_path: Path) -> None:
    geoms = draw(PICTURE)
    villages = village_rows(geoms, TOWNS, "510132")
    villages[0] = {**villages[0], "code": "510132100999"}
    villages[1] = {**villages[1], "code": villages[2]["code"]}
    villages[3] = {**villages[3], "name": "丁?村"}
    paths = [
        write_layer(tmp_path, "villages", villages),
        write_layer(tmp_path, "towns", town_rows(geoms, TOWNS, "510132")),
    ]

    faults = faults_of(session, tmp_path, *paths)

    by_code = {fault["code"]: fault for fault in faults}
    assert by_code["code_format"]["divisions"] == ["甲村"]
    assert by_code["code_twice"]["divisions"] == ["乙村", "丙村"]
    assert by_code["name_characters"]["severity"] == "warning"
    assert "?" in by_code["name_characters"]["message"]


def test_check_when_a_parent_is_missing_then_the_child_is_named(session: Session, tmp_path: Path) -> None:
    geoms = draw(PICTURE)
    paths = [
        write_layer(tmp_path, "villages", village_rows(geoms, TOWNS, "510132")),
        write_layer(tmp_path, "towns", town_rows(geoms, TOWNS, "510132")[:1]),
    ]

    faults = faults_of(session, tmp_path, *paths)

    assert {fault["divisions"][0] for fault in faults if fault["code"] == "parent_missing"} == {
        "丙村",
        "丁村",
    }


def test_check_when_two_layers_have_one_level_then_refused(session: Session, tmp_path: Path) -> None:
    geoms = draw("ab")
    paths = [
        write_layer(tmp_path, name, county_rows({letter: geoms[letter]}))
        for name, letter in (("counties_east", "a"), ("counties_west", "b"))
    ]

    assert faults_of(session, tmp_path, *paths)[0]["code"] == "level_twice"


def test_check_when_the_zip_is_broken_then_refused_and_kept(session: Session, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 nothing")

    faults = faults_of(session, tmp_path, broken)

    assert faults[0]["code"] == "zip_broken"
    assert faults[0]["message_en"]


def test_confirm_when_refused_then_wrong_state(session: Session, tmp_path: Path) -> None:
    geoms = draw("aaa\naxa\naaa")
    path = write_layer(tmp_path, "counties", county_rows({"a": geoms["a"]}))
    person = make_actor(session)
    checked = check_files(session, tmp_path / "home", [path], actor=person)

    with pytest.raises(WrongState):
        confirm_import(
            session, person, checked.batch.id, valid_from=FIRST_DAY, source="测试", document_no=None
        )


def test_confirm_when_date_and_source_are_missing_then_both_are_named(
    session: Session, tmp_path: Path
) -> None:
    person = make_actor(session)
    checked = check_files(session, tmp_path / "home", three_levels(tmp_path), actor=person)

    with pytest.raises(RuleBroken) as caught:
        confirm_import(session, person, checked.batch.id, valid_from=None, source=" ", document_no=None)

    assert [error.field for error in caught.value.errors] == ["valid_from", "source"]


def test_preview_when_six_digit_eastings_without_prj_then_the_system_must_be_chosen(
    session: Session, tmp_path: Path
) -> None:
    paths = three_levels(tmp_path, epsg=4544, labelled=False)

    preview = preview_files(session, paths, "first_load", parse_choices({}))
    chosen = preview_files(session, paths, "first_load", parse_choices({"crs": 4544}))

    assert "crs:villages" in preview["needs"]
    assert chosen["can_confirm"]
    assert chosen["counts"]["divisions"] == {"3": 1, "4": 2, "5": 4}


def test_preview_when_parents_are_not_in_the_codes_then_place_decides_and_a_person_confirms(
    session: Session, tmp_path: Path
) -> None:
    geoms = draw(PICTURE)
    villages = [{"name": row["name"], "geom": row["geom"]} for row in village_rows(geoms, TOWNS, "510132")]
    towns = [{"name": name, "geom": union(geoms, letters)} for name, letters in TOWNS.items()]
    paths = [write_layer(tmp_path, "villages", villages), write_layer(tmp_path, "towns", towns)]

    preview = preview_files(session, paths, "first_load", parse_choices({}))

    assert preview["needs"] == ["parents:villages"]
    assert preview["faults"] == []


def test_choices_when_malformed_then_every_wrong_value_is_named() -> None:
    with pytest.raises(RuleBroken) as caught:
        parse_choices({"levels": {"a": 9}, "crs": {"a": "Beijing"}, "fields": {"a": {"colour": "x"}}})

    assert [error.field for error in caught.value.errors] == ["levels.a", "crs.a", "fields.a"]
