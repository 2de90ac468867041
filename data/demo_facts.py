"""The facts of the demo district, read from demo_facts.json; all real but those marked 示意."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FACTS = Path(__file__).with_name("demo_facts.json")


@dataclass(frozen=True)
class Unit:
    """A division of one edition. `code` has 6, 9 or 12 digits; `parent` is the code of the parent."""

    code: str
    name: str
    pinyin: str
    type: str
    parent: str
    remark: str = ""


@dataclass(frozen=True)
class Edition:
    """All divisions of one edition."""

    district: Unit
    towns: tuple[Unit, ...]
    villages: tuple[Unit, ...]

    def name_of(self, code: str) -> str:
        """Return the name of the district or town with this code."""
        return next(unit.name for unit in (self.district, *self.towns) if unit.code == code)


@dataclass(frozen=True)
class Link:
    """A unit of 2019 (code) that became, or became part of, a unit of 2020 (code), and why we say so."""

    old: str
    new: str
    basis: str


@dataclass(frozen=True)
class Facts:
    """Everything that is given. `outline` is an open ring of (lon, lat), EPSG:4490."""

    sources: tuple[dict[str, str], ...]
    outline: tuple[tuple[float, float], ...]
    town_points: dict[str, tuple[float, float]]
    neighbours: tuple[dict[str, Any], ...]
    before: Edition
    after: Edition
    town_links: tuple[Link, ...]
    village_links: tuple[Link, ...]
    place_names: tuple[dict[str, Any], ...]


def read_facts(path: Path = FACTS) -> Facts:
    """Read the facts of the demo district."""
    given = json.loads(path.read_text(encoding="utf-8"))
    return Facts(
        sources=tuple(given["sources"]),
        outline=tuple((lon, lat) for lon, lat in given["outline"]),
        town_points={name: (lon, lat) for name, (lon, lat) in given["town_points"].items()},
        neighbours=tuple(given["neighbours"]),
        before=_edition(given["editions"]["2019"]),
        after=_edition(given["editions"]["2020"]),
        town_links=tuple(Link(row["from"], row["to"], row["basis"]) for row in given["links"]["towns"]),
        village_links=tuple(Link(row["from"], row["to"], row["basis"]) for row in given["links"]["villages"]),
        place_names=tuple(given["place_names"]),
    )


def _edition(given: dict[str, Any]) -> Edition:
    return Edition(
        Unit(**given["district"]),
        tuple(Unit(**row) for row in given["towns"]),
        tuple(Unit(**row) for row in given["villages"]),
    )
