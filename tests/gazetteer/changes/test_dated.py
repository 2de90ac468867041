"""Legal change and correction of dated rows."""

import datetime as dt
import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gazetteer.changes import dated
from gazetteer.errors import Stale

FIRST = dt.date(2019, 1, 1)
CHANGE = dt.date(2020, 6, 18)
BASE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def make_event(session: Session, effective_on: dt.date, minute: int) -> dated.Moment:
    at = BASE + dt.timedelta(minutes=minute)
    event_id = session.execute(
        text(
            "INSERT INTO event (kind, recorded_at, effective_on, summary)"
            " VALUES ('correct', :at, :day, 'test') RETURNING id"
        ),
        {"at": at, "day": effective_on},
    ).scalar_one()
    return dated.Moment(event_id, at, effective_on)


def make_named(session: Session, name: str = "新平镇") -> tuple[uuid.UUID, int, dated.Moment]:
    moment = make_event(session, FIRST, 0)
    division = session.execute(
        text("INSERT INTO division (level, created_event) VALUES (4, :event) RETURNING id"),
        {"event": moment.event_id},
    ).scalar_one()
    rows = [{"division_id": division, "kind": "official", "name": name}]
    dated.add(session, dated.NAME, rows, moment)
    row = session.execute(text("SELECT id FROM division_name WHERE division_id = :d"), {"d": division})
    return division, row.scalar_one(), moment


def names(
    session: Session, division: uuid.UUID, known_at: dt.datetime | None = None
) -> list[tuple[object, ...]]:
    known = "upper_inf(recorded)" if known_at is None else "recorded @> CAST(:at AS timestamptz)"
    rows = session.execute(
        text(
            "SELECT name, lower(valid), upper(valid), event_id FROM division_name"
            f" WHERE division_id = :d AND {known} ORDER BY lower(valid)"
        ),
        {"d": division} | ({"at": known_at} if known_at else {}),
    )
    return [tuple(row) for row in rows]


def test_change_from_when_legal_then_both_contents_stand_half_open(session: Session) -> None:
    division, row, found = make_named(session)
    change = make_event(session, CHANGE, 5)

    dated.change_from(session, dated.NAME, {row: {"name": "宝墩镇"}}, change)

    assert names(session, division) == [
        ("新平镇", FIRST, CHANGE, found.event_id),
        ("宝墩镇", CHANGE, None, change.event_id),
    ]


def test_change_from_when_legal_then_earlier_knowledge_is_unchanged(session: Session) -> None:
    division, row, found = make_named(session)
    change = make_event(session, CHANGE, 5)

    dated.change_from(session, dated.NAME, {row: {"name": "宝墩镇"}}, change)

    before = BASE + dt.timedelta(minutes=4, seconds=59)
    assert names(session, division, before) == [("新平镇", FIRST, None, found.event_id)]
    assert len(names(session, division, change.recorded_at)) == 2


def test_close_and_cut_when_ended_then_closed_row_names_the_event(session: Session) -> None:
    division, row, found = make_named(session)
    end = make_event(session, CHANGE, 5)

    dated.close_and_cut(session, dated.NAME, [row], end)

    assert names(session, division) == [("新平镇", FIRST, CHANGE, found.event_id)]
    closed = session.execute(text("SELECT closed_event_id FROM division_name WHERE id = :id"), {"id": row})
    assert closed.scalar_one() == end.event_id


def test_close_and_cut_when_effective_on_first_day_then_nothing_stands(session: Session) -> None:
    division, row, _ = make_named(session)

    dated.close_and_cut(session, dated.NAME, [row], make_event(session, FIRST, 5))

    assert names(session, division) == []


def test_correct_when_wrong_then_valid_stays_and_old_row_is_closed(session: Session) -> None:
    division, row, _ = make_named(session, "兴义真")
    correction = make_event(session, dt.date(2026, 1, 1), 5)

    dated.correct(session, dated.NAME, {row: {"name": "兴义镇"}}, correction)

    assert names(session, division) == [("兴义镇", FIRST, None, correction.event_id)]
    assert names(session, division, BASE)[0][0] == "兴义真"


def test_change_from_when_a_later_change_is_known_then_only_its_own_period_changes(session: Session) -> None:
    division, row, _ = make_named(session)
    future = dt.date(2030, 1, 1)
    dated.change_from(session, dated.NAME, {row: {"name": "未来镇"}}, make_event(session, future, 5))
    standing = session.execute(
        text("SELECT id FROM division_name WHERE upper_inf(recorded) AND name = '新平镇'")
    ).scalar_one()

    dated.change_from(session, dated.NAME, {standing: {"name": "宝墩镇"}}, make_event(session, CHANGE, 6))

    assert [entry[:3] for entry in names(session, division)] == [
        ("新平镇", FIRST, CHANGE),
        ("宝墩镇", CHANGE, future),
        ("未来镇", future, None),
    ]


def test_close_and_cut_when_row_already_closed_then_stale(session: Session) -> None:
    _, row, _ = make_named(session)
    dated.close_and_cut(session, dated.NAME, [row], make_event(session, CHANGE, 5))

    with pytest.raises(Stale) as caught:
        dated.close_and_cut(session, dated.NAME, [row], make_event(session, CHANGE, 6))

    assert caught.value.fields["rows"] == [row]


def test_close_and_cut_when_row_ended_before_the_day_then_stale(session: Session) -> None:
    division, row, _ = make_named(session)
    dated.close_and_cut(session, dated.NAME, [row], make_event(session, CHANGE, 5))
    past = session.execute(
        text("SELECT id FROM division_name WHERE division_id = :d AND upper_inf(recorded)"), {"d": division}
    ).scalar_one()

    with pytest.raises(Stale):
        dated.close_and_cut(session, dated.NAME, [past], make_event(session, CHANGE, 6))


def test_change_from_when_geometry_column_not_named_then_kept_exactly(session: Session) -> None:
    division, _, moment = make_named(session)
    point = session.execute(
        text("SELECT ST_SetSRID(ST_MakePoint(103.810000001, 30.410000003), 4490)::text")
    ).scalar_one()
    dated.add(session, dated.STATE, [{"division_id": division, "type": "镇", "seat": point}], moment)
    row = session.execute(
        text("SELECT id FROM division_state WHERE division_id = :d"), {"d": division}
    ).scalar_one()

    dated.change_from(session, dated.STATE, {row: {"type": "街道"}}, make_event(session, CHANGE, 5))

    seats = session.execute(
        text("SELECT seat::text FROM division_state WHERE division_id = :d AND upper_inf(recorded)"),
        {"d": division},
    )
    assert seats.scalars().all() == [point, point]
