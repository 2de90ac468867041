"""The browser application as the server gives it: its page at its own addresses, its files for ever."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from flask_openapi.openapi import OpenAPI

from tests.api.problems import problem


@pytest.fixture
def built(app: OpenAPI, tmp_path: Path) -> FlaskClient:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<title>区名</title>", encoding="utf-8")
    (dist / "favicon.svg").write_text("<svg/>", encoding="utf-8")
    (dist / "assets" / "index-abc123.js").write_text("1", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    app.config["WEB_DIST"] = dist
    return app.test_client()


@pytest.mark.parametrize("address", ["/", "/map", "/signin", "/requests/5", "/releases", "/apis", "/map/"])
def test_page_when_an_address_of_the_application_is_opened_then_it_is_given(
    built: FlaskClient, address: str
) -> None:
    with built.get(address) as answer:
        assert answer.status_code == 200
        assert "区名" in answer.text
        assert answer.headers["Cache-Control"] == "no-cache"


def test_file_when_built_then_kept_for_ever(built: FlaskClient) -> None:
    with built.get("/assets/index-abc123.js") as answer:
        assert answer.mimetype == "text/javascript"
        assert {"public", "immutable", "max-age=31536000"} <= set(
            answer.headers["Cache-Control"].replace(" ", "").split(",")
        )
    with built.get("/favicon.svg") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "address",
    [
        "/assets/gone.js",
        "/api/v1/gone",
        "/api",
        "/tiles/x",
        "/gone.png",
        "/../secret.txt",
        "/assets/../../x.txt",
    ],
)
def test_file_when_there_is_none_then_404_and_not_the_page(built: FlaskClient, address: str) -> None:
    problem(built.get(address), 404, "not_found")


def test_page_when_it_is_not_built_then_404_says_what_to_do(app: OpenAPI, tmp_path: Path) -> None:
    app.config["WEB_DIST"] = tmp_path / "nothing"
    problem(app.test_client().get("/"), 404, "web_not_built")
