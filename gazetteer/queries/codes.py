"""What a code meant and means: its holders through time, and what became of them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.errors import NotFound, RuleBroken
from gazetteer.queries.lineage import Ref, find_refs, find_today

_HOLDERS = text(
    """
    SELECT k.division_id, k.code, lower(k.valid) AS first_day, upper(k.valid) AS end_day,
        k.valid @> CAST(:on AS date) AS holds
    FROM division_code k
    WHERE k.code = ANY(:codes)
        AND upper_inf(k.recorded)
    ORDER BY length(k.code) DESC, lower(k.valid), k.division_id
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


def find_code(session: Session, code: str, as_of: dt.date | None = None) -> CodeMeaning:
    """Return who bore a code (padded or not), who bears it on a date, and what they are today.

    Raises
    ------
    NotFound
        No division ever bore it, as far as the register knows.
    """
    today = clock.today(session)
    on = as_of or today
    rows = session.execute(_HOLDERS, {"codes": readings(_clean(code)), "on": on}).all()
    if not rows:
        raise NotFound(f"没有单位使用过代码 {code}。", f"No division ever had the code {code}.")
    rows = [row for row in rows if row.code == rows[0].code]
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
    return CodeMeaning(rows[0].code, on, holder, holders, None if holder else _note(holders, on))


def _clean(code: str) -> str:
    code = code.strip()
    if not code or len(code) > 40 or "\0" in code:
        raise RuleBroken("代码为空或过长。", "The code is empty or too long.", code="bad_code")
    return code


def _note(holders: tuple[Holder, ...], on: dt.date) -> str:
    last = holders[-1]
    now = "、".join(f"{ref.name}（{ref.code or '代码未公布'}）" for ref in last.now)
    became = f"，原单位现为{now}" if now else ""
    return f"{on} 无单位使用此代码{became}。Nobody has this code on {on}."


def find_holder(session: Session, code: str, as_of: dt.date | None) -> uuid.UUID:
    """Return the division meant by a code: its bearer on the day, else (without a day) its last bearer."""
    found = find_code(session, code, as_of)
    if found.holder is not None:
        return found.holder.division.id
    if as_of is not None:
        raise NotFound(
            f"{as_of} 没有单位使用代码 {code}。",
            f"No division had the code {code} on {as_of}.",
            code="not_at_that_date",
        )
    return found.holders[-1].division.id
