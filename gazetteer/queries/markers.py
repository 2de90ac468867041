"""Markers 界桩 and tripoints 三交点 as people look them up: where, on which line, in which state."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from boundaries.grid import GRID
from gazetteer.errors import NotFound
from gazetteer.queries.chains import Link, find_links
from gazetteer.queries.pages import Page, parse_cursor, write_cursor

Box = tuple[float, float, float, float]

_MARKERS = """
    SELECT s.marker_id AS id, s.line_id, l.name AS line_name, s.number, s.letter, s.form, s.material,
        s.node_id AS node, coalesce(s.x, p.x) AS x, coalesce(s.y, p.y) AS y, s.elevation_m, s.accuracy_m,
        s.gnss, s.side_1_id, s.side_2_id, s.side_3_id, s.reference_objects, s.status, s.note,
        lower(s.valid) AS since, upper(s.valid) AS until
    FROM marker_state s
    LEFT JOIN node_position p ON p.node_id = s.node_id
        AND upper_inf(p.recorded)
        AND p.valid @> CAST(:on AS date)
    LEFT JOIN boundary_line_state l ON l.line_id = s.line_id
        AND upper_inf(l.recorded)
        AND l.valid @> CAST(:on AS date)
    WHERE upper_inf(s.recorded)
        AND s.valid @> CAST(:on AS date)
"""
_CONDITIONS = {
    "id": "AND s.marker_id = :id",
    "line": "AND s.line_id = :line",
    "division": "AND :division IN (s.side_1_id, s.side_2_id, s.side_3_id)",
    "status": "AND s.status = :status",
    "bbox": """AND coalesce(s.x, p.x) BETWEEN :west AND :east
        AND coalesce(s.y, p.y) BETWEEN :south AND :north""",
    "after": """AND (s.line_id, s.number COLLATE "C", s.letter, s.marker_id) > (CAST(:after_line AS uuid),
        :after_number COLLATE "C", :after_letter, CAST(:after_id AS uuid))""",
}
_PHOTOS = text(
    """
    SELECT f.id, f.marker_id, f.sha256, f.bytes, f.media_type, f.taken_on, f.note, f.uploaded_at,
        u.display_name
    FROM marker_photo f
    JOIN app_user u ON u.id = f.uploaded_by
    WHERE f.marker_id = ANY(CAST(:markers AS uuid[]))
    ORDER BY f.uploaded_at, f.id
    """
)
_PHOTO = text("SELECT sha256, media_type FROM marker_photo WHERE id = :photo AND marker_id = :marker")
_TRIPOINTS = text(
    """
    SELECT t.tripoint_id AS id, t.node_id AS node, p.x, p.y, t.name, t.side_1_id, t.side_2_id, t.side_3_id,
        t.agreement_no, t.agreement_date, lower(t.valid) AS since, upper(t.valid) AS until
    FROM tripoint_state t
    JOIN node_position p ON p.node_id = t.node_id
        AND upper_inf(p.recorded)
        AND p.valid @> CAST(:on AS date)
    WHERE t.node_id = ANY(CAST(:nodes AS bigint[]))
        AND upper_inf(t.recorded)
        AND t.valid @> CAST(:on AS date)
    ORDER BY t.name, t.tripoint_id
    """
)


@dataclass(frozen=True)
class MarkerFilter:
    """Which markers; None asks for all. `bbox`: west, south, east, north in degrees EPSG:4490."""

    on: dt.date
    line: uuid.UUID | None = None
    division: uuid.UUID | None = None
    status: str | None = None
    bbox: Box | None = None


@dataclass(frozen=True)
class PhotoView:
    """A photo of a marker."""

    id: uuid.UUID
    sha256: str
    bytes: int
    media_type: str
    taken_on: dt.date | None
    note: str | None
    uploaded_at: dt.datetime
    uploaded_by: str


@dataclass(frozen=True)
class MarkerView:
    """A marker on a day; x, y in 1e-9 degree, lon, lat in degrees (EPSG:4490)."""

    id: uuid.UUID
    line_id: uuid.UUID
    line_name: str | None
    number: str
    letter: str
    form: str
    material: str
    node: int | None
    x: int
    y: int
    lon: float
    lat: float
    elevation_m: float | None
    accuracy_m: float | None
    gnss: Mapping[str, Any] | None
    sides: tuple[Link, ...]
    references: tuple[Mapping[str, Any], ...]
    status: str
    note: str | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    photos: tuple[PhotoView, ...]


@dataclass(frozen=True)
class TripointView:
    """A tripoint on a day."""

    id: uuid.UUID
    node: int
    x: int
    y: int
    lon: float
    lat: float
    name: str
    sides: tuple[Link, ...]
    agreement_no: str | None
    agreement_date: dt.date | None
    valid_from: dt.date | None
    valid_to: dt.date | None


def list_markers(
    session: Session, wanted: MarkerFilter, *, limit: int = 50, cursor: str | None = None
) -> Page[MarkerView]:
    """Return a page of markers by line, number and letter."""
    values: dict[str, Any] = {"on": wanted.on, "limit": limit + 1}
    names = ("line", "division", "status")
    values |= {name: getattr(wanted, name) for name in names if getattr(wanted, name) is not None}
    asked = [name for name in names if name in values]
    if wanted.bbox is not None:
        west, south, east, north = (round(bound * GRID) for bound in wanted.bbox)
        values |= {"west": west, "south": south, "east": east, "north": north}
        asked.append("bbox")
    if cursor:
        line, number, letter, after_id = parse_cursor(cursor, uuid.UUID, str, str, uuid.UUID)
        values |= {"after_line": line, "after_number": number, "after_letter": letter, "after_id": after_id}
        asked.append("after")
    conditions = "\n".join(_CONDITIONS[name] for name in asked)
    order = 'ORDER BY s.line_id, s.number COLLATE "C", s.letter, s.marker_id LIMIT :limit'
    rows = session.execute(text(f"{_MARKERS} {conditions} {order}"), values).all()
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    key = (last.line_id, last.number, last.letter, last.id) if last else None
    return Page(tuple(_views(session, shown, wanted.on)), write_cursor(key) if key else None)


def find_line_markers(session: Session, line: uuid.UUID, on: dt.date) -> list[MarkerView]:
    """Return all markers of a line by number and letter."""
    query = f'{_MARKERS} {_CONDITIONS["line"]} ORDER BY s.number COLLATE "C", s.letter, s.marker_id'
    return _views(session, session.execute(text(query), {"line": line, "on": on}).all(), on)


def get_marker(session: Session, marker: uuid.UUID, on: dt.date) -> MarkerView:
    """Return a marker as it stands on a day; NotFound when there is none then."""
    rows = session.execute(text(f"{_MARKERS} {_CONDITIONS['id']}"), {"id": marker, "on": on}).all()
    if not rows:
        raise NotFound(f"没有此界桩：{marker}。", f"There is no marker {marker}.")
    return _views(session, rows, on)[0]


def get_photo(session: Session, marker: uuid.UUID, photo: uuid.UUID) -> tuple[str, str]:
    """Return hash and media type of a photo; NotFound when the marker has no such photo."""
    row = session.execute(_PHOTO, {"marker": marker, "photo": photo}).one_or_none()
    if row is None:
        raise NotFound("该界桩没有此照片。", "The marker has no such photo.")
    return row.sha256, row.media_type


def find_photos(session: Session, markers: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[PhotoView, ...]]:
    """Return the photos of markers in the order they were uploaded."""
    found: dict[uuid.UUID, list[PhotoView]] = defaultdict(list)
    if markers:
        for row in session.execute(_PHOTOS, {"markers": list(markers)}):
            found[row.marker_id].append(
                PhotoView(
                    id=row.id,
                    sha256=row.sha256,
                    bytes=row.bytes,
                    media_type=row.media_type,
                    taken_on=row.taken_on,
                    note=row.note,
                    uploaded_at=row.uploaded_at,
                    uploaded_by=row.display_name,
                )
            )
    return {marker: tuple(photos) for marker, photos in found.items()}


def find_tripoints(session: Session, nodes: Collection[int], on: dt.date) -> list[TripointView]:
    """Return the tripoints on nodes."""
    rows = session.execute(_TRIPOINTS, {"nodes": list(nodes), "on": on}).all()
    links = find_links(session, _sides(rows), on) if rows else {}
    return [
        TripointView(
            id=row.id,
            node=row.node,
            x=row.x,
            y=row.y,
            lon=row.x / GRID,
            lat=row.y / GRID,
            name=row.name,
            sides=_links(links, row),
            agreement_no=row.agreement_no,
            agreement_date=row.agreement_date,
            valid_from=row.since,
            valid_to=row.until,
        )
        for row in rows
    ]


def _views(session: Session, rows: Sequence[Row[Any]], on: dt.date) -> list[MarkerView]:
    if not rows:
        return []
    links = find_links(session, _sides(rows), on)
    photos = find_photos(session, [row.id for row in rows])
    return [
        MarkerView(
            id=row.id,
            line_id=row.line_id,
            line_name=row.line_name,
            number=row.number,
            letter=row.letter,
            form=row.form,
            material=row.material,
            node=row.node,
            x=row.x,
            y=row.y,
            lon=row.x / GRID,
            lat=row.y / GRID,
            elevation_m=row.elevation_m,
            accuracy_m=row.accuracy_m,
            gnss=row.gnss,
            sides=_links(links, row),
            references=tuple(row.reference_objects),
            status=row.status,
            note=row.note,
            valid_from=row.since,
            valid_to=row.until,
            photos=photos.get(row.id, ()),
        )
        for row in rows
    ]


def _sides(rows: Sequence[Row[Any]]) -> set[uuid.UUID]:
    sides = {side for row in rows for side in (row.side_1_id, row.side_2_id, row.side_3_id)}
    return {side for side in sides if side is not None}


def _links(links: Mapping[uuid.UUID, Link], row: Row[Any]) -> tuple[Link, ...]:
    return tuple(links[side] for side in (row.side_1_id, row.side_2_id, row.side_3_id) if side in links)
