"""Where the house keeps its things on this machine, and as whom it runs."""

from __future__ import annotations

import os
import pwd
import secrets
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[2]
SERVICE_USER = "quming"
# Set-group-id: what root's own commands make below the home stays open to the group of the services.
HOME_MODE = 0o2770


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"== {text}", flush=True)


def die(what: str, *advice: str) -> NoReturn:
    """Print what went wrong and what to do about it, and end with exit code 1."""
    print(f"\n!! {what}", *(f"   -> {line}" for line in advice), sep="\n", file=sys.stderr, flush=True)
    raise SystemExit(1)


def default_home() -> Path:
    """Return QUMING_HOME: /var/lib/quming for root, else ~/.local/share/quming."""
    named = os.environ.get("QUMING_HOME")
    if named:
        return Path(named).expanduser().absolute()
    return Path("/var/lib/quming") if os.geteuid() == 0 else Path.home() / ".local" / "share" / "quming"


@dataclass(frozen=True)
class Account:
    """The operating system account that owns the cluster and runs the services."""

    name: str
    uid: int
    gid: int

    def run(self, command: Sequence[object], **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a command as this account; output is captured as text unless said otherwise."""
        options = {"capture_output": True, "text": True, "cwd": "/", **options}
        return subprocess.run([str(part) for part in command], check=False, **self.rights(), **options)

    def rights(self) -> dict[str, Any]:
        """Return the arguments of subprocess that give up root's rights; none when we are not root."""
        if os.geteuid() != 0 or self.uid == 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path, mode: int) -> None:
        """Give a path to this account with the given mode."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)


def service_account() -> Account:
    """Return the account for the cluster: the caller, or for root the system user quming, made if missing."""
    if os.geteuid() != 0:
        me = pwd.getpwuid(os.geteuid())
        return Account(me.pw_name, me.pw_uid, me.pw_gid)
    try:
        entry = pwd.getpwnam(SERVICE_USER)
    except KeyError:
        entry = _create_service_user()
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _create_service_user() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    made = subprocess.run(
        [*command, "--home-dir", "/var/lib/quming", SERVICE_USER], check=False, capture_output=True, text=True
    )
    if made.returncode != 0:
        die(f"The system user {SERVICE_USER} could not be made: {made.stderr.strip()}",
            f"Run: {' '.join(command)} {SERVICE_USER}")  # fmt: skip
    return pwd.getpwnam(SERVICE_USER)


def make_folder(path: Path, account: Account, mode: int = 0o700) -> Path:
    """Make a folder that belongs to the account."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        account.own(path, mode)
    except OSError as error:
        die(f"The folder {path} cannot be made: {error.strerror}.",
            "Make it writable, or name another place: QUMING_HOME=/some/folder")  # fmt: skip
    return path


def write_private(path: Path, text: str, account: Account) -> None:
    """Write a file that only the account may read; it is never seen half-written or open to others."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    account.own(fresh, 0o600)
    fresh.replace(path)


def kept_secret(path: Path, account: Account) -> str:
    """Return the secret kept in a file; the first time it is made."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(36) + "\n", account)
    return path.read_text(encoding="utf-8").strip()


def is_inside_git(path: Path) -> bool:
    """Say whether a folder lies in a git work tree, where nothing of a running system belongs."""
    return any((folder / ".git").exists() for folder in (path, *path.parents))


def is_port_free(port: int, host: str = "127.0.0.1") -> bool:
    """Say whether nothing listens on a TCP port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose_port(preferred: int, host: str = "127.0.0.1", tries: int = 200) -> int:
    """Return the preferred port, or the next free one above it."""
    for port in range(preferred, min(preferred + tries, 65536)):
        if is_port_free(port, host):
            return port
    die(f"No free port between {preferred} and {preferred + tries - 1}.",
        "Name one that is free: QUMING_POSTGRES_PORT=5555")  # fmt: skip


def is_alive(pid: int) -> bool:
    """Say whether a process exists and is not a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in {"Z", "X"}


def read_environment_file(path: Path) -> Mapping[str, str]:
    """Read NAME=value lines; none when the file is not there."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def read_dotenv(file: Path = ROOT / ".env") -> None:
    """Take the settings of .env where the environment says nothing."""
    for name, value in read_environment_file(file).items():
        if name.startswith("QUMING_") and value:
            os.environ.setdefault(name, value)
