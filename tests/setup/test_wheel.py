"""The built package holds everything that the running system reads."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("api", "boundaries", "gazetteer", "webmap")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the names of the files in a wheel built from a copy."""
    source = tmp_path_factory.mktemp("source")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__", "app"))
    for name in ("setup.cfg", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", source / "wheel", source], check=True, capture_output=True)
    (built,) = (source / "wheel").glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def tracked() -> set[str]:
    listed = subprocess.check_output(["git", "ls-files", "-z", *PACKAGES], cwd=ROOT, text=True)
    beside = ("webmap/app/", "webmap/screenshots/")  # the sources of the web build, pictures for README
    return {name for name in listed.split("\0") if name and not name.startswith(beside)}


def test_wheel_when_built_then_every_file_of_the_packages_is_in_it(wheel: set[str]) -> None:
    here = {name for name in tracked() if (ROOT / name).is_file()}
    assert here - wheel == set()


def test_wheel_when_built_then_nothing_of_the_house_around_it_is_in_it(wheel: set[str]) -> None:
    tops = {name.split("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
