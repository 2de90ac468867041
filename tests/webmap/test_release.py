"""Tests of building a release: what it holds, when it is refused, and what a failed one leaves."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from gazetteer.db import create_pool, session_factory
from gazetteer.errors import Forbidden, RuleBroken
from gazetteer.models import Job, Release
from gazetteer.operations.progress import RunningJob, start_job
from gazetteer.operations.releases import request_release
from gazetteer.queries.releases import get_release, list_releases
from gazetteer.queries.snapshot import snapshot
from gazetteer.roles import Actor, Grant
from gazetteer.settings import Settings
from tests.gazetteer.register import Register, build_register, three_levels
from tests.webmap.conftest import PICTURE, TOWNS
from webmap.build import release as building
from webmap.build.release import build_release
from webmap.pmtiles_reader import Archive

Sessions = sessionmaker[Session]


@pytest.fixture
def sessions(database_url: str) -> Iterator[Sessions]:
    engine = create_pool(database_url, size=3)
    yield session_factory(engine, audit_key="key of the tests")
    engine.dispose()


@pytest.fixture
def register(sessions: Sessions) -> Register:
    with sessions() as session:
        made = build_register(
            session,
            three_levels(PICTURE, TOWNS, bent=True),
            places=[("老君山", 103.835, 30.475)],
            line=("甲乙线", "a", "c"),
        )
        session.commit()
        return made


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, home=tmp_path)


def publisher(register: Register) -> Actor:
    return Actor(register.user_id, "publisher", "发布员", (Grant("publisher"),))


def order(sessions: Sessions, register: Register, note: str = "") -> RunningJob:
    with sessions() as session:
        job = request_release(session, publisher(register), note, queued=False)
    running = start_job(sessions, job.id)
    assert running is not None
    return running


def build(sessions: Sessions, settings: Settings, register: Register, note: str = "") -> str:
    result = build_release(sessions, settings, order(sessions, register, note), lambda share, message: None)
    return str(result["version"])


def test_release_when_built_then_holds_every_artefact_with_its_hash(
    sessions: Sessions, settings: Settings, register: Register
) -> None:
    version = build(sessions, settings, register, "第一版")

    with sessions() as session:
        release = get_release(session, "latest")
    folder = settings.home / "releases" / version / "public"
    names = {artifact.name for artifact in release.artifacts}
    assert release.version == version
    assert release.note == "第一版"
    assert names == {
        "tiles.pmtiles",
        "metadata.json",
        "share.html",
        "checksums.txt",
        *(
            f"{layer}_{encoding}.zip"
            for layer in ("districts", "towns", "villages", "boundary_lines", "place_names")
            for encoding in ("utf8", "gbk")
        ),
    }
    for artifact in release.artifacts:
        assert building.sha256_of(folder / artifact.name) == artifact.sha256
    listed = dict(reversed(line.split("  ")) for line in (folder / "checksums.txt").read_text().splitlines())
    assert listed == {a.name: a.sha256 for a in release.artifacts if a.name != "checksums.txt"}
    assert release.counts["villages"] == 6
    assert [change["kind"] for change in release.changes] == ["found"]
    assert json.loads((folder / "metadata.json").read_text())["content_hash"] == release.content_hash
    assert Archive(folder / "tiles.pmtiles").metadata["attribution"] == "审图号：未填写（内部使用）"
    assert not list((settings.home / "releases").glob(".building-*"))


@pytest.mark.parametrize("encoding", ["utf8", "gbk"])
def test_package_when_opened_with_gdal_then_equals_the_register_coordinate_for_coordinate(
    sessions: Sessions, settings: Settings, register: Register, tmp_path: Path, encoding: str
) -> None:
    version = build(sessions, settings, register)
    with sessions() as session:
        held = snapshot(session)
    package = settings.home / "releases" / version / "public" / f"villages_{encoding}.zip"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(tmp_path / "opened")

    frame = pyogrio.read_dataframe(tmp_path / "opened" / "villages.shp")

    by_id = {str(d.id): d for d in held.divisions}
    assert len(frame) == 6
    assert frame.crs.to_epsg() == 4490
    for row in frame.itertuples():
        division = by_id[row.id]
        assert (row.name, row.code, row.parent_cod) == (division.name, division.code, division.parent_code)
        mine, theirs = shapely.normalize(held.shapes[division.id]), shapely.normalize(row.geometry)
        assert np.array_equal(shapely.get_coordinates(mine), shapely.get_coordinates(theirs))


def test_release_when_asked_for_again_then_gets_the_next_version_and_only_new_changes(
    sessions: Sessions, settings: Settings, register: Register
) -> None:
    first, second = build(sessions, settings, register), build(sessions, settings, register)

    with sessions() as session:
        releases = list_releases(session)
    assert [release.version for release in releases] == [second, first]
    assert int(second.split(".")[1]) == int(first.split(".")[1]) + 1
    assert releases[0].changes == []
    assert releases[0].content_hash == releases[1].content_hash


def test_release_when_a_hole_is_planted_then_is_refused_and_leaves_nothing(
    sessions: Sessions, settings: Settings, register: Register
) -> None:
    with sessions() as session:
        session.execute(text("UPDATE arc SET left_face = 0 WHERE left_face = :e"), {"e": register.faces["e"]})
        session.execute(
            text("UPDATE arc SET right_face = 0 WHERE right_face = :e"), {"e": register.faces["e"]}
        )
        session.commit()

    with pytest.raises(RuleBroken) as caught:
        build(sessions, settings, register)

    assert caught.value.code == "release_refused"
    assert {error.code for error in caught.value.errors} == {"hole", "division_lost"}
    with sessions() as session:
        assert list_releases(session) == []
        assert session.query(Release).count() == 0
    assert not (settings.home / "releases").exists()


def test_release_when_building_fails_then_nothing_is_left_and_the_version_is_free(
    sessions: Sessions, settings: Settings, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(building, "put_in_place", disk_full)
    with pytest.raises(OSError, match="No space"):
        build(sessions, settings, register)
    monkeypatch.undo()

    assert list((settings.home / "releases").iterdir()) == []
    assert build(sessions, settings, register).endswith(".1")


def test_release_when_a_killed_worker_left_its_folder_then_the_job_begins_anew(
    sessions: Sessions, settings: Settings, register: Register
) -> None:
    job = order(sessions, register)
    left = settings.home / "releases" / f".building-{job.id}" / "public"
    left.mkdir(parents=True)
    (left / "half.zip").write_bytes(b"half")

    version = build_release(sessions, settings, job, lambda share, message: None)["version"]
    again = build_release(sessions, settings, job, lambda share, message: None)["version"]

    assert again == version
    assert not left.exists()
    assert not (settings.home / "releases" / version / "public" / "half.zip").exists()
    with sessions() as session:
        assert len(list_releases(session)) == 1


def test_release_when_asked_for_by_another_role_then_is_forbidden(
    sessions: Sessions, register: Register
) -> None:
    surveyor = Actor(register.user_id, "surveyor", "测绘员", (Grant("surveyor"),))

    with sessions() as session, pytest.raises(Forbidden):
        request_release(session, surveyor)

    with sessions() as session:
        assert session.query(Job).count() == 0


def test_release_when_folders_are_removed_then_versions_are_not_reused(
    sessions: Sessions, settings: Settings, register: Register
) -> None:
    first = build(sessions, settings, register)
    shutil.rmtree(settings.home / "releases" / first)

    assert build(sessions, settings, register) != first
