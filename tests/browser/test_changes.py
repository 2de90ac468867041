"""A change of divisions in a real browser: a line drawn on the map splits a village."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.test_main_job import settled, sign_in


def compact_village(page: Page) -> dict[str, Any]:
    """Return the village that fills its box best: in one piece, and crossed once by a level line."""
    ask = "fetch('/api/v1/divisions?level=5&limit=500').then((answer) => answer.json())"
    found: dict[str, Any] = max(page.evaluate(ask)["items"], key=share_of_box)
    return found


def share_of_box(village: dict[str, Any]) -> float:
    west, south, east, north = village["bbox"]
    share: float = village["area_m2"] / ((east - west) * (north - south))
    return share


def tap(page: Page, lon: float, lat: float) -> None:
    settled(page)
    x, y = page.evaluate("([lon, lat]) => window.__quming.pixelOf(lon, lat)", [lon, lat])
    page.mouse.click(x, y)
    page.wait_for_timeout(350)  # two taps within a quarter of a second are one double tap to the map


def draw_level_line(page: Page, village: dict[str, Any]) -> None:
    """Draw a line from west to east, exactly level, through the village; mean the piece north of it."""
    west, _, east, north = village["bbox"]
    lon, lat = village["centre"]
    width = east - west
    page.get_by_test_id("cut-line").click()
    for place in (west - width / 20, lon, east + width / 20):
        tap(page, place, lat)
    page.get_by_test_id("cut-finish").click()
    tap(page, lon, (lat + north) / 2)
    expect(page.get_by_test_id("cut-editor")).to_have_attribute("data-stage", "done")


def test_split_when_drawn_confirmed_and_approved_then_the_new_village_is_in_the_register(
    site: Site, page: Page
) -> None:
    sign_in(page, site, "surveyor")
    village = compact_village(page)
    page.goto(f"{site.url}/map?division={village['id']}")
    expect(page.get_by_test_id("division-card")).to_be_visible()
    settled(page)
    page.get_by_test_id("division-change").click()
    page.get_by_test_id("change-kind-split").click()
    draw_level_line(page, village)
    page.get_by_test_id("change-type").select_option("村")
    page.get_by_test_id("change-name").fill("新析村")
    page.get_by_test_id("change-reason").fill("人口增长，便于管理")
    page.get_by_test_id("change-draft").click()
    expect(page.get_by_test_id("preview-units")).to_contain_text("新析村")
    page.get_by_test_id("codes-confirm").click()
    expect(page.get_by_test_id("operation-list").locator("li")).to_have_count(2)
    expect(page.get_by_test_id("issue").and_(page.locator("[data-severity=error]"))).to_have_count(0)
    page.get_by_test_id("request-submit").click()
    page.get_by_test_id("confirm-ok").click()
    expect(page.get_by_test_id("request-state")).to_have_attribute("data-state", "submitted")
    address = page.evaluate("location.href")

    sign_in(page, site, "approver")
    page.goto(address)
    page.get_by_test_id("request-approve").click()
    page.get_by_test_id("confirm-ok").click()
    expect(page.get_by_test_id("confirm-dialog")).to_be_visible()  # a change of the law has a document
    page.get_by_test_id("confirm-document").fill("新府批复〔2026〕8号")
    page.get_by_test_id("confirm-ok").click()
    expect(page.get_by_test_id("request-state")).to_have_attribute("data-state", "in_force")

    ask = "(url) => fetch(url).then((answer) => answer.json())"
    (made,) = page.evaluate(ask, "/api/v1/divisions?level=5&q=新析村")["items"]
    left = page.evaluate(ask, f"/api/v1/divisions/{village['id']}")
    assert made["parent"]["id"] == village["parent"]["id"]
    assert made["code"].startswith(village["code"][:9])
    assert abs(made["area_m2"] + left["area_m2"] - village["area_m2"]) < 10
    assert made["area_m2"] > 0.1 * village["area_m2"]
