"""The share page of a release: a folium map of its towns and villages, with every asset served by us."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import folium
import numpy as np
import shapely
from branca.element import MacroElement
from folium.features import DivIcon
from jinja2 import Template

from boundaries.grid import IntArray
from boundaries.rebuild import build_polygons
from boundaries.simplify import simplify_arcs
from gazetteer.queries.snapshot import Snapshot
from webmap.build.layers import label_points

ASSETS = Path(__file__).parent / "assets"
TEMPLATES = Path(__file__).parent / "templates"
ASSET_ADDRESS = "/share/assets"
LEAFLET = "leaflet-1.9.4"
MOST_SHAPES = 1500
"""A level with more divisions than this is not drawn on a page that must open on a phone."""
DETAIL = 2500
"""Share of the register's width that a simplified line may be off."""
DECIMALS = 6
FILLS = ("#f3e3c3", "#d9e8cc", "#cfe2ec", "#ead9ea", "#f5d8ce", "#e4e4c8", "#cbe5dd", "#ecdfcf")
BORDERS: Mapping[int, dict[str, Any]] = {
    3: {"color": "#a63a2f", "weight": 2.6, "opacity": 0.95},
    4: {"color": "#5c4a72", "weight": 1.5, "opacity": 0.9},
    5: {"color": "#7d8a86", "weight": 0.7, "opacity": 0.8},
}
LEVEL_NAMES = {3: "县级界", 4: "乡级界", 5: "村级界"}


class ShareMap(folium.Map):
    """A folium map that needs Leaflet only, and takes it from us."""

    default_js: list[tuple[str, str]] = [  # noqa: RUF012 - folium's own declaration
        ("leaflet", f"{ASSET_ADDRESS}/{LEAFLET}.js")
    ]
    default_css: list[tuple[str, str]] = [  # noqa: RUF012
        ("leaflet_css", f"{ASSET_ADDRESS}/{LEAFLET}.css"),
        ("share_css", f"{ASSET_ADDRESS}/share.css"),
    ]


class Frame(MacroElement):
    """Title, legend, sources and the behaviour of the labels around the map."""

    _template = Template((TEMPLATES / "frame.html").read_text(encoding="utf-8"), autoescape=False)

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Frame"
        self.values = values


@dataclass(frozen=True, eq=False)
class _Level:
    """The simplified polygons of one level: division index and shape, in the same order."""

    level: int
    divisions: IntArray
    shapes: np.ndarray[Any, np.dtype[np.object_]]


def write_share_page(
    snapshot: Snapshot, path: Path, version: str, attribution: str, sources: tuple[str, ...] = ()
) -> None:
    """Write the page of a release.

    Parameters
    ----------
    attribution : str
        The line with the 审图号.
    sources : tuple of str
        Where the lines come from; a source that says 示意 marks the whole map so.
    """
    path.write_text(render_share_page(snapshot, version, attribution, sources), encoding="utf-8")


def render_share_page(
    snapshot: Snapshot, version: str, attribution: str, sources: tuple[str, ...] = ()
) -> str:
    """Return the page as HTML; every name of the register is escaped."""
    levels = list(_levels(snapshot))
    west, south = snapshot.arcs.coords.min(axis=0) / 1e9
    east, north = snapshot.arcs.coords.max(axis=0) / 1e9
    page = ShareMap(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_control="topright",
        zoom_snap=0.25,
        attribution_control=False,
    )
    for drawn in levels:
        _draw(snapshot, drawn, page, lowest=drawn is levels[0])
    for drawn in levels:
        if drawn.level != 3 or drawn is levels[0]:
            _label(snapshot, drawn, page)
    title = f"{snapshot.top_name or ''}行政区划图"
    page.fit_bounds([[south, west], [north, east]], padding=(12, 12))
    page.add_child(
        Frame(
            {
                "map": page.get_name(),
                "title": html.escape(title),
                "version": html.escape(version),
                "as_of": snapshot.as_of.isoformat(),
                "attribution": html.escape(attribution),
                "sources": [html.escape(source) for source in sources],
                "invented": any("示意" in source for source in sources),
                "legend": [(LEVEL_NAMES[d.level], BORDERS[d.level]) for d in levels],
            }
        )
    )
    figure: Any = page.get_root()
    figure.title = html.escape(f"{title} {version}")
    rendered: str = figure.render()
    return rendered.replace("<html>", '<html lang="zh-CN">', 1)


def script_hashes(page: str) -> list[str]:
    """Return the CSP sources of the scripts in a page, so that no other script can run in it."""
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    return [
        "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
        for script in scripts
    ]


def _levels(snapshot: Snapshot) -> Iterator[_Level]:
    """Yield the levels that fit on a page, the lowest first, all from one set of simplified arcs."""
    shown = [
        level
        for level in snapshot.levels
        if level in BORDERS and len(np.unique(snapshot.chains[level])) <= MOST_SHAPES
    ]
    width = int((snapshot.arcs.coords.max(axis=0) - snapshot.arcs.coords.min(axis=0)).max())
    table = simplify_arcs(snapshot.arcs, width / 1e9 / DETAIL)
    for level in reversed(shown):
        column = snapshot.chains[level]
        divisions = np.unique(column[column >= 0])
        numbers = np.where(column < 0, -1, np.searchsorted(divisions, column))
        group = dict(zip(snapshot.face_ids.tolist(), numbers.tolist(), strict=True))
        yield _Level(level, divisions, build_polygons(table, group, len(divisions)))


def _draw(snapshot: Snapshot, drawn: _Level, page: folium.Map, *, lowest: bool) -> None:
    colours = _colours(snapshot, 4 if drawn.level == 5 else drawn.level)
    features = []
    for index, shape in zip(drawn.divisions.tolist(), drawn.shapes, strict=True):
        division = snapshot.divisions[index]
        parent = division.parent_id if drawn.level == 5 else division.id
        area_km2 = (division.area_m2 or 0.0) / 1e6
        properties = {
            "name": html.escape(division.name),
            "code": html.escape(division.code or "—"),
            "area": f"{area_km2:.2f} km²",
            "fill": colours.get(parent, FILLS[0]) if lowest else "none",
        }
        rounded = shapely.transform(shape, lambda points: np.round(points, DECIMALS))
        geometry = json.loads(shapely.to_geojson(rounded))
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    style = {**BORDERS[drawn.level], "fill": lowest, "fillOpacity": 1.0 if lowest else 0.0}
    layer = folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=LEVEL_NAMES[drawn.level],
        style_function=lambda feature: {**style, "fillColor": feature["properties"]["fill"]},
        smooth_factor=0.5,
        interactive=lowest,
    )
    if lowest:
        layer.add_child(
            folium.GeoJsonTooltip(["name", "code", "area"], ["名称", "代码", "面积"], sticky=True)
        )
    layer.add_to(page)


def _colours(snapshot: Snapshot, level: int) -> dict[Any, str]:
    """Give neighbouring divisions of a level different fills."""
    if level not in snapshot.levels:
        return {}
    left, right = snapshot.side(level)
    neighbours: dict[int, set[int]] = {}
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        if a >= 0 and b >= 0 and a != b:
            neighbours.setdefault(a, set()).add(b)
            neighbours.setdefault(b, set()).add(a)
    chosen: dict[int, int] = {}
    used = [0] * len(FILLS)
    divisions = np.unique(snapshot.chains[level])
    for index in divisions[divisions >= 0].tolist():
        taken = {chosen[other] for other in neighbours.get(index, ()) if other in chosen}
        free = [fill for fill in range(len(FILLS)) if fill not in taken] or list(range(len(FILLS)))
        chosen[index] = min(free, key=lambda fill: used[fill])
        used[chosen[index]] += 1
    return {snapshot.divisions[index].id: FILLS[fill] for index, fill in chosen.items()}


def _label(snapshot: Snapshot, drawn: _Level, page: folium.Map) -> None:
    group = folium.FeatureGroup(name=f"labels-{drawn.level}")
    for index, (lon, lat) in zip(
        drawn.divisions.tolist(), label_points(list(drawn.shapes)).tolist(), strict=True
    ):
        text = html.escape(snapshot.divisions[index].name)
        icon = DivIcon(
            html=f"<span>{text}</span>", icon_size=(0, 0), class_name=f"place-label level-{drawn.level}"
        )
        folium.Marker([round(lat, 6), round(lon, 6)], icon=icon, interactive=False).add_to(group)
    group.add_to(page)
