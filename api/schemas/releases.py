"""Releases and exports over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import Field

from api.schemas.base import Answer, Body, LawDay, Moment
from api.schemas.jobs import JobOut

Version = Annotated[str, Field(pattern=r"^(latest|[0-9]{4}\.[0-9]+)$", description="A version, or `latest`")]


class ReleasePath(Body):
    """A release in the path."""

    version: Version


class PackagePath(ReleasePath):
    """A file of a release in the path."""

    audience: Literal["public", "department", "internal"]
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+\.[a-z]+$", max_length=80)]


class TileJsonPath(Body):
    """A set of tiles in the path."""

    version: Version


class TilePath(TileJsonPath):
    """A tile of a release in the path."""

    z: Annotated[int, Field(ge=0, le=30)]
    x: Annotated[int, Field(ge=0)]
    y: Annotated[int, Field(ge=0)]


class WorkingTilePath(Body):
    """A tile of the register as it stands."""

    z: Annotated[int, Field(ge=0, le=16)]
    x: Annotated[int, Field(ge=0)]
    y: Annotated[int, Field(ge=0)]


class ReleaseOrder(Body):
    """What a publisher asks for."""

    note: Annotated[str, Field(max_length=2000)] = ""
    as_of: LawDay | None = Field(default=None, description="The day of law to publish; today unless given")


class ArtifactOut(Answer):
    """A file of a release."""

    audience: str
    name: str
    bytes: int
    sha256: str
    url: str


class ReleaseSummary(Answer):
    """A release in the list."""

    version: str
    content_hash: str
    as_of: dt.date
    published_at: dt.datetime
    note: str
    review_number: str | None
    share_url: str


class ReleaseOut(ReleaseSummary):
    """A release with its files and changes."""

    layers: dict[str, int] = Field(description="Rows of each layer")
    changes: list[dict[str, Any]] = Field(description="Events since the release before")
    artifacts: list[ArtifactOut]
    tiles_url: str = Field(description="The TileJSON")


class ReleaseList(Answer):
    """All releases, the newest first."""

    items: list[ReleaseSummary]


class ReleaseChanges(Answer):
    """What changed since the release before."""

    version: str
    changes: list[dict[str, Any]]


class JobAnswer(Answer):
    """The job that was started."""

    job: JobOut


class ExportBody(Body):
    """What is to be written into a file."""

    layer: Literal["districts", "towns", "villages", "boundary_lines", "place_names"]
    format: Literal["shapefile"] = "shapefile"
    crs: Annotated[int, Field(description="4490, or a CGCS2000 3-degree zone (4513-4554)")] = 4490
    encoding: Literal["UTF-8", "GBK"] = "UTF-8"
    within: uuid.UUID | None = Field(default=None, description="Only what lies in this division")
    as_of: LawDay | None = Field(default=None, description="The day of law; today unless given")
    known_at: Moment | None = Field(default=None, description="As it was known at that moment")
    release: Version | None = Field(default=None, description="Out of a release instead of the register")
