"""The one search box: divisions by name, former name and code, and place names."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.queries.codes import readings
from gazetteer.queries.divisions import DivisionView, find_details
from gazetteer.queries.lineage import Ref, find_refs, find_today
from gazetteer.queries.pages import escape_like
from gazetteer.queries.sql import load
from gazetteer.search import compact_pinyin, forms, is_pinyin, normalise, with_generic_terms

Box = tuple[float, float, float, float]
_NO_CODE = "-"

_PLACES = text(
    """
    SELECT p.place_id, p.class_name, parent.name AS parent_name,
        ST_X(ST_PointOnSurface(p.geom)) AS lon, ST_Y(ST_PointOnSurface(p.geom)) AS lat,
        ST_XMin(p.geom) AS west, ST_YMin(p.geom) AS south, ST_XMax(p.geom) AS east, ST_YMax(p.geom) AS north
    FROM place_name_state p
    LEFT JOIN LATERAL (
        SELECT n.name
        FROM division_shape sh
        JOIN division_name n ON n.division_id = sh.division_id
            AND n.kind = 'official'
            AND upper_inf(n.recorded)
            AND n.valid @> CAST(:on AS date)
        WHERE sh.valid @> CAST(:on AS date)
            AND ST_Covers(sh.geom, ST_PointOnSurface(p.geom))
        ORDER BY sh.level DESC
        LIMIT 1
    ) parent ON true
    WHERE p.place_id = ANY(:ids)
        AND upper_inf(p.recorded)
        AND p.valid @> CAST(:on AS date)
    """
)


@dataclass(frozen=True)
class SearchHit:
    """One answer; `note` says what a former name or an ended division is now."""

    kind: str
    id: uuid.UUID
    name: str
    code: str | None
    level: int | None
    parent_name: str | None
    match: str
    current: bool
    note: str | None
    centre: tuple[float, float] | None
    bbox: Box | None


def search(session: Session, q: str, *, limit: int = 20, within: uuid.UUID | None = None) -> list[SearchHit]:
    """Return the best answers: code and exact before prefix before contained, present before former.

    What contains the text, or is romanized so, is looked for only when there is room left.
    """
    on = clock.today(session)
    wanted = normalise(q)
    if not wanted:
        return []
    values = _values(wanted, within, on, limit)
    rows = session.execute(load("search"), values | {"wide": False}).all()
    if len(rows) < limit:
        rows = session.execute(load("search"), values | {"wide": True}).all()
    return _hits(session, list(rows), on)


def _values(wanted: str, within: uuid.UUID | None, on: dt.date, limit: int) -> dict[str, Any]:
    pattern = escape_like(wanted)
    pinyin = compact_pinyin(wanted) if is_pinyin(wanted) else ""
    digits = wanted.isascii() and wanted.isdigit()
    return {
        "forms": forms(wanted),
        "names": forms(wanted) + with_generic_terms(wanted),
        "prefix": f"{pattern}%",
        "contained": f"%{pattern}%",
        "pinyin": f"{pinyin}%" if pinyin else None,
        "codes": readings(wanted) if digits else [wanted],
        "code_prefix": f"{wanted}%" if digits else _NO_CODE,
        "within": within,
        "on": on,
        "limit": limit,
    }


def _hits(session: Session, rows: list[Row[Any]], on: dt.date) -> list[SearchHit]:
    divisions = [row for row in rows if row.what == "division"]
    views = {view.id: view for view in find_details(session, [(r.id, _day(r, on)) for r in divisions])}
    ended = [row.id for row in divisions if not row.lives]
    now = find_today(session, ended, on) if ended else {}
    refs = find_refs(session, {d for found in now.values() for d in found}, on) if now else {}
    ids = [row.id for row in rows if row.what == "name"]
    places = {p.place_id: p for p in session.execute(_PLACES, {"ids": ids, "on": on})} if ids else {}
    return [
        _place(row, places[row.id])
        if row.what == "name"
        else _division(row, views[row.id], [refs[d] for d in now.get(row.id, ())])
        for row in rows
    ]


def _day(row: Row[Any], on: dt.date) -> dt.date:
    """Return the day to show a division at: today, its last one, or the first of one yet to come."""
    if row.lives:
        return on
    ended = row.end_day is not None and row.end_day <= on
    day: dt.date = row.end_day - dt.timedelta(days=1) if ended else row.first_day
    return day


def _division(row: Row[Any], view: DivisionView, now: list[Ref]) -> SearchHit:
    current: bool = row.lives and row.named_so
    return SearchHit(
        kind="division",
        id=view.id,
        name=view.name if row.match == "code" else row.name,
        code=view.code,
        level=view.level,
        parent_name=view.parent.name if view.parent else None,
        match=row.match,
        current=current,
        note=None if current and row.kind == "official" else _note(row, view, now),
        centre=view.centre,
        bbox=view.bbox,
    )


def _note(row: Row[Any], view: DivisionView, now: list[Ref]) -> str:
    if row.lives and row.match == "code":
        return f"曾用代码 {row.name}，现为 {view.code or '（未公布）'}"
    if row.lives:
        return f"{'别名' if row.named_so else '曾用名'}，现名{view.name}"
    if row.end_day is None or row.end_day > view.as_of + dt.timedelta(days=1):
        return f"自 {row.first_day} 起设立"
    became = "、".join(f"{ref.name}（{ref.code or '代码未公布'}）" for ref in now)
    return f"{row.end_day} 撤销" + (f"，现为{became}" if became else "")


def _place(row: Row[Any], place: Row[Any]) -> SearchHit:
    return SearchHit(
        kind="name",
        id=row.id,
        name=row.name,
        code=None,
        level=None,
        parent_name=place.parent_name,
        match=row.match,
        current=True,
        note=place.class_name,
        centre=(place.lon, place.lat),
        bbox=(place.west, place.south, place.east, place.north),
    )
