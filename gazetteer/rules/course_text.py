"""Drafts of the texts on a boundary: the course of a line 走向说明, where a marker stands 边界点位置说明.

The patterns are those of GB/T 17796; a generator drafts, a person edits.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from boundaries.course import Leg
from gazetteer.rules.intent_lines import FORMS


@dataclass(frozen=True)
class Stop:
    """A marker, a tripoint or an end on the way; degrees EPSG:4490."""

    along_m: float
    label: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Landmark:
    """A named thing that the line crosses, or passes at a distance in metres."""

    along_m: float
    name: str
    off_m: float
    crossed: bool


@dataclass(frozen=True)
class Stretch:
    """Who lies on either side, seen along the line."""

    start_m: float
    end_m: float
    left: str
    right: str


@dataclass(frozen=True)
class Piece:
    """A connected part of a line: its legs from the first stop to the last, and what lies about it."""

    legs: tuple[Leg, ...]
    stops: tuple[Stop, ...]
    landmarks: tuple[Landmark, ...]
    stretches: tuple[Stretch, ...]
    closed: bool

    @property
    def length_m(self) -> float:
        """Ellipsoidal metres."""
        return self.legs[-1].end_m if self.legs else 0.0


@dataclass(frozen=True)
class MarkerPlace:
    """What the description of a marker needs; degrees EPSG:4490, metres above 1985国家高程基准."""

    number: str
    form: str
    material: str
    between: Sequence[str]
    lon: float
    lat: float
    elevation_m: float | None
    references: Sequence[tuple[str, float, float]]
    """Name, grid azimuth in degrees, distance in metres of each reference object 方位物."""


def write_course(name: str, sides: Sequence[str], follows: str | None, pieces: Sequence[Piece]) -> str:
    """Return the draft of the course of a line.

    Parameters
    ----------
    sides : sequence of str
        Names of the one or two divisions it parts.
    follows : str or None
        What it follows on the ground, in Chinese.
    """
    total = sum(piece.length_m for piece in pieces)
    head = f"{name}为{'与'.join(sides)}的边界线"
    along = f"，沿{follows}延伸" if follows else ""
    lines = [f"{head}，全长{format_distance(total)}{along}。"]
    for number, piece in enumerate(pieces, start=1):
        title = f"第{number}段：" if len(pieces) > 1 else ""
        lines.append(title + _piece(piece))
    return "\n".join(lines)


def _piece(piece: Piece) -> str:
    first, last = piece.stops[0], piece.stops[-1]
    clauses = [f"从{_place(first)}起，{_sides(piece.stretches[0])}，边界线"]
    ways = list(_ways(piece))
    for number, (leg, start, end) in enumerate(ways):
        turn = "" if number == 0 else "转" if ways[number - 1][0] is not leg else "继续"
        text = f"{turn}向{leg.word}行约{format_distance(end - start)}"
        text += "".join(_passed(piece, start, end))
        stop = next((s for s in piece.stops[1:-1] if abs(s.along_m - end) < 1e-6), None)
        clauses.append(text + (f"，到{_place(stop)}" if stop else ""))
    end_text = "回到起点" if piece.closed else f"止于{_place(last)}"
    return clauses[0] + "；".join(clauses[1:]) + f"，{end_text}。"


def _ways(piece: Piece) -> Iterator[tuple[Leg, float, float]]:
    """Cut the legs at the stops between."""
    for leg in piece.legs:
        inner = [s.along_m for s in piece.stops if leg.start_m + 1e-6 < s.along_m < leg.end_m - 1e-6]
        for start, end in itertools.pairwise([leg.start_m, *sorted(set(inner)), leg.end_m]):
            yield leg, start, end


def _passed(piece: Piece, start: float, end: float) -> Iterator[str]:
    """Say what is passed between two distances, in order: named things and new neighbours."""
    events: list[tuple[float, str]] = [
        (mark.along_m, _landmark(mark))
        for mark in piece.landmarks
        if start <= mark.along_m < end or mark.along_m == end == piece.length_m
    ]
    events += [
        (here.start_m, f"，此后{_sides(here)}") for here in piece.stretches[1:] if start <= here.start_m < end
    ]
    return (text for _, text in sorted(events))


def _landmark(mark: Landmark) -> str:
    return f"，穿过{mark.name}" if mark.crossed else f"，经{mark.name}附近（距约{mark.off_m:.0f}米）"


def _sides(stretch: Stretch) -> str:
    return f"左侧为{stretch.left}，右侧为{stretch.right}"


def _place(stop: Stop) -> str:
    return f"{stop.label}（{format_position(stop.lon, stop.lat)}）"


def describe_marker(marker: MarkerPlace) -> str:
    """Return the draft of where a marker stands and what is near it."""
    height = "" if marker.elevation_m is None else f"，高程{marker.elevation_m:.2f}米"
    text = (
        f"{marker.number}号界桩为{FORMS[marker.form]}{marker.material}界桩，"
        f"位于{'与'.join(marker.between)}接壤处（{format_position(marker.lon, marker.lat)}）{height}。"
    )
    near = [
        f"在坐标方位角{format_angle(azimuth)}，距离{distance:.1f}米处为{name}"
        for name, azimuth, distance in marker.references
    ]
    return text + "；".join(near) + ("。" if near else "")


def format_distance(metres: float) -> str:
    """Return metres below a kilometre, kilometres above."""
    return f"{metres:.0f}米" if metres < 999.5 else f"{metres / 1000:.2f}千米"


def format_position(lon: float, lat: float) -> str:
    """Return a position in degrees, minutes and seconds to a hundredth (0.3 m)."""
    east, north = ("东经" if lon >= 0 else "西经"), ("北纬" if lat >= 0 else "南纬")
    return f"{east}{format_angle(abs(lon), 2)}，{north}{format_angle(abs(lat), 2)}"


def format_angle(degrees: float, decimals: int = 0) -> str:
    """Return an angle in degrees, minutes and seconds; 59.999 seconds become the next minute."""
    step = 10**decimals
    units = round(degrees * 3600 * step)
    whole, rest = divmod(units, 3600 * step)
    minutes, seconds = divmod(rest, 60 * step)
    width = 2 if decimals == 0 else 3 + decimals
    return f"{whole}°{minutes:02d}′{seconds / step:0{width}.{decimals}f}″"
