"""Which characters the name of a division may have."""

from __future__ import annotations

import re

_LEGAL_NAME = re.compile(
    "[\u2e80-\u2fdf\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af·0-9（）]+"
)
"""Han characters, 〇, the middle dot, digits and full-width brackets."""


def strange_characters(name: str) -> str:
    """Return the characters of a name outside Han, 〇, the middle dot, digits and full-width brackets."""
    if not name or _LEGAL_NAME.fullmatch(name):
        return ""
    return "".join(sorted({char for char in name if not _LEGAL_NAME.fullmatch(char)}))
