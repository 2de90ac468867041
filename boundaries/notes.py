"""Notes: what was assumed or found while reading, in Chinese and English, for the preview of an import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NoteSeverity = Literal["information", "warning", "error"]


@dataclass(frozen=True)
class Note:
    """One thing a person should know about a file.

    Parameters
    ----------
    code : str
        Stable snake_case name.
    zh, en : str
        One sentence in Chinese and in English.
    severity : {'information', 'warning', 'error'}
        ``error`` means that the row or the file cannot be used as it stands.
    row : int or None
        Record number in the file, counted from 1.
    field : str or None
        Column of the file.
    """

    code: str
    zh: str
    en: str
    severity: NoteSeverity = "information"
    row: int | None = None
    field: str | None = None
