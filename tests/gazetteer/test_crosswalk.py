"""Crosswalks, chains and statistics over changes of the register: exact where units went as a whole."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from boundaries.errors import BoundaryError
from gazetteer import clock
from gazetteer.errors import NotFound
from gazetteer.imports.choices import parse_choices
from gazetteer.imports.edition_tables import EVENT_COLUMNS, LINEAGE_COLUMNS
from gazetteer.queries.crosswalk import CrosswalkRow, get_crosswalk
from gazetteer.queries.lineage_chain import ChainView, find_starts, list_chains
from gazetteer.queries.stand import Stand
from gazetteer.queries.statistics import StatisticRow, move_by_shares, move_statistic
from gazetteer.roles import Actor
from tests.gazetteer.drafting import bulge, line_between, person
from tests.gazetteer.imports.drawing import load_files, union, write_layer
from tests.gazetteer.imports.test_edition import write_table
from tests.gazetteer.register import Register, build_register, draw, three_levels
from tests.gazetteer.restructuring import (
    PICTURE,
    TOWNS,
    at,
    decide,
    merge,
    part,
    split,
    transfer,
    with_codes,
)

FIRST = dt.datetime(2024, 1, 10, 9, tzinfo=clock.LAW_ZONE)
BEFORE, AFTER = dt.date(2024, 1, 11), dt.date(2024, 6, 1)


@pytest.fixture
def register(session: Session) -> Register:
    clock.freeze(session, FIRST)
    return build_register(session, three_levels(PICTURE, TOWNS))


@pytest.fixture
def people(session: Session, register: Register) -> tuple[Actor, Actor]:
    surveyor = person(session, "surveyor", "clerk", within=register.ids["district"])
    return surveyor, person(session, "approver")


def change(
    session: Session, people: tuple[Actor, Actor], month: int, *operations: dict[str, object], **more: object
) -> None:
    clock.freeze(session, dt.datetime(2024, month, 1, 9, tzinfo=clock.LAW_ZONE))
    decide(session, people, *with_codes(session, people[0], operations), **more)


def named(rows: list[CrosswalkRow]) -> list[tuple[str, str | None, float, bool]]:
    return [
        (row.source.name, row.target.name if row.target else None, round(row.share, 6), row.exact)
        for row in rows
    ]


def ends(chain: ChainView) -> dict[str, float | None]:
    return {end.division.name: end.share and round(end.share, 4) for end in chain.ends}


def split_j(register: Register) -> dict[str, object]:
    """Cut the village j (columns 6 to 8, rows 3 to 5) into halves, west and east."""
    return split(register.ids["j"], [at(7, 2.5), at(7, 5.5)], part(at(7.5, 4), "丁村"))


def test_crosswalk_when_villages_merge_then_exact_and_all_others_themselves(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    change(session, people, 2, merge(register, "i", "l"))
    rows = get_crosswalk(session, BEFORE, AFTER, level=5)
    assert {row.exact for row in rows} == {True}
    moved = {(source, target) for source, target, _, _ in named(rows) if source != target}
    assert moved == {("L村", "I村")}
    assert len(rows) == 12


def test_crosswalk_when_a_village_is_split_then_shares_by_area_and_flagged(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    change(session, people, 2, split_j(register))
    rows = [row for row in get_crosswalk(session, BEFORE, AFTER, level=5) if row.source.name == "J村"]
    assert {(row.target.name if row.target else None) for row in rows} == {"J村", "丁村"}
    assert [row.share for row in rows] == pytest.approx([0.5, 0.5], abs=1e-6)
    assert {(row.exact, row.basis) for row in rows} == {(False, "area")}


def test_crosswalk_when_split_then_merged_then_backward_each_came_from_one_as_a_whole(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    change(session, people, 2, split_j(register))
    back = [row for row in get_crosswalk(session, AFTER, BEFORE, level=5) if row.source.name == "丁村"]
    assert named(back) == [("丁村", "J村", 1.0, True)]


def test_crosswalk_when_within_a_town_then_only_its_units(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    change(session, people, 2, transfer(register, "g", "南镇", "北镇"))
    rows = get_crosswalk(session, BEFORE, AFTER, level=5, within="510132101")
    assert {row.source.name for row in rows} == {"F村", "C村", "G村"}
    towns = get_crosswalk(session, BEFORE, AFTER, level=4, within="510132101")
    assert {(row.source.name, row.target.name if row.target else None) for row in towns} == {
        ("南镇", "南镇"),
        ("南镇", "北镇"),
    }
    with pytest.raises(NotFound):
        get_crosswalk(session, BEFORE, AFTER, within="999999")


def test_crosswalk_when_both_days_are_asked_as_known_then_built_shapes_say_the_same(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    change(session, people, 2, merge(register, "i", "l"))
    now = clock.now(session)
    then = get_crosswalk(session, Stand(BEFORE, now), Stand(AFTER, now), level=5)
    assert named(then) == named(get_crosswalk(session, BEFORE, AFTER, level=5))


def test_chain_when_absorbed_and_then_its_town_too_then_followed_through_both(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    change(session, people, 2, merge(register, "i", "l"))
    change(session, people, 3, merge(register, "h", "k"))
    change(session, people, 4, merge(register, "北镇", "西镇"))
    (village,) = list_chains(session, [register.ids["l"]], BEFORE, AFTER)
    assert ends(village) == {"I村": 1.0}
    assert village.exact
    (town,) = list_chains(session, [register.ids["西镇"]], BEFORE, AFTER)
    assert ends(town) == {"北镇": 1.0}
    assert [step.role for step in town.steps] == ["whole"]


def test_chain_when_followed_backward_then_what_a_unit_was_made_of(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    change(session, people, 2, merge(register, "i", "l"))
    (chain,) = list_chains(session, [register.ids["i"]], AFTER, BEFORE)
    assert not chain.forward
    assert chain.ends[0].division.name == "I村"
    assert sum(end.share or 0 for end in chain.ends) == pytest.approx(1)
    assert {end.division.name for end in chain.ends} == {"I村", "L村"}


def test_chain_when_parts_are_chained_then_shares_multiply_and_add_up(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    change(session, people, 2, split_j(register))
    (made,) = find_starts(session, _code_of(session, "丁村"), None, None, dt.date(2024, 2, 1))
    change(
        session,
        people,
        3,
        split(made, [at(6.5, 4.0), at(8.5, 4.0)], part(at(7.5, 4.8), "戊村")),
    )
    (chain,) = list_chains(session, [register.ids["j"]], BEFORE, AFTER)
    assert ends(chain) == pytest.approx({"J村": 0.5, "丁村": 0.25, "戊村": 0.25}, abs=1e-3)
    assert not chain.exact
    assert [step.role for step in chain.steps] == ["part", "part"]


def _code_of(session: Session, name: str) -> str:
    rows = get_crosswalk(session, dt.date(2024, 2, 1), dt.date(2024, 2, 2), level=5)
    return next(row.source.code for row in rows if row.source.name == name) or ""


def test_starts_when_a_subtree_is_asked_then_all_of_the_level_in_it(
    session: Session, register: Register
) -> None:
    found = find_starts(session, None, "510132101", 5, BEFORE)
    assert set(found) == {register.ids[key] for key in "fcg"}


def statistic(*values: tuple[str, str]) -> list[StatisticRow]:
    return [StatisticRow(i, code, value) for i, (code, value) in enumerate(values, start=1)]


def test_statistic_when_moved_then_merges_exact_parts_estimated_and_the_total_kept(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    change(session, people, 2, merge(register, "i", "l"))
    change(session, people, 3, split_j(register))
    codes = {row.source.name: row.source.code or "" for row in get_crosswalk(session, BEFORE, AFTER, level=5)}
    given = statistic((codes["I村"], "1,201"), (codes["L村"], "333"), (codes["J村"], "1001"))
    moved = move_statistic(session, given, BEFORE, AFTER)
    assert [(row.value, row.estimated) for row in moved.rows if row.name == "I村"] == [(Decimal(1534), False)]
    halves = [row for row in moved.rows if row.name != "I村"]
    assert sorted(row.value for row in halves) == [500, 501]
    assert all(row.estimated for row in halves)
    assert moved.total_in == moved.total_out == 2535
    assert moved.unmatched == ()


def test_statistic_when_rows_do_not_fit_then_each_is_reported_and_the_rest_moved(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    given = statistic(
        ("510132100201", "10"),
        ("510132100201", "11"),
        ("999999999999", "5"),
        ("510132100202", "many"),
        ("510132100203000", "3"),
    )
    moved = move_statistic(session, given, BEFORE, AFTER)
    assert [(row.number, row.reason) for row in moved.unmatched] == [
        (2, "code_twice"),
        (3, "code_unknown"),
        (4, "bad_value"),
        (5, "code_unknown"),
    ]
    assert [(row.code, row.value) for row in moved.rows] == [("510132100201", 10)]


def test_statistic_when_padded_codes_are_given_then_understood(session: Session, register: Register) -> None:
    moved = move_statistic(session, statistic(("510132100000", "7")), BEFORE, AFTER)
    assert [(row.name, row.value) for row in moved.rows] == [("东镇", 7)]


def test_shares_when_given_and_wrong_then_refused() -> None:
    given = statistic(("510199001", "40000"))
    with pytest.raises(BoundaryError) as refused:
        move_by_shares(given, [("510199001", "510199001", 1.0), ("510199001", "510199004", 1.0)])
    assert refused.value.code == "shares_not_one"


def test_shares_when_given_then_moved_by_them() -> None:
    given = statistic(("510199001", "40000"), ("510199005", "10000"), ("510199009", "1"))
    table = [
        ("510199001", "510199001", 0.65),
        ("510199001", "510199004", 0.25),
        ("510199001", "510199003", 0.1),
        ("510199005", "510199001", 1.0),
    ]
    moved = move_by_shares(given, table)
    assert {row.code: row.value for row in moved.rows} == {
        "510199001": 36000,
        "510199003": 4000,
        "510199004": 10000,
    }
    assert moved.total_out == 50000
    assert [row.code for row in moved.unmatched] == ["510199009"]


def test_crosswalk_when_only_a_correction_came_between_then_nothing_moved(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    clock.freeze(session, dt.datetime(2024, 2, 1, 9, tzinfo=clock.LAW_ZONE))
    arc = line_between(session, register.faces["a"], register.faces["b"])
    decide(session, people, bulge(arc), kind="boundary_correction")
    assert {row.exact for row in get_crosswalk(session, BEFORE, AFTER)} == {True}
    known = [Stand(AFTER, FIRST + dt.timedelta(hours=1)), Stand(AFTER, clock.now(session))]
    assert not all(row.exact for row in get_crosswalk(session, *known, level=5))


def test_unit_when_a_uuid_is_unknown_then_not_found(session: Session, register: Register) -> None:
    with pytest.raises(NotFound):
        find_starts(session, str(uuid.uuid4()), None, None, BEFORE)


def test_statistic_when_an_edition_says_how_many_people_went_then_moved_by_people(
    session: Session, tmp_path: Path
) -> None:
    """A part of 青禾镇 went to two towns, 云杉乡 came to it; by area the figures would be others."""
    geoms = draw("aaab\naaac\ndddd")
    old = {"510199001": ("青禾镇", "abc"), "510199005": ("云杉乡", "d")}
    new = {"510199001": ("青禾镇", "ad"), "510199004": ("鹭洲镇", "b"), "510199003": ("石榴镇", "c")}
    for year, towns in (("old", old), ("new", new)):
        rows = [{"code": c, "name": n, "type": "镇", "geom": union(geoms, x)} for c, (n, x) in towns.items()]
        write_layer(tmp_path / year, "towns", rows)
        county = [{"code": "510199", "name": "试验区", "geom": union(geoms, "abcd")}]
        write_layer(tmp_path / year, "districts", county)
    passed = [
        ("510199001", "青禾镇", "510199001", "青禾镇", "part", "continue", 26000),
        ("510199001", "青禾镇", "510199004", "鹭洲镇", "part", "establish", 10000),
        ("510199001", "青禾镇", "510199003", "石榴镇", "part", "establish", 4000),
        ("510199005", "云杉乡", "510199001", "青禾镇", "whole", "absorb", 10000),
    ]
    lineage: list[tuple[object, ...]] = [
        (1, 4, *row[:2], "试验区", *row[2:4], "试验区", "镇", *row[4:6], "", row[6]) for row in passed
    ]
    county_row = ("510199", "试验区", "", "510199", "试验区", "", "区", "whole", "continue", "", "")
    lineage.insert(0, (1, 3, *county_row))
    event = (1, "reform", "", "2024-03-01", "", "", "yes", "yes", "区划调整")
    write_table(tmp_path / "new", "events.csv", EVENT_COLUMNS, [event])
    write_table(tmp_path / "new", "lineage.csv", (*LINEAGE_COLUMNS, "population"), lineage)
    local = parse_choices({"scheme": "local"})
    load_files(session, tmp_path / "home", [tmp_path / "old"], local)
    load_files(session, tmp_path / "home", [tmp_path / "new"], local, "edition", None)
    days = dt.date(2024, 2, 29), dt.date(2024, 3, 1)
    given = statistic(("510199001", "40000"), ("510199005", "10000"))
    by_people = move_statistic(session, given, *days, "population")
    assert {row.code: row.value for row in by_people.rows} == {
        "510199001": 36000,
        "510199003": 4000,
        "510199004": 10000,
    }
    assert {part.basis for part in by_people.parts} == {"population", "whole"}
    by_area = move_statistic(session, given, *days)
    assert by_area.total_out == 50000
    assert {row.code: row.value for row in by_area.rows} != {row.code: row.value for row in by_people.rows}
