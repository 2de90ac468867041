"""Map styles in the Mapbox style format (version 8), for programs that are given an address of a style."""

from __future__ import annotations

from typing import Any

STYLES = ("public", "working")
FONT = ["Noto Sans CJK SC Regular"]
BOLD = ["Noto Sans CJK SC Bold"]
SOURCE = "quming"
DEEPEST_WORKING_ZOOM = 16

Json = dict[str, Any]


def make_style(name: str, base: str) -> Json:
    """Return the style `public` (the newest release) or `working` (today's register, signed in).

    Parameters
    ----------
    base : str
        Scheme and host of the installation, without a slash at the end; nothing points anywhere else.
    """
    return {
        "version": 8,
        "name": f"Quming {name}",
        "metadata": {"quming:name": name},
        "sources": {SOURCE: _source(name, base)},
        "layers": [
            {"id": "background", "type": "background", "paint": {"background-color": "#eef2f3"}},
            _fill("districts", "#f4efe4", 0.9),
            _fill("towns", "#e9efdf", 0.7),
            _fill("villages", "#f7f4ec", 0.5),
            _line(5, "#8d9a96", [9, 0.4, 14, 1.2]),
            _line(4, "#5c4a72", [8, 0.8, 14, 2.2]),
            _line(3, "#a63a2f", [4, 1.0, 14, 3.2]),
            _label(3, "#7c241b", 16, 6),
            _label(4, "#33264a", 14, 8),
            _label(5, "#3d4a4f", 11, 11),
            _places(),
        ],
    }


def _source(name: str, base: str) -> Json:
    if name == "public":
        return {"type": "vector", "url": f"{base}/tiles/public/latest.json"}
    return {
        "type": "vector",
        "tiles": [f"{base}/tiles/working/{{z}}/{{x}}/{{y}}.mvt"],
        "minzoom": 0,
        "maxzoom": DEEPEST_WORKING_ZOOM,
    }


def _fill(layer: str, colour: str, opacity: float) -> Json:
    return {
        "id": layer,
        "type": "fill",
        "source": SOURCE,
        "source-layer": layer,
        "paint": {"fill-color": colour, "fill-opacity": opacity},
    }


def _line(level: int, colour: str, widths: list[float]) -> Json:
    return {
        "id": f"boundary_lines-{level}",
        "type": "line",
        "source": SOURCE,
        "source-layer": "boundary_lines",
        "filter": ["==", ["get", "level"], level],
        "layout": {"line-join": "round", "line-cap": "round"},
        "paint": {
            "line-color": colour,
            "line-width": ["interpolate", ["linear"], ["zoom"], *widths],
        },
    }


def _label(level: int, colour: str, size: int, first_zoom: int) -> Json:
    return {
        "id": f"labels-{level}",
        "type": "symbol",
        "source": SOURCE,
        "source-layer": "labels",
        "minzoom": first_zoom,
        "filter": ["==", ["get", "level"], level],
        "layout": {
            "text-field": ["get", "name"],
            "text-font": FONT if level == 5 else BOLD,
            "text-size": size,
        },
        "paint": {"text-color": colour, "text-halo-color": "#ffffff", "text-halo-width": 1.4},
    }


def _places() -> Json:
    return {
        "id": "place_names",
        "type": "symbol",
        "source": SOURCE,
        "source-layer": "place_names",
        "minzoom": 12,
        "layout": {"text-field": ["get", "name"], "text-font": FONT, "text-size": 11},
        "paint": {"text-color": "#1d5a72", "text-halo-color": "#ffffff", "text-halo-width": 1.2},
    }
