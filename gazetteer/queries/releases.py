"""Reading releases: the list, one of them, its files, and what changed between two."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gazetteer.errors import NotFound
from gazetteer.models import ImportBatch, Release, ReleaseArtifact

LATEST = "latest"

NEWEST_FIRST = (Release.as_of.desc(), Release.published_at.desc())
"""What ``latest`` is: by the day of law, so that an edition of an earlier day does not take its place."""

_CHANGES = text(
    """
    SELECT e.id, e.kind, e.effective_on, e.approved_on, e.document_no, e.authority, e.date_assumed, e.summary,
        r.number, r.title,
        (
            SELECT array_agg(DISTINCT n.name ORDER BY n.name)
            FROM division_name n
            WHERE n.division_id = ANY(r.touched_divisions)
                AND n.kind = 'official'
                AND upper_inf(n.recorded)
                AND upper_inf(n.valid)
        ) AS divisions
    FROM event e
    LEFT JOIN change_request r ON r.id = e.request_id
    WHERE e.id > :after
        AND e.id <= :until
    ORDER BY e.id
    """
)


@dataclass(frozen=True)
class ArtifactView:
    """One file of a release."""

    audience: str
    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class ReleaseView:
    """A published release with its files and what changed since the one before."""

    id: uuid.UUID
    version: str
    as_of: dt.date
    published_at: dt.datetime
    content_hash: str
    note: str
    review_number: str | None
    counts: dict[str, Any]
    changes: list[dict[str, Any]]
    share_token: str
    artifacts: tuple[ArtifactView, ...]


def list_releases(session: Session) -> list[ReleaseView]:
    """Return the published releases, the newest first."""
    query = (
        select(Release).where(Release.state == "published").order_by(Release.published_at.desc(), Release.id)
    )
    releases = list(session.scalars(query))
    files: dict[uuid.UUID, list[ArtifactView]] = {release.id: [] for release in releases}
    for row in session.scalars(
        select(ReleaseArtifact)
        .where(ReleaseArtifact.release_id.in_(files))
        .order_by(ReleaseArtifact.audience, ReleaseArtifact.name)
    ):
        files[row.release_id].append(ArtifactView(row.audience, row.name, row.bytes, row.sha256))
    return [_view(release, tuple(files[release.id])) for release in releases]


def get_release(session: Session, version: str) -> ReleaseView:
    """Return a published release by version, or the newest for ``latest``."""
    query = select(Release).where(Release.state == "published")
    if version == LATEST:
        query = query.order_by(*NEWEST_FIRST).limit(1)
    else:
        query = query.where(Release.version == version)
    return _one(session, session.scalar(query), version)


def get_shared_release(session: Session, token: str) -> ReleaseView:
    """Return the published release of a share address."""
    query = select(Release).where(Release.state == "published", Release.share_token == token)
    return _one(session, session.scalar(query), token)


def find_latest_version(session: Session) -> str | None:
    """Return the version of the newest published release, None before the first."""
    query = select(Release.version).where(Release.state == "published")
    return session.scalar(query.order_by(*NEWEST_FIRST).limit(1))


def is_published(session: Session, version: str) -> bool:
    """Tell whether there is a published release of this version."""
    query = select(Release.id).where(Release.state == "published", Release.version == version)
    return session.scalar(query) is not None


def list_changes(session: Session, after: int, until: int) -> list[dict[str, Any]]:
    """Return the events after one and up to another as JSON values, with their requests and divisions."""
    rows = session.execute(_CHANGES, {"after": after, "until": until})
    return [
        {
            "event": row.id,
            "kind": row.kind,
            "effective": row.effective_on.isoformat(),
            "approved": row.approved_on.isoformat() if row.approved_on else None,
            "document_no": row.document_no,
            "authority": row.authority,
            "date_assumed": row.date_assumed,
            "summary": row.summary,
            "request": row.number,
            "title": row.title,
            "divisions": row.divisions or [],
        }
        for row in rows
    ]


def list_sources(session: Session) -> tuple[str, ...]:
    """Return where the register's coverage came from: the sources of the imports that were applied."""
    query = select(ImportBatch.source).where(ImportBatch.state == "applied", ImportBatch.source.is_not(None))
    return tuple(sorted({source for source in session.scalars(query) if source}))


def _one(session: Session, release: Release | None, wanted: str) -> ReleaseView:
    if release is None:
        raise NotFound("没有此发布版本。", "There is no such release.", release=wanted)
    rows = session.scalars(
        select(ReleaseArtifact)
        .where(ReleaseArtifact.release_id == release.id)
        .order_by(ReleaseArtifact.audience, ReleaseArtifact.name)
    )
    return _view(release, tuple(ArtifactView(r.audience, r.name, r.bytes, r.sha256) for r in rows))


def _view(release: Release, artifacts: tuple[ArtifactView, ...]) -> ReleaseView:
    if release.published_at is None:
        raise NotFound("此版本尚未发布。", "This release is not published.", release=release.version)
    return ReleaseView(
        id=release.id,
        version=release.version,
        as_of=release.as_of,
        published_at=release.published_at,
        content_hash=release.content_hash,
        note=release.note,
        review_number=release.review_number,
        counts=release.counts,
        changes=release.changes,
        share_token=release.share_token,
        artifacts=artifacts,
    )
