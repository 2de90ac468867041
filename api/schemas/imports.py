"""Imports over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from flask_openapi.models.file import FileStorage
from pydantic import ConfigDict, Field

from api.schemas.base import Answer, Body, LawDay, Text

Door = Literal["first_load", "edition"]


class ImportForm(Body):
    """Files to import, and what is known of them; choices are JSON."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    files: list[FileStorage] = Field(description="Shapefile parts, or zips of them")
    door: Door = "first_load"
    levels: Annotated[Any, Field(description='Level of each layer: {"villages": 5}')] = None
    crs: Annotated[Any, Field(description="EPSG code, for all or of each layer")] = None
    encoding: Annotated[Any, Field(description="Encoding, for all or of each layer")] = None
    fields: Annotated[Any, Field(description="Column of each meaning, of each layer")] = None
    scheme: Annotated[Any, Field(description="Scheme of the codes: cn, or another")] = None
    confirmed: Annotated[Any, Field(description="Keys of assumptions that a person confirms")] = None


class AssumptionsIn(Body):
    """What a person says about the files; it replaces what was said before."""

    levels: dict[str, Any] | None = None
    crs: Any = None
    encoding: Any = None
    fields: dict[str, dict[str, str]] | None = None
    scheme: str | None = None
    confirmed: list[str] = Field(default_factory=list)


class ConfirmIn(Body):
    """From when the import counts, and where it comes from."""

    valid_from: LawDay | None = None
    source: Text
    document_no: Annotated[str | None, Field(max_length=200)] = None


class LayerOut(Answer):
    """A layer as it was understood."""

    file: str
    level: int | None
    rows: int
    crs: dict[str, Any]
    encoding: dict[str, Any]
    fields: dict[str, Any]
    sample: list[dict[str, Any]]
    notes: list[dict[str, Any]]


class ImportOut(Answer):
    """An import: what was understood, what is wrong, and what a person must say."""

    model_config = ConfigDict(extra="allow")
    id: uuid.UUID
    door: Door
    state: Literal["uploaded", "checked", "refused", "confirmed", "applied", "cancelled"]
    files: list[dict[str, Any]]
    choices: dict[str, Any]
    valid_from: dt.date | None
    source: str | None
    document_no: str | None
    created_by: uuid.UUID
    confirmed_by: uuid.UUID | None
    signed_by: uuid.UUID | None
    applied_event: int | None
    layers: list[LayerOut]
    faults: list[dict[str, Any]]
    assumptions: list[dict[str, Any]]
    counts: dict[str, Any]
    needs: list[str] = Field(description="Assumptions that wait for a person")
    can_confirm: bool


class ImportList(Answer):
    """Imports, the newest first."""

    items: list[ImportOut]
