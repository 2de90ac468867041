"""The commands for accounts, the register's check and the audit log."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from api.cli import quming
from gazetteer.db import create_pool, session_factory
from gazetteer.settings import get_settings
from tests.api.conftest import PICTURE
from tests.gazetteer.register import build_register, three_levels

SECRET = "key of the tests"


@pytest.fixture
def sessions(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[sessionmaker[Session]]:
    monkeypatch.setenv("QUMING_DATABASE_URL", database_url)
    monkeypatch.setenv("QUMING_SECRET_KEY", SECRET)
    get_settings.cache_clear()
    engine = create_pool(database_url, size=2)
    yield session_factory(engine, audit_key=SECRET)
    engine.dispose()
    get_settings.cache_clear()


def run(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(quming, arguments, input=answer)


def accounts() -> dict[str, dict[str, object]]:
    return {account["login"]: account for account in json.loads(run("user", "list", "--json").stdout)}


def test_user_when_added_then_listed_with_roles_and_disabled_at_will(
    sessions: sessionmaker[Session],
) -> None:
    with sessions() as session:
        build_register(session, three_levels(PICTURE, {"东镇": "ac", "西镇": "bd"}))
        session.commit()
    who = ("Chen", "--name", "陈测绘", "--password", "x" * 12)
    added = run("user", "add", *who, "--role", "surveyor", "--within", "510132")
    assert added.exit_code == 0, added.output
    assert run("user", "grant", "chen", "clerk", "--within", "510132100").exit_code == 0
    assert accounts()["chen"]["roles"] == ["surveyor", "clerk"]
    assert accounts()["chen"]["display_name"] == "陈测绘"
    assert run("user", "disable", "chen").exit_code == 0
    assert accounts()["chen"]["disabled"] is True
    assert run("user", "enable", "chen").exit_code == 0
    assert run("user", "password", "chen", "--password", "another password").exit_code == 0
    assert "陈测绘" in run("user", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", "has space", "--password", "x" * 12), "rule_broken"),
        (("add", "chen", "--password", "short"), "rule_broken"),
        (("add", "chen", "--role", "surveyor", "--within", "999999", "--password", "x" * 12), "not_found"),
        (("disable", "nobody"), "not_found"),
    ],
)
def test_user_when_it_cannot_be_then_the_reason_is_raised(
    sessions: sessionmaker[Session], arguments: tuple[str, ...], code: str
) -> None:
    result = run("user", *arguments)
    assert getattr(result.exception, "code", None) == code, result.output


def test_user_when_the_login_exists_then_refused(sessions: sessionmaker[Session]) -> None:
    assert run("user", "add", "chen", "--password", "x" * 12).exit_code == 0
    again = run("user", "add", "CHEN", "--password", "x" * 12)
    assert [error.code for error in again.exception.errors] == ["login_taken"]  # type: ignore[union-attr]


def test_check_when_whole_then_zero_and_when_an_area_or_hash_is_wrong_then_one(
    sessions: sessionmaker[Session],
) -> None:
    with sessions() as session:
        build_register(session, three_levels(PICTURE, {"东镇": "ac", "西镇": "bd"}))
        session.commit()
    whole = run("check")
    assert whole.exit_code == 0, whole.output
    with sessions() as session:
        session.execute(text("UPDATE division_shape SET area_m2 = area_m2 + 0.01 WHERE level = 4"))
        session.execute(
            text(f"UPDATE arc SET hash = '{'0' * 64}' WHERE row_id = (SELECT min(row_id) FROM arc)")
        )
        session.commit()
    found = run("check", "--json")
    assert found.exit_code == 1
    assert sorted(fault["code"] for fault in json.loads(found.stdout)["faults"]) == [
        "area_wrong",
        "area_wrong",
        "hash_wrong",
    ]


def test_check_when_a_parent_differs_from_its_children_then_named(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        build_register(session, three_levels(PICTURE, {"东镇": "ac", "西镇": "bd"}))
        session.execute(
            text("UPDATE division_shape SET geom = ST_Translate(geom, 0.000000001, 0) WHERE level = 3")
        )
        session.commit()
    found = run("check")
    assert found.exit_code == 1
    assert "试验区" in found.output


def test_audit_when_a_row_is_rewritten_then_verify_finds_it(sessions: sessionmaker[Session]) -> None:
    run("user", "add", "chen", "--password", "x" * 12)
    run("user", "disable", "chen")
    assert run("audit", "verify").exit_code == 0
    assert json.loads(run("audit", "verify", "--json").stdout) == {"ok": True, "faults": []}
    with sessions() as session:
        session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        session.execute(text("UPDATE audit_entry SET action = 'user.enable' WHERE seq = 2"))
        session.commit()
    broken = run("audit", "verify")
    assert broken.exit_code == 1
    assert "entry 2" in broken.output
