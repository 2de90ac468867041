"""What all models share."""

from __future__ import annotations

import uuid
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Body(BaseModel):
    """A body or query that somebody sends: what is not described is refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Answer(BaseModel):
    """A body that we send; made from the dataclasses of the register."""

    model_config = ConfigDict(from_attributes=True)


class IdPath(Body):
    """An id in the path."""

    id: uuid.UUID


Limit = Annotated[int, Field(ge=1, le=500, description="At most so many items")]
Cursor = Annotated[str, Field(max_length=400, description="`next_cursor` of the page before")]
Text = Annotated[str, Field(min_length=1, max_length=200)]
