"""The register over the wire: divisions, history, lineage, codes, names, search."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import Field

from api.schemas.base import Answer, Body, Cursor, LawDay, Limit, Moment, Text
from api.schemas.box import BoxText

AsOf = Annotated[LawDay | None, Field(description="A day of law (Asia/Shanghai); today unless given")]
KnownAt = Annotated[
    Moment | None,
    Field(description="As it was known at that moment, with time zone; `as_of` is then its day unless given"),
]
Box = tuple[float, float, float, float]


class AtDay(Body):
    """A day of law, and a moment of knowledge."""

    as_of: AsOf = None
    known_at: KnownAt = None


class DivisionPath(Body):
    """A division by its id or its code (padded or not)."""

    key: Annotated[str, Field(min_length=1, max_length=40, description="Id or code")]


class DivisionQuery(Body):
    """Which divisions."""

    level: Annotated[int | None, Field(ge=1, le=5)] = None
    parent: uuid.UUID | None = None
    within: Annotated[uuid.UUID | None, Field(description="This division and all below it")] = None
    as_of: AsOf = None
    known_at: KnownAt = None
    q: Annotated[str | None, Field(min_length=1, max_length=100, description="Part of a name; code")] = None
    external: Annotated[bool, Field(description="Neighbours outside the register instead")] = False
    limit: Limit = 50
    cursor: Cursor | None = None


class ParentOut(Answer):
    """The division above."""

    id: uuid.UUID
    name: str
    code: str | None


class DivisionOut(Answer):
    """A division at a day. Box and centre in degrees (EPSG:4490, lon lat), area ellipsoidal."""

    id: uuid.UUID
    level: int = Field(description="1 province, 2 city, 3 county, 4 town, 5 village")
    code: str | None
    code_note: str | None = Field(description="Why there is no code")
    name: str
    pinyin: str | None
    type: str | None
    parent: ParentOut | None
    area_m2: float | None
    valid_from: dt.date | None
    valid_to: dt.date | None = Field(description="The day it ended; null while it lasts")
    bbox: Box | None
    centre: tuple[float, float] | None
    external: bool
    as_of: dt.date = Field(description="The day it is shown at")
    known_at: dt.datetime | None = Field(description="The moment of knowledge it is shown at; null is now")
    status: Literal["in_force", "ended", "pending"] = Field(
        description="现行, 已撤销 or 待生效, as of today (or of the day of `known_at`)"
    )


class DivisionPage(Answer):
    """A page of divisions."""

    items: list[DivisionOut]
    next_cursor: str | None


class ChangeOut(Answer):
    """One thing an event changed; a shape by its area in m2."""

    what: Literal["state", "name", "code", "type", "parent", "shape"]
    before: str | None
    after: str | None


class HistoryOut(Answer):
    """One event of a division."""

    event_id: int
    kind: str
    effective: dt.date
    approved: dt.date | None
    document_no: str | None
    authority: str | None
    summary: str
    note: str | None
    changes: list[ChangeOut]


class HistoryList(Answer):
    """The events of a division, the newest first."""

    items: list[HistoryOut]


class RefOut(Answer):
    """A division by the name and code it has, or last had."""

    id: uuid.UUID
    name: str
    code: str | None
    level: int


class EventOut(Answer):
    """An event."""

    id: int
    kind: str
    effective: dt.date
    summary: str


class LineageLinkOut(Answer):
    """A division that went, whole or in part, into another."""

    division: RefOut
    event: EventOut
    role: Literal["whole", "part"]
    area_m2: float | None
    exact: bool
    basis: str | None


class LineageOut(Answer):
    """Where a division came from and what became of it."""

    predecessors: list[LineageLinkOut]
    successors: list[LineageLinkOut]


class FeatureOut(Answer):
    """A GeoJSON feature; coordinates are EPSG:4490 (lon, lat), nine decimals."""

    type: Literal["Feature"] = "Feature"
    id: uuid.UUID
    geometry: dict[str, Any]
    properties: DivisionOut


class CodePath(Body):
    """A code, padded or not."""

    code: Annotated[str, Field(min_length=1, max_length=40)]


class HolderOut(Answer):
    """A division that bore the code, up to the day before `valid_to`."""

    division: RefOut
    valid_from: dt.date | None
    valid_to: dt.date | None
    now: list[RefOut] = Field(description="What the division is today")


class CodeOut(Answer):
    """What a code meant and means."""

    code: str
    as_of: dt.date
    known_at: dt.datetime | None
    holder: HolderOut | None = Field(description="Who bears it on that day")
    holders: list[HolderOut] = Field(description="Everybody who ever bore it, the newest first")
    note: str | None


class SearchQuery(Body):
    """What to look for."""

    q: Text
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    within: uuid.UUID | None = None


class SearchOut(Answer):
    """One answer of the search box."""

    kind: Literal["division", "name"]
    id: uuid.UUID
    name: str
    code: str | None
    level: int | None
    parent_name: str | None
    match: Literal["exact", "prefix", "contained", "code"]
    current: bool = Field(description="False for former names, former codes and ended divisions")
    note: str | None
    centre: tuple[float, float] | None
    bbox: Box | None


class SearchList(Answer):
    """Answers, the best first."""

    items: list[SearchOut]


class NameQuery(Body):
    """Which place names."""

    q: Annotated[str | None, Field(min_length=1, max_length=100)] = None
    kind: Annotated[int | None, Field(ge=1, le=8, description="Category of 地名管理条例 Art. 3")] = None
    within: uuid.UUID | None = None
    bbox: BoxText | None = None
    as_of: AsOf = None
    known_at: KnownAt = None
    limit: Limit = 50
    cursor: Cursor | None = None


class NameOut(Answer):
    """A place name; geometry as GeoJSON in EPSG:4490 (lon, lat)."""

    id: uuid.UUID
    name: str
    pinyin: str | None
    legal_category: int
    class_code: str | None
    class_name: str | None
    geometry: dict[str, Any]
    centre: tuple[float, float]
    note: str | None
    valid_from: dt.date | None
    valid_to: dt.date | None


class NamePage(Answer):
    """A page of place names."""

    items: list[NameOut]
    next_cursor: str | None
