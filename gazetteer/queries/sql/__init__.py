"""Statements longer than thirty lines, each in a file of its own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import TextClause, text


@cache
def load(name: str) -> TextClause:
    """Return the statement of <name>.sql."""
    return text(read(name))


def read(name: str) -> str:
    """Return the text of <name>.sql."""
    return Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8")
