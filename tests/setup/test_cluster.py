"""The private PostgreSQL cluster: made once, started again whatever happened meanwhile."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cluster
import psycopg
import pytest
from cluster import Cluster
from house import is_alive, is_port_free, service_account

# One process runs these in order: they share one cluster.
pytestmark = pytest.mark.xdist_group("cluster")


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    # Not tmp_path: root's temporary folders are closed to the account of the cluster.
    folder = Path(tempfile.mkdtemp(prefix="quming-cluster-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module", autouse=True)
def ports_of_our_own() -> Iterator[None]:
    """Ports that no other run on this machine is likely to look at, below those given to clients."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("QUMING_POSTGRES_PORT", str(15000 + os.getpid() * 20 % 15000))
        yield


@pytest.fixture(scope="module")
def running(home: Path) -> Iterator[Cluster]:
    made = Cluster(home, service_account(), throwaway=True)
    cluster.start(made)
    yield made
    cluster.stop(made)


def answer(made: Cluster, question: str) -> object:
    with psycopg.connect(made.url) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def test_cluster_when_started_then_the_database_has_postgis(running: Cluster) -> None:
    assert str(answer(running, "SELECT postgis_lib_version()")) >= "3.3"


def test_cluster_when_started_then_the_role_of_the_application_is_no_superuser(running: Cluster) -> None:
    assert answer(running, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_cluster_when_started_by_root_then_it_runs_as_somebody_else(running: Cluster) -> None:
    pid = running.pid()
    assert pid is not None
    assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_cluster_when_the_password_is_wrong_then_tcp_is_refused(running: Cluster) -> None:
    url = f"postgresql://{cluster.ROLE}:wrong@127.0.0.1:{running.port}/{cluster.ROLE}"
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url)


def test_cluster_when_made_then_its_secrets_are_closed_to_others(running: Cluster) -> None:
    modes = {name: stat.S_IMODE((running.home / name).stat().st_mode) for name in ("password", "quming.env")}
    assert modes == {"password": 0o600, "quming.env": 0o600}


def test_cluster_when_started_again_then_nothing_changes(running: Cluster) -> None:
    before = (running.pid(), running.url)
    cluster.start(running)
    assert (running.pid(), running.url) == before


def test_cluster_when_a_crash_left_a_foreign_process_number_then_it_starts(running: Cluster) -> None:
    cluster.stop(running)
    lock = running.data / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{running.data}\n", encoding="ascii")
    running.account.own(lock, 0o600)
    cluster.start(running)
    assert answer(running, "SELECT 1") == 1


def test_cluster_when_its_port_was_taken_meanwhile_then_it_moves_and_says_so(
    running: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.stop(running)
    before = running.port
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", before))
        squatter.listen()
        cluster.start(running)
    assert running.port != before
    assert str(running.port) in (running.home / "quming.env").read_text(encoding="utf-8")
    assert f"takes port {running.port}" in capsys.readouterr().out
    assert answer(running, "SELECT 1") == 1


def test_cluster_when_the_port_is_lost_to_somebody_quicker_then_it_takes_the_next(
    running: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.stop(running)
    lost = running.port
    # The look finds the port free, the start does not: it is taken in between.
    looks = iter([True])
    monkeypatch.setattr(cluster, "is_port_free", lambda port: next(looks, False) or is_port_free(port))
    with socket.socket() as quicker:
        quicker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        quicker.bind(("127.0.0.1", lost))
        quicker.listen()
        cluster.start(running)
    assert running.port != lost
    assert answer(running, "SELECT 1") == 1


def test_cluster_when_its_making_was_cut_short_then_it_is_made_anew(running: Cluster) -> None:
    cluster.stop(running)
    (running.home / "half-made").touch()
    cluster.start(running)
    assert answer(running, "SELECT count(*) FROM pg_extension WHERE extname = 'postgis'") == 1
    assert not (running.home / "half-made").exists()


def test_cluster_when_the_home_is_in_a_work_tree_then_it_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".git").mkdir()
    with pytest.raises(SystemExit):
        cluster.start(Cluster(tmp_path / "home", service_account()))
    assert "outside" in capsys.readouterr().err


def test_cluster_when_the_home_is_too_deep_then_it_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cluster.start(Cluster(tmp_path / ("deep" * 30), service_account()))
    assert "shorter" in capsys.readouterr().err


def test_binaries_when_the_data_need_another_version_then_it_says_which(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        cluster.find_binaries("8")
    assert "postgresql-8-postgis-3" in capsys.readouterr().err


def test_cluster_when_removed_then_nothing_is_left() -> None:
    folder = Path(tempfile.mkdtemp(prefix="quming-cluster-"))
    made = Cluster(folder, service_account(), throwaway=True)
    cluster.start(made)
    pid = made.pid()
    cluster.remove(made)
    assert not folder.exists()
    assert pid is not None
    assert not is_alive(pid)
