"""CGCS2000 3-degree Gauss-Krueger zones: their EPSG codes, and what the values of a file say about them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

FIRST_ZONE = 25
LAST_ZONE = 45
ZONE_EPSG = range(4513, 4534)
MERIDIAN_EPSG = range(4534, 4555)
ACCEPTED = frozenset(ZONE_EPSG) | frozenset(MERIDIAN_EPSG)
SIX_DEGREE_ZONES = range(13, 24)

FALSE_EASTING_M = 500_000.0
MILLION = 1_000_000.0
# The land of China with a wide margin; enough to tell longitude from latitude and degrees from metres.
LON_DEG = (70.0, 140.0)
LAT_DEG = (0.0, 56.0)
NORTHING_M = (100_000.0, 6_300_000.0)

ValueKind = Literal["degrees", "zone", "meridian", "six_degree", "unknown"]


@dataclass(frozen=True)
class Values:
    """What an extent looks like: degrees, metres with a zone prefix, metres without one, or neither.

    ``zone`` is the prefix (25-45, or 13-23 for six-degree zones) where there is one; ``swapped`` is True when
    it only makes sense with x and y exchanged.
    """

    kind: ValueKind
    zone: int | None = None
    swapped: bool = False


def epsg_of_zone(zone: int) -> int:
    """Return the code whose eastings carry the prefix `zone` (25-45)."""
    return ZONE_EPSG[zone - FIRST_ZONE]


def epsg_of_meridian(meridian_deg: int) -> int:
    """Return the code of a central meridian (75, 78 ... 135 degrees), eastings without prefix."""
    return MERIDIAN_EPSG[(meridian_deg - 75) // 3]


def zone_of(epsg: int) -> int:
    """Return the zone number (25-45) of either kind of code."""
    codes = ZONE_EPSG if epsg in ZONE_EPSG else MERIDIAN_EPSG
    return FIRST_ZONE + codes.index(epsg)


def without_prefix(epsg: int) -> int:
    """Return the code of the same zone whose eastings carry no prefix."""
    return epsg_of_meridian(zone_of(epsg) * 3)


def find_epsg(meridian_deg: float, false_easting_m: float) -> int | None:
    """Return the code with this central meridian and false easting, or None."""
    zone, rest = divmod(meridian_deg, 3.0)
    if rest != 0.0 or not FIRST_ZONE <= zone <= LAST_ZONE:
        return None
    if false_easting_m == FALSE_EASTING_M:
        return epsg_of_meridian(int(meridian_deg))
    if false_easting_m == zone * MILLION + FALSE_EASTING_M:
        return epsg_of_zone(int(zone))
    return None


def classify(bounds: Sequence[float]) -> Values:
    """Say what kind of numbers an extent (minx, miny, maxx, maxy) holds."""
    minx, miny, maxx, maxy = bounds
    if not all(math.isfinite(value) for value in bounds):
        return Values("unknown")
    straight = _classify_straight(minx, miny, maxx, maxy)
    if straight.kind != "unknown":
        return straight
    turned = _classify_straight(miny, minx, maxy, maxx)
    return Values(turned.kind, turned.zone, swapped=turned.kind != "unknown")


def _classify_straight(minx: float, miny: float, maxx: float, maxy: float) -> Values:
    if _within(minx, maxx, LON_DEG) and _within(miny, maxy, LAT_DEG):
        return Values("degrees")
    if not _within(miny, maxy, NORTHING_M):
        return Values("unknown")
    if _within(minx, maxx, (0.0, MILLION)):
        return Values("meridian")
    zone = int(minx // MILLION)
    if zone != maxx // MILLION:
        return Values("unknown")
    if FIRST_ZONE <= zone <= LAST_ZONE:
        return Values("zone", zone)
    return Values("six_degree", zone) if zone in SIX_DEGREE_ZONES else Values("unknown")


def _within(low: float, high: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= low and high <= limits[1]
