"""Recording joint inspections 联合检查: a fact of the day, no change of the register, so no request."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.changes import audit
from gazetteer.errors import FieldError, RuleBroken, Stale
from gazetteer.models import Inspection
from gazetteer.operations.line_places import require_at_line
from gazetteer.queries.inspections import InspectionView, list_inspections
from gazetteer.roles import Actor


@dataclass(frozen=True)
class Report:
    """What an inspection found.

    Parameters
    ----------
    occasion : {'regular', 'extra'}
        An extra one (after floods, works) leaves the day the next regular one is due as it is.
    result : {'intact', 'repaired', 'changed', 'disputed'}
    findings : mapping of subject to text
    documents : sequence of str
        Numbers of the papers.
    corrects : UUID or None
        An earlier record of this line that was wrong; it then no longer counts.
    """

    inspected_on: dt.date
    inspected_by: str
    result: str
    occasion: str = "regular"
    findings: Mapping[str, str] | None = None
    documents: Sequence[str] = ()
    corrects: uuid.UUID | None = None


def record_inspection(
    session: Session, actor: Actor, line: uuid.UUID, inspection_id: uuid.UUID, report: Report, *, years: int
) -> InspectionView:
    """Record an inspection of a line; sending the same one again is harmless.

    Parameters
    ----------
    years : int
        Years until the next regular inspection is due.

    Raises
    ------
    NotFound, Forbidden
    RuleBroken
        ``inspected_later``: the day lies ahead. ``corrects_wrong``: no such record of this line, or one that
        another corrects already.
    Stale
        ``id_taken``: another inspection has that id.
    """
    require_at_line(session, actor, "inspection.record", line, clock.today(session))
    known = {view.id: view for view in list_inspections(session, line)}
    if inspection_id in known:
        return _same(known[inspection_id], report)
    if session.get(Inspection, inspection_id) is not None:
        raise _taken()
    _require_past(session, report)
    _require_correctable(known, report.corrects)
    due = add_years(report.inspected_on, years) if report.occasion == "regular" else None
    session.add(
        Inspection(
            id=inspection_id,
            line_id=line,
            inspected_on=report.inspected_on,
            occasion=report.occasion,
            inspected_by=report.inspected_by,
            result=report.result,
            findings=dict(report.findings or {}),
            documents=list(report.documents),
            next_due=due,
            corrects=report.corrects,
            recorded_by=actor.user_id,
            recorded_at=clock.now(session),
        )
    )
    detail = {"line": str(line), "inspected_on": report.inspected_on.isoformat(), "result": report.result}
    audit.append(session, actor.user_id, "inspection.record", "inspection", inspection_id, detail)
    session.commit()
    return next(view for view in list_inspections(session, line) if view.id == inspection_id)


def add_years(day: dt.date, years: int) -> dt.date:
    """Return the same day some years later; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _same(view: InspectionView, report: Report) -> InspectionView:
    sent = (
        report.inspected_on,
        report.inspected_by,
        report.result,
        report.occasion,
        dict(report.findings or {}),
        tuple(report.documents),
        report.corrects,
    )
    stands = (
        view.inspected_on,
        view.inspected_by,
        view.result,
        view.occasion,
        dict(view.findings),
        view.documents,
        view.corrects,
    )
    if sent != stands:
        raise _taken()
    return view


def _taken() -> Stale:
    return Stale("该编号已用于另一条联检记录。", "Another inspection has that id.", code="id_taken")


def _require_past(session: Session, report: Report) -> None:
    if report.inspected_on > clock.today(session):
        raise RuleBroken(
            "检查日期不能晚于今天。",
            "An inspection cannot lie ahead.",
            code="inspected_later",
            errors=(FieldError("inspected_on", "inspected_later", "晚于今天", "lies ahead"),),
        )


def _require_correctable(known: Mapping[uuid.UUID, InspectionView], corrects: uuid.UUID | None) -> None:
    if corrects is None:
        return
    if corrects not in known or known[corrects].corrected_by is not None:
        raise RuleBroken(
            "所更正的记录不属于此界线，或已被更正。",
            "The record to correct is not one of this line, or has been corrected already.",
            code="corrects_wrong",
            errors=(FieldError("corrects", "corrects_wrong", "不可更正", "cannot be corrected"),),
        )
