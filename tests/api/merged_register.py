"""A register with a past: a town absorbed by its neighbour, a village founded anew, a county renewed."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from gazetteer.changes import dated
from gazetteer.changes.dated import Moment
from gazetteer.changes.events import new_event
from gazetteer.models import (
    Division,
    DivisionCode,
    DivisionName,
    DivisionShape,
    DivisionState,
    Lineage,
    Member,
)
from tests.gazetteer.register import Register

MERGED_ON = dt.date(2019, 12, 23)
RENEWED_ON = dt.date(2020, 6, 18)


@dataclass(frozen=True)
class Past:
    """The register after both events: the new district's id, and the events."""

    new_district: uuid.UUID
    merge: int
    renewal: int


def live_through_both(session: Session, register: Register) -> Past:
    """Absorb the west town into the east town (2019), then found the district anew (2020)."""
    merge = new_event(session, "merge", MERGED_ON, "西镇并入东镇", register.user_id, date_assumed=True)
    moment = Moment(merge.id, merge.recorded_at, MERGED_ON)
    west, east, district = (register.ids[key] for key in ("西镇", "东镇", "district"))
    _end(session, west, moment)
    _reparent(session, west, east, moment)
    _lineage(session, merge.id, west, east)
    renewal = new_event(session, "establish", RENEWED_ON, "撤县设区", register.user_id)
    moment = Moment(renewal.id, renewal.recorded_at, RENEWED_ON)
    new = Division(level=3, created_event=renewal.id)
    session.add(new)
    session.flush()
    _end(session, district, moment)
    from_then = {
        "valid": Range(RENEWED_ON, None),
        "recorded": Range(renewal.recorded_at, None),
        "event_id": renewal.id,
    }
    session.add_all(
        [
            DivisionState(division_id=new.id, type="区", **from_then),
            DivisionName(division_id=new.id, name="新试验区", pinyin="Xīn Shìyàn Qū", **from_then),
            DivisionCode(division_id=new.id, code="510118", **from_then),
        ]
    )
    shape = session.scalars(sa.select(DivisionShape).where(DivisionShape.division_id == district)).one()
    session.add(
        DivisionShape(
            division_id=new.id,
            valid=Range(RENEWED_ON, None),
            level=3,
            geom=shape.geom,
            area_m2=shape.area_m2,
            event_id=renewal.id,
        )
    )
    session.flush()
    _reparent(session, district, new.id, moment)
    _lineage(session, renewal.id, district, new.id)
    session.commit()
    return Past(new.id, merge.id, renewal.id)


def _rows(session: Session, table: str, column: str, value: uuid.UUID) -> list[int]:
    query = f"SELECT id FROM {table} WHERE {column} = :value AND upper_inf(recorded) AND upper_inf(valid)"
    return list(session.scalars(sa.text(query), {"value": value}))


def _end(session: Session, division: uuid.UUID, moment: Moment) -> None:
    for table in (dated.STATE, dated.CODE, dated.NAME):
        rows = _rows(session, table.name, "division_id", division)
        dated.close_and_cut(session, table, rows, moment)
    dated.close_and_cut(session, dated.MEMBER, _rows(session, "member", "child_id", division), moment)
    session.execute(
        sa.text(
            "UPDATE division_shape SET valid = daterange(lower(valid), :day) WHERE division_id = :division"
        ),
        {"day": moment.effective_on, "division": division},
    )


def _reparent(session: Session, old: uuid.UUID, new: uuid.UUID, moment: Moment) -> None:
    rows = _rows(session, "member", "parent_id", old)
    dated.change_from(session, dated.MEMBER, {row: {"parent_id": str(new)} for row in rows}, moment)


def _lineage(session: Session, event: int, old: uuid.UUID, new: uuid.UUID) -> None:
    session.add(
        Lineage(event_id=event, from_id=old, to_id=new, role="whole", exact=True, area_m2=1.0, basis="文件")
    )
    session.flush()


def members_of(session: Session, division: uuid.UUID) -> set[uuid.UUID]:
    query = sa.select(Member.child_id).where(
        Member.parent_id == division,
        sa.func.upper_inf(Member.recorded),
        sa.func.upper_inf(Member.valid),
    )
    return {child for child in session.scalars(query) if child}
