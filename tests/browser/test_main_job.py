"""The main job in a real browser: a shared line is changed, approved by another, released and exported."""

from __future__ import annotations

import gzip
import io
import time
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import psycopg
import pyogrio
import shapely
from playwright.sync_api import Page, expect

from boundaries.grid import GRID, snap
from tests.browser.conftest import PASSWORD, Site

ZOOM = 13


def sign_in(page: Page, site: Site, login: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{site.url}/signin")
    page.get_by_test_id("signin-login").fill(login)
    page.get_by_test_id("signin-password").fill(PASSWORD)
    page.get_by_test_id("signin-submit").click()
    expect(page.get_by_test_id("account-menu")).to_be_visible()


def until(page: Page, condition: str) -> None:
    """Wait for a condition of the page; its content security policy forbids the driver's own way."""
    end = time.monotonic() + 30
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(50)


def settled(page: Page) -> None:
    until(page, "window.__quming && window.__quming.rendered && !window.__quming.moving")


def drag_vertex(page: Page) -> tuple[float, float]:
    """Drag a vertex of a line between two towns; return where it lies now (lon, lat)."""
    page.goto(page.url.split("/signin")[0].rstrip("/") + "/")
    settled(page)
    page.get_by_test_id("edit-start").click()
    expect(page.get_by_test_id("edit-panel")).to_be_visible()
    lines = page.locator("[data-testid^='edit-line-']:not([aria-disabled])")
    lines.first.click()
    settled(page)
    handles = page.evaluate("window.__quming.handles()")
    inner = [
        h for h in handles if h["node"] is None and 480 < h["pixel"][0] < 1200 and 150 < h["pixel"][1] < 750
    ]
    chosen = inner[len(inner) // 2]
    x, y = chosen["pixel"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y + 5, steps=4)
    page.mouse.up()
    until(page, "window.__quming.operations.length === 1")
    x, y = page.evaluate("window.__quming.operations[0].path[0]")
    return (x / GRID, y / GRID)


def changes(page: Page, prefix: str) -> dict[str, float]:
    """Return the change of area (m2) shown for each division."""
    rows = page.locator(f"[data-testid^='{prefix}']").all()
    return {
        (row.get_attribute("data-testid") or "").removeprefix(prefix): float(
            row.get_attribute("data-change-m2") or "nan"
        )
        for row in rows
    }


def test_main_job_when_done_in_the_browser_then_tile_and_shapefile_show_the_new_line(
    site: Site, page: Page, tmp_path: Path
) -> None:
    sign_in(page, site, "surveyor")
    moved = drag_vertex(page)
    shown = changes(page, "area-change-")
    assert len(shown) == 4
    assert sorted(shown.values())[0] < 0 < sorted(shown.values())[-1]
    assert abs(sum(shown.values())) < 0.01
    page.get_by_test_id("edit-to-request").click()
    page.get_by_test_id("request-title").fill("更正界线走向")
    page.get_by_test_id("request-reason").fill("实地核查发现原线偏移")
    page.get_by_test_id("request-check").click()
    expect(page.get_by_test_id("check-ok")).to_be_visible()
    page.get_by_test_id("request-submit").click()
    page.get_by_test_id("confirm-ok").click()
    expect(page.get_by_test_id("request-state")).to_have_attribute("data-state", "submitted")
    request_id = page.url.rsplit("/", 1)[1]

    sign_in(page, site, "approver")
    page.goto(f"{site.url}/requests/{request_id}")
    expect(page.get_by_test_id("preview-table")).to_be_visible()
    reviewed = changes(page, "preview-row-")
    for division, change in shown.items():
        assert abs(reviewed[division] - change) < 0.01
    page.get_by_test_id("request-approve").click()
    page.get_by_test_id("confirm-ok").click()
    expect(page.get_by_test_id("request-state")).to_have_attribute("data-state", "in_force")

    sign_in(page, site, "publisher")
    page.goto(f"{site.url}/releases")
    expect(page.get_by_test_id("release-item").first).to_be_visible()  # the demo has its first release
    before = page.get_by_test_id("release-item").count()
    page.get_by_test_id("release-build").click()
    page.get_by_test_id("confirm-ok").click()
    expect(page.get_by_test_id("release-item")).to_have_count(before + 1, timeout=120_000)
    version = page.get_by_test_id("release-item").first.get_attribute("data-version") or ""

    check_tiles(site, version, list(shown), moved)
    check_package(site, page, tmp_path)


def stored(site: Site) -> dict[str, tuple[str, str, Any]]:
    """Return name, code and polygon of every division of today, by id."""
    with psycopg.connect(site.database_url) as connection:
        rows = connection.execute(
            """
            SELECT s.division_id::text, n.name, c.code, ST_AsBinary(s.geom)
            FROM division_shape s
            JOIN division_name n ON n.division_id = s.division_id AND upper_inf(n.recorded)
                AND n.kind = 'official' AND n.valid @> CURRENT_DATE
            JOIN division_code c ON c.division_id = s.division_id AND upper_inf(c.recorded)
                AND c.valid @> CURRENT_DATE
            WHERE s.valid @> CURRENT_DATE
            """
        ).fetchall()
    return {i: (name, code, shapely.from_wkb(bytes(wkb))) for i, name, code, wkb in rows}


def check_tiles(site: Site, version: str, divisions: list[str], moved: tuple[float, float]) -> None:
    """In the released tile over the moved vertex each changed division is drawn as the register has it now.

    Line work may differ by the tolerance of the zoom (a few of the tile's 4,096 steps); the vertex itself
    was moved much farther.
    """
    polygons = stored(site)
    column, row, corner, size = tile_of(*moved)
    layers = fetch_tile(f"{site.url}/tiles/public/{version}/{ZOOM}/{column}/{row}.mvt")
    extent = layers["towns"]["extent"]
    tile = shapely.box(0, 0, extent, extent)
    vertex = to_tile(shapely.Point(moved), corner, size, extent)
    features = [f for name in ("towns", "villages") for f in layers[name]["features"]]
    for division in divisions:
        _, code, polygon = polygons[division]
        found = [shapely.geometry.shape(f["geometry"]) for f in features if f["properties"]["code"] == code]
        assert len(found) == 1, code
        expected = shapely.intersection(to_tile(polygon, corner, size, extent), tile)
        drawn = shapely.intersection(shapely.make_valid(found[0]), tile)
        apart = shapely.symmetric_difference(expected, drawn)
        assert apart.area < 4 * expected.length, code
        assert shapely.distance(vertex, drawn.boundary) < 4, code


def fetch_tile(url: str) -> Any:
    """Return the layers of a public tile; it may be kept for ever."""
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})) as answer:
        body = answer.read()
        assert answer.headers["ETag"].startswith('"')
        assert "immutable" in answer.headers["Cache-Control"]
    return mapbox_vector_tile.decode(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)


def tile_of(lon: float, lat: float) -> tuple[int, int, tuple[float, float], float]:
    x, y = mercator(np.array([[lon, lat]]))[0]
    size = 2 * np.pi * 6378137 / 2**ZOOM
    half = np.pi * 6378137
    column, row = int((x + half) // size), int((half - y) // size)
    return column, row, (column * size - half, half - (row + 1) * size), size


def mercator(coords: Any) -> Any:
    lon, lat = np.radians(coords[:, 0]), np.radians(coords[:, 1])
    return np.column_stack([6378137 * lon, 6378137 * np.log(np.tan(np.pi / 4 + lat / 2))])


def to_tile(polygon: Any, corner: tuple[float, float], size: float, extent: int) -> Any:
    return shapely.transform(polygon, lambda c: (mercator(c) - corner) / size * extent)


def check_package(site: Site, page: Page, folder: Path) -> None:
    """The downloaded shapefile of the villages equals the register, coordinate for coordinate."""
    page.get_by_test_id("export-layer-villages").click()
    with page.expect_download(timeout=120_000) as download:
        page.get_by_test_id("export-utf8").click()
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as package:
        package.extractall(folder)
    (shapefile,) = folder.rglob("*.shp")
    table = pyogrio.read_dataframe(shapefile)
    assert table.crs.to_epsg() == 4490
    register = {code: (name, polygon) for name, code, polygon in stored(site).values() if len(code) == 12}
    assert set(table["code"]) == set(register)
    for row in table.itertuples():
        name, polygon = register[row.code]
        assert row.name == name
        assert shapely.equals_identical(canonical(row.geometry), canonical(polygon)), row.code


def canonical(geometry: Any) -> Any:
    """Return a geometry of grid integers in a canonical order of rings and parts."""
    multi = geometry if geometry.geom_type == "MultiPolygon" else shapely.MultiPolygon([geometry])
    return shapely.normalize(shapely.transform(multi, lambda c: snap(c).astype(float)))
