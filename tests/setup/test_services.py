"""Server and worker in the background: recognised again, never mixed up with others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
import services
from services import Running


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    (tmp_path / "log").mkdir()
    return tmp_path


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends when its standard input is closed, in a group of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", "input()"],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        yield process
        process.kill()


def note(home: Path, pid: int, started: str | None = None, root: str = "/somewhere") -> None:
    running = Running(
        pid, services.start_time(pid) if started is None else started, "code", root, "http://127.0.0.1:1"
    )
    (home / "run" / "server.json").write_text(json.dumps(asdict(running)), encoding="utf-8")


def test_recall_when_the_process_runs_then_it_is_found(home: Path, process: subprocess.Popen[bytes]) -> None:
    note(home, process.pid)
    found = services.recall(home, "server")
    assert found is not None
    assert found.pid == process.pid


def test_recall_when_the_number_was_given_to_another_process_then_it_is_not_ours(home: Path) -> None:
    note(home, os.getpid(), started="1")
    assert services.recall(home, "server") is None


def test_recall_when_the_note_is_damaged_then_nothing_runs(home: Path) -> None:
    (home / "run" / "server.json").write_text("{", encoding="utf-8")
    assert services.recall(home, "server") is None


def test_end_when_the_process_runs_then_it_is_gone_and_forgotten(
    home: Path, process: subprocess.Popen[bytes]
) -> None:
    note(home, process.pid)
    assert services.end(home, "server")
    assert process.wait() != 0
    assert not (home / "run" / "server.json").exists()


def test_start_when_another_clone_runs_then_it_is_left_alone(
    home: Path, process: subprocess.Popen[bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    note(home, process.pid, root=str(home))
    with pytest.raises(SystemExit):
        services.refuse_other_clone({"server": services.recall(home, "server")})
    assert "make stop" in capsys.readouterr().err
    assert process.poll() is None


def test_code_hash_when_a_setting_changes_then_it_differs() -> None:
    before = services.code_hash({"QUMING_BIND": "127.0.0.1:1"})
    assert services.code_hash({"QUMING_BIND": "127.0.0.1:1"}) == before
    assert services.code_hash({"QUMING_BIND": "127.0.0.1:2"}) != before


def test_code_files_when_listed_then_code_is_in_and_packages_of_others_are_not() -> None:
    listed = {path.relative_to(services.ROOT).as_posix() for path in services.code_files()}
    assert {"api/cli.py", "gazetteer/settings.py", "boundaries/grid.py", "requirements.lock"} <= listed
    assert not [path for path in listed if "node_modules" in path or path.startswith("webmap/app/src")]


@pytest.mark.parametrize("bind", ["8000", "host:", "host:x", ":80", "host:0"])
def test_bind_when_it_cannot_be_read_then_it_shows_what_it_looks_like(
    bind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        services.bind_of({"QUMING_BIND": bind})
    assert "127.0.0.1:8000" in capsys.readouterr().err


def test_address_when_the_server_listens_everywhere_then_a_browser_gets_one_that_works() -> None:
    assert services.address_of({"QUMING_BIND": "0.0.0.0:8080"}) == "http://127.0.0.1:8080"


def test_settings_when_the_environment_names_one_then_it_counts_before_the_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "quming.env").write_text("QUMING_BIND=127.0.0.1:1\nQUMING_SECRET_KEY=kept\n", encoding="utf-8")
    monkeypatch.setenv("QUMING_BIND", "127.0.0.1:2")
    settings = services.settings_of(home)
    assert (settings["QUMING_BIND"], settings["QUMING_SECRET_KEY"]) == ("127.0.0.1:2", "kept")
