"""The short way to the tiles: what it cannot answer is told by the application, as everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.app import create_app
from gazetteer.settings import Settings
from tests.api.problems import problem


@pytest.mark.parametrize("version", ["latest", "2026.1"])
def test_tile_when_the_database_does_not_answer_then_503_in_the_common_shape(
    tmp_path: Path, version: str
) -> None:
    settings = Settings(database_url="postgresql://quming@127.0.0.1:1/nothing", home=tmp_path)
    client = create_app(settings).test_client()
    problem(client.get(f"/tiles/public/{version}/0/0/0.mvt"), 503, "unavailable")
