"""The arcs an editor works on; coordinates are integers of 1e-9 degree (EPSG:4490, x lon, y lat)."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.base import Answer, Body
from api.schemas.box import BoxText
from api.schemas.register import RefOut


class ArcQuery(Body):
    """Where, and down to which level lines are to be edited."""

    bbox: BoxText
    level: Annotated[int, Field(ge=1, le=5)] = 5


class NodeOut(Answer):
    """A place where arcs meet."""

    id: int
    x: int
    y: int


class LineOut(Answer):
    """The boundary line that owns an arc."""

    id: uuid.UUID
    name: str
    legal_status: str


class ArcOut(Answer):
    """An arc between two faces; its hash names its state."""

    id: int
    version: int
    hash: str
    start_node: int
    end_node: int
    left_face: int
    right_face: int
    level: int = Field(description="The highest level (smallest number) at which the two sides differ")
    points: list[Annotated[list[int], Field(min_length=2, max_length=2)]]
    line: LineOut | None


class FaceOut(Answer):
    """A cell; 0 is the outside."""

    id: int
    kind: Literal["unit", "rest", "water", "outside"]
    label: str
    complete: bool = Field(description="All its arcs are in this answer")
    division: RefOut | None = Field(description="The lowest division it belongs to")
    parents: list[RefOut] = Field(description="The divisions above, the lowest first")


class ArcsOut(Answer):
    """A part of the register cut along whole faces."""

    base_event: int | None
    nodes: list[NodeOut]
    arcs: list[ArcOut]
    faces: list[FaceOut]
