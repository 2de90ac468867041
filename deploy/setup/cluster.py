#!/usr/bin/env python3
"""The private PostgreSQL cluster of the project.

Usage: cluster.py [--home FOLDER] [--throwaway] start|stop|status|url|remove

The cluster has its own data folder, socket folder, port and account, so Debian's `main` cluster is
neither needed nor touched. Nobody is trusted: sockets ask the operating system who is calling (peer),
TCP on 127.0.0.1 asks for a password (SCRAM) which is kept in FOLDER/password with mode 0600.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from house import (
    HOME_MODE,
    Account,
    choose_port,
    default_home,
    die,
    is_alive,
    is_inside_git,
    is_port_free,
    kept_secret,
    make_folder,
    read_dotenv,
    read_environment_file,
    say,
    service_account,
    write_private,
)

DEFAULT_PORT = 5439
ROLE = "quming"
EXTENSIONS = ("postgis", "btree_gist")
PORT_RACES = 5  # how often a port may be lost to somebody quicker
PORT_LOST = "could not create any TCP/IP sockets"  # PostgreSQL's words in the locale of the cluster
SOCKET_LIMIT_BYTES = 107  # sun_path of Linux, less the closing zero byte
# Rows of a throwaway cluster need not survive a power cut.
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL cluster below a home folder."""

    home: Path
    account: Account
    throwaway: bool = False

    @property
    def data(self) -> Path:
        """Return the data folder."""
        return self.home / "postgres"

    @property
    def sockets(self) -> Path:
        """Return the folder of the Unix socket."""
        return self.home / "socket"

    @cached_property
    def binaries(self) -> Path:
        """Return the folder of initdb and pg_ctl that fits the data folder."""
        return find_binaries(self.version)

    @property
    def version(self) -> str | None:
        """Return the major version of the data folder, None before it is made."""
        file = self.data / "PG_VERSION"
        return file.read_text(encoding="ascii").strip() if file.exists() else None

    @property
    def port(self) -> int:
        """Return the port that was chosen once and kept."""
        return int((self.home / "port").read_text(encoding="ascii"))

    @property
    def url(self) -> str:
        """Return the address for the application, password and all."""
        password = (self.home / "password").read_text(encoding="utf-8").strip()
        return f"postgresql://{ROLE}:{password}@127.0.0.1:{self.port}/{ROLE}"

    def pid(self) -> int | None:
        """Return the process id of the running server; None when it is not running."""
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="ascii").split()[0])
            there = Path(f"/proc/{pid}/cwd").resolve()
        except (OSError, ValueError, IndexError):
            return None
        return pid if is_alive(pid) and there == self.data.resolve() else None


def find_binaries(version: str | None) -> Path:
    """Return the bin folder of the PostgreSQL (with PostGIS) asked for, else of the newest."""
    found = {
        path.parents[1].name: path.parent
        for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
        if Path(f"/usr/share/postgresql/{path.parents[1].name}/extension/postgis.control").exists()
    }
    if version is not None and version not in found:
        die(f"The data folder was made by PostgreSQL {version}, which is not installed (with PostGIS).",
            f"Run: apt-get install postgresql-{version} postgresql-{version}-postgis-3",
            "or move the data to a newer PostgreSQL with pg_upgrade.")  # fmt: skip
    if not found:
        beside = shutil.which("pg_ctl")
        if beside is None:
            die("PostgreSQL with PostGIS is not installed.",
                "Run: deploy/setup/packages.sh run",
                "or name a server that has it: QUMING_DATABASE_URL=postgresql://...")  # fmt: skip
        return Path(beside).resolve().parent
    return found[version or max(found, key=float)]


def start(cluster: Cluster) -> None:
    """Make the cluster if need be, start it if need be, and see that the application's database is there."""
    require_good_place(cluster)
    for folder in (cluster.home, cluster.sockets, cluster.home / "log"):
        make_folder(folder, cluster.account, HOME_MODE if folder == cluster.home else 0o700)
    kept_secret(cluster.home / "password", cluster.account)
    half_made = cluster.home / "half-made"  # stands from before initdb until the database is furnished
    fresh = cluster.version is None or half_made.exists()
    if fresh:
        stop(cluster)
        write_private(half_made, "", cluster.account)
        create(cluster)
    if cluster.pid() is None:
        launch_on_a_free_port(cluster)
    if fresh:
        furnish(cluster)
        half_made.unlink()
    write_environment(cluster)


def require_good_place(cluster: Cluster) -> None:
    """Refuse a home inside a git work tree, or one too deep for a Unix socket."""
    if is_inside_git(cluster.home):
        die(f"QUMING_HOME ({cluster.home}) lies inside a git work tree.", "Name a folder outside it.")
    too_long = len(os.fsencode(cluster.sockets / ".s.PGSQL.65535")) - SOCKET_LIMIT_BYTES
    if too_long > 0:
        die(f"QUMING_HOME ({cluster.home}) is {too_long} bytes too long for a Unix socket.",
            "Name a folder with a shorter path: QUMING_HOME=/some/folder")  # fmt: skip


def create(cluster: Cluster) -> None:
    """Make the data folder. A half-made one from an interrupted start is thrown away first."""
    say(f"Creating a private PostgreSQL cluster in {cluster.data}")
    if cluster.data.exists():
        shutil.rmtree(cluster.data)
    make_folder(cluster.data, cluster.account)
    command = [cluster.binaries / "initdb", "-D", cluster.data, "-U", "postgres", "--encoding=UTF8"]
    made = cluster.account.run(
        [*command, "--locale=C.UTF-8", "--auth-local=peer", "--auth-host=scram-sha-256", "--no-instructions"]
        + (["--no-sync"] if cluster.throwaway else ["--data-checksums"])
    )
    if made.returncode != 0:
        shutil.rmtree(cluster.data)
        die(f"initdb failed: {made.stderr.strip()}",
            f"Check that {cluster.account.name} may enter every folder above {cluster.home}.")  # fmt: skip


def keep_port(cluster: Cluster) -> None:
    """Choose a port once and keep it; only when somebody else uses it another one is taken."""
    kept = cluster.home / "port"
    preferred = int(os.environ.get("QUMING_POSTGRES_PORT") or DEFAULT_PORT)
    port = int(kept.read_text(encoding="ascii")) if kept.exists() else preferred
    if not is_port_free(port):
        taken, port = port, choose_port(port + 1)
        say(f"Port {taken} is in use; the cluster takes port {port}")
    kept.write_text(f"{port}\n", encoding="ascii")
    cluster.account.own(kept, 0o644)


def server_settings(cluster: Cluster) -> dict[str, str]:
    """Return the lines of quming.conf."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    settings = {
        "listen_addresses": "'127.0.0.1'",
        "port": str(cluster.port),
        "unix_socket_directories": f"'{cluster.sockets}'",
        "hba_file": f"'{cluster.data}/quming_hba.conf'",
        "ident_file": f"'{cluster.data}/quming_ident.conf'",
        "shared_buffers": f"{max(32, min(memory_mb // 8, 2048))}MB",
        "effective_cache_size": f"{max(64, memory_mb // 2)}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": "256MB",
        "max_wal_size": "4GB",
        "random_page_cost": "1.1",
        "jit": "off",  # costs more than it gains on the short queries of a web application
        "password_encryption": "'scram-sha-256'",
        "logging_collector": "on",
        "log_directory": f"'{cluster.home}/log'",
        "log_filename": "'postgresql-%a.log'",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_timezone": "'Asia/Shanghai'",
        "cluster_name": "'quming'",
    }
    return settings | (THROWAWAY if cluster.throwaway else {})


def write_settings(cluster: Cluster) -> None:
    """Write quming.conf and who may connect, anew at every start, beside the files that initdb made."""
    lines = [f"{name} = {value}" for name, value in server_settings(cluster).items()]
    write_private(cluster.data / "quming.conf", "\n".join([*lines, ""]), cluster.account)
    doors = ["local all all peer map=house", "host all all 127.0.0.1/32 scram-sha-256"]
    write_private(cluster.data / "quming_hba.conf", "\n".join([*doors, ""]), cluster.account)
    callers = [
        f"house {name} {role}"
        for name in sorted({cluster.account.name, "root"})
        for role in ("postgres", ROLE)
    ]
    write_private(cluster.data / "quming_ident.conf", "\n".join([*callers, ""]), cluster.account)
    main = cluster.data / "postgresql.conf"
    include = "include = 'quming.conf'"
    if include not in main.read_text(encoding="utf-8"):
        with main.open("a", encoding="utf-8") as file:
            file.write(f"\n{include}\n")


def drop_stale_locks(cluster: Cluster) -> None:
    """Remove locks left by a crash or a reboot.

    PostgreSQL does this itself unless another process has got the old number meanwhile, which is
    likely after a reboot; the caller has seen that no server runs in this data folder.
    """
    for lock in (cluster.data / "postmaster.pid", *cluster.sockets.glob(".s.PGSQL.*")):
        lock.unlink(missing_ok=True)


def launch_on_a_free_port(cluster: Cluster) -> None:
    """Start the server; when somebody took the port between the look and the start, try the next one."""
    for _ in range(PORT_RACES):
        keep_port(cluster)
        write_settings(cluster)
        if launch(cluster):
            return
        if PORT_LOST not in last_words(cluster.home / "log"):
            break
    die(f"PostgreSQL did not start. Its last words:\n{last_words(cluster.home / 'log')}",
        f"The whole log: {cluster.home}/log")  # fmt: skip


def launch(cluster: Cluster) -> bool:
    """Start the server and wait until it takes connections; say whether it does."""
    drop_stale_locks(cluster)
    first_words = cluster.home / "log" / "start.log"
    first_words.unlink(missing_ok=True)
    command = [cluster.binaries / "pg_ctl", "start", "-D", cluster.data, "-w", "-t", "120", "-s"]
    command += ["-l", first_words]
    started = cluster.account.run(
        command,
        capture_output=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    return started.returncode == 0


def last_words(logs: Path, lines: int = 8) -> str:
    """Return the last lines of the two newest logs."""
    newest = sorted(logs.glob("*.log"), key=lambda path: path.stat().st_mtime)[-2:]
    return "\n".join(line for log in newest for line in log.read_text(errors="replace").splitlines()[-lines:])


def run_sql(cluster: Cluster, sql: str, database: str = "postgres") -> None:
    """Run statements as the cluster's superuser over the socket."""
    command = [
        cluster.binaries / "psql",
        "-X",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        cluster.sockets,
        "-p",
        str(cluster.port),
    ]
    done = cluster.account.run([*command, "-U", "postgres", "-d", database], input=sql)
    if done.returncode != 0:
        die(f"PostgreSQL refused a statement of the set-up: {done.stderr.strip()}",
            "If the cluster is half made, 'make clean-data' removes it.")  # fmt: skip


def furnish(cluster: Cluster) -> None:
    """Make the application's role and database; extensions stand in template1, so new databases have them."""
    password = (cluster.home / "password").read_text(encoding="utf-8").strip()
    extensions = "".join(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS)
    run_sql(cluster, extensions, "template1")
    run_sql(cluster, f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}';")
    run_sql(cluster, f"CREATE DATABASE {ROLE} OWNER {ROLE};")


def write_environment(cluster: Cluster) -> None:
    """Write quming.env, from which the settings of the application fill what the environment leaves open."""
    secret = kept_secret(cluster.home / "secret_key", cluster.account)
    lines = {"QUMING_DATABASE_URL": cluster.url, "QUMING_SECRET_KEY": secret}
    text = "".join(f"{name}={value}\n" for name, value in lines.items())
    file = cluster.home / "quming.env"
    if dict(read_environment_file(file)) != lines:
        write_private(file, text, cluster.account)


def stop(cluster: Cluster) -> None:
    """Stop the server; rows are safe (fast shutdown)."""
    if cluster.pid() is None:
        return
    mode = "immediate" if cluster.throwaway else "fast"
    command = [cluster.binaries / "pg_ctl", "stop", "-D", cluster.data, "-m", mode, "-w", "-t", "60", "-s"]
    stopped = cluster.account.run(command)
    if stopped.returncode != 0:
        die(f"PostgreSQL did not stop: {stopped.stderr.strip()}", f"The log: {cluster.home}/log")
    say("PostgreSQL stopped")


def remove(cluster: Cluster) -> None:
    """Stop the server and remove everything below the home folder that the set-up made."""
    stop(cluster)
    for name in ("postgres", "socket", "log", "run", "jobs", "releases", "exports", "uploads"):
        shutil.rmtree(cluster.home / name, ignore_errors=True)
    for name in ("port", "password", "secret_key", "quming.env", "half-made"):
        (cluster.home / name).unlink(missing_ok=True)
    if cluster.throwaway:
        shutil.rmtree(cluster.home, ignore_errors=True)


def main() -> None:
    """Do what the command line asks."""
    read_dotenv()
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--home", type=Path, default=default_home())
    parser.add_argument("--throwaway", action="store_true", help="speed before safety, for tests")
    parser.add_argument("what", choices=["start", "stop", "status", "url", "remove"])
    wish = parser.parse_args()
    os.environ.setdefault("PGTZ", "Asia/Shanghai")
    cluster = Cluster(wish.home.absolute(), service_account(), wish.throwaway)
    if wish.what == "status":
        pid = cluster.pid()
        print(
            f"PostgreSQL   {'not running' if pid is None else f'running, process {pid}, port {cluster.port}'}"
        )
    elif wish.what == "url":
        print(cluster.url)
    else:
        {"start": start, "stop": stop, "remove": remove}[wish.what](cluster)


if __name__ == "__main__":
    main()
