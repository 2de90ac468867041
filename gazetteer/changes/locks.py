"""Holding what is not a row: who is in whom, and names and codes that somebody is about to give."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from gazetteer.queries.direct import DirectQuery

_STRUCTURE = 704_353_001
_NAMES = 704_353
_CODES = 704_354

_ALONE = DirectQuery(f"SELECT pg_advisory_xact_lock({_STRUCTURE})")
_TOGETHER = DirectQuery(f"SELECT pg_advisory_xact_lock_shared({_STRUCTURE})")
_WORDS = DirectQuery(
    """
    SELECT pg_advisory_xact_lock(CAST(:lock AS integer), hash)
    FROM (
        SELECT DISTINCT hashtext(word) AS hash
        FROM unnest(CAST(:words AS text[])) AS word
        ORDER BY hash
    ) wanted
    """
)


def lock_structure(session: Session, *, alone: bool) -> None:
    """Hold the membership of faces and divisions until the transaction ends; the first lock of all.

    Who moves lines only holds it together with others; who founds, ends, cuts or moves divisions holds it
    alone. Otherwise the faces that a change touches would have to be found again after waiting for them,
    and locked out of order.
    """
    (_ALONE if alone else _TOGETHER).rows(session)


def lock_names(session: Session, names: Collection[str]) -> None:
    """Hold names until the transaction ends, in a fixed order.

    Two divisions are two rows: locking those would let two people give both the same name at once.
    """
    if names:
        _WORDS.rows(session, lock=_NAMES, words=list(names))


def lock_codes(session: Session, codes: Collection[str]) -> None:
    """Hold codes until the transaction ends, in a fixed order: a code is given once and never again."""
    if codes:
        _WORDS.rows(session, lock=_CODES, words=list(codes))
