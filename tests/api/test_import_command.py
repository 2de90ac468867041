"""quming import: a dry run keeps nothing, a refusal says where, two people take files in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from api.commands.import_ import command
from gazetteer import settings
from gazetteer.db import create_pool, session_factory
from gazetteer.models import User, UserGrant
from tests.gazetteer.imports.drawing import FIRST_DAY, count_rows, require_whole, three_levels


@pytest.fixture
def own(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setenv("QUMING_DATABASE_URL", database_url)
    monkeypatch.setenv("QUMING_HOME", str(tmp_path / "home"))
    settings.get_settings.cache_clear()
    engine = create_pool(database_url, size=1)
    with session_factory(engine, audit_key="key of the tests")() as session:
        for login, role in (("admin", "administrator"), ("approver", "approver")):
            user = User(login=login, display_name=login, password_hash="-")
            session.add(user)
            session.flush()
            session.add(UserGrant(user_id=user.id, role=role))
        session.commit()
        yield session
    engine.dispose()
    settings.get_settings.cache_clear()


def run(*arguments: str, answer: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(command, list(arguments), input=answer)
    return result.exit_code, result.output


TAKEN = ("--valid-from", FIRST_DAY.isoformat(), "--source", "测试", "--sign-as", "approver")


def test_import_when_dry_run_then_shown_and_nothing_kept(own: Session, tmp_path: Path) -> None:
    three_levels(tmp_path / "files")

    code, output = run(str(tmp_path / "files"), "--dry-run", "--json")

    assert code == 0
    assert json.loads(output)["counts"]["divisions"] == {"3": 1, "4": 2, "5": 4}
    assert count_rows(own)["division"] == 0
    assert not (tmp_path / "home" / "uploads").exists()


def test_import_when_signed_by_a_second_person_then_applied(own: Session, tmp_path: Path) -> None:
    three_levels(tmp_path / "files")

    code, output = run(str(tmp_path / "files"), *TAKEN)

    assert (code, "✓ 已入库" in output) == (0, True)
    assert len(require_whole(own, FIRST_DAY).faces) == 4


def test_import_when_an_assumption_waits_then_it_is_asked_for(own: Session, tmp_path: Path) -> None:
    three_levels(tmp_path / "files", epsg=4326)

    refused, _ = run(str(tmp_path / "files"), *TAKEN, answer="n\n")
    taken, output = run(str(tmp_path / "files"), *TAKEN, answer="y\ny\ny\n")

    assert refused == 1
    assert (taken, output.count("确认 confirm?")) == (0, 3)


def test_import_when_the_level_is_given_then_it_is_taken(own: Session, tmp_path: Path) -> None:
    three_levels(tmp_path / "files")
    villages = tmp_path / "files" / "villages.shp"

    code, output = run(str(villages), "--level", "villages.shp=4", "--scheme", "local", "--dry-run")

    assert code == 0
    assert "level 4" in output


def test_import_when_the_edition_tables_are_missing_then_refused(own: Session, tmp_path: Path) -> None:
    three_levels(tmp_path / "files")

    code, output = run(str(tmp_path / "files"), "--edition", *TAKEN)

    assert code == 1
    assert "缺少 events.csv" in output
