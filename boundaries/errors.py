"""Errors and faults of plain geometry: a code, a Chinese and an English sentence, fields for a machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning"]


class BoundaryError(Exception):
    """A rule of the geometry or of a file is broken.

    Parameters
    ----------
    code : str
        Stable snake_case name of the rule.
    zh, en : str
        One sentence for a person, in Chinese and in English.
    **fields
        Values for a machine; they must be JSON serialisable.
    """

    def __init__(self, code: str, zh: str, en: str, **fields: Any) -> None:
        super().__init__(f"{zh} {en}")
        self.code = code
        self.zh = zh
        self.en = en
        self.fields: dict[str, Any] = fields


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a geometry, with its place.

    ``lon`` and ``lat`` are degrees (EPSG:4490), ``area_m2`` square metres on the CGCS2000 ellipsoid,
    ``width_m`` metres; each is None where it has no meaning. ``labels`` name the divisions or rows concerned.
    """

    code: str
    severity: Severity
    zh: str
    en: str
    lon: float | None = None
    lat: float | None = None
    area_m2: float | None = None
    width_m: float | None = None
    labels: tuple[str, ...] = ()
