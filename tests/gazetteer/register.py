"""A small register for tests: drawn on a text grid, written row by row as a first load would.

Each character of a picture is one square; the squares of one letter are one leaf unit. '.' is outside the
register, '~' is water that belongs to nobody. Rows go from north to south::

    aab
    acb
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from geoalchemy2.shape import from_shape
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from boundaries.area import area_m2
from boundaries.extract import extract
from boundaries.grid import snap, to_degrees
from gazetteer.changes.events import new_event
from gazetteer.models import (
    ArcRow,
    BoundaryLine,
    BoundaryLineState,
    Division,
    DivisionCode,
    DivisionName,
    DivisionShape,
    DivisionState,
    Face,
    Member,
    Node,
    NodePosition,
    PlaceName,
    PlaceNameState,
    User,
)

WATER = "~"
TYPES = {1: "省", 2: "市", 3: "区", 4: "镇", 5: "村"}
FIRST_DAY = dt.date(2019, 1, 1)


@dataclass(frozen=True)
class Unit:
    """One division: its key in the test, level, name, parent key and code; `geom` only for leaf units."""

    key: str
    level: int
    name: str
    parent: str | None = None
    code: str | None = None
    geom: BaseGeometry | None = None
    pinyin: str | None = None


@dataclass(frozen=True)
class Register:
    """What was written: ids of divisions and faces by key, arc ids, and the event."""

    ids: Mapping[str, uuid.UUID]
    faces: Mapping[str, int]
    arcs: tuple[int, ...]
    event_id: int
    user_id: uuid.UUID
    lines: Mapping[str, uuid.UUID] = field(default_factory=dict)


def draw(
    picture: str, west: float = 103.8, north: float = 30.5, cell: float = 0.01, bent: bool = False
) -> dict[str, BaseGeometry]:
    """Return the polygon (EPSG:4490 degrees, on the grid) of every letter of the picture.

    `bent` gives every line many vertices and swings it, the same for both neighbours.
    """
    rows = [line.strip() for line in picture.strip().splitlines()]
    squares: dict[str, list[Polygon]] = {}
    for j, row in enumerate(rows):
        for i, letter in enumerate(row):
            if letter != ".":
                corners = [(i, j), (i, j + 1), (i + 1, j + 1), (i + 1, j)]
                ring = [(west + x * cell, north - y * cell) for x, y in corners]
                squares.setdefault(letter, []).append(Polygon(to_degrees(snap(ring))))
    drawn = {letter: shapely.coverage_union_all(cells) for letter, cells in squares.items()}
    if not bent:
        return drawn
    return {letter: _bend(geom, cell) for letter, geom in drawn.items()}


def _bend(geom: BaseGeometry, cell: float) -> BaseGeometry:
    def swing(points: np.ndarray) -> np.ndarray:
        turns = points[:, ::-1] * (9.0 / cell)
        return to_degrees(snap(points + 0.06 * cell * np.sin(turns) + 0.004 * cell * np.sin(5.1 * turns)))

    return shapely.transform(shapely.segmentize(geom, cell / 40), swing)


def three_levels(picture: str, towns: Mapping[str, str], **grid: Any) -> list[Unit]:
    """Make a district of towns of villages: `towns` maps a town's name to the letters of its villages."""
    geoms = draw(picture, **grid)
    units = [Unit("district", 3, "试验区", None, "510132", pinyin="Shìyàn Qū")]
    for t, (town, letters) in enumerate(towns.items(), start=1):
        code = f"510132{99 + t}"
        units.append(Unit(town, 4, town, "district", code, pinyin=None))
        units += [
            Unit(letter, 5, f"{letter.upper()}村", town, f"{code}{200 + v}", geoms[letter])
            for v, letter in enumerate(letters, start=1)
        ]
    if WATER in geoms:
        units.append(Unit(WATER, 0, "", None, None, geoms[WATER]))
    return units


def build_register(
    session: Session,
    units: Sequence[Unit],
    since: dt.date = FIRST_DAY,
    places: Sequence[tuple[str, float, float]] = (),
    line: tuple[str, str, str] | None = None,
) -> Register:
    """Write the units, their lines, memberships and polygons under one `found` event; flushes, no commit.

    Parameters
    ----------
    units : sequence of Unit
        Parents before children; level 0 is water.
    places : sequence of (name, lon, lat)
    line : (name, key, key), optional
        A named boundary line that owns the arcs between the two leaf units.
    """
    user = User(login=f"loader-{uuid.uuid4().hex[:8]}", display_name="装载人", password_hash="-")
    session.add(user)
    session.flush()
    event = new_event(session, "found", since, "首次装载", user.id)
    dated = {"valid": Range(since, None), "recorded": Range(event.recorded_at, None), "event_id": event.id}
    ids = _divisions(session, units, dated)
    faces = _faces(session, units, ids, dated)
    lines = _line(session, line, ids, dated)
    arcs = _arcs(session, units, faces, dated, line, lines)
    _shapes(session, units, ids, since, event.id)
    for name, lon, lat in places:
        place = PlaceName(created_event=event.id)
        session.add(place)
        session.flush()
        geom = from_shape(shapely.Point(lon, lat), srid=4490)
        session.add(
            PlaceNameState(
                place_id=place.id, name=name, legal_category=1, geom=geom, class_name="山", **dated
            )
        )
    session.flush()
    return Register(ids, faces, arcs, event.id, user.id, lines)


def _divisions(session: Session, units: Sequence[Unit], dated: dict[str, object]) -> dict[str, uuid.UUID]:
    ids: dict[str, uuid.UUID] = {}
    for unit in units:
        if unit.level == 0:
            continue
        division = Division(level=unit.level, created_event=dated["event_id"])
        session.add(division)
        session.flush()
        ids[unit.key] = division.id
        session.add(DivisionState(division_id=division.id, type=TYPES[unit.level], **dated))
        session.add(DivisionName(division_id=division.id, name=unit.name, pinyin=unit.pinyin, **dated))
        if unit.code:
            session.add(DivisionCode(division_id=division.id, code=unit.code, **dated))
        if unit.parent:
            session.add(Member(child_id=division.id, parent_id=ids[unit.parent], **dated))
    session.flush()
    return ids


def _faces(
    session: Session, units: Sequence[Unit], ids: Mapping[str, uuid.UUID], dated: dict[str, object]
) -> dict[str, int]:
    faces: dict[str, int] = {}
    for unit in units:
        if unit.geom is None:
            continue
        face = Face(kind="unit" if unit.level else "water", created_event=dated["event_id"])
        session.add(face)
        session.flush()
        faces[unit.key] = face.id
        if unit.level:
            session.add(Member(face_id=face.id, parent_id=ids[unit.key], **dated))
    session.flush()
    return faces


def _line(
    session: Session,
    line: tuple[str, str, str] | None,
    ids: Mapping[str, uuid.UUID],
    dated: dict[str, object],
) -> dict[str, uuid.UUID]:
    if line is None:
        return {}
    name, left, right = line
    owner = BoundaryLine(level=5, created_event=dated["event_id"])
    session.add(owner)
    session.flush()
    session.add(
        BoundaryLineState(
            line_id=owner.id,
            name=name,
            left_id=ids[left],
            right_id=ids[right],
            legal_status="600001",
            **dated,
        )
    )
    return {name: owner.id}


def _arcs(
    session: Session,
    units: Sequence[Unit],
    faces: Mapping[str, int],
    dated: dict[str, object],
    line: tuple[str, str, str] | None,
    lines: Mapping[str, uuid.UUID],
) -> tuple[int, ...]:
    leaves = [unit for unit in units if unit.geom is not None]
    labels = np.array([faces[unit.key] for unit in leaves], dtype=np.int64)
    table = extract(np.array([unit.geom for unit in leaves], dtype=object), labels)
    nodes = [Node(created_event=dated["event_id"]) for _ in table.nodes]
    session.add_all(nodes)
    session.flush()
    for node, (x, y) in zip(nodes, table.nodes.tolist(), strict=True):
        session.add(NodePosition(node_id=node.id, x=x, y=y, **dated))
    owned = frozenset() if line is None else frozenset({faces[line[1]], faces[line[2]]})
    arcs = table.arcs()
    taken = session.scalars(
        text("SELECT nextval('arc_id_seq') FROM generate_series(1, :count)"), {"count": len(arcs)}
    )
    ids = sorted(taken)
    for arc_id, arc in zip(ids, arcs, strict=True):
        session.add(
            ArcRow(
                id=arc_id,
                version=1,
                start_node=nodes[arc.start_node - 1].id,
                end_node=nodes[arc.end_node - 1].id,
                left_face=arc.left,
                right_face=arc.right,
                line_id=lines[line[0]] if line and {arc.left, arc.right} == owned else None,
                geom=from_shape(shapely.linestrings(to_degrees(arc.points)), srid=4490),
                hash=arc.hash,
                **dated,
            )
        )
    session.flush()
    return tuple(ids)


def _shapes(
    session: Session, units: Sequence[Unit], ids: Mapping[str, uuid.UUID], since: dt.date, event_id: int
) -> None:
    for unit in units:
        if unit.level == 0:
            continue
        leaves = [u.geom for u in units if u.geom is not None and _within(u, unit, units)]
        union = shapely.coverage_union_all(leaves)
        geom = union if isinstance(union, MultiPolygon) else MultiPolygon([union])
        session.add(
            DivisionShape(
                division_id=ids[unit.key],
                valid=Range(since, None),
                level=unit.level,
                geom=from_shape(geom, srid=4490),
                area_m2=area_m2(geom),
                event_id=event_id,
            )
        )
    session.flush()


def _within(unit: Unit, top: Unit, units: Sequence[Unit]) -> bool:
    by_key = {u.key: u for u in units}
    while unit.key != top.key:
        if unit.parent is None:
            return False
        unit = by_key[unit.parent]
    return True
