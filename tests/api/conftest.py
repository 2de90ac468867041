"""The application on the savepoint session, people signed in as browsers, and a drawn register."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from flask_openapi.openapi import OpenAPI
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from api.app import create_app
from gazetteer.models import User, UserGrant
from gazetteer.settings import Settings
from tests.gazetteer.register import Register, build_register, three_levels

PASSWORD = "a password of the tests"
# Argon2 with its least cost: tests sign in often, and the hash says itself how to check it.
CHEAP_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

PICTURE = """
    aabb
    aabb
    ccdd
    ccdd
"""


@dataclass
class Browser:
    """A signed-in browser: it keeps the cookie and sends the token that writes need."""

    client: FlaskClient
    csrf_token: str
    me: dict[str, Any]

    def open(self, method: str, address: str, **more: Any) -> TestResponse:
        headers = {"X-CSRF-Token": self.csrf_token, "Origin": "http://localhost", **more.pop("headers", {})}
        return self.client.open(address, method=method, headers=headers, **more)

    def get(self, address: str, **more: Any) -> TestResponse:
        return self.open("GET", address, **more)

    def post(self, address: str, **more: Any) -> TestResponse:
        return self.open("POST", address, **more)

    def put(self, address: str, **more: Any) -> TestResponse:
        return self.open("PUT", address, **more)

    def delete(self, address: str, **more: Any) -> TestResponse:
        return self.open("DELETE", address, **more)


SignIn = Callable[..., Browser]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(secret_key="key of the tests", home=tmp_path)


@pytest.fixture
def app(session: Session, settings: Settings) -> OpenAPI:
    sessions = sessionmaker(
        session.get_bind(),
        expire_on_commit=False,
        join_transaction_mode="create_savepoint",
        info=dict(session.info),
    )
    app = create_app(settings, sessions)
    app.validate_response = True
    return app


@pytest.fixture
def client(app: OpenAPI) -> FlaskClient:
    return app.test_client()


def add_user(
    session: Session, *roles: str, within: uuid.UUID | None = None, demo: bool = False, login: str = ""
) -> User:
    user = User(
        login=login or f"u{uuid.uuid4().hex[:12]}",
        display_name="、".join(roles) or "无角色",
        password_hash=CHEAP_HASH,
        demo=demo,
    )
    session.add(user)
    session.flush()
    session.add_all(UserGrant(user_id=user.id, role=role, division_id=within) for role in roles)
    session.commit()
    return user


@pytest.fixture
def sign_in(app: OpenAPI, session: Session) -> SignIn:
    def make(*roles: str, within: uuid.UUID | None = None) -> Browser:
        user = add_user(session, *roles, within=within)
        client = app.test_client()
        answer = client.post("/api/v1/sessions", json={"login": user.login, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        return Browser(client, answer.json["csrf_token"], answer.json)

    return make


@pytest.fixture
def register(session: Session) -> Register:
    built = build_register(
        session,
        three_levels(PICTURE, {"东镇": "ac", "西镇": "bd"}),
        places=(("老君山", 103.805, 30.495), ("老君河", 103.83, 30.47)),
        line=("东西界线", "a", "b"),
    )
    session.commit()
    return built


class StatementCounter:
    """How many statements a piece of work sends to the database."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def note(self, _c: object, _cursor: object, statement: str, *_more: object) -> None:
        self.statements.append(statement)


@pytest.fixture
def counter(session: Session) -> Iterator[StatementCounter]:
    counted = StatementCounter()
    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", counted.note)
    yield counted
    event.remove(engine, "before_cursor_execute", counted.note)
