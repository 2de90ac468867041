"""The demo district from 2019 to 2020: every chain is whole, every crosswalk exact, every total kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from gazetteer.db import create_pool, session_factory
from gazetteer.queries.cover import find_units
from gazetteer.queries.crosswalk import get_crosswalk
from gazetteer.queries.differences import find_difference, find_pieces
from gazetteer.queries.lineage_chain import find_starts, list_chains
from gazetteer.queries.statistics import StatisticRow, move_statistic
from tests.conftest import clone
from tests.gazetteer.imports.drawing import load_files

SHAPEFILES = Path(__file__).parents[3] / "data" / "shapefiles"
THEN, BETWEEN, NOW = dt.date(2019, 11, 1), dt.date(2020, 1, 1), dt.date(2020, 7, 1)


@pytest.fixture(scope="module")
def session(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A database with both editions, loaded once for the tests of this module: they only read."""
    home = tmp_path_factory.mktemp("home")
    databases = clone(template_database)
    engine = create_pool(next(databases), size=1)
    with session_factory(engine, audit_key="key of the tests")() as session:
        load_files(session, home, [SHAPEFILES / "2019"])
        load_files(session, home, [SHAPEFILES / "2020"], door="edition", valid_from=None)
        yield session
    engine.dispose()
    next(databases, None)


@pytest.mark.parametrize(("level", "then", "now"), [(3, 1, 1), (4, 12, 8), (5, 106, 81)])
def test_crosswalk_when_made_for_the_demo_then_every_unit_went_as_a_whole(
    session: Session, level: int, then: int, now: int
) -> None:
    rows = get_crosswalk(session, THEN, NOW, level=level)
    assert len(rows) == then
    assert {row.exact for row in rows} == {True}
    assert len({row.target.id for row in rows if row.target}) == now


@pytest.mark.parametrize("level", [3, 4, 5])
def test_chain_when_followed_for_the_demo_then_it_ends_where_the_land_lies(
    session: Session, level: int
) -> None:
    land = {
        row.source.id: row.target.id for row in get_crosswalk(session, THEN, NOW, level=level) if row.target
    }
    starts = find_starts(session, None, "510132", level, THEN)
    chains = list_chains(session, starts, THEN, NOW)
    assert len(chains) == len(land)
    assert {chain.division.id: chain.ends[0].division.id for chain in chains} == land
    assert all(chain.exact and len(chain.ends) == 1 for chain in chains)


def test_chain_when_followed_backward_then_each_unit_is_made_of_whole_ones(session: Session) -> None:
    starts = find_starts(session, None, "510118", 5, NOW)
    chains = list_chains(session, starts, NOW, THEN)
    assert len(chains) == 81
    made_of = [end.division.id for chain in chains for end in chain.ends]
    assert len(made_of) == len(set(made_of)) == 106
    assert all(sum(end.share or 0 for end in chain.ends) == pytest.approx(1) for chain in chains)


def test_chain_when_a_town_got_a_new_code_then_the_code_of_either_year_leads_to_it(session: Session) -> None:
    (forth,) = list_chains(session, find_starts(session, "510132105", None, None, THEN), THEN, NOW)
    assert [(end.division.name, end.division.code) for end in forth.ends] == [("兴义镇", "510118101")]
    (county,) = list_chains(session, find_starts(session, "510132", None, None, THEN), THEN, NOW)
    assert [end.division.code for end in county.ends] == ["510118"]
    assert [step.event.effective for step in county.steps] == [dt.date(2020, 6, 18)]


@pytest.mark.parametrize("level", [4, 5])
def test_statistic_when_moved_for_the_demo_then_its_total_is_kept_and_nothing_is_estimated(
    session: Session, level: int
) -> None:
    units = find_units(session, THEN, level=level)
    given = [
        StatisticRow(i, unit.code or "", str(1000 + 37 * i)) for i, unit in enumerate(units.values(), start=1)
    ]
    moved = move_statistic(session, given, THEN, NOW)
    assert moved.unmatched == ()
    assert moved.total_out == moved.total_in == sum(Decimal(row.value) for row in given)
    assert not any(row.estimated for row in moved.rows)
    assert {row.code for row in moved.rows} == {
        u.code for u in find_units(session, NOW, level=level).values()
    }


def test_difference_when_asked_for_the_demo_then_each_town_says_what_became_of_it(session: Session) -> None:
    found = find_difference(session, THEN, NOW, level=4)
    texts = {(item.before or item.after).name: item.text for item in found.items}  # type: ignore[union-attr]
    assert texts["兴义镇"].startswith("代码由510132105改为510118101")
    assert texts["花源镇"] == "撤销花源镇，并入花源街道"
    ended = [item for item in found.items if item.aspects == ("ended",)]
    founded = [item for item in found.items if item.aspects == ("founded",)]
    assert 12 - len(ended) + len(founded) == 8


def test_difference_when_only_the_second_event_lies_between_then_no_land_passes_below_the_district(
    session: Session,
) -> None:
    assert find_pieces(session, BETWEEN, NOW, level=5) == []
    assert {item.aspects for item in find_difference(session, BETWEEN, NOW, level=5).items} <= {
        ("recoded",),
        ("recoded", "reparented"),
    }
    (ended, founded) = find_difference(session, BETWEEN, NOW, level=3).items
    assert {ended.text, founded.text} == {"撤销新津县，并入新津区", "撤销新津县，设立新津区"}


def test_pieces_when_asked_for_the_demo_then_their_areas_are_those_of_the_units_that_ended(
    session: Session,
) -> None:
    lost = sum(item.lost_m2 for item in find_difference(session, THEN, NOW, level=5).items)
    assert sum(land.piece.area_m2 for land in find_pieces(session, THEN, NOW, level=5)) == pytest.approx(lost)
