"""The address under which people reach this installation."""

from __future__ import annotations

from flask import request

from api.database import get_settings


def own_address() -> str:
    """Return scheme and host without a slash at the end: the one that is set, else the caller's."""
    return (get_settings().public_url or request.host_url).rstrip("/")
