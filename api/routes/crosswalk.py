"""From the units of one day to those of another: the table, and a statistic moved by it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from flask import Response

from api.auth import guard, public
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session
from api.errors import InvalidInput
from api.schemas.history import (
    CrosswalkOut,
    CrosswalkQuery,
    CrosswalkRowOut,
    MovedStatisticOut,
    StatisticBody,
)
from gazetteer.errors import FieldError
from gazetteer.queries.crosswalk import CrosswalkRow, get_crosswalk
from gazetteer.queries.moments import choose_when
from gazetteer.queries.statistics import MovedStatistic, StatisticRow, move_by_shares, move_statistic

api = make_blueprint("crosswalk", "Crosswalk between two days 新旧对照")

COLUMNS = {
    "code": ("code", "代码", "区划代码", "统计代码"),
    "value": ("value", "数值", "值", "人口", "population"),
    "name": ("name", "名称", "单位名称"),
}


@api.get("/crosswalk", responses={200: CrosswalkOut, **problems(404)})
@public
def get_table(query: CrosswalkQuery) -> Response:
    """Return what part of each unit of the first day lies in which unit of the second."""
    session = get_session()
    before = choose_when(session, query.from_, query.known_at)
    after = choose_when(session, query.to, query.known_at)
    rows = get_crosswalk(session, before, after, level=query.level, within=query.within, weight=query.weight)
    return reply(CrosswalkOut(rows=[_row(row) for row in rows]))


def _row(row: CrosswalkRow) -> CrosswalkRowOut:
    source, target = row.source, row.target
    return CrosswalkRowOut.model_validate(
        {
            "level": source.level,
            "from_id": source.id,
            "from_code": source.code,
            "from_name": source.name,
            "to_id": target.id if target else None,
            "to_code": target.code if target else None,
            "to_name": target.name if target else None,
            "share": row.share,
            "exact": row.exact,
            "basis": row.basis,
            "area_m2": row.area_m2,
        }
    )


@api.post("/crosswalk", responses={200: MovedStatisticOut, **problems(401, 403, 415)})
@guard("working.read")
def move(body: StatisticBody) -> Response:
    """Move a statistic to the units of another day; its total is kept to the unit. Nothing is stored."""
    given = _given(body)
    if body.shares is not None:
        moved = move_by_shares(given, [(s.from_code, s.to_code, s.share) for s in body.shares])
    elif body.from_ is None or body.to is None:
        raise _wrong("from", "missing", "须给出 from 和 to 两个日期", "two days are needed: from and to")
    else:
        moved = move_statistic(get_session(), given, body.from_, body.to, body.weight)
    return reply(_answer(moved))


def _answer(moved: MovedStatistic) -> MovedStatisticOut:
    unmatched = [{**vars(row), "message": row.zh, "message_en": row.en} for row in moved.unmatched]
    return MovedStatisticOut.model_validate({**vars(moved), "unmatched": unmatched})


def _given(body: StatisticBody) -> list[StatisticRow]:
    if (body.rows is None) == (body.csv is None):
        raise _wrong("rows", "one_of", "rows 和 csv 须给出其一", "give either rows or csv")
    if body.rows is not None:
        return [
            StatisticRow(number, row.code, str(row.value), row.name)
            for number, row in enumerate(body.rows, start=1)
        ]
    return _read_csv(body.csv or "")


def _read_csv(text: str) -> list[StatisticRow]:
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    found = {(column or "").strip().lower(): column for column in reader.fieldnames or ()}
    columns = {
        meaning: next((found[word] for word in words if word in found), None)
        for meaning, words in COLUMNS.items()
    }
    if columns["code"] is None or columns["value"] is None:
        raise _wrong(
            "csv", "columns", "CSV 须有 code 和 value 两列", "the CSV needs the columns code and value"
        )
    return [
        StatisticRow(
            number, _cell(row, columns["code"]), _cell(row, columns["value"]), _cell(row, columns["name"])
        )
        for number, row in enumerate(reader, start=1)
    ]


def _cell(row: Mapping[str, Any], column: str | None) -> str:
    return str(row.get(column) or "").strip() if column else ""


def _wrong(field: str, code: str, zh: str, en: str) -> InvalidInput:
    return InvalidInput(f"{zh}。", f"{en[:1].upper()}{en[1:]}.", errors=(FieldError(field, code, zh, en),))
