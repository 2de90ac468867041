"""`make run`, `make stop` and `make clean-data`, for real, in a home of this test's own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# One process runs these in order: they share one home.
pytestmark = pytest.mark.xdist_group("run")
# Ten seconds are promised on a machine that has nothing else to do; beside other tests it takes longer.
WARM_START_S = 30
DEMO_LOGINS = ("surveyor", "clerk", "reviewer", "approver", "publisher", "admin")


@dataclass(frozen=True)
class House:
    """A home and an address that no other system on this machine uses."""

    home: Path
    bind: str

    def make(self, target: str, answer: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("QUMING_", "MAKE"))}
        # An empty address beats one in .env: the demo must not go into a real register.
        ours = {"QUMING_HOME": str(self.home), "QUMING_BIND": self.bind, "QUMING_DATABASE_URL": ""}
        return subprocess.run(
            ["make", "--no-print-directory", target],
            cwd=ROOT,
            env=kept | ours | environment,
            input=answer,
            capture_output=True,
            text=True,
            check=False,
        )

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.bind}/readyz", timeout=10) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    home = Path(tempfile.mkdtemp(prefix="quming-run-"))
    made = House(home, bind)
    yield made
    made.make("stop")
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def first_run(house: House) -> subprocess.CompletedProcess[str]:
    return house.make("run")


def test_run_when_nothing_is_there_then_the_demo_is_served_and_announced(
    house: House, first_run: subprocess.CompletedProcess[str]
) -> None:
    assert first_run.returncode == 0, first_run.stderr + first_run.stdout
    assert f"http://{house.bind}" in first_run.stdout
    assert all(login in first_run.stdout for login in DEMO_LOGINS)
    assert house.answers()


@pytest.mark.usefixtures("first_run")
def test_run_when_it_runs_already_then_it_says_so_in_seconds(house: House) -> None:
    began = time.monotonic()
    second = house.make("run")
    assert second.returncode == 0, second.stderr
    assert "running already" in second.stdout
    assert time.monotonic() - began < WARM_START_S


@pytest.mark.usefixtures("first_run")
def test_run_when_it_was_stopped_then_it_starts_again_with_its_data(house: House) -> None:
    assert house.make("stop").returncode == 0
    assert not house.answers()
    began = time.monotonic()
    assert house.make("run").returncode == 0
    assert time.monotonic() - began < WARM_START_S
    assert house.answers()


@pytest.mark.usefixtures("first_run")
def test_clean_data_when_the_answer_is_not_yes_then_nothing_is_deleted(house: House) -> None:
    refused = house.make("clean-data", answer="y\n")
    assert refused.returncode != 0
    assert (house.home / "postgres" / "PG_VERSION").exists()


@pytest.mark.usefixtures("first_run")
def test_clean_data_when_confirmed_then_data_and_services_are_gone(house: House) -> None:
    assert house.make("clean-data", CONFIRM="yes").returncode == 0
    assert not (house.home / "postgres").exists()
    assert not house.answers()
