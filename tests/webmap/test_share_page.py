"""Tests of the share page: what it shows, that names cannot do anything, that it leans on no other host."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re

import pytest
from sqlalchemy.orm import Session

from gazetteer.queries.snapshot import Snapshot, snapshot
from tests.gazetteer.register import Unit, build_register, draw, three_levels
from webmap.build.release import attribution
from webmap.share import page as share
from webmap.share.page import render_share_page, script_hashes

NASTY = "</script><img src=x onerror=alert(1)>村"
SOURCE = "某县民政局：内部界线为示意"


def page_of(held: Snapshot, *sources: str, review_number: str | None = None) -> str:
    return render_share_page(held, "2026.3", attribution(review_number), sources)


def in_script(text: str) -> str:
    return json.dumps(text)[1:-1]


def test_page_when_made_then_shows_title_version_names_and_review_number(small: Snapshot) -> None:
    page = page_of(small, review_number="川S〔2026〕00012号")

    assert "试验区行政区划图" in page
    assert "版本 2026.3" in page
    assert small.as_of.isoformat() in page
    assert "审图号：川S〔2026〕00012号" in page
    for name in ("甲镇", "乙镇", "A村", "E村"):
        assert in_script(name) in page


@pytest.mark.parametrize(("sources", "marked"), [((SOURCE,), True), (("某县民政局",), False), ((), False)])
def test_page_when_a_source_says_so_then_marked_as_invented(
    small: Snapshot, sources: tuple[str, ...], marked: bool
) -> None:
    assert ("示意图" in page_of(small, *sources)) is marked


def test_page_when_no_review_number_is_set_then_says_internal_use(small: Snapshot) -> None:
    assert "审图号：未填写（内部使用）" in page_of(small)


def test_page_when_read_then_names_no_other_host(small: Snapshot) -> None:
    page = page_of(small)

    loaded = re.findall(r"(?:src|href)=[\"']([^\"']+)", page)
    assert set(loaded) == {
        "/share/assets/leaflet-1.9.4.js",
        "/share/assets/leaflet-1.9.4.css",
        "/share/assets/share.css",
        "data:,",
    }
    assert not re.search(r"url\(\s*['\"]?(?:https?:)?//", page)


def test_page_when_a_name_is_markup_then_it_stays_text(session: Session) -> None:
    units = [
        Unit("district", 3, NASTY, None, "510132"),
        Unit("a", 4, NASTY, "district", "510132100", draw("ab")["a"]),
        Unit("b", 4, "b", "district", "510132101", draw("ab")["b"]),
    ]
    build_register(session, units)

    page = page_of(snapshot(session), NASTY)

    assert "<img" not in page
    assert page.count("</script>") == page.count("<script")
    assert html.escape(NASTY) in page


def test_page_when_only_one_level_is_held_then_it_is_filled_and_named(session: Session) -> None:
    geoms = draw("ab")
    build_register(session, [Unit(k, 3, f"{k}县", None, f"51013{i}", geoms[k]) for i, k in enumerate("ab")])

    page = page_of(snapshot(session))

    assert "level-3" in page
    assert in_script("b县") in page
    assert page.count('"fillOpacity": 1.0') == 2


def test_page_when_villages_are_too_many_then_towns_are_the_lowest(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_register(session, three_levels("abcd", {"甲镇": "ab", "乙镇": "cd"}))
    monkeypatch.setattr(share, "MOST_SHAPES", 2)

    page = page_of(snapshot(session))

    assert in_script("甲镇") in page
    assert in_script("A村") not in page
    assert '"fillOpacity": 1.0' in page


def test_hashes_when_computed_then_are_those_of_the_scripts(small: Snapshot) -> None:
    page = page_of(small)

    first = page.split("<script>")[1].split("</script>")[0]
    expected = base64.b64encode(hashlib.sha256(first.encode()).digest()).decode()
    assert script_hashes(page)[0] == f"'sha256-{expected}'"
    assert len(script_hashes(page)) == page.count("<script>")
