"""The course of a boundary line as the register knows it: pieces, directions, markers, neighbours, names."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.arcs import OUTSIDE, Arc
from boundaries.course import Chain, distances_m, find_legs, join_arcs, length_m, locate
from boundaries.grid import GRID, IntArray, snap, to_degrees
from gazetteer.queries.chains import Link, find_face_chains
from gazetteer.queries.lines import LineView
from gazetteer.queries.markers import MarkerView, TripointView, find_line_markers, find_tripoints
from gazetteer.queries.subgraph import load_line_arcs
from gazetteer.rules.course_text import (
    Landmark,
    MarkerPlace,
    Piece,
    Stop,
    Stretch,
    describe_marker,
    write_course,
)
from gazetteer.rules.lines import FOLLOWS

_ON_LINE_M = 5.0
"""A marker this near to a line stands on the way."""
_METRES_A_DEGREE = 111_320.0
_NEAR = text(
    """
    SELECT DISTINCT n.place_id, n.name, ST_AsBinary(n.geom) AS wkb
    FROM arc a
    JOIN place_name_state n ON n.geom && ST_Expand(a.geom, :near_deg)
        AND ST_DWithin(n.geom, a.geom, :near_deg)
        AND upper_inf(n.recorded)
        AND n.valid @> CAST(:on AS date)
    WHERE a.line_id = :line
        AND upper_inf(a.recorded)
        AND a.valid @> CAST(:on AS date)
    ORDER BY n.name, n.place_id
    """
)


@dataclass(frozen=True)
class LineArc:
    """An arc of a line with the lowest divisions on its sides (None: nobody, or outside)."""

    id: int
    hash: str
    start_node: int
    end_node: int
    left: Link | None
    right: Link | None
    length_m: float


@dataclass(frozen=True)
class LineParts:
    """What a line is made of on a day."""

    arcs: tuple[LineArc, ...]
    geometry: dict[str, Any]
    """GeoJSON MultiLineString, EPSG:4490, nine decimals."""
    bbox: tuple[float, float, float, float] | None
    markers: tuple[MarkerView, ...]
    tripoints: tuple[TripointView, ...]


@dataclass(frozen=True)
class Course:
    """The draft of the course of a line, and what it was drafted from."""

    text: str
    length_m: float
    pieces: tuple[Piece, ...]


def load_parts(session: Session, line: LineView, on: dt.date) -> LineParts:
    """Return the arcs, markers and tripoints of a line."""
    arcs = load_line_arcs(session, [line.id], on)
    chains = find_face_chains(session, {face for arc in arcs for face in (arc.left, arc.right)}, on)
    nodes = {node for arc in arcs for node in (arc.start_node, arc.end_node)}
    shape = shapely.MultiLineString([to_degrees(chain.points) for chain in _chains(arcs)])
    return LineParts(
        arcs=tuple(_part(arc, chains) for arc in arcs),
        geometry={"type": "MultiLineString", "coordinates": [_coordinates(p) for p in shape.geoms]},
        bbox=shape.bounds if arcs else None,
        markers=tuple(find_line_markers(session, line.id, on)),
        tripoints=tuple(find_tripoints(session, nodes, on)),
    )


def draft_course(
    session: Session, line: LineView, on: dt.date, *, tolerance_m: float, near_m: float
) -> Course:
    """Draft the course of a line.

    Parameters
    ----------
    tolerance_m : float
        Bends smaller than this are passed over.
    near_m : float
        Named places up to this far from the line are mentioned.
    """
    arcs = load_line_arcs(session, [line.id], on)
    faces = {face for arc in arcs for face in (arc.left, arc.right)}
    chains = find_face_chains(session, faces, on)
    nodes = {node for arc in arcs for node in (arc.start_node, arc.end_node)}
    markers = find_line_markers(session, line.id, on)
    tripoints = find_tripoints(session, nodes, on)
    places = _places_near(session, line.id, arcs, on, near_m)
    pieces = tuple(
        Piece(
            legs=find_legs(chain.points, tolerance_m),
            stops=_stops(chain, markers, tripoints),
            landmarks=_landmarks(chain, places, near_m),
            stretches=_stretches(chain, arcs, chains, line),
            closed=chain.closed,
        )
        for chain in _chains(arcs)
    )
    sides = [side.name for side in (line.left, line.right) if side is not None]
    follows = FOLLOWS[line.follows] if line.follows else None
    written = write_course(line.name, sides, follows, pieces) if pieces else ""
    return Course(written, sum(piece.length_m for piece in pieces), pieces)


def describe_place(session: Session, marker: MarkerView, on: dt.date) -> str:
    """Draft where a marker stands: between which villages, and its reference objects."""
    arcs = load_line_arcs(session, [marker.line_id], on)
    place = (marker.x, marker.y)
    near = [arc for arc in arcs if marker.node is not None and marker.node in (arc.start_node, arc.end_node)]
    if not near and arcs:
        near = [min(arcs, key=lambda arc: locate(arc.points, place)[1])]
    faces = {face for arc in near for face in (arc.left, arc.right)} - {OUTSIDE}
    chains = find_face_chains(session, faces, on)
    beside = [_full_name(chains[face]) for face in sorted(faces) if chains[face]]
    inner = {link.id for links in chains.values() for link in links}
    beside += [side.name for side in marker.sides if side.id not in inner]
    return describe_marker(
        MarkerPlace(
            number=marker.number + ("" if marker.letter == "Q" else marker.letter),
            form=marker.form,
            material=marker.material,
            between=beside or [side.name for side in marker.sides],
            lon=marker.lon,
            lat=marker.lat,
            elevation_m=marker.elevation_m,
            references=[(r["name"], r["azimuth_deg"], r["distance_m"]) for r in marker.references],
        )
    )


def _chains(arcs: Sequence[Arc]) -> list[Chain]:
    return join_arcs([arc.points for arc in arcs])


def _part(arc: Arc, chains: Mapping[int, tuple[Link, ...]]) -> LineArc:
    left, right = (next(iter(chains[face]), None) for face in (arc.left, arc.right))
    return LineArc(arc.id, arc.hash, arc.start_node, arc.end_node, left, right, length_m(arc.points))


def _coordinates(line: BaseGeometry) -> list[list[float]]:
    return [[round(x, 9), round(y, 9)] for x, y in shapely.get_coordinates(line).tolist()]


def _stops(
    chain: Chain, markers: Collection[MarkerView], tripoints: Collection[TripointView]
) -> tuple[Stop, ...]:
    """Return the ends of a chain with the markers and tripoints on it, in order."""
    length = float(distances_m(chain.points)[-1])
    found = [Stop(0.0, "起点", *_degrees(chain, 0)), Stop(length, "终点", *_degrees(chain, -1))]
    named = [((t.x, t.y), f"三交点“{t.name}”") for t in tripoints]
    named += [((m.x, m.y), f"{m.number}{'' if m.letter == 'Q' else m.letter}号界桩") for m in markers]
    for place, label in named:
        along, off = locate(chain.points, place)
        if off > _ON_LINE_M:
            continue
        end = next((i for i, stop in enumerate(found[:2]) if abs(stop.along_m - along) < _ON_LINE_M), None)
        if end is None:
            found.append(Stop(along, label, place[0] / GRID, place[1] / GRID))
        elif found[end].label in ("起点", "终点"):
            found[end] = Stop(found[end].along_m, label, found[end].lon, found[end].lat)
    return (found[0], *sorted(found[2:], key=lambda stop: (stop.along_m, stop.label)), found[1])


def _degrees(chain: Chain, end: int) -> tuple[float, float]:
    lon, lat = to_degrees(chain.points[end]).tolist()
    return lon, lat


def _stretches(
    chain: Chain, arcs: Sequence[Arc], chains: Mapping[int, tuple[Link, ...]], line: LineView
) -> tuple[Stretch, ...]:
    """Return who lies on either side along a chain; neighbours of the same names are one stretch."""
    found: list[Stretch] = []
    start = 0.0
    for index, backwards in chain.arcs:
        arc = arcs[index]
        end = start + length_m(arc.points)
        left, right = (_side_name(face, chains, line) for face in (arc.left, arc.right))
        if backwards:
            left, right = right, left
        if found and (found[-1].left, found[-1].right) == (left, right):
            found[-1] = Stretch(found[-1].start_m, end, left, right)
        else:
            found.append(Stretch(start, end, left, right))
        start = end
    return tuple(found)


def _side_name(face: int, chains: Mapping[int, tuple[Link, ...]], line: LineView) -> str:
    if chains.get(face):
        return _full_name(chains[face])
    inner = {link.id for links in chains.values() for link in links}
    beyond = [side.name for side in (line.left, line.right) if side is not None and side.id not in inner]
    return beyond[0] if face == OUTSIDE and beyond else "区外" if face == OUTSIDE else "水域"


def _full_name(links: Sequence[Link]) -> str:
    """Return the names of a chain from the town down."""
    return "".join(link.name for link in reversed(links) if link.level >= 4) or links[0].name


def _places_near(
    session: Session, line: uuid.UUID, arcs: Sequence[Arc], on: dt.date, near_m: float
) -> list[tuple[str, BaseGeometry]]:
    if not arcs:
        return []
    highest = max(abs(int(arc.points[:, 1].max())) for arc in arcs) / GRID
    near_deg = near_m / (_METRES_A_DEGREE * max(math.cos(math.radians(highest)), 0.01))
    rows = session.execute(_NEAR, {"line": line, "on": on, "near_deg": near_deg})
    return [(row.name, shapely.from_wkb(bytes(row.wkb))) for row in rows]


def _landmarks(
    chain: Chain, places: Sequence[tuple[str, BaseGeometry]], near_m: float
) -> tuple[Landmark, ...]:
    line = shapely.LineString(to_degrees(chain.points))
    found = [mark for name, geom in places if (mark := _landmark(chain.points, line, name, geom, near_m))]
    return tuple(sorted(found, key=lambda mark: (mark.along_m, mark.name)))


def _landmark(
    points: IntArray, line: shapely.LineString, name: str, geom: BaseGeometry, near_m: float
) -> Landmark | None:
    crossed = geom.geom_type not in ("Point", "MultiPoint") and bool(line.intersects(geom))
    if crossed:
        meeting = shapely.get_coordinates(line.intersection(geom))
        along = min(locate(points, place)[0] for place in snap(meeting).tolist())
        return Landmark(along, name, 0.0, True)
    foot = shapely.get_coordinates(shapely.shortest_line(geom, line))[0]
    along, off = locate(points, snap([foot])[0].tolist())
    return Landmark(along, name, off, False) if off <= near_m else None
