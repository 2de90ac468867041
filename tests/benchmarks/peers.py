"""The programs measured beside ours, in the same run on the same files: ogr2ogr and tipg."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.benchmarks.generate import cache_folder
from tests.benchmarks.servers import ended, free_port

TIPG = "tipg==1.6.1"
"""In a virtual environment of its own: its dependencies are not ours."""


def load_with_ogr2ogr(url: str, shapefiles: Sequence[Path]) -> float:
    """Load shapefiles into tables of their names with ogr2ogr, by COPY, and return the seconds it took."""
    given = make_url(url)
    words = {"host": given.host, "port": given.port, "user": given.username, "password": given.password}
    named = {key: value for key, value in words.items() if value}
    target = " ".join(f"{key}={value}" for key, value in {**named, "dbname": given.database}.items())
    begin = time.perf_counter()
    for path in shapefiles:
        options = ["-nln", path.stem, "-nlt", "PROMOTE_TO_MULTI", "-a_srs", "EPSG:4490"]
        layer = ["-lco", "GEOMETRY_NAME=geom", "-lco", "FID=id"]
        command = ["ogr2ogr", "-f", "PostgreSQL", f"PG:{target}", str(path), *options, *layer]
        subprocess.run([*command, "--config", "PG_USE_COPY", "YES"], check=True)
    return time.perf_counter() - begin


def ogr2ogr_version() -> str:
    """Return the name and version of ogr2ogr."""
    shown = subprocess.run(["ogr2ogr", "--version"], check=True, capture_output=True, text=True).stdout
    return f"ogr2ogr {shown.split()[1].rstrip(',')}"


@contextmanager
def tipg(url: str) -> Iterator[str]:
    """Serve the tables of the database with tipg under uvicorn, one process; yield its address."""
    port = free_port()
    environment = {**os.environ, "DATABASE_URL": url, "TIPG_DB_SCHEMAS": '["public"]'}
    command = [_tipg_folder() / "bin" / "uvicorn", "tipg.main:app", "--host", "127.0.0.1"]
    options = ["--port", str(port), "--log-level", "error"]
    process = subprocess.Popen([*map(str, command), *options], env=environment)
    with ended(process):
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/healthz")
        yield address


def _tipg_folder() -> Path:
    """Return the virtual environment of tipg, made at the first call."""
    folder = cache_folder() / "peers" / TIPG.replace("==", "-")
    if not (folder / "bin" / "uvicorn").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "pip"), "install", "-q", TIPG, "uvicorn"], check=True)
    return folder


def wait_for(address: str, seconds: float = 60) -> None:
    """Return when an address answers 200; raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"{address} did not answer within {seconds} s")
