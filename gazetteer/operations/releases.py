"""Releases: asked for, given a version, published or given up."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.changes import audit
from gazetteer.changes.queue import add_job, enqueue
from gazetteer.errors import FieldError, RuleBroken
from gazetteer.models import Job, Release, ReleaseArtifact
from gazetteer.queries.releases import ArtifactView, list_changes
from gazetteer.roles import Actor, require

_VERSION_LOCK = 704_353_754


@dataclass(frozen=True)
class ReleaseContent:
    """What a release is to say of the register that was read for it."""

    as_of: dt.date
    last_event: int | None
    content_hash: str
    counts: dict[str, int]


@dataclass(frozen=True)
class OpenRelease:
    """A release that is being built."""

    id: uuid.UUID
    version: str
    note: str
    review_number: str | None
    share_token: str
    changes: tuple[dict[str, Any], ...]
    published: bool


def request_release(
    session: Session, actor: Actor, note: str = "", as_of: dt.date | None = None, *, queued: bool = True
) -> Job:
    """Ask for a release; the worker builds and publishes it.

    Parameters
    ----------
    note : str
        What readers of the release should know.
    as_of : date, optional
        The day of law to publish; today (Asia/Shanghai) when it is built unless given.
    queued : bool
        False leaves the task out: the caller runs the job itself.

    Raises
    ------
    RuleBroken
        ``as_of_in_future``: what is published is the law.
    """
    require(actor, "release.build")
    _require_past(session, as_of)
    arguments = {"note": note.strip(), "as_of": as_of.isoformat() if as_of else None}
    if queued:
        job = enqueue(session, "release", arguments, actor.user_id)
    else:
        job = add_job(session, "release", arguments, actor.user_id, clock.now(session))
    audit.append(session, actor.user_id, "release.request", "job", job.id, arguments)
    session.commit()
    return job


def _require_past(session: Session, as_of: dt.date | None) -> None:
    today = clock.today(session)
    if as_of is not None and as_of > today:
        raise RuleBroken(
            f"{as_of} 尚未到来：只能发布今天（{today}）或以前的状态。",
            f"{as_of} is yet to come: a release shows today ({today}) or a day before.",
            code="as_of_in_future",
            errors=(FieldError("as_of", "in_future", "不能晚于今天", "must not be after today"),),
        )


def open_release(
    session: Session,
    job_id: uuid.UUID,
    created_by: uuid.UUID,
    content: ReleaseContent,
    note: str,
    review_number: str | None,
) -> OpenRelease:
    """Give a release its version and its changes since the one before; once for each job.

    The release takes the id of the job, so that a job that starts again after a crash goes on with its own
    version instead of using up another.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _VERSION_LOCK})
    release = session.get(Release, job_id)
    if release is None:
        release = Release(
            id=job_id,
            version=_next_version(session),
            state="building",
            note=note,
            review_number=review_number,
            share_token=secrets.token_urlsafe(16),
            created_by=created_by,
            created_at=clock.now(session),
        )
        session.add(release)
    if release.state != "published":
        release.as_of, release.last_event = content.as_of, content.last_event
        release.content_hash, release.counts = content.content_hash, dict(content.counts)
        release.changes = _changes_since_previous(session, content)
    session.commit()
    return _open(release)


def publish_release(session: Session, release_id: uuid.UUID, artifacts: Sequence[ArtifactView]) -> None:
    """Publish a release whose files are in place; from here on it never changes."""
    release = session.get_one(Release, release_id, with_for_update=True, populate_existing=True)
    if release.state == "published":
        return
    for artifact in artifacts:
        session.add(
            ReleaseArtifact(
                release_id=release.id,
                audience=artifact.audience,
                name=artifact.name,
                bytes=artifact.bytes,
                sha256=artifact.sha256,
            )
        )
    release.state, release.published_at = "published", clock.now(session)
    detail = {"version": release.version, "content_hash": release.content_hash}
    audit.append(session, release.created_by, "release.publish", "release", release.id, detail)
    session.commit()


def abandon_release(session: Session, release_id: uuid.UUID) -> None:
    """Take back a release that could not be built; its job keeps the reason, its version is free again."""
    release = session.get(Release, release_id, with_for_update=True, populate_existing=True)
    if release is not None and release.state == "building":
        session.delete(release)
    session.commit()


def _next_version(session: Session) -> str:
    year = f"{clock.today(session).year:04d}"
    used = session.scalars(select(Release.version).where(Release.version.like(f"{year}.%")))
    return f"{year}.{max((int(version.split('.')[1]) for version in used), default=0) + 1}"


def _changes_since_previous(session: Session, content: ReleaseContent) -> list[dict[str, Any]]:
    previous = session.scalar(
        select(Release.last_event)
        .where(Release.state == "published")
        .order_by(Release.published_at.desc())
        .limit(1)
    )
    return list_changes(session, previous or 0, content.last_event or 0)


def _open(release: Release) -> OpenRelease:
    return OpenRelease(
        id=release.id,
        version=release.version,
        note=release.note,
        review_number=release.review_number,
        share_token=release.share_token,
        changes=tuple(release.changes),
        published=release.state == "published",
    )
