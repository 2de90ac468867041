"""The demonstration: loaded whole, and again without harm."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask_openapi.openapi import OpenAPI
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from api.demo import Demo, load_demo
from gazetteer.changes import audit
from gazetteer.db import create_pool, session_factory
from gazetteer.errors import Forbidden
from gazetteer.models import Event, Release, User
from gazetteer.operations.demo_accounts import ACCOUNTS, PASSWORD, create_demo_accounts
from gazetteer.releases.register_check import check_register
from gazetteer.settings import Settings
from tests.conftest import clone


@pytest.fixture(scope="module")
def demo(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demonstration in a database of this file's own, loaded once."""
    for url in clone(template_database):
        engine = create_pool(url, size=4)
        home = tmp_path_factory.mktemp("demo")
        settings = Settings(database_url=url, secret_key="key of the tests", home=home)
        loaded = Demo(session_factory(engine, audit_key=settings.secret_key), settings, lambda _text: None)
        load_demo(loaded)
        yield loaded
        engine.dispose()


def counts(sessions: sessionmaker[Session]) -> list[int | None]:
    with sessions() as session:
        return [session.scalar(sa.select(sa.func.count()).select_from(t)) for t in (User, Event, Release)]


def names(app: OpenAPI, query: str) -> list[str]:
    items = app.test_client().get(f"/api/v1/divisions?limit=200&{query}").json["items"]
    return [item["name"] for item in items]


def test_demo_when_loaded_again_then_nothing_changes(demo: Demo) -> None:
    once = counts(demo.sessions)
    load_demo(demo)
    assert counts(demo.sessions) == once == [6, 3, 1]


def test_demo_when_loaded_then_it_tells_the_reform(demo: Demo) -> None:
    app = create_app(demo.settings, demo.sessions)
    client = app.test_client()
    assert names(app, "level=3") == ["新津区"]
    assert names(app, "level=3&as_of=2020-06-17") == ["新津县"]
    assert [len(names(app, f"level={level}")) for level in (4, 5)] == [8, 81]
    assert [len(names(app, f"level={level}&as_of=2019-12-01")) for level in (4, 5)] == [12, 106]
    (town,) = [i for i in client.get("/api/v1/search?q=邓双镇").json["items"] if i["kind"] == "division"]
    assert town["note"] == "2019-12-23 撤销，现为永商镇（510118103）"
    tiles = client.get("/tiles/public/latest.json").json
    assert re.fullmatch(r"[0-9]{4}\.1", tiles["version"])
    with demo.sessions() as session:
        assert check_register(session).faults == ()
        assert audit.verify(session) == []


def test_demo_accounts_when_signed_in_then_each_has_its_role_and_place(demo: Demo) -> None:
    app = create_app(demo.settings, demo.sessions)
    held = {}
    for account in ACCOUNTS:
        answer = app.test_client().post(
            "/api/v1/sessions", json={"login": account.login, "password": PASSWORD}
        )
        (grant,) = answer.json["grants"]
        held[account.login] = (grant["role"], grant["division_name"])
    assert held == {
        "surveyor": ("surveyor", "新津区"),
        "clerk": ("clerk", "永商镇"),
        "reviewer": ("reviewer", "新津区"),
        "approver": ("approver", None),
        "publisher": ("publisher", None),
        "admin": ("administrator", None),
    }


def test_demo_when_in_production_then_refused(session: Session, demo: Demo) -> None:
    with pytest.raises(Forbidden, match="Production"):
        create_demo_accounts(session, production=True)
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 0
