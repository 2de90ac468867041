"""P902: many people decide at once, and exactly one decision stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask_openapi.openapi import OpenAPI
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from gazetteer.db import create_pool, session_factory
from gazetteer.models import Event, Review
from gazetteer.settings import Settings
from tests.api.conftest import PASSWORD, PICTURE, Browser, add_user
from tests.api.test_requests import step, submitted
from tests.gazetteer.drafting import bulge, line_between
from tests.gazetteer.register import build_register, three_levels


@pytest.fixture
def sessions(database_url: str) -> Iterator[sessionmaker[Session]]:
    engine = create_pool(database_url, size=8)
    yield session_factory(engine, audit_key="key of the tests")
    engine.dispose()


def enter(app: OpenAPI, sessions: sessionmaker[Session], *roles: str) -> Browser:
    with sessions() as session:
        login = add_user(session, *roles).login
    client = app.test_client()
    answer = client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD})
    return Browser(client, answer.json["csrf_token"], answer.json)


def test_decisions_when_made_at_once_then_one_200_and_the_others_409(
    sessions: sessionmaker[Session], settings: Settings
) -> None:
    app = create_app(settings, sessions)
    with sessions() as session:
        register = build_register(session, three_levels(PICTURE, {"东镇": "ac", "西镇": "bd"}))
        session.commit()
        operation = bulge(line_between(session, register.faces["a"], register.faces["b"]), dy=0)
    request = submitted(enter(app, sessions, "surveyor"), operation)
    people = [enter(app, sessions, "approver") for _ in range(2)]
    decisions = [(people[i % 2], "approve" if i % 4 < 2 else "reject") for i in range(12)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda d: step(d[0], request, d[1], reason="依据不足").status_code, decisions)
        )
    assert Counter(answers) == {200: 1, 409: 11}
    with sessions() as session:
        decided = session.scalars(
            sa.select(Review.action).where(Review.action.in_(("approve", "reject")))
        ).all()
        assert len(decided) == 1
        corrections = session.scalar(sa.select(sa.func.count()).where(Event.kind == "correct"))
        assert corrections == (1 if decided == ["approve"] else 0)
