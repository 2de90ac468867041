"""Which release is the latest, and which day may be published."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from sqlalchemy.orm import Session

from gazetteer.clock import today
from gazetteer.errors import RuleBroken
from gazetteer.models import Release
from gazetteer.operations.releases import request_release
from gazetteer.queries.releases import find_latest_version, get_release
from tests.gazetteer.drafting import person


def publish(session: Session, version: str, as_of: dt.date, hour: int) -> None:
    at = dt.datetime(2026, 11, 25, hour, tzinfo=dt.UTC)
    session.add(
        Release(
            id=uuid.uuid4(),
            version=version,
            state="published",
            as_of=as_of,
            content_hash="0" * 64,
            share_token=uuid.uuid4().hex,
            created_by=person(session, "publisher").user_id,
            created_at=at,
            published_at=at,
        )
    )
    session.flush()


def test_latest_when_an_earlier_day_is_published_later_then_it_stays_what_it_was(session: Session) -> None:
    publish(session, "2026.1", dt.date(2026, 11, 25), hour=1)
    publish(session, "2026.2", dt.date(2019, 12, 31), hour=2)
    assert find_latest_version(session) == get_release(session, "latest").version == "2026.1"
    publish(session, "2026.3", dt.date(2026, 11, 25), hour=3)
    assert find_latest_version(session) == get_release(session, "latest").version == "2026.3"


def test_release_when_asked_for_a_day_to_come_then_refused(session: Session) -> None:
    tomorrow = today(session) + dt.timedelta(days=1)
    with pytest.raises(RuleBroken) as caught:
        request_release(session, person(session, "publisher"), as_of=tomorrow)
    assert caught.value.code == "as_of_in_future"
