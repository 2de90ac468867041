"""Decoding single cells of a .dbf, whose last character may have been cut by the width of the field."""

from __future__ import annotations

# Longest incomplete character a full-width field can end in: three bytes of a four-byte character.
LONGEST_ORPHAN_BYTES = 3


def decode_text(raw: bytes, encoding: str, full_width: bool) -> str:
    """Decode one cell, dropping an incomplete last character of a full-width cell."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        kept = without_orphan(raw, encoding) if full_width else None
        return raw.decode(encoding, "replace") if kept is None else raw[:kept].decode(encoding)


def decode_name(raw: bytes, encoding: str) -> str:
    """Decode a field name, which many programs cut in the middle of a character."""
    return decode_text(raw, encoding, full_width=True)


def without_orphan(raw: bytes, encoding: str) -> int | None:
    """Return how many bytes stay when the incomplete last character goes; None when that is not the cause."""
    for orphan in range(1, min(LONGEST_ORPHAN_BYTES, len(raw)) + 1):
        head, tail = raw[:-orphan], raw[-orphan:]
        if tail[0] >= 0x80 and decodes(head, encoding) and _is_incomplete(tail, encoding):
            return len(head)
    return None


def decodes(raw: bytes, encoding: str) -> bool:
    """Return True when every byte decodes strictly."""
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_incomplete(tail: bytes, encoding: str) -> bool:
    try:
        tail.decode(encoding)
    except UnicodeDecodeError as error:
        return "unexpected end" in error.reason or "incomplete" in error.reason
    return False
