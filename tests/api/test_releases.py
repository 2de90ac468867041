"""Releases over the wire: tiles and their headers, packages, styles, share page, and the worker."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pyogrio
import pytest
import shapely
from flask.testing import FlaskClient
from flask_openapi.openapi import OpenAPI
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from api.tile_front import SHELF
from gazetteer.db import create_pool, session_factory
from gazetteer.models import Job
from gazetteer.operations.releases import request_release
from gazetteer.queries.snapshot import snapshot
from gazetteer.roles import Actor, Grant
from gazetteer.settings import Settings
from tests.api.conftest import PASSWORD, PICTURE, Browser, add_user
from tests.api.problems import problem
from tests.conftest import clone
from tests.gazetteer.register import Register, build_register, three_levels
from webmap.build.pixels import project

ROOT = Path(__file__).parents[2]
SECRET = "key of the tests"


@dataclass
class House:
    """A whole installation: database, folder, application and register, with what its people are called."""

    settings: Settings
    sessions: sessionmaker[Session]
    app: OpenAPI
    register: Register

    def sign_in(self, *roles: str) -> Browser:
        with self.sessions() as session:
            user = add_user(session, *roles)
        client = self.app.test_client()
        answer = client.post("/api/v1/sessions", json={"login": user.login, "password": PASSWORD})
        return Browser(client, answer.json["csrf_token"], answer.json)

    def drain(self) -> str:
        """Let the real worker do everything that waits, as a process of its own."""
        return self.run("worker", "--drain").stderr

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "QUMING_DATABASE_URL": self.settings.database_url,
            "QUMING_HOME": str(self.settings.home),
            "QUMING_SECRET_KEY": SECRET,
        }
        return subprocess.run(
            [sys.executable, "-m", "api", *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture(scope="module")
def house(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    for url in clone(template_database):
        settings = Settings(database_url=url, home=tmp_path_factory.mktemp("home"), secret_key=SECRET)
        engine = create_pool(url, size=4)
        sessions = session_factory(engine, audit_key=SECRET)
        with sessions() as session:
            units = three_levels(PICTURE, {"东镇": "ac", "西镇": "bd"}, bent=True)
            register = build_register(session, units, places=(("老君山", 103.805, 30.495),))
            session.commit()
        yield House(settings, sessions, create_app(settings, sessions), register)
        engine.dispose()


@pytest.fixture(scope="module")
def version(house: House) -> str:
    """The first release: asked for over the wire, built by the worker."""
    publisher = house.sign_in("publisher")
    answer = publisher.post("/api/v1/releases", json={"note": "第一版"})
    assert answer.status_code == 202
    assert answer.json["job"]["state"] == "queued"

    log = house.drain()

    job = publisher.get(f"/api/v1/jobs/{answer.json['job']['id']}").json
    assert job["state"] == "done", log
    assert job["progress"] == 1.0
    return str(job["result"]["version"])


@pytest.fixture
def client(house: House, version: str) -> FlaskClient:
    return house.app.test_client()


def address_at(zoom: int, lon: float = 103.82, lat: float = 30.48) -> tuple[int, int, int]:
    x, y = (project(shapely.get_coordinates(shapely.Point(lon, lat)), zoom)[0] // 4096).astype(int).tolist()
    return zoom, x, y


def tile_path(version: str, zoom: int = 12) -> str:
    z, x, y = address_at(zoom)
    return f"/tiles/public/{version}/{z}/{x}/{y}.mvt"


def decode(data: bytes) -> dict[str, Any]:
    return mapbox_vector_tile.decode(data)  # type: ignore[no-any-return]


def test_tile_when_gzip_is_taken_then_stored_bytes_for_ever(client: FlaskClient, version: str) -> None:
    answer = client.get(tile_path(version), headers={"Accept-Encoding": "gzip, br"})

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.data).hexdigest()[:32]}"'
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert set(decode(gzip.decompress(answer.data))) >= {"districts", "towns", "villages", "boundary_lines"}


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "br"])
def test_tile_when_gzip_is_not_taken_then_plain_under_another_etag(
    client: FlaskClient, version: str, accepted: str
) -> None:
    packed = client.get(tile_path(version), headers={"Accept-Encoding": "gzip"})
    answer = client.get(tile_path(version), headers={"Accept-Encoding": accepted})

    assert "Content-Encoding" not in answer.headers
    assert answer.data == gzip.decompress(packed.data)
    assert answer.headers["ETag"] != packed.headers["ETag"]


@pytest.mark.parametrize("condition", ["{etag}", 'W/{etag}, "other"', "*"])
def test_tile_when_client_has_it_then_304_without_body(
    client: FlaskClient, version: str, condition: str
) -> None:
    etag = client.get(tile_path(version), headers={"Accept-Encoding": "gzip"}).headers["ETag"]

    headers = {"Accept-Encoding": "gzip", "If-None-Match": condition.format(etag=etag)}
    answer = client.get(tile_path(version), headers=headers)

    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == etag
    assert "immutable" in answer.headers["Cache-Control"]


def test_tile_when_asked_as_latest_then_same_bytes_kept_for_a_minute(
    client: FlaskClient, version: str
) -> None:
    answer = client.get(tile_path("latest"), headers={"Accept-Encoding": "gzip"})

    assert answer.data == client.get(tile_path(version), headers={"Accept-Encoding": "gzip"}).data
    assert answer.headers["Cache-Control"] == "public, max-age=60"


def test_tile_when_map_is_empty_there_then_204(client: FlaskClient, version: str) -> None:
    answer = client.get(f"/tiles/public/{version}/12/0/0.mvt")

    assert (answer.status_code, answer.data) == (204, b"")


@pytest.mark.parametrize(
    "address", ["9999.1/12/0/0.mvt", "{version}/15/0/0.mvt", "{version}/3/8/0.mvt", "{version}/3/0/8.mvt"]
)
def test_tile_when_there_is_none_then_404_as_a_problem(
    client: FlaskClient, version: str, address: str
) -> None:
    problem(client.get(f"/tiles/public/{address.format(version=version)}"), 404, "not_found")


@pytest.mark.parametrize("headers", [{"Accept-Encoding": "gzip"}, {"Accept-Encoding": "identity"}])
def test_tile_when_answered_by_the_route_then_as_by_the_front(
    house: House, client: FlaskClient, version: str, headers: dict[str, str]
) -> None:
    front = client.get(tile_path(version), headers=headers)
    head = client.head(tile_path(version), headers=headers)

    assert head.status_code == 200
    for name in ("ETag", "Cache-Control", "Content-Type", "Content-Length", "Vary"):
        assert head.headers[name] == front.headers[name], name


def test_tilejson_when_asked_for_latest_then_leads_to_the_version(client: FlaskClient, version: str) -> None:
    answer = client.get("/tiles/public/latest.json")

    assert answer.json["tiles"] == [f"http://localhost/tiles/public/{version}/{{z}}/{{x}}/{{y}}.mvt"]
    assert answer.json["tilejson"] == "3.0.0"
    assert answer.json["version"] == version
    assert answer.json["attribution"] == "审图号：未填写（内部使用）"
    assert [layer["id"] for layer in answer.json["vector_layers"]] == [
        "districts",
        "towns",
        "villages",
        "boundary_lines",
        "labels",
        "place_names",
    ]
    west, south, east, north = answer.json["bounds"]
    assert west < 103.82 < east
    assert south < 30.48 < north
    problem(client.get("/tiles/public/9999.1.json"), 404, "not_found")


def test_working_tile_when_signed_in_then_the_register_as_it_stands(house: House, version: str) -> None:
    z, x, y = address_at(12)
    answer = house.sign_in("surveyor").get(f"/tiles/working/{z}/{x}/{y}.mvt?edition=7")

    layers = decode(answer.data)
    names = {feature["properties"]["name"] for feature in layers["villages"]["features"]}
    levels = {feature["properties"]["level"] for feature in layers["boundary_lines"]["features"]}
    assert names == {"A村", "B村", "C村", "D村"}
    assert levels == {3, 4, 5}
    assert answer.headers["Cache-Control"] == "private, no-store"
    parents = {f["properties"]["parent_code"] for f in layers["villages"]["features"]}
    assert parents == {"510132100", "510132101"}


def test_working_tile_when_not_signed_in_then_401(client: FlaskClient) -> None:
    problem(client.get("/tiles/working/12/3229/1688.mvt"), 401, "not_signed_in")


def test_working_tile_when_empty_or_nowhere_then_204_or_404(house: House) -> None:
    surveyor = house.sign_in("surveyor")

    assert surveyor.get("/tiles/working/12/0/0.mvt").status_code == 204
    problem(surveyor.get("/tiles/working/2/4/0.mvt"), 404, "not_found")


@pytest.mark.parametrize("name", ["public", "working"])
def test_style_when_read_then_names_layers_that_exist_and_no_foreign_host(
    client: FlaskClient, name: str
) -> None:
    style = client.get(f"/styles/{name}.json").json

    known = {layer["id"] for layer in client.get("/tiles/public/latest.json").json["vector_layers"]}
    used = {layer["source-layer"] for layer in style["layers"] if layer["type"] != "background"}
    assert style["version"] == 8
    assert used <= known
    assert {layer.get("source", "quming") for layer in style["layers"]} == set(style["sources"])
    hosts = set(re.findall(r"https?://([^/\"]+)", str(style)))
    assert hosts == {"localhost"}


def test_release_when_read_then_files_with_hashes_and_changes(
    client: FlaskClient, house: House, version: str
) -> None:
    release = client.get("/api/v1/releases/latest").json

    assert release["version"] == version
    assert release["note"] == "第一版"
    assert release["layers"]["villages"] == 4
    assert [change["kind"] for change in release["changes"]] == ["found"]
    assert client.get(f"/api/v1/releases/{version}/changes").json["changes"] == release["changes"]
    assert [r["version"] for r in client.get("/api/v1/releases").json["items"]][-1] == version
    for artifact in release["artifacts"]:
        with client.get(artifact["url"].removeprefix("http://localhost")) as answer:
            assert hashlib.sha256(answer.data).hexdigest() == artifact["sha256"]
            assert answer.headers["ETag"] == f'"{artifact["sha256"]}"'
            assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["public/none.zip", "internal/villages_utf8.zip", "department/share.html"])
def test_package_when_there_is_none_then_404(client: FlaskClient, version: str, name: str) -> None:
    problem(client.get(f"/api/v1/releases/{version}/packages/{name}"), 404, "not_found")


def test_release_when_there_is_none_of_the_version_then_404(client: FlaskClient) -> None:
    problem(client.get("/api/v1/releases/9999.1"), 404, "not_found")
    problem(client.get("/api/v1/releases/9999.1/changes"), 404, "not_found")


def test_release_when_asked_for_by_another_role_then_403(house: House) -> None:
    problem(house.sign_in("approver").post("/api/v1/releases", json={"note": ""}), 403, "forbidden")


def test_share_page_when_opened_then_self_contained_and_escaped(client: FlaskClient) -> None:
    address = client.get("/api/v1/releases/latest").json["share_url"].removeprefix("http://localhost")

    answer = client.get(address)

    page = answer.text
    links = re.findall(r"(?:src|href)=[\"']([^\"']+)", page)
    assert {link for link in links if not link.startswith("/share/assets/")} == {"data:,"}
    for link in links:
        if link != "data:,":
            with client.get(link) as asset:
                assert asset.status_code == 200, link
    assert "审图号：未填写（内部使用）" in page
    assert json.dumps("东镇")[1:-1] in page
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]


def test_share_page_when_token_is_unknown_then_404(client: FlaskClient) -> None:
    problem(client.get("/share/0123456789abcdef0123"), 404, "not_found")


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_export_when_run_by_the_worker_then_equals_the_register_bit_for_bit(
    house: House, version: str, tmp_path: Path, encoding: str
) -> None:
    clerk = house.sign_in("clerk")
    order = {"layer": "villages", "encoding": encoding, "within": str(house.register.ids["东镇"])}
    job = clerk.post("/api/v1/exports", json=order).json["job"]

    log = house.drain()

    shown = clerk.get(f"/api/v1/jobs/{job['id']}").json
    assert shown["state"] == "done", log
    assert shown["result"]["rows"] == 2
    with clerk.get(f"/api/v1/jobs/{job['id']}/file") as answer:
        (tmp_path / "villages.zip").write_bytes(answer.data)
    frame = pyogrio.read_dataframe(f"/vsizip/{tmp_path / 'villages.zip'}/villages.shp")
    with house.sessions() as session:
        held = snapshot(session)
    assert sorted(frame["name"]) == ["A村", "C村"]
    for row in frame.itertuples():
        shape = held.shapes[uuid.UUID(row.id)]
        same = shapely.equals_exact(
            shapely.normalize(shape), shapely.normalize(shapely.MultiPolygon([row.geometry]))
        )
        assert same, row.name


def test_export_when_layer_or_release_is_unknown_then_refused(house: House, version: str) -> None:
    clerk = house.sign_in("clerk")

    problem(clerk.post("/api/v1/exports", json={"layer": "rivers"}), 422, "invalid_input")
    problem(clerk.post("/api/v1/exports", json={"layer": "towns", "release": "9999.1"}), 404, "not_found")


def test_export_when_it_cannot_be_made_then_the_job_says_why(house: House, version: str) -> None:
    clerk = house.sign_in("clerk")
    job = clerk.post("/api/v1/exports", json={"layer": "towns", "crs": 32648}).json["job"]

    house.drain()

    shown = clerk.get(f"/api/v1/jobs/{job['id']}").json
    assert shown["state"] == "failed"
    assert shown["error"]["code"] == "crs_unsupported"
    assert shown["error"]["message_en"]
    problem(clerk.get(f"/api/v1/jobs/{job['id']}/file"), 404, "no_file")


def test_task_when_the_request_is_rolled_back_then_was_never_queued(house: House) -> None:
    with house.sessions() as session:
        before = session.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one()
    actor = Actor(house.register.user_id, "publisher", "发布员", (Grant("publisher"),))

    with house.sessions() as session:
        session.commit = session.rollback  # type: ignore[method-assign]
        request_release(session, actor, "never")

    with house.sessions() as session:
        after = session.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one()
        assert after == before
        assert session.query(Job).filter(Job.arguments["note"].astext == "never").count() == 0


def test_command_when_release_is_verified_then_an_altered_file_is_named(house: House, version: str) -> None:
    whole = house.run("release", "verify", version)
    file = house.settings.home / "releases" / version / "public" / "metadata.json"
    kept = file.read_bytes()
    file.write_bytes(kept + b" ")

    altered = house.run("release", "verify", version)
    file.write_bytes(kept)

    assert whole.returncode == 0, whole.stderr
    assert altered.returncode == 1
    assert "metadata.json" in altered.stdout


def test_command_when_a_layer_is_exported_from_a_release_then_is_its_package(
    house: House, version: str, tmp_path: Path
) -> None:
    done = house.run("export", "towns", "--release", "latest", "-o", str(tmp_path / "towns.zip"), "--json")

    package = house.settings.home / "releases" / version / "public" / "towns_utf8.zip"
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "towns.zip").read_bytes() == package.read_bytes()


def test_command_when_a_release_is_exported_in_gauss_krueger_then_within_a_millimetre(
    house: House, version: str, tmp_path: Path
) -> None:
    done = house.run("export", "towns", "--release", version, "--crs", "4543", "-o", str(tmp_path / "t.zip"))

    assert done.returncode == 0, done.stderr
    frame = pyogrio.read_dataframe(f"/vsizip/{tmp_path / 't.zip'}/towns.shp")
    with house.sessions() as session:
        held = snapshot(session)
    back = frame.to_crs(4490)
    for row in back.itertuples():
        shape = held.shapes[uuid.UUID(row.id)]
        assert shapely.hausdorff_distance(shape, row.geometry) < 1e-8


def test_shelf_when_version_is_not_published_then_is_not_opened(house: House, version: str) -> None:
    folder = house.settings.home / "releases" / "2020.9" / "public"
    folder.mkdir(parents=True)
    (folder / "tiles.pmtiles").write_bytes(b"not yet")

    assert house.app.extensions[SHELF].archive("2020.9") is None
