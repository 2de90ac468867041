"""What the database itself refuses: history, decisions and publications are added to, never changed."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gazetteer.models import Release, ReleaseArtifact
from tests.gazetteer.drafting import person
from tests.gazetteer.register import build_register, three_levels


@pytest.fixture
def published(session: Session) -> Release:
    build_register(session, three_levels("ab", {"东镇": "ab"}))
    at = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
    release = Release(
        id=uuid.uuid4(),
        version="2026.1",
        state="building",
        as_of=at.date(),
        content_hash="0" * 64,
        share_token="t" * 22,
        created_by=person(session, "publisher").user_id,
        created_at=at,
    )
    session.add(release)
    session.flush()
    session.add(
        ReleaseArtifact(release_id=release.id, audience="public", name="x.zip", bytes=1, sha256="0" * 64)
    )
    release.state, release.published_at = "published", at
    session.flush()
    return release


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE release SET note = 'another'",
        "DELETE FROM release",
        "UPDATE release_artifact SET bytes = 2",
        "DELETE FROM release_artifact",
        "UPDATE event SET summary = 'another'",
        "DELETE FROM event",
    ],
)
def test_published_rows_and_events_when_somebody_changes_them_then_the_database_refuses(
    session: Session, published: Release, statement: str
) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), session.begin_nested():
        session.execute(sa.text(statement))
    session.expire_all()
    assert session.get_one(Release, published.id).note == ""


def test_release_that_is_being_built_when_it_is_given_up_then_its_row_goes(
    session: Session, published: Release
) -> None:
    building = Release(
        id=uuid.uuid4(),
        version="2026.2",
        state="building",
        as_of=published.as_of,
        content_hash="0" * 64,
        share_token="u" * 22,
        created_by=published.created_by,
        created_at=published.created_at,
    )
    session.add(building)
    session.flush()
    session.delete(building)
    session.flush()
    assert session.scalars(sa.select(Release.version)).all() == ["2026.1"]
