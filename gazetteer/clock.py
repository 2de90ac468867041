"""The one clock: recorded moments come from the database, today is a date in Asia/Shanghai."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

LAW_ZONE = ZoneInfo("Asia/Shanghai")
_FROZEN = "quming.now"
NOW = f"COALESCE(CAST(NULLIF(current_setting('{_FROZEN}', true), '') AS timestamptz), clock_timestamp())"
"""This moment, as SQL."""
_NOW = text(f"SELECT {NOW}")


def now(session: Session) -> dt.datetime:
    """Return this moment, taken from the database after the locks a transaction has waited for.

    A test freezes it with ``freeze``; the frozen moment is a setting of the session's connection.
    """
    moment: dt.datetime = session.execute(_NOW).scalar_one()
    return moment.astimezone(dt.UTC)


def today(session: Session) -> dt.date:
    """Return the date of law: today in Asia/Shanghai."""
    return now(session).astimezone(LAW_ZONE).date()


def freeze(session: Session, moment: dt.datetime) -> None:
    """Set the clock of this connection to `moment` (time zone required) until it is closed."""
    if moment.tzinfo is None:
        raise ValueError("a frozen moment needs a time zone")
    session.execute(
        text("SELECT set_config(:name, :value, false)"), {"name": _FROZEN, "value": moment.isoformat()}
    )
