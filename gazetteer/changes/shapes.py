"""Rebuilding the stored polygons of divisions from the lines around them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiPolygon
from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.area import areas_m2
from boundaries.rebuild import build_polygon
from gazetteer.models import Event
from gazetteer.queries.chains import find_faces_within
from gazetteer.queries.subgraph import load_outline

_LOCK = text("SELECT id FROM division WHERE id = ANY(:ids) ORDER BY level DESC, id FOR NO KEY UPDATE")
_CUT = text(
    """
    UPDATE division_shape
    SET valid = daterange(lower(valid), :since)
    WHERE division_id = ANY(:ids)
        AND valid @> CAST(:since AS date)
        AND (lower_inf(valid) OR lower(valid) < :since)
    """
)
_PUT = text(
    """
    INSERT INTO division_shape (division_id, valid, level, geom, area_m2, event_id)
    SELECT id, daterange(:since, NULL), level, ST_GeomFromWKB(:wkb, 4490), :area_m2, :event
    FROM division
    WHERE id = :id
    ON CONFLICT (division_id, valid) DO UPDATE
    SET geom = EXCLUDED.geom, area_m2 = EXCLUDED.area_m2, event_id = EXCLUDED.event_id
    """
)


@dataclass(frozen=True)
class Shape:
    """A polygon of a division on the grid (EPSG:4490) and its ellipsoidal area."""

    geom: MultiPolygon
    area_m2: float


def lock_divisions(session: Session, divisions: Collection[uuid.UUID]) -> None:
    """Hold the divisions until the transaction ends: the lowest level first, then by id."""
    session.execute(_LOCK, {"ids": list(divisions)}).all()


def rebuild_shapes(
    session: Session, divisions: Collection[uuid.UUID], event: Event, since: dt.date
) -> dict[uuid.UUID, Shape]:
    """Build the polygons of `divisions` anew from `since` on and store them.

    Lock the divisions first: another edit of the same parent may just have moved another of its lines.
    """
    geoms = {
        division: build_polygon(load_outline(session, faces, since), faces)
        for division, faces in find_faces_within(session, divisions, since).items()
    }
    areas = areas_m2(np.array([*geoms.values(), None], dtype=object)).tolist()
    built = {i: Shape(geom, area) for (i, geom), area in zip(geoms.items(), areas[:-1], strict=True)}
    session.execute(_CUT, {"ids": list(built), "since": since})
    values = [
        {"id": i, "since": since, "wkb": shapely.to_wkb(s.geom), "area_m2": s.area_m2, "event": event.id}
        for i, s in built.items()
    ]
    if values:
        session.execute(_PUT, values)
    return built
