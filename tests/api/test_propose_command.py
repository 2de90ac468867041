"""quming propose, and quming export of what was known: the tables load as they are, the past comes out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from api.cli import quming
from boundaries.files.read import read_layer
from gazetteer import clock
from gazetteer.db import create_pool, session_factory
from gazetteer.settings import get_settings
from tests.gazetteer.imports.drawing import load_files, require_whole, three_levels
from tests.gazetteer.imports.test_proposal import newer

LATER = "2024-03-01"


@pytest.fixture
def loaded(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setenv("QUMING_DATABASE_URL", database_url)
    monkeypatch.setenv("QUMING_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()
    engine = create_pool(database_url, size=1)
    with session_factory(engine, audit_key="key of the tests")() as session:
        load_files(session, tmp_path / "home", three_levels(tmp_path / "old"))
        yield session
    engine.dispose()
    get_settings.cache_clear()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(quming, [str(argument) for argument in arguments])


def test_propose_when_called_then_tables_that_load(loaded: Session, tmp_path: Path) -> None:
    newer(tmp_path / "new")
    out = tmp_path / "proposed"
    told = run("propose", tmp_path / "new", "-o", out, "--effective", LATER, "--json")
    assert told.exit_code == 0, told.output
    counts = json.loads(told.stdout)
    assert (counts["kind"], counts["links"], counts["to_confirm"]) == ("merge", 7, 0)
    assert sorted(path.name for path in out.iterdir()) == [
        "candidates.csv",
        "events.csv",
        "lineage.csv",
        "unclear.csv",
    ]
    files = [*(tmp_path / "new").iterdir(), out / "events.csv", out / "lineage.csv"]
    load_files(loaded, tmp_path / "home", files, door="edition", valid_from=None)
    assert len(require_whole(loaded, dt.date(2024, 3, 1)).units) == 6


def test_propose_when_an_older_coverage_is_given_then_the_register_is_not_asked(
    loaded: Session, tmp_path: Path
) -> None:
    newer(tmp_path / "new")
    told = run("propose", tmp_path / "new", "--older", tmp_path / "old", "-o", tmp_path / "out")
    assert told.exit_code == 0, told.output
    assert "第 5 级 4 个单位变为 3 个" in told.output


def test_export_when_asked_as_known_then_what_was_known_and_its_moment_in_the_name(
    loaded: Session, tmp_path: Path
) -> None:
    moment = clock.now(loaded)
    newer(tmp_path / "new")
    run("propose", tmp_path / "new", "-o", tmp_path / "out", "--effective", LATER)
    tables = [tmp_path / "out" / "events.csv", tmp_path / "out" / "lineage.csv"]
    files = [*(tmp_path / "new").iterdir(), *tables]
    load_files(loaded, tmp_path / "home", files, door="edition", valid_from=None)
    known = ("--as-of", LATER, "--known-at", moment.isoformat())
    for more, rows in (((), 3), (known, 4)):
        told = run("export", "villages", *more, "-o", tmp_path, "--json")
        assert told.exit_code == 0, told.output
        written = json.loads(told.stdout)
        assert written["rows"] == rows
        assert read_layer(Path(written["file"])).rows == rows
        assert ("_known_" in written["file"]) is (more == known)
    assert run("export", "villages", "--known-at", "2024-03-01T09:00:00").exit_code != 0
