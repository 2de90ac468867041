"""Boundary lines 界线, their markers 界桩 and tripoints 三交点 as values."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Place = tuple[int, int]
"""Grid integers of 1e-9 degree, EPSG:4490: x (longitude), y (latitude)."""


@dataclass(frozen=True, slots=True)
class Line:
    """A boundary line 界线 and the two divisions it parts (at its level); None is the outside or nobody.

    Parameters
    ----------
    id : str
        UUID as text, as `Arc.line` names it.
    legal_status : str
        JXXZ: 600001 已定界, 600002 未定界, 600003 争议界, 600004 工作界, 600009 其他.
    follows : str or None
        A code of ``gazetteer.rules.lines.FOLLOWS``.
    line_type : str or None
        JXLX; None is the type of its level.
    accuracy_m : float or None
        Largest error of position.
    course : str or None
        The text of the course 走向说明 as a person left it.
    elsewhere : bool
        The line also owns arcs that are not in the graph it was loaded with.
    """

    id: str
    level: int
    name: str
    left: uuid.UUID | None
    right: uuid.UUID | None
    legal_status: str = "600004"
    follows: str | None = None
    agreement_no: str | None = None
    line_type: str | None = None
    agreement_date: dt.date | None = None
    agreement_clause: str | None = None
    survey_date: dt.date | None = None
    accuracy_m: float | None = None
    course: str | None = None
    elsewhere: bool = False

    @property
    def basis(self) -> tuple[object, ...]:
        """What the line stands on in law: two lines with the same basis may become one."""
        return (
            self.legal_status,
            self.follows,
            self.agreement_no,
            self.agreement_date,
            self.agreement_clause,
        )

    @property
    def sides(self) -> frozenset[uuid.UUID]:
        """The divisions it parts."""
        return frozenset(side for side in (self.left, self.right) if side is not None)


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference object 方位物 of a marker: azimuth in degrees from grid north, distance in metres."""

    name: str
    azimuth_deg: float
    distance_m: float


@dataclass(frozen=True, slots=True)
class Marker:
    """A boundary marker 界桩: on a node of the lines, or at a place of its own.

    Parameters
    ----------
    letter : str
        Q single; A, B of a pair with one number; C, D, E of three.
    form : str
        single_two 单立双面, single_three 单立三面, double 同号双立, triple 同号三立.
    node : int or None
        The node it stands on; it then moves with it.
    place : (x, y)
        Grid integers; the position of the node when it has one.
    elevation_m, accuracy_m : float or None
        Height 1985国家高程, error of the position.
    gnss : mapping or None
        Evidence of the survey as the instrument gave it.
    sides : tuple of UUID
        The two or three divisions it names.
    """

    id: uuid.UUID
    line: str
    number: str
    letter: str
    form: str
    material: str
    node: int | None
    place: Place
    sides: tuple[uuid.UUID, ...]
    elevation_m: float | None = None
    accuracy_m: float | None = None
    gnss: Mapping[str, Any] | None = None
    references: tuple[Reference, ...] = ()
    status: str = "standing"
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Tripoint:
    """A node where three divisions meet 三交点, with the agreement of the three."""

    id: uuid.UUID
    node: int
    name: str
    sides: tuple[uuid.UUID, ...]
    agreement_no: str | None = None
    agreement_date: dt.date | None = None
