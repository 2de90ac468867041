"""What people type into the search box, made comparable with what is stored."""

from __future__ import annotations

import unicodedata

_ORGANISATIONS = (
    ("社区居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("居民委员会", "社区"),
    ("居委会", "社区"),
    ("村民委员会", "村"),
    ("村委会", "村"),
)
"""Names of organisations, and the generic term of the division they stand for; the longest first."""

_GENERIC_TERMS = ("街道", "镇", "乡", "社区", "村", "区", "县")


def normalise(text: str) -> str:
    """Return text in NFKC (full width to half width) without spaces around and between."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def forms(text: str) -> list[str]:
    """Return the spellings under which a normalised name may be stored: 临江村委会 is 临江村."""
    for suffix, term in _ORGANISATIONS:
        if text.endswith(suffix) and len(text) > len(suffix):
            return [text, text.removesuffix(suffix) + term]
    return [text]


def with_generic_terms(text: str) -> list[str]:
    """Return the names that text may be short for: 永商 is 永商镇 (the generic term 通名 may be left out)."""
    return [text + term for term in _GENERIC_TERMS] if not text.endswith(_GENERIC_TERMS) else []


def compact_pinyin(text: str) -> str:
    """Return romanized text without tones, spaces and apostrophes, in lower case; ü is v."""
    marks = unicodedata.normalize("NFD", text.lower().replace("ü", "v"))
    return "".join(c for c in marks if c.isalnum())


def is_pinyin(text: str) -> bool:
    """Tell whether text may be romanized: letters only, of the Latin alphabet, tones allowed."""
    plain = compact_pinyin(text)
    return plain.isascii() and plain.isalpha()
