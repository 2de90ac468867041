"""Holding names while somebody decides who may bear them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.orm import Session

_LOCK = text(
    """
    SELECT pg_advisory_xact_lock(:lock, hash)
    FROM (
        SELECT DISTINCT hashtext(name) AS hash
        FROM unnest(CAST(:names AS text[])) AS name
        ORDER BY hash
    ) wanted
    """
)
_NAME_LOCK = 704_353


def lock_names(session: Session, names: Collection[str]) -> None:
    """Hold names until the transaction ends, in a fixed order.

    Two divisions are two rows: locking those would let two people give both the same name at once.
    """
    session.execute(_LOCK, {"lock": _NAME_LOCK, "names": list(names)}).all()
