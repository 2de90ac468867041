"""Asking the register as it stands, or as it was known at an earlier moment: one query, two statements."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from gazetteer.queries.direct import DirectQuery, Rows

_CURRENT = re.compile(r"upper_inf\(((?:\w+\.)?recorded)\)")


@dataclass(frozen=True)
class Stand:
    """A day of law as it was known at a moment: "as we knew it then".

    Parameters
    ----------
    day : date
        The day of law (Asia/Shanghai).
    known : datetime
        What had been recorded by then, and not closed, counts.
    """

    day: dt.date
    known: dt.datetime


When = dt.date | Stand
"""A plain date asks what is known now."""


def day_of(when: When) -> dt.date:
    """Return the day of law."""
    return when.day if isinstance(when, Stand) else when


def known_then(sql: str, moment: str) -> str:
    """Return a query for what is known now as one for what was known at `moment` (an expression of SQL)."""
    return _CURRENT.sub(rf"\1 @> {moment}", sql)


class DatedQuery:
    """A query over dated rows, written for what is known now (``upper_inf(recorded)``, served by indexes).

    Asked with a ``Stand`` it runs with ``recorded @> moment`` in each of those places instead. The day of
    law is its parameter ``:on``.
    """

    def __init__(self, sql: str) -> None:
        self._now = DirectQuery(sql)
        self._then = DirectQuery(known_then(sql, "CAST(:known AS timestamptz)"))

    def run(self, session: Session, when: When, **values: Any) -> Rows:
        """Return the rows for a day of law, as known now or at a moment."""
        if isinstance(when, Stand):
            return self._then.rows(session, **values, on=when.day, known=when.known)
        return self._now.rows(session, **values, on=when)
