"""The import rules hold, and each of them is seen to fail when it is broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("boundaries", "gazetteer", "webmap", "api")

BREACHES = [
    ("house", "boundaries/breach.py", "import gazetteer"),
    ("house", "gazetteer/breach.py", "import webmap"),
    ("house", "webmap/breach.py", "import api"),
    ("gazetteer", "gazetteer/models/breach.py", "import gazetteer.queries"),
    ("gazetteer", "gazetteer/queries/breach.py", "import gazetteer.changes"),
    ("gazetteer", "gazetteer/changes/breach.py", "import gazetteer.operations"),
    ("gazetteer", "gazetteer/operations/breach.py", "import gazetteer.imports"),
    ("gazetteer", "gazetteer/errors.py", "import gazetteer.rules"),
    ("pure-geometry", "boundaries/breach.py", "import sqlalchemy"),
    ("no-web-in-gazetteer", "gazetteer/breach.py", "import flask"),
    ("no-web-in-gazetteer", "webmap/breach.py", "import flask"),
]


def lint(folder: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--config", "setup.cfg", "--no-cache"]
    chosen = [part for contract in contracts for part in ("--contract", contract)]
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(
        [*command, *chosen], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy_of_the_house(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=lambda folder, names: (
                [name for name in names if not (name.endswith(".py") or (Path(folder) / name).is_dir())]
                + ["app", "__pycache__"]
            ),
        )
    shutil.copy(ROOT / "setup.cfg", tmp_path)
    return tmp_path


def test_import_rules_on_the_code_as_it_is_then_all_hold() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("contract", "file", "line"), BREACHES)
def test_import_rule_when_broken_then_it_fails(
    copy_of_the_house: Path, contract: str, file: str, line: str
) -> None:
    with (copy_of_the_house / file).open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")
    result = lint(copy_of_the_house, contract)
    assert result.returncode == 1, result.stdout
    assert "BROKEN" in result.stdout


def test_breaches_when_a_contract_is_added_then_it_has_one() -> None:
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    sections = {section.rpartition(":")[2] for section in config.sections() if ":contract:" in section}
    assert sections == {contract for contract, _, _ in BREACHES}
