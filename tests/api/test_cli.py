"""The `quming` command: its folder of commands, its exit codes, and what a production start refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import quming
from api.start import UnsafeStart, require_safe_start
from gazetteer.db import create_pool, session_factory
from gazetteer.models.user import User
from gazetteer.settings import Settings

QUMING = Path(sys.executable).with_name("quming")
SECRET = "a secret of these tests, long enough for production"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [QUMING, *arguments], env=os.environ | environment, capture_output=True, text=True, check=False
    )


def test_help_when_asked_then_every_command_is_listed_with_a_sentence() -> None:
    shown = CliRunner().invoke(quming, ["--help"]).output
    for name in quming.list_commands(None):  # type: ignore[attr-defined, arg-type]
        assert name in shown
        assert CliRunner().invoke(quming, [name, "--help"]).exit_code == 0


def test_command_when_unknown_then_exit_code_2() -> None:
    assert CliRunner().invoke(quming, ["no-such-command"]).exit_code == 2


def test_migrate_when_called_twice_then_both_succeed(database_url: str) -> None:
    for _ in range(2):
        done = run("migrate", QUMING_DATABASE_URL=database_url)
        assert done.returncode == 0, done.stderr


def test_command_when_a_setting_is_wrong_then_it_is_named_and_exit_code_1() -> None:
    done = run("migrate", QUMING_WORKERS="none")
    assert done.returncode == 1
    assert "QUMING_WORKERS" in done.stderr
    assert "Traceback" not in done.stderr


def add_demo_user(url: str) -> None:
    engine = create_pool(url, size=1)
    with session_factory(engine, audit_key=SECRET)() as session:
        session.add(User(login="demo", display_name="演示", password_hash="x", demo=True))
        session.commit()
    engine.dispose()


def test_start_when_production_has_a_demo_account_then_it_is_refused(database_url: str) -> None:
    add_demo_user(database_url)
    with pytest.raises(UnsafeStart, match="demo"):
        require_safe_start(Settings(env="production", secret_key=SECRET, database_url=database_url))


def test_start_when_development_has_a_demo_account_then_it_passes(database_url: str) -> None:
    add_demo_user(database_url)
    require_safe_start(Settings(secret_key=SECRET, database_url=database_url))


def test_start_when_production_is_clean_then_it_passes(shared_database_url: str) -> None:
    require_safe_start(Settings(env="production", secret_key=SECRET, database_url=shared_database_url))
