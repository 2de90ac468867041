"""The demo district goes in by both doors, and the history of the reform is right on every day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.gazetteer.imports.drawing import load_files, require_whole

SHAPEFILES = Path(__file__).parents[3] / "data" / "shapefiles"


def test_demo_when_both_editions_are_loaded_then_units_and_codes_are_right_on_each_day(
    session: Session, tmp_path: Path
) -> None:
    load_files(session, tmp_path, [SHAPEFILES / "2019"])
    load_files(session, tmp_path, [SHAPEFILES / "2020"], door="edition", valid_from=None)

    november = require_whole(session, dt.date(2019, 11, 1))
    january = require_whole(session, dt.date(2020, 1, 1))
    july = require_whole(session, dt.date(2020, 7, 1))

    def count(register: object, level: int) -> int:
        return sum(unit.level == level for unit in register.units.values())  # type: ignore[attr-defined]

    def code(register: object, name: str) -> str | None:
        units = register.units.values()  # type: ignore[attr-defined]
        return next(unit.code for unit in units if unit.name == name and unit.level < 5)

    assert [count(november, level) for level in (3, 4, 5)] == [1, 12, 106]
    assert [count(july, level) for level in (3, 4, 5)] == [1, 8, 81]
    assert code(november, "兴义镇") == "510132105"
    assert code(january, "兴义镇") == "510132105"
    assert code(july, "兴义镇") == "510118101"
    assert code(november, "新平镇") == "510132106"
    assert code(january, "宝墩镇") is None
    assert code(july, "宝墩镇") == "510118104"
    assert code(january, "新津县") == "510132"
    assert code(july, "新津区") == "510118"
    inexact = session.scalar(text("SELECT count(*) FROM lineage WHERE NOT exact"))
    assert inexact == 0
    areas = {
        day: sum(shape[1] for unit, shape in register.shapes.items() if register.units[unit].level == 5)
        for day, register in (("before", november), ("after", july))
    }
    assert abs(areas["before"] - areas["after"]) < 0.01
    assert session.scalar(text("SELECT count(*) FROM place_name_state")) == 50
