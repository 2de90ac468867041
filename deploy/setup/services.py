#!/usr/bin/env python3
"""The server and the worker in the background.

Usage: services.py start|stop|status|logs|follow|address|quming ARGUMENTS...

Process numbers stand in QUMING_HOME/run, logs in QUMING_HOME/log. A start when both run and the
code is still the same does nothing; when the code changed, both are started again. `quming` runs one
command of the project as the account of the services, so that files in QUMING_HOME belong to it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from house import (
    HOME_MODE,
    ROOT,
    Account,
    default_home,
    die,
    is_alive,
    is_port_free,
    make_folder,
    read_dotenv,
    read_environment_file,
    say,
    service_account,
)

SERVICES = ("server", "worker")
# The worker yields to the server, whose users wait.
COMMANDS = {"server": ["quming", "serve"], "worker": ["nice", "-n", "5", "quming", "worker"]}
CODE = (
    "api",
    "boundaries",
    "gazetteer",
    "webmap/*.py",
    "webmap/*/*.py",
    "webmap/app/dist",
    "requirements.lock",
)
READY_WITHIN_S = 60
STOP_WITHIN_S = 20


@dataclass(frozen=True)
class Running:
    """One service as it was started."""

    pid: int
    started: str  # start time of the process in clock ticks, so that a reused number is noticed
    code: str
    root: str
    address: str

    def is_up(self) -> bool:
        """Say whether this very process is still there."""
        return is_alive(self.pid) and start_time(self.pid) == self.started


def start_time(pid: int) -> str:
    """Return when a process started, in ticks since boot; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def recall(home: Path, service: str) -> Running | None:
    """Return the service when it runs, None otherwise."""
    try:
        noted = Running(**json.loads((home / "run" / f"{service}.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return noted if noted.is_up() else None


def code_files() -> Iterator[Path]:
    """Yield the files that a running service has loaded or serves."""
    for pattern in CODE:
        for path in sorted(ROOT.glob(pattern)):
            inside = path.rglob("*") if path.is_dir() else [path]
            yield from (file for file in sorted(inside) if file.is_file() and "__pycache__" not in file.parts)


def code_hash(settings: dict[str, str]) -> str:
    """Return one hash of the code and the settings."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for path in code_files():
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def settings_of(home: Path) -> dict[str, str]:
    """Return the QUMING_ settings: quming.env of the home, over it what the environment says."""
    named = {name: value for name, value in os.environ.items() if name.startswith("QUMING_") and value}
    return {**read_environment_file(home / "quming.env"), **named, "QUMING_HOME": str(home)}


def bind_of(settings: dict[str, str]) -> tuple[str, int]:
    """Return host and port of QUMING_BIND."""
    bind = settings.get("QUMING_BIND") or "127.0.0.1:8000"
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        die(f"QUMING_BIND={bind} cannot be read.", "It looks like 127.0.0.1:8000 (or 0.0.0.0:8000).")
    return host, int(port)


def address_of(settings: dict[str, str]) -> str:
    """Return the address for a browser on this machine."""
    host, port = bind_of(settings)
    return f"http://{'127.0.0.1' if host in {'0.0.0.0', '[::]'} else host}:{port}"


def servant(account: Account) -> Account:
    """Return the account for the services: the unprivileged one when it can read the code and the Python."""
    probe = [ROOT / ".venv" / "bin" / "python", "-c", "import api, gazetteer"]
    try:
        readable = account.run(probe).returncode == 0
    except OSError:
        readable = False
    if not readable:
        say(f"Warning: {account.name} cannot read {ROOT} or its Python, so the services run as root.")
        say("         For anything but a trial put the project where everybody may read it, such as /srv.")
        return Account("root", 0, 0)
    return account


def environment_of(settings: dict[str, str]) -> dict[str, str]:
    """Return the whole environment of a service."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUMING_")}
    path = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**kept, **settings, "PYTHONUNBUFFERED": "1", "HOME": settings["QUMING_HOME"], "PATH": path}


def run_command(home: Path, arguments: list[str]) -> int:
    """Run one `quming` command with the account and the settings of the services; return its exit code."""
    account = service_account()
    for folder in (home, home / "run", home / "log"):
        make_folder(folder, account, HOME_MODE if folder == home else 0o700)
    command = [str(ROOT / ".venv" / "bin" / "quming"), *arguments]
    environment = environment_of(settings_of(home))
    return subprocess.run(
        command, check=False, cwd=ROOT, env=environment, **servant(account).rights()
    ).returncode


def spawn(home: Path, service: str, account: Account, settings: dict[str, str], code: str) -> None:
    """Start one service, detached, its words going to a log."""
    log = home / "log" / f"{service}.log"
    if log.exists() and log.stat().st_size > 20_000_000:
        log.replace(log.with_suffix(".log.1"))
    with log.open("a", encoding="utf-8") as out:
        process = subprocess.Popen(
            COMMANDS[service],
            cwd=ROOT, env=environment_of(settings), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            start_new_session=True, **account.rights(),
        )  # fmt: skip
    note = Running(process.pid, start_time(process.pid), code, str(ROOT), address_of(settings))
    (home / "run" / f"{service}.json").write_text(json.dumps(asdict(note)) + "\n", encoding="utf-8")


def end(home: Path, service: str) -> bool:
    """End one service and all that it started; say whether it ran."""
    running = recall(home, service)
    if running is not None:
        for strength in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(running.pid, strength)
            except ProcessLookupError:
                break
            if wait_until_gone(running):
                break
    (home / "run" / f"{service}.json").unlink(missing_ok=True)
    return running is not None


def wait_until_gone(running: Running) -> bool:
    """Wait for a service to end; False when it did not in time."""
    deadline = time.monotonic() + STOP_WITHIN_S
    while running.is_up():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def last_words(home: Path, service: str, lines: int = 15) -> str:
    """Return the end of a log."""
    log = home / "log" / f"{service}.log"
    return (
        "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
        if log.exists()
        else ""
    )


def is_ready(address: str) -> bool:
    """Ask the server whether it can work."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{address}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_until_ready(home: Path, address: str) -> None:
    """Wait for /readyz; give up at once when a service died."""
    deadline = time.monotonic() + READY_WITHIN_S
    while not is_ready(address):
        for service in SERVICES:
            if recall(home, service) is None:
                stop(home)
                die(f"The {service} ended at once. Its last words:\n{last_words(home, service)}",
                    f"The whole log: {home}/log/{service}.log")  # fmt: skip
        if time.monotonic() > deadline:
            die(f"{address}/readyz did not answer 200 within {READY_WITHIN_S} s.",
                f"Look into {home}/log/server.log, then: make stop, make run")  # fmt: skip
        time.sleep(0.1)


def start(home: Path) -> None:
    """Start what does not run, start anew what runs with old code, and wait until it answers."""
    settings = settings_of(home)
    code = code_hash(settings)
    running = {service: recall(home, service) for service in SERVICES}
    refuse_other_clone(running)
    if all(found is not None and found.code == code for found in running.values()):
        say("Server and worker are running already")
        return
    if stop(home):
        say("The code or the settings changed: starting server and worker anew")
    host, port = bind_of(settings)
    if not is_port_free(port, host.strip("[]")):
        die(f"Port {port} of {host} is in use by another program.",
            f"End that program, or take another port: make run QUMING_BIND={host}:{port + 80}")  # fmt: skip
    account = service_account()
    for folder in (home, home / "run", home / "log"):
        make_folder(folder, account, HOME_MODE if folder == home else 0o700)
    servants = servant(account)
    for service in SERVICES:
        spawn(home, service, servants, settings, code)
    wait_until_ready(home, address_of(settings))


def refuse_other_clone(running: dict[str, Running | None]) -> None:
    """Leave the services of another clone alone as long as that clone is there."""
    for found in running.values():
        if found is not None and found.root != str(ROOT) and Path(found.root).is_dir():
            die(f"The project already runs from {found.root}.",
                "End it there first: make stop",
                "or name another place: QUMING_HOME=/a/folder QUMING_BIND=127.0.0.1:8080")  # fmt: skip


def stop(home: Path) -> bool:
    """End both services; say whether any ran."""
    ended = [end(home, service) for service in reversed(SERVICES)]
    return any(ended)


def status(home: Path) -> None:
    """Print what runs."""
    address = address_of(settings_of(home))
    for service in SERVICES:
        found = recall(home, service)
        address = found.address if found is not None else address
        print(f"{service:<12} {'not running' if found is None else f'running, process {found.pid}'}")
    print(f"{'address':<12} {address}  {'ready' if is_ready(address) else 'not ready'}")
    print(f"{'home':<12} {home}")


def follow(home: Path) -> None:
    """Show the logs until Ctrl-C, then end the services."""
    tail = shutil.which("tail") or die("tail is missing.", "Install coreutils.")
    logs = [str(home / "log" / f"{service}.log") for service in SERVICES]
    watcher = subprocess.Popen([tail, "-n", "0", "-F", *logs])
    signal.signal(signal.SIGTERM, lambda *_: watcher.terminate())
    try:
        while watcher.poll() is None and all(recall(home, service) for service in SERVICES):
            time.sleep(0.5)
    except KeyboardInterrupt:
        pass
    watcher.terminate()
    stop(home)
    say("Server and worker stopped")


def main() -> None:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=["start", "stop", "status", "logs", "follow", "address", "quming"])
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    wish = parser.parse_args()
    read_dotenv()
    home = default_home()
    if wish.what == "quming":
        sys.exit(run_command(home, wish.arguments))
    elif wish.what == "stop":
        say("Server and worker stopped" if stop(home) else "Server and worker were not running")
    elif wish.what == "logs":
        for service in SERVICES:
            print(f"--- {home}/log/{service}.log\n{last_words(home, service, 40)}")
    elif wish.what == "address":
        print(address_of(settings_of(home)))
    else:
        {"start": start, "status": status, "follow": follow}[wish.what](home)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
