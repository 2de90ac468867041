"""Photos of markers 界桩: kept in the data folder under their hash, one row each, never replaced."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import uuid
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.changes import audit
from gazetteer.errors import FieldError, RuleBroken
from gazetteer.models import MarkerPhoto
from gazetteer.operations.line_places import require_at_sides
from gazetteer.queries.markers import get_marker
from gazetteer.roles import Actor

EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


def add_photo(
    session: Session,
    actor: Actor,
    marker: uuid.UUID,
    home: Path,
    content: bytes,
    *,
    most_bytes: int,
    taken_on: dt.date | None = None,
    note: str | None = None,
) -> uuid.UUID:
    """Keep a photo of a marker and return its id; the same photo sent again is the one that is there.

    Raises
    ------
    NotFound, Forbidden
    RuleBroken
        ``photo_too_large``; ``photo_type``: neither JPEG, PNG nor WebP by its content.
    """
    today = clock.today(session)
    view = get_marker(session, marker, today)
    require_at_sides(session, actor, "marker.photo", [side.id for side in view.sides], today)
    media_type = _require_picture(content, most_bytes)
    sha256 = hashlib.sha256(content).hexdigest()
    known = select(MarkerPhoto.id).where(MarkerPhoto.marker_id == marker, MarkerPhoto.sha256 == sha256)
    found = session.scalar(known)
    if found is not None:
        return found
    _keep(photo_path(home, sha256, media_type), content)
    photo = MarkerPhoto(
        id=uuid.uuid4(),
        marker_id=marker,
        sha256=sha256,
        bytes=len(content),
        media_type=media_type,
        taken_on=taken_on,
        note=note,
        uploaded_by=actor.user_id,
        uploaded_at=clock.now(session),
    )
    session.add(photo)
    session.flush()
    detail = {"photo": str(photo.id), "sha256": sha256, "bytes": len(content)}
    audit.append(session, actor.user_id, "marker.photo", "marker", marker, detail)
    session.commit()
    return photo.id


def photo_path(home: Path, sha256: str, media_type: str) -> Path:
    """Return where a photo lies in the data folder."""
    return home / "photos" / sha256[:2] / f"{sha256}.{EXTENSIONS[media_type]}"


def find_media_type(content: bytes) -> str | None:
    """Return the type of a picture by its first bytes; None when it is none that is taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def _require_picture(content: bytes, most_bytes: int) -> str:
    if len(content) > most_bytes:
        raise _refused(
            "photo_too_large",
            f"照片超过 {most_bytes // 2**20} MB。",
            f"A photo has at most {most_bytes // 2**20} MB.",
        )
    media_type = find_media_type(content)
    if media_type is None:
        raise _refused("photo_type", "照片须为 JPEG、PNG 或 WebP。", "A photo is a JPEG, PNG or WebP.")
    return media_type


def _refused(code: str, zh: str, en: str) -> RuleBroken:
    return RuleBroken(zh, en, code=code, errors=(FieldError("file", code, zh, en),))


def _keep(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        return
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    part.write_bytes(content)
    os.replace(part, path)
