"""Joint inspections of boundary lines: recorded, corrected, due again."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.clock import today
from gazetteer.errors import Forbidden, NotFound, RuleBroken, Stale
from gazetteer.models import AuditEntry
from gazetteer.operations.inspections import Report, add_years, record_inspection
from gazetteer.queries.inspections import list_inspections
from gazetteer.queries.lines import LineFilter, LineView, get_line, list_lines
from gazetteer.roles import Actor
from tests.gazetteer.drafting import person
from tests.gazetteer.lined_register import build_lined
from tests.gazetteer.register import Register


@pytest.fixture
def register(session: Session) -> Register:
    return build_lined(session)


def line(session: Session, register: Register) -> LineView:
    return get_line(session, register.lines["东—西线"], today(session), 5)


def all_lines(session: Session, **wanted: Any) -> tuple[LineView, ...]:
    return list_lines(session, LineFilter(on=today(session), years=5, **wanted), limit=500).items


REPORT = Report(
    dt.date(2026, 5, 1), "东镇、西镇民政办", "intact", findings={"markers": "完好"}, documents=("1号",)
)


@pytest.fixture
def frozen(session: Session) -> None:
    clock.freeze(session, dt.datetime(2026, 11, 25, 4, tzinfo=dt.UTC))


def record(
    session: Session, actor: Actor, register: Register, report: Report = REPORT, key: uuid.UUID | None = None
) -> Any:
    target = register.lines["东—西线"]
    return record_inspection(session, actor, target, key or uuid.uuid4(), report, years=5)


@pytest.mark.usefixtures("frozen")
def test_inspection_when_recorded_then_the_next_is_due_in_five_years(
    session: Session, register: Register
) -> None:
    actor = person(session, "reviewer", within=register.ids["西镇"])
    view = record(session, actor, register)
    assert (view.next_due, view.result, view.findings) == (dt.date(2031, 5, 1), "intact", {"markers": "完好"})
    assert view.recorded_by.display_name == actor.display_name
    found = line(session, register)
    assert (found.inspected_on, found.next_due) == (dt.date(2026, 5, 1), dt.date(2031, 5, 1))
    entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert (entry.action, entry.subject_id) == ("inspection.record", str(view.id))


@pytest.mark.usefixtures("frozen")
def test_inspection_when_sent_again_then_the_same_and_with_other_content_refused(
    session: Session, register: Register
) -> None:
    actor = person(session, "surveyor")
    key = uuid.uuid4()
    assert record(session, actor, register, key=key) == record(session, actor, register, key=key)
    other = Report(dt.date(2026, 5, 2), "甲", "intact")
    with pytest.raises(Stale, match="Another inspection"):
        record(session, actor, register, other, key)
    target = register.lines["东—南线"]
    with pytest.raises(Stale):
        record_inspection(session, actor, target, key, REPORT, years=5)
    assert len(list_inspections(session, register.lines["东—西线"])) == 1


@pytest.mark.usefixtures("frozen")
def test_inspection_when_extra_or_corrected_then_the_due_day_follows_what_counts(
    session: Session, register: Register
) -> None:
    actor = person(session, "surveyor")
    first = record(session, actor, register)
    flood = Report(dt.date(2026, 8, 1), "水务", "changed", occasion="extra")
    assert record(session, actor, register, flood).next_due is None
    assert line(session, register).next_due == dt.date(2031, 5, 1)
    right = Report(dt.date(2026, 4, 1), "民政", "repaired", corrects=first.id)
    record(session, actor, register, right)
    assert line(session, register).next_due == dt.date(2031, 4, 1)
    assert {v.corrected_by is None for v in list_inspections(session, register.lines["东—西线"])} == {
        True,
        False,
    }
    with pytest.raises(RuleBroken) as caught:
        record(session, actor, register, right)
    assert caught.value.code == "corrects_wrong"


@pytest.mark.usefixtures("frozen")
def test_inspection_when_it_lies_ahead_or_the_line_is_unknown_then_refused(
    session: Session, register: Register
) -> None:
    actor = person(session, "surveyor")
    with pytest.raises(RuleBroken) as caught:
        record(session, actor, register, Report(dt.date(2026, 11, 26), "甲", "intact"))
    assert caught.value.code == "inspected_later"
    with pytest.raises(NotFound):
        record_inspection(session, actor, uuid.uuid4(), uuid.uuid4(), REPORT, years=5)


def test_inspection_when_the_role_or_the_place_does_not_fit_then_forbidden(
    session: Session, register: Register
) -> None:
    for actor in (person(session, "reviewer", within=register.ids["南镇"]), person(session, "approver")):
        with pytest.raises(Forbidden):
            record(session, actor, register)


@pytest.mark.usefixtures("frozen")
def test_lines_when_due_before_a_day_then_the_overdue_and_the_settled_never_inspected(
    session: Session, register: Register
) -> None:
    record(session, person(session, "surveyor"), register)
    session.execute(sa.text("UPDATE boundary_line_state SET legal_status = '600001' WHERE name = '东—南线'"))
    assert {v.name for v in all_lines(session, due_before=dt.date(2031, 5, 2))} == {"东—西线", "东—南线"}
    assert {v.name for v in all_lines(session, due_before=dt.date(2031, 5, 1))} == {"东—南线"}


def test_due_day_when_counted_from_29_february_then_the_last_of_february() -> None:
    assert add_years(dt.date(2024, 2, 29), 5) == dt.date(2029, 2, 28)
    assert add_years(dt.date(2024, 2, 29), 4) == dt.date(2028, 2, 29)


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("statement", ["UPDATE inspection SET result = 'changed'", "DELETE FROM inspection"])
def test_inspection_when_somebody_changes_it_then_the_database_refuses(
    session: Session, register: Register, statement: str
) -> None:
    record(session, person(session, "surveyor"), register)
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), session.begin_nested():
        session.execute(sa.text(statement))
