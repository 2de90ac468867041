"""Tiles of the register as it stands today, for those who work on it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

FIRST_ZOOM = {3: 0, 4: 8, 5: 9}
PLACES_FROM = 10
DEEPEST_ZOOM = 16
_WORKING = text((Path(__file__).parent / "sql" / "working_tile.sql").read_text(encoding="utf-8"))


def get_working_tile(session: Session, zoom: int, x: int, y: int, on: dt.date) -> bytes:
    """Return a tile (not compressed) of the register at a date; empty where there is nothing.

    Polygons are simplified one by one here, so neighbours may part by less than a pixel; the tiles of a
    release do not.
    """
    levels = [level for level, first in FIRST_ZOOM.items() if zoom >= first]
    values = {
        "z": zoom,
        "x": x,
        "y": y,
        "on": on,
        "levels": levels,
        "places": zoom >= PLACES_FROM,
        # Half a pixel of a tile drawn 512 pixels wide, in degrees.
        "tolerance": 360.0 / 2**zoom / 1024,
    }
    return bytes(session.execute(_WORKING, values).scalar_one())
