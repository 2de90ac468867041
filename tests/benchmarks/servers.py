"""Servers started for a measure on the loopback address, load put on them, and their end."""

from __future__ import annotations

import re
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_CYCLE = """
local paths = {%s}
local at = 0
request = function()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at])
end
"""


@dataclass(frozen=True)
class Load:
    """What a load generator saw. `median_ms`: of the latency; `failed`: answers that were not 2xx or 3xx."""

    requests: int
    per_second: float
    median_ms: float
    failed: int


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End a process when the block ends, however it ends."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def put_load(address: str, paths: Sequence[str], connections: int, seconds: int) -> Load:
    """Ask for `paths` one after the other on `connections` kept-open connections, with wrk, one thread.

    The answers may come gzipped, as every browser says.
    """
    quoted = ",".join(f'"{path}"' for path in paths)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "cycle.lua"
        script.write_text(_CYCLE % quoted)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "120s", "--latency"]
        command += ["-H", "Accept-Encoding: gzip"]
        done = subprocess.run(
            [*command, "-s", str(script), address], check=True, capture_output=True, text=True
        )
    return parse_wrk(done.stdout)


def parse_wrk(shown: str) -> Load:
    """Read what wrk printed. Raises ValueError."""
    requests = re.search(r"(\d+) requests in", shown)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", shown)
    median = re.search(r"50%\s+([\d.]+)(us|ms|s)\b", shown)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", shown)
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", shown)
    if not (requests and rate and median):
        raise ValueError(f"wrk said something else: {shown}")
    scale = {"us": 1e-3, "ms": 1.0, "s": 1e3}[median[2]]
    broken = sum(map(int, errors.groups())) if errors else 0
    return Load(
        int(requests[1]), float(rate[1]), float(median[1]) * scale, int(failed[1] if failed else 0) + broken
    )
