"""Signing in, oneself, and personal tokens."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas.base import Answer, Body, Text


class SignIn(Body):
    """A login and its password."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)
    login: Annotated[str, Field(min_length=1, max_length=100)]
    password: Annotated[str, Field(min_length=1, max_length=1000)]


class GrantOut(Answer):
    """A role and the division in whose subtree it holds; null is the whole register."""

    role: str
    division_id: uuid.UUID | None
    division_name: str | None


class Me(Answer):
    """Who is signed in."""

    id: uuid.UUID
    login: str
    display_name: str
    grants: list[GrantOut]
    csrf_token: str | None = Field(description="For X-CSRF-Token on every write by cookie; null for a token")


class TokenIn(Body):
    """What a personal token is for."""

    name: Text


class TokenOut(Answer):
    """A personal token; the token itself is never told again."""

    id: uuid.UUID
    name: str
    created_at: dt.datetime
    expires_at: dt.datetime
    last_used_at: dt.datetime | None


class NewTokenOut(Answer):
    """A token just made: `token` is told this once."""

    id: uuid.UUID
    name: str
    token: str
    created_at: dt.datetime
    expires_at: dt.datetime


class TokenList(Answer):
    """One's tokens, newest first."""

    items: list[TokenOut]
