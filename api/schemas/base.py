"""What all models share."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLUS_LOST = re.compile(r" (?=[0-9]{2}:?[0-9]{2}$)")


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


def _only_a_day(value: object) -> object:
    """Refuse a moment where a day of law is asked: midnight in Shanghai is the day before in UTC."""
    if isinstance(value, str) and _DAY.fullmatch(value.strip()):
        return value.strip()
    if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
        return value
    raise PydanticCustomError("date_parsing", "a day is written YYYY-MM-DD, without time or time zone")


def _with_its_plus(value: object) -> object:
    """Give back the plus sign of +08:00, which an address turns into a space when it is not escaped."""
    return _PLUS_LOST.sub("+", value.strip()) if isinstance(value, str) else value


LawDay = Annotated[dt.date, BeforeValidator(_only_a_day)]
"""A day of law: YYYY-MM-DD and nothing else."""
Moment = Annotated[AwareDatetime, BeforeValidator(_with_its_plus)]
"""A moment with its time zone."""
