"""Boundary lines, markers, tripoints and inspections over the wire; distances in metres on the ellipsoid."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from flask_openapi.models.file import FileStorage
from pydantic import ConfigDict, Field

from api.schemas.base import Answer, Body, Cursor, IdPath, LawDay, Limit, Text
from api.schemas.box import BoxText
from api.schemas.register import RefOut

Status = Literal["600001", "600002", "600003", "600004", "600009"]
Day = Annotated[LawDay | None, Field(description="The day of law; null: today")]
Finding = Annotated[str, Field(max_length=5000)]
Result = Literal["intact", "repaired", "changed", "disputed"]
Occasion = Literal["regular", "extra"]


class LineQuery(Body):
    """Which boundary lines."""

    as_of: Day = None
    level: Annotated[int | None, Field(ge=1, le=5)] = None
    division: Annotated[uuid.UUID | None, Field(description="A division that is a side of the line")] = None
    status: Annotated[Status | None, Field(description="JXXZ")] = None
    q: Annotated[str | None, Field(min_length=1, max_length=100, description="Part of the name")] = None
    due_before: Annotated[
        LawDay | None,
        Field(description="Next inspection due before that day, or settled and never inspected"),
    ] = None
    limit: Limit = 50
    cursor: Cursor | None = None


class OnDay(Body):
    """A day of law."""

    as_of: Day = None


class BoundaryLineOut(Answer):
    """A boundary line 界线 on a day."""

    id: uuid.UUID
    level: int
    name: str
    line_type: str = Field(description="JXLX")
    legal_status: Status = Field(description="JXXZ")
    follows: str | None
    agreement_no: str | None
    agreement_date: dt.date | None
    agreement_clause: str | None
    survey_date: dt.date | None
    accuracy_m: float | None
    course: str | None = Field(description="走向说明 as a person left it")
    left: RefOut | None
    right: RefOut | None
    length_m: float
    arcs: int
    markers: int
    inspected_on: dt.date | None
    next_due: dt.date | None = Field(description="When the next joint inspection 联合检查 is due")
    valid_from: dt.date | None
    valid_to: dt.date | None


class LinePage(Answer):
    """A page of lines, by level and name."""

    items: list[BoundaryLineOut]
    next_cursor: str | None


class LineArcOut(Answer):
    """An arc of a line; null on a side where nobody or the outside lies."""

    id: int
    hash: str
    start_node: int
    end_node: int
    left: RefOut | None
    right: RefOut | None
    length_m: float


class PhotoOut(Answer):
    """A photo of a marker."""

    id: uuid.UUID
    sha256: str
    bytes: int
    media_type: str
    taken_on: dt.date | None
    note: str | None
    uploaded_at: dt.datetime
    uploaded_by: str


class MarkerOut(Answer):
    """A marker 界桩; x, y in 1e-9 degree, lon, lat in degrees (EPSG:4490)."""

    id: uuid.UUID
    line_id: uuid.UUID
    line_name: str | None
    number: str
    letter: str
    form: str
    material: str
    node: int | None
    x: int
    y: int
    lon: float
    lat: float
    elevation_m: float | None
    accuracy_m: float | None
    gnss: dict[str, Any] | None
    sides: list[RefOut]
    references: list[dict[str, Any]] = Field(description="方位物: name, azimuth_deg, distance_m")
    status: str
    note: str | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    photos: list[PhotoOut]


class MarkerDetails(MarkerOut):
    """A marker with the draft of where it stands."""

    description: str = Field(description="边界点位置说明, a draft")


class MarkerQuery(Body):
    """Which markers."""

    as_of: Day = None
    line: uuid.UUID | None = None
    division: Annotated[uuid.UUID | None, Field(description="A division that the marker names")] = None
    status: Literal["standing", "damaged", "lost"] | None = None
    bbox: BoxText | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class MarkerPage(Answer):
    """A page of markers, by line and number."""

    items: list[MarkerOut]
    next_cursor: str | None


class TripointOut(Answer):
    """A tripoint 三交点."""

    id: uuid.UUID
    node: int
    x: int
    y: int
    lon: float
    lat: float
    name: str
    sides: list[RefOut]
    agreement_no: str | None
    agreement_date: dt.date | None
    valid_from: dt.date | None
    valid_to: dt.date | None


class RecorderOut(Answer):
    """Who entered a record."""

    id: uuid.UUID
    display_name: str


class InspectionOut(Answer):
    """A joint inspection 联合检查; one that another corrects no longer counts."""

    id: uuid.UUID
    line_id: uuid.UUID
    inspected_on: dt.date
    occasion: Occasion
    inspected_by: str
    result: Result
    findings: dict[str, str]
    documents: list[str]
    next_due: dt.date | None
    corrects: uuid.UUID | None
    corrected_by: uuid.UUID | None
    recorded_by: RecorderOut
    recorded_at: dt.datetime


class FindingsIn(Body):
    """What an inspection reports on."""

    observance: Finding | None = None
    markers: Finding | None = None
    surroundings: Finding | None = None
    crossings: Finding | None = None
    other: Finding | None = None


class InspectionIn(Body):
    """An inspection to record; the id is made by the client, sending it again is harmless."""

    id: uuid.UUID
    inspected_on: Annotated[LawDay, Field(ge=dt.date(1949, 10, 1), le=dt.date(9000, 1, 1))]
    occasion: Occasion = "regular"
    inspected_by: Text
    result: Result
    findings: FindingsIn = Field(default_factory=FindingsIn)
    documents: Annotated[list[Text], Field(default_factory=list, max_length=50)]
    corrects: uuid.UUID | None = None


class LineHistoryOut(Answer):
    """What was recorded of a line under one event."""

    event_id: int
    kind: str
    summary: str
    document_no: str | None
    recorded_at: dt.datetime
    superseded_at: dt.datetime | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    name: str
    left: RefOut | None
    right: RefOut | None
    legal_status: Status
    follows: str | None
    agreement_no: str | None


class LineDetails(BoundaryLineOut):
    """A line with what it is made of, its inspections and its history."""

    bbox: tuple[float, float, float, float] | None
    geometry: dict[str, Any] = Field(description="GeoJSON MultiLineString, EPSG:4490")
    arc_list: list[LineArcOut]
    marker_list: list[MarkerOut]
    tripoints: list[TripointOut]
    inspections: list[InspectionOut]
    history: list[LineHistoryOut]


class CourseQuery(Body):
    """How the course is drafted."""

    as_of: Day = None
    tolerance_m: Annotated[float, Field(ge=1, le=5000, description="Bends below it are passed over")] = 50.0
    near_m: Annotated[float, Field(ge=0, le=2000, description="How far named places are mentioned")] = 100.0


class LegOut(Answer):
    """A stretch in one direction."""

    start_m: float
    end_m: float
    length_m: float
    azimuth_deg: float
    word: str


class StopOut(Answer):
    """A marker, a tripoint or an end on the way."""

    along_m: float
    label: str
    lon: float
    lat: float


class LandmarkOut(Answer):
    """A named place that the line crosses or passes."""

    along_m: float
    name: str
    off_m: float
    crossed: bool


class StretchOut(Answer):
    """Who lies on either side."""

    start_m: float
    end_m: float
    left: str
    right: str


class PieceOut(Answer):
    """A connected part of the line."""

    closed: bool
    length_m: float
    legs: list[LegOut]
    stops: list[StopOut]
    landmarks: list[LandmarkOut]
    stretches: list[StretchOut]


class CourseOut(Answer):
    """A draft of the course 走向说明; `set_line` stores what a person makes of it."""

    text: str
    length_m: float
    pieces: list[PieceOut]


class PhotoForm(Body):
    """A photo to keep."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, str_strip_whitespace=True)
    file: FileStorage = Field(description="JPEG, PNG or WebP")
    taken_on: dt.date | None = None
    note: Annotated[str | None, Field(max_length=500)] = None


class PhotoPath(IdPath):
    """A photo of a marker."""

    photo: uuid.UUID
