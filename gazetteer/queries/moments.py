"""Which state of the register somebody asks for: a day of law, as known now or at an earlier moment."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.errors import FieldError, RuleBroken
from gazetteer.queries.stand import Stand, When


def choose_when(session: Session, as_of: dt.date | None, known_at: dt.datetime | None) -> When:
    """Return the state asked for.

    Parameters
    ----------
    as_of : date, optional
        The day of law; without it today, or with `known_at` the day that moment had in Asia/Shanghai.
    known_at : datetime with time zone, optional
        Only what had been recorded by then, and not yet closed, counts.

    Raises
    ------
    RuleBroken
        ``known_in_future``: what will be known cannot be told, and would be another answer later.
    """
    if known_at is None:
        return as_of or clock.today(session)
    if known_at > clock.now(session):
        raise RuleBroken(
            "known_at 不能晚于现在。",
            "`known_at` lies in the future.",
            code="known_in_future",
            errors=(FieldError("known_at", "known_in_future", "晚于现在", "lies in the future"),),
        )
    return Stand(as_of or known_at.astimezone(clock.LAW_ZONE).date(), known_at)


def known_of(when: When) -> dt.datetime | None:
    """Return the moment of knowledge asked for; None for now."""
    return when.known if isinstance(when, Stand) else None
