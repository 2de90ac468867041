"""A box written as west,south,east,north."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema


def _check(text: str) -> str:
    parse_box(text)
    return text


def parse_box(text: str) -> tuple[float, float, float, float]:
    """Return west, south, east, north in degrees; ValueError says what is wrong."""
    parts = text.split(",")
    if len(parts) != 4:
        raise ValueError("four numbers are expected: west,south,east,north 应为四个数字")
    west, south, east, north = (float(part) for part in parts)
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ValueError("west < east and south < north, in degrees 应为经纬度，西<东，南<北")
    return west, south, east, north


BoxText = Annotated[
    str,
    Field(max_length=200, description="west,south,east,north in degrees (EPSG:4490)"),
    AfterValidator(_check),
    WithJsonSchema({"type": "string", "examples": ["103.7,30.3,103.9,30.5"]}),
]
