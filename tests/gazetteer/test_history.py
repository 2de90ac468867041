"""The register on any day, as known at any moment: both come out as they were when they were current."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace

import pytest
import shapely
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.errors import NotFound, RuleBroken
from gazetteer.exports.layers import EXPORT_LAYERS, layer_rows
from gazetteer.queries.codes import find_code
from gazetteer.queries.divisions import Filter, get_boundary, get_division, list_divisions
from gazetteer.queries.known_shapes import find_known_shapes
from gazetteer.queries.moments import choose_when
from gazetteer.queries.names import NameFilter, list_names
from gazetteer.queries.snapshot import Snapshot, snapshot
from gazetteer.queries.stand import Stand
from gazetteer.roles import Actor
from tests.gazetteer.drafting import bulge, line_between, person, rename
from tests.gazetteer.register import Register, build_register, three_levels
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
MONTH = dt.timedelta(days=30)


@dataclass(frozen=True, eq=False)
class Then:
    """What the register was when it was current."""

    day: dt.date
    moment: dt.datetime
    state: Snapshot


@pytest.fixture
def register(session: Session) -> Register:
    clock.freeze(session, FIRST)
    places = (("老君山", 103.805, 30.495), ("老君河", 103.855, 30.455))
    return build_register(session, three_levels(PICTURE, TOWNS), places=places)


@pytest.fixture
def people(session: Session, register: Register) -> tuple[Actor, Actor]:
    surveyor = person(session, "surveyor", "clerk", within=register.ids["district"])
    return surveyor, person(session, "approver")


def current(session: Session) -> Then:
    session.expire_all()
    return Then(clock.today(session), clock.now(session), snapshot(session))


def live(session: Session, register: Register, people: tuple[Actor, Actor]) -> list[Then]:
    """Change the register month by month and keep what it was each time."""
    ids, seen = register.ids, [current(session)]
    changes = (
        lambda: ([merge(register, "i", "l")], {}),
        lambda: ([bulge(line_between(session, register.faces["a"], register.faces["b"]))], CORRECTION),
        lambda: (with_codes(session, people[0], [transfer(register, "g", "南镇", "北镇")]), {}),
        lambda: ([rename(ids["a"], "A村", "青禾村")], CORRECTION),
        lambda: (with_codes(session, people[0], [split_b(register)]), {}),
        lambda: (with_codes(session, people[0], [merge(register, "北镇", "西镇")]), {}),
    )
    for number, make in enumerate(changes, start=1):
        clock.freeze(session, FIRST + number * MONTH)
        operations, more = make()
        decide(session, people, *operations, **more)
        clock.freeze(session, FIRST + number * MONTH + dt.timedelta(hours=6))
        seen.append(current(session))
    return seen


CORRECTION = {"kind": "boundary_correction"}


def split_b(register: Register) -> dict[str, object]:
    return split(register.ids["b"], [at(2.5, 2.5), at(6.5, 2.5)], part(at(4.5, 2.7), "丁村"))


def require_equal(then: Snapshot, now: Snapshot) -> None:
    """Assert that two snapshots say the same of everything."""
    assert now.as_of == then.as_of
    assert now.last_event == then.last_event
    assert now.members == then.members
    assert now.lines == then.lines
    assert [vars(place) for place in now.places] == [vars(place) for place in then.places]
    assert now.arc_ids.tolist() == then.arc_ids.tolist()
    assert now.arcs.coords.tolist() == then.arcs.coords.tolist()
    assert now.arcs.left.tolist() == then.arcs.left.tolist()
    measured = {d.id: d.area_m2 for d in now.divisions}
    assert measured == pytest.approx({d.id: d.area_m2 for d in then.divisions}, abs=1e-3)
    blank = [replace(d, area_m2=None) for d in then.divisions]
    assert [replace(d, area_m2=None) for d in now.divisions] == blank
    require_same_shapes(then.shapes, now.shapes)


def require_same_shapes(
    then: dict[uuid.UUID, shapely.Geometry], now: dict[uuid.UUID, shapely.Geometry]
) -> None:
    assert then.keys() == now.keys()
    for division, geom in then.items():
        assert shapely.normalize(geom) == shapely.normalize(now[division]), division


def test_register_when_asked_as_known_at_an_earlier_moment_then_all_layers_are_as_they_were(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    for then in live(session, register, people):
        require_equal(then.state, snapshot(session, Stand(then.day, then.moment)))


def test_register_when_asked_as_the_law_stood_then_corrections_count_and_later_changes_do_not(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    seen = live(session, register, people)
    # The last correction came before the fifth change: from then on every day is known as it was then.
    for then in seen[5:]:
        require_same_shapes(then.state.shapes, snapshot(session, then.day).shapes)
    for then in seen:
        day = snapshot(session, then.day)
        assert {d.id for d in day.divisions} == {d.id for d in then.state.divisions}
        assert {(d.id, d.code) for d in day.divisions} == {(d.id, d.code) for d in then.state.divisions}
        assert day.members == then.state.members


def test_polygons_when_built_from_lines_then_they_are_those_stored_for_each_day(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    for then in live(session, register, people):
        stored = snapshot(session, then.day).shapes
        built = find_known_shapes(session, list(stored), then.day)
        require_same_shapes(stored, {division: shape.geom for division, shape in built.items()})


def test_boundary_when_corrected_since_then_both_the_right_and_the_known_one_can_be_had(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    seen = live(session, register, people)
    a, (before, after) = str(register.ids["a"]), (seen[1], seen[2])
    _, right = get_boundary(session, a, before.day)
    view, known = get_boundary(session, a, before.day, before.moment)
    assert view.known_at == before.moment
    stored = [shapely.geometry.shape(geometry) for geometry in (right, known)]
    assert shapely.normalize(stored[0]) == shapely.normalize(after.state.shapes[register.ids["a"]])
    assert shapely.normalize(stored[1]) == shapely.normalize(before.state.shapes[register.ids["a"]])
    assert view.area_m2 == pytest.approx(
        next(d.area_m2 for d in before.state.divisions if d.id == register.ids["a"]), abs=1e-3
    )


def test_list_when_asked_as_known_then_names_codes_and_parents_of_then(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    seen = live(session, register, people)
    start = seen[0]
    stand = Stand(start.day, start.moment)
    then = {d.name: (d.code, d.parent.name if d.parent else None) for d in _all(session, stand)}
    assert then["A村"] == ("510132100201", "东镇")
    assert then["G村"] == ("510132101203", "南镇")
    known_now = {d.name: d.code for d in _all(session, start.day)}
    assert "A村" not in known_now
    assert known_now["青禾村"] == "510132100201"


def _all(session: Session, on: dt.date | Stand) -> list[object]:
    return list(list_divisions(session, Filter(on=on), limit=200).items)


def test_code_when_asked_as_known_then_who_was_known_to_bear_it(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    seen = live(session, register, people)
    g = register.ids["g"]
    early = find_code(session, "510132101203", seen[0].day, seen[0].moment)
    assert early.holder is not None
    assert early.holder.division.id == g
    assert early.holder.valid_to is None
    later = find_code(session, "510132101203", seen[-1].day)
    assert later.holder is None
    assert later.holders[0].valid_to == (FIRST + 3 * MONTH).date()


def test_division_when_it_was_not_known_yet_then_not_found(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    seen = live(session, register, people)
    made = next(d for d in seen[5].state.divisions if d.name == "丁村")
    with pytest.raises(NotFound):
        get_division(session, str(made.id), None, seen[0].moment)
    assert get_division(session, str(made.id)).name == "丁村"


def test_names_when_asked_within_a_division_as_known_then_its_shape_of_then_counts(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    seen = live(session, register, people)
    stand = Stand(seen[0].day, seen[0].moment)
    found = list_names(session, NameFilter(on=stand, within=register.ids["a"]))
    assert [place.name for place in found.items] == ["老君山"]


def test_export_when_asked_as_known_then_the_rows_of_then(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    seen = live(session, register, people)
    state = snapshot(session, Stand(seen[0].day, seen[0].moment))
    rows = list(layer_rows(state, EXPORT_LAYERS["villages"]))
    was = list(layer_rows(seen[0].state, EXPORT_LAYERS["villages"]))
    assert [row[1]["name"] for row in rows] == [row[1]["name"] for row in was]
    assert [row[1]["area_m2"] for row in rows] == pytest.approx([row[1]["area_m2"] for row in was])


def test_moment_when_it_lies_in_the_future_then_refused(session: Session, register: Register) -> None:
    with pytest.raises(RuleBroken) as refused:
        choose_when(session, None, FIRST + MONTH)
    assert refused.value.code == "known_in_future"


def test_moment_when_no_day_is_given_then_its_day_in_shanghai(session: Session, register: Register) -> None:
    late = dt.datetime(2023, 12, 31, 16, 30, tzinfo=dt.UTC)
    assert choose_when(session, None, late) == Stand(dt.date(2024, 1, 1), late)
