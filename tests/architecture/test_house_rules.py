"""Habits that a tool can see: sizes, names, settings, the Makefile, what may stand in a tracked file."""

from __future__ import annotations

import os
import re
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from gazetteer.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
LONGEST_MODULE = 500
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "data", "info"}
# Hosts that documents may name: standards, licences, sources, example domains and this machine itself.
KNOWN_HOSTS = re.compile(
    r"^(127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1\]"
    r"|([\w-]+\.)*(example|test|invalid|local|internal)|([\w-]+\.)*example\.(com|org|net|cn)"
    r"|([\w-]+\.)*(w3\.org|apache\.org|opengis\.net|ogc\.org|gov\.cn|json-schema\.org|rfc-editor\.org|ietf\.org"
    r"|github\.com|postgresql\.org|postgis\.net|python\.org|epsg\.org|wikipedia\.org|purl\.org|doi\.org"
    r"|openlayers\.org|maplibre\.org|mapbox\.com|creativecommons\.org|isotc211\.org"
    r"|conventionalcommits\.org|keepachangelog\.com|semver\.org|vuejs\.org|vite\.dev))$"
)
MACHINE_PATHS = re.compile(rf"(?<![\w.])/(root|home/\w+|Users/\w+|var/tmp)/|{re.escape(str(ROOT))}/")


# Files of others as they were published; their comments name their authors' pages.
AS_PUBLISHED = ("package-lock.json", "leaflet-1.9.4.css", "leaflet-1.9.4.js")


def tracked_files() -> list[Path]:
    # A tarball of the sources has no .git; there the folder itself is what there is.
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def text_of(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def modules() -> list[Path]:
    ours = ("boundaries", "gazetteer", "webmap", "api", "deploy", "tests", "data")
    code = {".py", ".ts", ".vue", ".sh"}
    return [
        path for path in tracked_files() if path.suffix in code and path.relative_to(ROOT).parts[0] in ours
    ]


def test_module_when_counted_then_it_has_at_most_500_lines() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_module_when_named_then_the_name_says_what_is_in_it() -> None:
    packages = ("boundaries", "gazetteer", "webmap", "api")
    named = [path for path in modules() if path.relative_to(ROOT).parts[0] in packages]
    assert [path for path in named if path.stem in VAGUE_NAMES] == []


def test_code_when_searched_then_nothing_is_left_to_do_later() -> None:
    left = re.compile(r"\b(TODO|FIXME|XXX)\b")
    here = Path(__file__)
    assert [path for path in modules() if path != here and left.search(text_of(path) or "")] == []


def test_tracked_text_when_searched_then_no_path_of_one_machine_stands_in_it() -> None:
    found = {
        str(path.relative_to(ROOT)): match.group()
        for path in tracked_files()
        if path != Path(__file__) and (match := MACHINE_PATHS.search(text_of(path) or ""))
    }
    assert found == {}


def test_tracked_text_when_searched_then_every_host_is_a_known_one() -> None:
    link = re.compile(r"(?:https?|wss?)://(\[[^\]\s]+\]|[\w.-]+\w)")
    found = {
        (str(path.relative_to(ROOT)), host)
        for path in tracked_files()
        if path != Path(__file__) and path.name not in AS_PUBLISHED
        for host in link.findall(text_of(path) or "")
        if not KNOWN_HOSTS.match(host.lower())
    }
    assert found == set()


def test_lock_files_when_searched_then_no_registry_is_named() -> None:
    locks = [path for path in tracked_files() if path.name in {"requirements.lock", "package-lock.json"}]
    assert locks
    registry = re.compile(r'"resolved":|index-url|find-links|trusted-host')
    named = [
        path for path in locks if registry.search(re.sub(r"^#.*$", "", path.read_text(), flags=re.MULTILINE))
    ]
    assert named == []


def test_lock_when_a_dependency_is_declared_then_it_is_pinned() -> None:
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    declared = [config["options"]["install_requires"], *config["options.extras_require"].values()]
    names = {re.split(r"[\[<>=~! ]", line)[0] for text in declared for line in text.split("\n") if line}
    pinned = re.findall(
        r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE
    )
    plain = {name.lower().replace("_", "-") for name in pinned}
    assert {name.lower().replace("_", "-") for name in names} - plain == set()


def settings_of_the_setup() -> set[str]:
    scripts = [path for path in tracked_files() if path.is_relative_to(ROOT / "deploy" / "setup")]
    return {name for path in scripts for name in re.findall(r"\bQUMING_[A-Z_]+\b", text_of(path) or "")}


def test_env_example_when_compared_then_it_lists_every_setting_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    listed = set(re.findall(r"^#?(QUMING_[A-Z_]+)=", example, re.MULTILINE))
    known = {f"QUMING_{name.upper()}" for name in Settings.model_fields}
    assert listed == known | settings_of_the_setup()


def test_env_example_when_read_then_each_setting_has_a_comment_above_it() -> None:
    blocks = (ROOT / ".env.example").read_text(encoding="utf-8").split("\n\n")
    with_settings = [block for block in blocks if re.search(r"^#?QUMING_", block, re.MULTILINE)]
    assert [block for block in with_settings if not block.startswith("# ")] == []


def test_make_help_when_called_then_it_prints_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    shown = subprocess.run(
        ["make", "help"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert set(re.findall(r"^  make ([\w-]+)", shown.stdout, re.MULTILINE)) == targets


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "ARCHITECTURE.md",
        "DECISIONS.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "GLOSSARY.md",
        "LICENSE",
    ],
)
def test_document_when_looked_for_then_it_is_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 0


def test_changelog_when_read_then_it_begins_with_what_is_unreleased() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## Unreleased\n+- ", changelog, re.MULTILINE)
