"""Which column means what: known field names in Chinese and English, and of the land survey standard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boundaries.notes import Note


@dataclass(frozen=True)
class FieldMap:
    """Columns of a layer by meaning; None where no column was recognised.

    ``level_guess`` is the level of every row (1 province to 5 village) when the field names or the length of
    the codes say so, and no level column exists. ``notes`` tell a person what was assumed.
    """

    code: str | None = None
    name: str | None = None
    parent_code: str | None = None
    parent_name: str | None = None
    level: str | None = None
    type: str | None = None
    pinyin: str | None = None
    level_guess: int | None = None
    notes: tuple[Note, ...] = ()


def guess_fields(columns: Mapping[str, Sequence[Any]] | Iterable[str]) -> FieldMap:
    """Guess which column is the code, the name, the parent, the level, the type and the romanization."""
    raise NotImplementedError
