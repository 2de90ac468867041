"""What a code meant and means: its holders through time, and what became of them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from gazetteer.errors import NotFound, RuleBroken
from gazetteer.queries.lineage import Ref, find_refs, find_today
from gazetteer.queries.moments import choose_when, known_of
from gazetteer.queries.stand import DatedQuery, When, day_of

_HOLDERS = DatedQuery(
    """
    SELECT k.division_id, k.code, lower(k.valid) AS first_day, upper(k.valid) AS end_day,
        k.valid @> CAST(:on AS date) AS holds
    FROM division_code k
    WHERE k.code = ANY(:codes)
        AND upper_inf(k.recorded)
    ORDER BY length(k.code) DESC, lower(k.valid) DESC NULLS LAST, k.division_id
    """
)


@dataclass(frozen=True)
class Holder:
    """A division that bore the code, from a day to the day before `valid_to`; `now`: what it is today."""

    division: Ref
    code: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    holds: bool
    now: tuple[Ref, ...]


@dataclass(frozen=True)
class CodeMeaning:
    """All that the register knows of a code."""

    code: str
    as_of: dt.date
    known_at: dt.datetime | None
    holder: Holder | None
    holders: tuple[Holder, ...]
    note: str | None


def readings(code: str) -> list[str]:
    """Return what a code may be stored as: itself, and itself without the zeros that pad it.

    Codes are stored in 2, 4, 6, 9 or 12 digits without padding; 510118000000, 510118000 and 510118 are one.
    """
    forms = [code]
    if code.isdigit():
        forms += [
            code[:length]
            for length in (9, 6, 4, 2)
            if length < len(code) and set(code[length:]) == {"0"} and len(code) in (6, 9, 12)
        ]
    return forms


def find_code(
    session: Session, code: str, as_of: dt.date | None = None, known: dt.datetime | None = None
) -> CodeMeaning:
    """Return who bore a code (padded or not), who bears it on a date, and what they are today.

    A code may have been used again for another unit: the holders come with their periods, the newest first.

    Parameters
    ----------
    known : datetime, optional
        As it was known at that moment; "today" is then its day.

    Raises
    ------
    NotFound
        No division ever bore it, as far as the register knows.
    """
    today = choose_when(session, None, known)
    on = as_of or day_of(today)
    rows = _find_rows(session, code, choose_when(session, on, known))
    divisions = {row.division_id for row in rows}
    now = find_today(session, divisions, today)
    refs = find_refs(session, divisions | {d for found in now.values() for d in found}, today)
    holders = tuple(
        Holder(
            division=refs[row.division_id],
            code=row.code,
            valid_from=row.first_day,
            valid_to=row.end_day,
            holds=row.holds,
            now=tuple(refs[d] for d in now[row.division_id]),
        )
        for row in rows
    )
    holder = next((h for h in holders if h.holds), None)
    return CodeMeaning(
        rows[0].code, on, known_of(today), holder, holders, None if holder else _note(holders, on)
    )


def _find_rows(session: Session, code: str, when: When) -> list[Row[Any]]:
    rows = _HOLDERS.run(session, when, codes=readings(_clean(code))).all()
    if not rows:
        raise NotFound(f"没有单位使用过代码 {code}。", f"No division ever had the code {code}.")
    return [row for row in rows if row.code == rows[0].code]


def _clean(code: str) -> str:
    code = code.strip()
    if not code or len(code) > 40 or "\0" in code:
        raise RuleBroken("代码为空或过长。", "The code is empty or too long.", code="bad_code")
    return code


def _note(holders: tuple[Holder, ...], on: dt.date) -> str:
    bearers = "；".join(_bearer(holder) for holder in holders)
    return f"{on} 无单位使用此代码；曾用单位：{bearers}。Nobody has this code on {on}."


def _bearer(holder: Holder) -> str:
    since = holder.valid_from.isoformat() if holder.valid_from else "……"
    until = holder.valid_to.isoformat() if holder.valid_to else "今"
    now = "、".join(f"{ref.name}（{ref.code or '代码未公布'}）" for ref in holder.now)
    return f"{holder.division.name}（{since} 至 {until} 前{'，现为' + now if now else ''}）"


def find_holder(
    session: Session, code: str, as_of: dt.date | None, known: dt.datetime | None = None
) -> uuid.UUID:
    """Return the division meant by a code: its bearer on the day, else (without a day) its last bearer."""
    rows = _find_rows(session, code, choose_when(session, as_of, known))
    holder = next((row for row in rows if row.holds), None)
    if holder is None and as_of is not None:
        raise NotFound(
            f"{as_of} 没有单位使用代码 {code}。",
            f"No division had the code {code} on {as_of}.",
            code="not_at_that_date",
        )
    found: uuid.UUID = (holder or rows[0]).division_id
    return found
