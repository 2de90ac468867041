"""What happened between two coverages, proposed from the land: never by a name alone, never silently."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gazetteer.errors import RuleBroken
from gazetteer.imports.choices import parse_choices
from gazetteer.imports.proposal import Party, Proposal, propose
from gazetteer.imports.proposal_files import summarise, write_proposal
from gazetteer.imports.proposal_plan import propose_from_files, propose_from_register
from tests.gazetteer.imports.drawing import (
    FIRST_DAY,
    check_files,
    load_files,
    require_whole,
    three_levels,
    union,
    write_layer,
)
from tests.gazetteer.register import draw

CELLS = draw("aabb\nccdd")
LATER = dt.date(2024, 3, 1)


def town(name: str, code: str | None, letters: str, type_: str = "镇", parent: str = "试验县") -> Party:
    return Party(4, code, name, type_, parent, union(CELLS, letters))


def rows(proposal: Proposal) -> list[tuple[str, str, str, str, bool]]:
    return [(x.source.name, x.target.name, x.role, x.kind, x.confirm) for x in proposal.links]


def test_proposal_when_nothing_changed_then_every_unit_goes_on() -> None:
    units = [town("甲镇", "510132100", "ab"), town("乙镇", "510132101", "cd")]
    assert rows(propose(units, units)) == [
        ("甲镇", "甲镇", "whole", "continue", False),
        ("乙镇", "乙镇", "whole", "continue", False),
    ]


def test_proposal_when_one_absorbs_the_other_under_its_code_then_it_goes_on() -> None:
    found = propose(
        [town("甲镇", "510132100", "ab"), town("乙镇", "510132101", "cd")],
        [town("甲镇", "510132100", "abcd")],
    )
    assert rows(found) == [
        ("甲镇", "甲镇", "whole", "continue", False),
        ("乙镇", "甲镇", "whole", "absorb", False),
    ]
    assert found.kind == "merge"


def test_proposal_when_the_absorbing_unit_is_renamed_then_the_code_says_who_goes_on() -> None:
    found = propose(
        [town("青禾镇", "510199001", "ab"), town("云杉镇", "510199005", "cd")],
        [town("青云镇", "510199001", "abcd")],
    )
    assert rows(found) == [
        ("青禾镇", "青云镇", "whole", "rename", False),
        ("云杉镇", "青云镇", "whole", "absorb", False),
    ]


def test_proposal_when_a_merger_has_a_new_code_and_name_then_all_end_and_one_is_founded() -> None:
    found = propose(
        [town("甲镇", "510132100", "ab"), town("乙镇", "510132101", "cd")],
        [town("丙镇", "510132102", "abcd")],
    )
    assert {(link.kind, link.confirm) for link in found.links} == {("establish", False)}


def test_proposal_when_a_merger_has_a_new_code_and_an_old_name_then_a_person_decides() -> None:
    found = propose(
        [town("甲镇", "510132100", "ab"), town("乙镇", "510132101", "cd")],
        [town("甲镇", "510132102", "abcd")],
    )
    assert rows(found) == [
        ("甲镇", "甲镇", "whole", "recode", True),
        ("乙镇", "甲镇", "whole", "absorb", True),
    ]


def test_proposal_when_a_town_becomes_a_subdistrict_then_it_ends_and_one_is_founded() -> None:
    found = propose([town("甲镇", "510132100", "ab")], [town("甲街道", "510132001", "ab", "街道")])
    assert [(link.kind, link.role) for link in found.links] == [("establish", "whole")]


def test_proposal_when_a_unit_is_split_then_the_code_says_who_goes_on() -> None:
    found = propose(
        [town("甲镇", "510132100", "abcd")],
        [town("甲镇", "510132100", "ab"), town("丁镇", "510132103", "cd")],
    )
    assert set(rows(found)) == {
        ("甲镇", "甲镇", "part", "continue", False),
        ("甲镇", "丁镇", "part", "establish", False),
    }
    assert found.kind == "split"
    assert [link.share for link in found.links] == pytest.approx([0.5, 0.5], abs=1e-3)


def test_proposal_when_a_line_moved_then_the_piece_passes_and_both_go_on() -> None:
    found = propose(
        [town("甲镇", "510132100", "ab"), town("乙镇", "510132101", "cd")],
        [town("甲镇", "510132100", "abc"), town("乙镇", "510132101", "d")],
    )
    assert rows(found) == [
        ("甲镇", "甲镇", "whole", "continue", False),
        ("乙镇", "乙镇", "part", "continue", False),
        ("乙镇", "甲镇", "part", "absorb", False),
    ]
    assert found.kind == "boundary"


def shaken(geom: BaseGeometry) -> BaseGeometry:
    """The same land digitised again: lines are up to a few metres beside the old ones."""
    fine = shapely.segmentize(geom, 0.001)
    return shapely.transform(fine, lambda xy: xy + 2e-5 * np.sin(5000 * xy[:, ::-1]))


def test_proposal_when_both_were_drawn_apart_then_slivers_are_passed_over_and_counted() -> None:
    before = [town("甲镇", "510132100", "ab"), town("乙镇", "510132101", "cd")]
    after = [Party(4, p.code, p.name, p.type, p.parent, shaken(p.geom)) for p in before]
    found = propose(before, after, tolerance_m=20)
    assert rows(found) == [
        ("甲镇", "甲镇", "whole", "continue", False),
        ("乙镇", "乙镇", "whole", "continue", False),
    ]
    assert found.passed_over > 0
    assert found.passed_over_m2 > 0
    assert len(propose(before, after, tolerance_m=0.01).links) > 2


def test_proposal_when_only_the_name_is_the_same_then_no_link_but_a_candidate_with_parent_and_distance() -> (
    None
):
    old = Party(4, "510199107", "柳坝乡", "乡", "青川县", CELLS["a"])
    other = Party(4, "510299107", "柳坝乡", "乡", "远山县", CELLS["d"])
    found = propose([old], [other])
    assert found.links == ()
    (candidate,) = found.candidates
    assert (candidate.old.code, candidate.new.code, candidate.new.parent) == (
        "510199107",
        "510299107",
        "远山县",
    )
    assert 1500 < candidate.distance_m < 3500
    assert {(one.side, one.whole) for one in found.unclear} == {("before", True), ("after", True)}


def test_proposal_when_the_specific_term_is_the_same_then_a_candidate_too() -> None:
    old = Party(3, "500105", "江北区", "区", "甲市", CELLS["a"])
    other = Party(3, "330205", "江北县", "县", "乙市", CELLS["d"])
    assert [one.reason for one in propose([old], [other]).candidates] == ["名称相同 same name"]


def test_proposal_when_land_and_mark_disagree_then_a_person_decides() -> None:
    """The code is found again on a unit that has only a little of the old land."""
    found = propose(
        [town("甲镇", "510132100", "abc"), town("乙镇", "510132101", "d")],
        [town("丙镇", "510132105", "ab"), town("甲镇", "510132100", "cd")],
    )
    confirm = {(link.source.name, link.target.name): link.confirm for link in found.links}
    assert confirm["甲镇", "甲镇"]


def newer(folder: Path) -> list[Path]:
    geoms = draw("aabb\naabc\nddcc")
    villages = [
        {"code": "510132100200", "name": "甲村", "geom": union(geoms, "ab")},
        {"code": "510132101200", "name": "丙村", "geom": geoms["c"]},
        {"code": "510132101201", "name": "丁村", "geom": geoms["d"]},
    ]
    towns = [
        {"code": "510132100", "name": "东河镇", "geom": union(geoms, "ab")},
        {"code": "510132101", "name": "西河镇", "geom": union(geoms, "cd")},
    ]
    county = [{"code": "510132", "name": "试验县", "geom": union(geoms, "abcd")}]
    return [
        write_layer(folder, "villages", villages),
        write_layer(folder, "towns", towns),
        write_layer(folder, "districts", county),
    ]


def test_proposal_when_confirmed_then_it_loads_as_an_edition(session: Session, tmp_path: Path) -> None:
    load_files(session, tmp_path / "home", three_levels(tmp_path / "old"))
    files = newer(tmp_path / "new")
    proposal = propose_from_register(session, files, parse_choices({}), LATER)
    assert (
        summarise(proposal)
        == "第 3 级 1 个单位变为 1 个，第 4 级 2 个单位变为 2 个，第 5 级 4 个单位变为 3 个"
    )
    events, lineage, *_ = write_proposal(proposal, tmp_path / "proposed", LATER)
    load_files(session, tmp_path / "home", [*files, events, lineage], door="edition", valid_from=None)
    assert sum(unit.level == 5 for unit in require_whole(session, LATER).units.values()) == 3
    assert sum(unit.level == 5 for unit in require_whole(session, FIRST_DAY).units.values()) == 4


def test_proposal_when_a_row_waits_for_a_person_then_the_edition_is_refused_by_name(
    session: Session, tmp_path: Path
) -> None:
    load_files(session, tmp_path / "home", three_levels(tmp_path / "old"))
    files = newer(tmp_path / "new")
    proposal = propose_from_register(session, files, parse_choices({}), LATER)
    events, lineage, *_ = write_proposal(proposal, tmp_path / "proposed", LATER)
    with lineage.open(encoding="utf-8-sig", newline="") as stream:
        table = list(csv.reader(stream))
    table[1][-1] = "needed"
    with lineage.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(table)
    checked = check_files(session, tmp_path / "home", [*files, events, lineage], door="edition")
    assert [fault["code"] for fault in checked.batch.preview["faults"]] == ["lineage_unconfirmed"]


def test_proposal_when_no_day_is_given_then_the_tables_cannot_be_loaded_as_they_are(
    session: Session, tmp_path: Path
) -> None:
    old, new = three_levels(tmp_path / "old"), newer(tmp_path / "new")
    proposal = propose_from_files(old, new, parse_choices({}))
    events, lineage, *_ = write_proposal(proposal, tmp_path / "proposed")
    load_files(session, tmp_path / "home", old)
    checked = check_files(session, tmp_path / "home", [*new, events, lineage], door="edition")
    assert "edition_table_row" in {fault["code"] for fault in checked.batch.preview["faults"]}
    with pytest.raises(FileExistsError):
        write_proposal(proposal, tmp_path / "proposed")


def test_proposal_when_the_files_are_no_coverage_then_refused_with_every_fault(tmp_path: Path) -> None:
    bad = [{"code": "510132", "name": "", "geom": shapely.box(103.8, 30.4, 103.9, 30.5)}]
    path = write_layer(tmp_path / "bad", "districts", bad)
    with pytest.raises(RuleBroken) as refused:
        propose_from_files([path], [path], parse_choices({}))
    assert refused.value.code == "refused"
    assert "name_missing" in {error.code for error in refused.value.errors}
