"""Installing the packages of the distribution: names, silence when nothing is missing, advice when stuck."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "setup" / "packages.sh"


def call(what: str, stubs: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{stubs}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [SCRIPT, what],
        env=os.environ | {"PATH": path, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def stub(folder: Path, name: str, body: str) -> None:
    script = folder / name
    script.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    script.chmod(0o755)


@pytest.mark.parametrize(
    ("identity", "version", "postgresql"),
    [("debian", "12", "15"), ("debian", "13", "17"), ("ubuntu", "24.04", "16")],
)
def test_packages_when_listed_then_they_fit_the_distribution(
    tmp_path: Path, identity: str, version: str, postgresql: str
) -> None:
    (tmp_path / "os-release").write_text(f'ID={identity}\nVERSION_ID="{version}"\n', encoding="utf-8")
    listed = call("list", tmp_path, OS_RELEASE=str(tmp_path / "os-release")).stdout.split()
    assert {f"postgresql-{postgresql}", f"postgresql-{postgresql}-postgis-3"} <= set(listed)
    # Ubuntu's package of that name only fetches a snap.
    assert ("chromium" in listed) is (identity == "debian")


@pytest.mark.parametrize("what", ["run", "test"])
def test_packages_when_none_is_missing_then_apt_is_not_called(tmp_path: Path, what: str) -> None:
    stub(tmp_path, "apt-get", f"touch {tmp_path}/called; exit 1")
    result = call(what, tmp_path)
    assert result.returncode == 0, result.stderr
    assert not (tmp_path / "called").exists()


def test_packages_when_one_is_missing_and_nobody_may_install_then_it_says_whom_to_ask(tmp_path: Path) -> None:
    stub(tmp_path, "dpkg-query", "exit 1")
    stub(tmp_path, "id", "echo 1000")
    stub(tmp_path, "sudo", "exit 1")
    result = call("run", tmp_path)
    assert result.returncode == 1
    assert "apt-get install --no-install-recommends fonts-hanazono fonts-noto-cjk" in result.stderr


def test_packages_when_apt_fails_then_it_says_what_to_do(tmp_path: Path) -> None:
    stub(tmp_path, "dpkg-query", "exit 1")
    for name in ("id", "mkdir", "tee", "rm"):
        stub(tmp_path, name, {"id": "echo 0", "tee": "cat >/dev/null"}.get(name, "true"))
    stub(tmp_path, "apt-get", "exit 100")
    result = call("run", tmp_path)
    assert result.returncode == 1
    assert "/etc/apt" in result.stderr
