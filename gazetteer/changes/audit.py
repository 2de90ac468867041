"""The audit log: appending to the chain of the day, signing its head, verifying it.

Each entry's hash covers the entry and the hash before it, so that no row can be altered, removed or
inserted without breaking every later hash; the head is signed with the key of the installation.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import uuid
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.models import AuditEntry, AuditHead

GENESIS = bytes(32)
_CHAIN_LOCK = 704_353_753


def _canonical(entry: AuditEntry) -> bytes:
    body = {
        "day": entry.day.isoformat(),
        "seq": entry.seq,
        "at": entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "actor": None if entry.actor_id is None else str(entry.actor_id),
        "action": entry.action,
        "subject": [entry.subject_kind, entry.subject_id],
        "detail": entry.detail,
    }
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _hash(entry: AuditEntry) -> bytes:
    return hashlib.sha256(entry.previous_hash + _canonical(entry)).digest()


def _key(session: Session) -> str:
    key: str = session.info["audit_key"]
    return key


def _sign(key: str, day: dt.date, entries: int, head: bytes) -> bytes:
    return hmac.digest(key.encode(), f"{day.isoformat()}:{entries}:".encode() + head, "sha256")


def append(
    session: Session,
    actor_id: uuid.UUID | None,
    action: str,
    subject_kind: str,
    subject_id: object,
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add one entry to today's chain; call it last, it serialises the transactions that write.

    Parameters
    ----------
    session : Session
        From ``session_factory``: its ``info`` carries the installation's key, which signs the head.
    detail : dict, optional
        JSON values only; never a password, token or personal document.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CHAIN_LOCK})
    at = clock.now(session)
    day = at.astimezone(clock.LAW_ZONE).date()
    head = session.get(AuditHead, day, populate_existing=True)
    entry = AuditEntry(
        day=day,
        seq=1 if head is None else head.entries + 1,
        at=at,
        actor_id=actor_id,
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        detail=detail or {},
        previous_hash=_previous_head(session, day) if head is None else head.hash,
    )
    entry.hash = _hash(entry)
    if head is None:
        head = AuditHead(day=day, entries=1, hash=entry.hash, signature=b"")
        session.add(head)
    head.entries, head.hash = entry.seq, entry.hash
    head.signature = _sign(_key(session), day, entry.seq, entry.hash)
    session.add(entry)
    session.flush()
    return entry


def _previous_head(session: Session, day: dt.date) -> bytes:
    """Return the last hash of the days before, so that the chain also runs across days."""
    query = select(AuditHead.hash).where(AuditHead.day < day).order_by(AuditHead.day.desc()).limit(1)
    return session.scalar(query) or GENESIS


def verify(session: Session) -> list[str]:
    """Return one sentence for each break in the chain or its signatures; empty when all is whole."""
    faults: list[str] = []
    previous, seq, day = GENESIS, 0, None
    last: dict[dt.date, tuple[int, bytes]] = {}
    for entry in session.scalars(
        select(AuditEntry).order_by(AuditEntry.day, AuditEntry.seq).execution_options(yield_per=1000)
    ):
        seq = seq + 1 if entry.day == day else 1
        day = entry.day
        if entry.seq != seq or entry.previous_hash != previous or entry.hash != _hash(entry):
            faults.append(
                f"{entry.day} entry {entry.seq}: altered, removed or inserted 记录被改动、删除或插入"
            )
        previous, seq = entry.hash, entry.seq
        last[entry.day] = (entry.seq, entry.hash)
    heads = {head.day: head for head in session.scalars(select(AuditHead))}
    for day_, head in heads.items():
        if last.get(day_) != (head.entries, head.hash):
            faults.append(f"{day_}: head does not match its entries 当日链首与记录不符")
        if not hmac.compare_digest(head.signature, _sign(_key(session), day_, head.entries, head.hash)):
            faults.append(f"{day_}: signature wrong 签名不符")
    faults += [f"{d}: entries without a head 缺少链首" for d in last if d not in heads]
    return faults
