"""Change requests over the wire. Lines are integers of 1e-9 degree; areas are ellipsoidal m2."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, WithJsonSchema, field_validator

from api.schemas.base import Answer, Body, Cursor, LawDay, Limit
from api.schemas.operation_schema import OPERATIONS_SCHEMA
from api.schemas.register import RefOut

State = Literal["draft", "submitted", "approved", "in_force", "returned", "rejected", "withdrawn"]
Kind = Literal["boundary_correction", "boundary_change", "division_change"]
EffectiveOn = Annotated[
    LawDay | None,
    Field(description="The day the law changes; null: the day of approval. Not for a correction"),
]
STATES = State.__args__  # type: ignore[attr-defined]


class RequestQuery(Body):
    """Which requests, among those one may see."""

    state: Annotated[
        str | None, Field(max_length=100, description="One state, or several separated by commas")
    ] = None
    mine: Annotated[bool, Field(description="Only one's own")] = False
    limit: Limit = 50
    cursor: Cursor | None = None

    @field_validator("state")
    @classmethod
    def known(cls, value: str | None) -> str | None:
        """Refuse states that there are not."""
        unknown = [state for state in (value or "").split(",") if state and state not in STATES]
        if unknown:
            raise ValueError(f"unknown state 未知状态: {', '.join(unknown)}")
        return value

    @property
    def states(self) -> tuple[str, ...]:
        """The states asked for."""
        return tuple(state for state in (self.state or "").split(",") if state)


class RequestIn(Body):
    """A new draft."""

    kind: Kind = "boundary_correction"
    title: Annotated[str, Field(min_length=1, max_length=200)]
    reason: Annotated[str, Field(max_length=5000)] = ""
    effective_on: EffectiveOn = None


class RequestEditIn(Body):
    """What a draft says beside its operations, against the version seen."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    reason: Annotated[str, Field(max_length=5000)] = ""
    effective_on: EffectiveOn = None


class OperationsIn(Body):
    """The whole list of operations, against the version seen."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    operations: Annotated[list[Any], Field(max_length=5000), WithJsonSchema(OPERATIONS_SCHEMA)]


class StepPath(Body):
    """A request, and the step to take."""

    id: uuid.UUID
    action: Literal["submit", "return", "approve", "reject", "withdraw"]


class StepIn(Body):
    """What was seen, and why."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    content_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    reason: Annotated[str | None, Field(max_length=5000)] = None
    document_no: Annotated[str | None, Field(max_length=200)] = None


class PersonOut(Answer):
    """Who."""

    id: uuid.UUID
    display_name: str


class RequestOut(Answer):
    """A change request; `operations` is empty in lists."""

    id: uuid.UUID
    number: int
    kind: str
    title: str
    reason: str
    state: State
    version: int
    content_hash: str
    effective_on: dt.date | None
    base_event: int | None
    created_by: PersonOut
    last_editor: PersonOut
    decided_by: PersonOut | None
    created_at: dt.datetime
    updated_at: dt.datetime
    document_no: str | None
    applied_event: int | None
    touched_divisions: list[RefOut]
    operations: Annotated[list[dict[str, Any]], WithJsonSchema(OPERATIONS_SCHEMA)]
    allowed_actions: list[str] = Field(description="What the caller may do with it now")


class RequestPage(Answer):
    """A page of requests, the newest first."""

    items: list[RequestOut]
    next_cursor: str | None


class ReceiptOut(Answer):
    """The answer to one operation sent."""

    id: uuid.UUID
    status: Literal["applied", "duplicate", "retracted", "conflict", "refused"]
    reason: str | None


class RequestWithReceipts(RequestOut):
    """A request with the answers to the operations just sent."""

    receipts: list[ReceiptOut]


class IssueOut(Answer):
    """A broken rule, or a thing to look at; the place in degrees (EPSG:4490)."""

    code: str
    severity: Literal["error", "warning", "information"]
    message: str
    message_en: str
    lon: float | None
    lat: float | None
    divisions: list[str]


class NamedOut(Answer):
    """A division by id and the name it has, or had."""

    id: uuid.UUID
    name: str


class ConflictOut(Answer):
    """A line or division that has changed since: as it was, as wanted, as it stands (null: it is gone)."""

    arc: int | None = Field(description="Null when a division has changed")
    node: int | None = Field(default=None, description="The node that somebody else has moved")
    division: NamedOut | None = Field(default=None, description="The division that has changed or is gone")
    kind: Literal["changed", "gone", "same_stretch", "node_moved", "division_gone", "division_changed"]
    base: list[tuple[int, int]]
    mine: list[tuple[int, int]]
    theirs: list[tuple[int, int]] | None
    field: str | None = Field(default=None, description="What of the division: name or parent")
    base_text: str | None = Field(default=None, description="Name or id as the author saw it")
    mine_text: str | None = None
    theirs_text: str | None = None


class CodeOut(Answer):
    """The code that a division gets: by the rules, and as a person confirmed it."""

    division_id: uuid.UUID
    level: int
    name: str
    before: str | None
    proposed: str | None
    confirmed: str | None
    reason: str = Field(description="founded, parent, parent_code, type or given")


class CheckOut(Answer):
    """Whether the request may go on."""

    ok: bool
    issues: list[IssueOut]
    conflicts: list[ConflictOut]
    codes: list[CodeOut]


ChangeStatus = Literal["changed", "founded", "ended"]


class DivisionChangeOut(Answer):
    """What one division gains and loses; a founded one had nothing before, an ended one has nothing after."""

    id: uuid.UUID
    name: str
    code: str | None
    level: int
    status: ChangeStatus
    area_before_m2: float
    area_after_m2: float
    gained_m2: float
    lost_m2: float
    change_m2: float
    change_mu: float = Field(description="In 亩, 2000/3 m2")


class GeoFeature(Answer):
    """A GeoJSON feature (EPSG:4490, lon lat)."""

    type: Literal["Feature"] = "Feature"
    geometry: dict[str, Any]
    properties: dict[str, Any]


class GeoCollection(Answer):
    """A GeoJSON feature collection (EPSG:4490, lon lat)."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[GeoFeature]


class NameChangeOut(Answer):
    """A name before and after."""

    division_id: uuid.UUID
    before: str
    after: str


class UnitFactsOut(Answer):
    """What a division is called, is, and belongs to."""

    name: str
    pinyin: str | None
    type: str
    code: str | None
    parent: RefOut | None
    seat: tuple[int, int] | None = Field(description="Integers of 1e-9 degree")
    seat_address: str | None


class UnitEffectOut(Answer):
    """A division that is founded, ends, or goes on with something else about it."""

    id: uuid.UUID
    level: int
    status: ChangeStatus
    before: UnitFactsOut | None
    after: UnitFactsOut | None


class FoundedOut(Answer):
    """A division that is set up."""

    id: uuid.UUID
    level: int
    name: str
    type: str
    parent: RefOut | None


class EndedOut(Answer):
    """A division that is abolished."""

    id: uuid.UUID
    level: int
    name: str
    type: str
    code: str | None


class LineageEffectOut(Answer):
    """What becomes what, as it will be written."""

    model_config = ConfigDict(from_attributes=True, serialize_by_alias=True)

    from_: RefOut = Field(alias="from")
    to: RefOut
    role: Literal["whole", "part"]
    area_m2: float | None
    population: int | None
    exact: bool
    basis: str | None


class PreviewOut(CheckOut):
    """The whole effect of a request on the register of its day: the sum of its operations."""

    divisions: list[DivisionChangeOut]
    before: GeoCollection
    after: GeoCollection
    pieces: GeoCollection
    arcs_before: GeoCollection
    arcs_after: GeoCollection
    names: list[NameChangeOut]
    units: list[UnitEffectOut]
    founded: list[FoundedOut]
    ended: list[EndedOut]
    lineage: list[LineageEffectOut]


class OverlapQuery(Body):
    """What somebody is about to work on."""

    arcs: Annotated[str, Field(max_length=20_000, pattern=r"^[0-9,]*$", description="Ids, by commas")] = ""
    divisions: Annotated[str, Field(max_length=20_000, description="Ids, by commas")] = ""

    @field_validator("divisions")
    @classmethod
    def are_uuids(cls, value: str) -> str:
        """Refuse what is no UUID."""
        for part in filter(None, value.split(",")):
            uuid.UUID(part)
        return value

    @property
    def arc_ids(self) -> list[int]:
        """The arcs asked for."""
        return [int(part) for part in self.arcs.split(",") if part and int(part) < 2**63]

    @property
    def division_ids(self) -> list[uuid.UUID]:
        """The divisions asked for."""
        return [uuid.UUID(part) for part in self.divisions.split(",") if part]


class OverlapOut(Answer):
    """An open request on the same ground."""

    id: uuid.UUID
    number: int
    kind: str
    title: str
    state: State
    author: PersonOut
    updated_at: dt.datetime
    same_line: bool = Field(description="It touches both sides of a line, not only one division beside it")
    shared: list[RefOut] = Field(description="Divisions that both change")
    mine: bool


class OverlapList(Answer):
    """Open requests on the same ground, the newest first."""

    items: list[OverlapOut]


class LogOut(Answer):
    """One step of a request."""

    at: dt.datetime
    actor: PersonOut
    action: str
    from_state: str | None
    to_state: str
    reason: str | None
    document_no: str | None
    content_hash: str


class LogList(Answer):
    """The steps of a request, the oldest first."""

    items: list[LogOut]
