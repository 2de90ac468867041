"""History over the wire: differences between two states, chains of lineage, crosswalks."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from api.schemas.base import Answer, Body, LawDay, Moment
from api.schemas.register import EventOut, RefOut

Key = Annotated[str, Field(min_length=1, max_length=40, description="Id or code of a division")]
Level = Annotated[int, Field(ge=1, le=5)]
Weight = Annotated[
    Literal["area", "population"],
    Field(description="By land, or by people where the lineage says how many went; `basis` says which"),
]


def _plain_number(value: object) -> object:
    """Write a decimal as a JSON number: whole ones without a point."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


Number = Annotated[int | float, BeforeValidator(_plain_number)]


class Between(Body):
    """Two days of law."""

    from_: LawDay = Field(alias="from", description="A day of law")
    to: LawDay = Field(description="Another day of law; half-open periods: the state on each day counts")


class DifferenceQuery(Body):
    """Two states of the register, and where."""

    from_: LawDay = Field(alias="from", description="A day of law")
    to: LawDay = Field(description="A later day of law, or the same with two moments")
    from_known_at: Moment | None = Field(default=None, description="The first as known at that moment")
    to_known_at: Moment | None = Field(default=None, description="The second as known at that moment")
    within: Key | None = None
    level: Level | None = None


class FactsOut(Answer):
    """What the law says of a unit on a day; the seat is (lon, lat) in degrees, EPSG:4490."""

    name: str
    code: str | None
    type: str
    parent_id: uuid.UUID | None
    parent_name: str | None
    seat: tuple[float, float] | None
    seat_address: str | None


class DifferenceOut(Answer):
    """What became of one unit."""

    id: uuid.UUID
    level: int
    before: FactsOut | None = Field(description="null: it was not there yet")
    after: FactsOut | None = Field(description="null: it is not there any more")
    aspects: list[
        Literal["founded", "ended", "renamed", "recoded", "reclassed", "reparented", "seat", "boundary"]
    ]
    gained_m2: float
    lost_m2: float
    predecessors: list[RefOut] = Field(description="Whose land it is made of, its earlier self among them")
    successors: list[RefOut]
    events: list[EventOut]
    text: str = Field(description="One sentence in Chinese")


class DifferenceList(Answer):
    """All differences between two states, by level and code."""

    items: list[DifferenceOut]


class PieceProperties(Answer):
    """Land that passed from one unit to another; null is outside the register."""

    level: int
    from_id: uuid.UUID | None
    from_code: str | None
    from_name: str | None
    to_id: uuid.UUID | None
    to_code: str | None
    to_name: str | None
    area_m2: float
    width_m: float = Field(description="Mean width: twice the area over the perimeter")


class PieceFeature(Answer):
    """A piece as GeoJSON, EPSG:4490 (lon, lat)."""

    type: Literal["Feature"] = "Feature"
    geometry: dict[str, Any]
    properties: PieceProperties


class PieceCollection(Answer):
    """All pieces, the largest first within a level."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[PieceFeature]


class UpcomingOut(Answer):
    """A change that is approved and not yet in force 待生效."""

    event: EventOut
    document_no: str | None
    status: str = Field(description="待生效 and the day")
    divisions: list[RefOut]


class UpcomingList(Answer):
    """Changes to come, the nearest first."""

    items: list[UpcomingOut]


class ChainQuery(Between):
    """Which units to follow from one day to another; backward when `to` is the earlier."""

    division: Key | None = Field(default=None, description="One unit by id or code")
    within: Key | None = Field(default=None, description="All units under a division")
    level: Level | None = None
    weight: Weight = "area"


class StepOut(Answer):
    """One passage of a chain."""

    event: EventOut
    source: RefOut
    target: RefOut
    role: Literal["whole", "part"]
    area_m2: float | None
    population: int | None
    exact: bool
    basis: str | None


class EndOut(Answer):
    """A unit at the end of a chain."""

    division: RefOut
    share: float | None = Field(description="Part of the start; null where the lineage does not say")


class ChainOut(Answer):
    """What a unit became (or was made of), and how."""

    division: RefOut
    forward: bool
    exact: bool = Field(description="Only whole units on the way")
    ends: list[EndOut]
    steps: list[StepOut]


class ChainList(Answer):
    """The chains of all units asked for."""

    items: list[ChainOut]


class CrosswalkQuery(Between):
    """Two days, and where."""

    within: Key | None = None
    level: Level | None = None
    weight: Weight = "area"
    known_at: Moment | None = Field(default=None, description="Both days as known at that moment")


class CrosswalkRowOut(Answer):
    """What part of a unit of the first day lies in a unit of the second; null has left the register."""

    level: int
    from_id: uuid.UUID
    from_code: str | None
    from_name: str
    to_id: uuid.UUID | None
    to_code: str | None
    to_name: str | None
    share: float
    exact: bool = Field(description="The unit went as a whole: nothing is estimated")
    basis: Literal["whole", "area", "population"]
    area_m2: float


class CrosswalkOut(Answer):
    """All rows, by level and code of the first day."""

    rows: list[CrosswalkRowOut]


class StatisticIn(Body):
    """One value of a statistic."""

    code: Annotated[str, Field(max_length=40)]
    value: Annotated[str | int | float, Field(description="A count or sum; text keeps all its digits")]
    name: Annotated[str | None, Field(max_length=200)] = None


class ShareIn(Body):
    """One share of a table of one's own."""

    from_code: Annotated[str, Field(min_length=1, max_length=40)]
    to_code: Annotated[str, Field(min_length=1, max_length=40)]
    share: float


class StatisticBody(Body):
    """A statistic to move: rows, or the text of a CSV with the columns code, value and perhaps name."""

    from_: LawDay | None = Field(default=None, alias="from", description="The day its codes are of")
    to: LawDay | None = Field(default=None, description="The day to move it to")
    weight: Weight = "area"
    rows: Annotated[list[StatisticIn] | None, Field(max_length=100_000)] = None
    csv: Annotated[str | None, Field(max_length=8_000_000)] = None
    shares: Annotated[list[ShareIn] | None, Field(max_length=100_000)] = Field(
        default=None,
        description="Shares of one's own instead of the register's; `from` and `to` are not used",
    )


class MovedRowOut(Answer):
    """The statistic of a unit of the new day; a null code has left the register, or was never published."""

    id: uuid.UUID | None
    code: str | None
    name: str | None
    level: int | None
    value: Number
    estimated: bool


class MovedPartOut(Answer):
    """What went from one unit to another."""

    from_code: str
    from_name: str | None
    to_code: str | None
    to_name: str | None
    share: float
    value: Number
    exact: bool
    basis: str


class CandidateOut(Answer):
    """A unit that a person may mean; nothing is linked by its name."""

    id: uuid.UUID
    code: str | None
    name: str
    parent_name: str | None
    level: int
    reason: Literal["lineage", "same_name"]
    distance_m: float | None


class UnmatchedOut(Answer):
    """A row that was not moved, and why."""

    number: int
    code: str
    value: str
    reason: str
    message: str
    message_en: str
    candidates: list[CandidateOut]


class MovedStatisticOut(Answer):
    """The statistic on the new day; `total_out` equals `total_in`."""

    rows: list[MovedRowOut]
    parts: list[MovedPartOut]
    unmatched: list[UnmatchedOut]
    total_in: Number
    total_out: Number
