"""The whole product as a user has it: server and worker processes on the demo district, and real Chromium."""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.conftest import clone

ROOT = Path(__file__).parent.parent.parent
CHROMIUM_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "quming-demo"


@dataclass(frozen=True)
class Site:
    """A running installation: its address, database and home."""

    url: str
    database_url: str
    home: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_ready(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            select.select([], [], [], 0.1)
    raise AssertionError("the server is not ready")


@pytest.fixture(scope="session")
def site(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo district served on a port of its own, with a worker, until the session ends."""
    assert (ROOT / "webmap/app/dist/index.html").is_file(), "build the web application first: make web"
    databases = clone(template_database)
    database_url = next(databases)
    home = tmp_path_factory.mktemp("home")
    bind = f"127.0.0.1:{free_port()}"
    settings = {"QUMING_DATABASE_URL": database_url, "QUMING_HOME": str(home), "QUMING_BIND": bind}
    environment = {**os.environ, **settings}
    command = [str(Path(sys.executable).with_name("quming"))]
    log = (home / "site.log").open("wb")
    subprocess.run([*command, "demo"], env=environment, check=True, stdout=log, stderr=log, cwd=ROOT)
    processes = [
        subprocess.Popen([*command, verb], env=environment, stdout=log, stderr=log, cwd=ROOT)
        for verb in ("serve", "worker")
    ]
    try:
        wait_ready(f"http://{bind}", processes[0])
        yield Site(f"http://{bind}", database_url, home)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)
        log.close()
        next(databases, None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = ("chromium", "google-chrome", "chromium-browser")
    chromium = os.environ.get("QUMING_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    assert chromium, "install Chromium: make test does"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile on a desktop screen; a page that asks a foreign host fails its test."""
    foreign: list[str] = []
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.on("request", lambda request: foreign.append(request.url) if is_foreign(request.url) else None)
    yield context
    context.close()
    assert foreign == []


def is_foreign(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:"))


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page
