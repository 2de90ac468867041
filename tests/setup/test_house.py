"""What the set-up scripts rely on: ports, secrets, folders, processes."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import house
import pytest

ROOT = Path(__file__).resolve().parents[2]
ME = house.Account("me", os.geteuid(), os.getegid())


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_choose_port_when_it_is_free_then_it_is_taken(taken_port: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    assert house.choose_port(free) == free


def test_choose_port_when_it_is_in_use_then_a_later_one_is_taken(taken_port: int) -> None:
    assert house.choose_port(taken_port) > taken_port


def test_choose_port_when_none_is_free_then_it_says_what_to_do(
    taken_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        house.choose_port(taken_port, tries=1)
    assert "QUMING_POSTGRES_PORT" in capsys.readouterr().err


def test_kept_secret_when_asked_twice_then_it_stays_and_nobody_else_reads_it(tmp_path: Path) -> None:
    first = house.kept_secret(tmp_path / "password", ME)
    assert house.kept_secret(tmp_path / "password", ME) == first
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "password").stat().st_mode) == 0o600


def test_is_inside_git_when_a_folder_above_is_a_work_tree_then_yes(tmp_path: Path) -> None:
    (tmp_path / "clone" / ".git").mkdir(parents=True)
    assert house.is_inside_git(tmp_path / "clone" / "home" / "deep")
    assert not house.is_inside_git(tmp_path / "elsewhere")


def test_default_home_when_it_is_named_then_that_is_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("QUMING_HOME", str(tmp_path))
    assert house.default_home() == tmp_path


def test_default_home_when_asked_of_the_settings_then_both_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    from gazetteer.settings import default_home

    monkeypatch.delenv("QUMING_HOME", raising=False)
    assert default_home() == house.default_home()


def test_is_alive_when_the_process_has_ended_then_no() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert house.is_alive(os.getpid())
    assert not house.is_alive(process.pid)


def test_make_folder_when_a_file_is_in_the_way_then_it_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit):
        house.make_folder(tmp_path / "file" / "home", ME)
    assert "QUMING_HOME" in capsys.readouterr().err


def test_read_environment_file_when_read_then_comments_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "quming.env").write_text("# a=b\nQUMING_BIND=127.0.0.1:1\nX=a=b\n", encoding="utf-8")
    read = house.read_environment_file(tmp_path / "quming.env")
    assert read == {"QUMING_BIND": "127.0.0.1:1", "X": "a=b"}


def test_read_dotenv_when_the_environment_names_a_setting_then_it_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(
        "QUMING_BIND=127.0.0.1:1\nQUMING_THREADS=3\nPATH=/nowhere\n", encoding="utf-8"
    )
    monkeypatch.setenv("QUMING_BIND", "127.0.0.1:2")
    monkeypatch.setenv("QUMING_THREADS", "")
    monkeypatch.delenv("QUMING_THREADS")
    house.read_dotenv(tmp_path / ".env")
    assert (os.environ["QUMING_BIND"], os.environ["QUMING_THREADS"]) == ("127.0.0.1:2", "3")
    assert os.environ["PATH"] != "/nowhere"
