"""Background jobs over the wire."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Literal

from pydantic import Field

from api.schemas.base import Answer


class JobOut(Answer):
    """A background task."""

    id: uuid.UUID
    kind: str
    state: Literal["queued", "running", "done", "failed"]
    progress: float = Field(description="0 to 1")
    message: str
    result: dict[str, Any] | None
    error: dict[str, Any] | None = Field(description="What stopped it: code, message, message_en, errors")
    created_at: dt.datetime
    finished_at: dt.datetime | None
