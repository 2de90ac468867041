"""Rebuilding the stored polygons of divisions from the lines around them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import shapely
from shapely import MultiPolygon
from sqlalchemy.orm import Session

from boundaries.area import areas_m2
from boundaries.outline import BorderChange, mend_outlines
from boundaries.rebuild import build_polygon
from gazetteer.models import Event
from gazetteer.queries.chains import find_faces_within
from gazetteer.queries.direct import DirectQuery
from gazetteer.queries.subgraph import StoredShape, load_outline

_LOCK = DirectQuery(
    """
    SELECT id
    FROM division
    WHERE id = ANY(CAST(:ids AS uuid[]))
    ORDER BY level DESC, id
    FOR NO KEY UPDATE
    """
)
_PUT = DirectQuery(
    """
    WITH cut AS (
        UPDATE division_shape
        SET valid = daterange(lower(valid), CAST(:since AS date))
        WHERE division_id = ANY(CAST(:ids AS uuid[]))
            AND valid @> CAST(:since AS date)
            AND (lower_inf(valid) OR lower(valid) < CAST(:since AS date))
        RETURNING division_id
    ), put AS (
        SELECT *
        FROM unnest(CAST(:ids AS uuid[]), CAST(:wkbs AS bytea[]), CAST(:areas AS double precision[]))
            AS built(id, wkb, area_m2)
        LEFT JOIN cut ON cut.division_id = built.id
    )
    INSERT INTO division_shape (division_id, valid, level, geom, area_m2, event_id)
    SELECT division.id, daterange(CAST(:since AS date), NULL), division.level,
        ST_GeomFromWKB(put.wkb, 4490), put.area_m2, CAST(:event AS bigint)
    FROM put
    JOIN division ON division.id = put.id
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
    _LOCK.rows(session, ids=list(divisions))


def rebuild_shapes(
    session: Session,
    divisions: Collection[uuid.UUID],
    event: Event,
    since: dt.date,
    known: Mapping[uuid.UUID, MultiPolygon] = MappingProxyType({}),
) -> dict[uuid.UUID, Shape]:
    """Build the polygons of `divisions` anew from `since` on and store them.

    Lock the divisions first: another edit of the same parent may just have moved another of its lines.

    Parameters
    ----------
    known : mapping of UUID to MultiPolygon
        What is known already: a village whose one face was built when the change was judged, a parent whose
        outline was mended (``mended_shapes``). The others are built from all their lines.
    """
    geoms = {division: known[division] for division in divisions if division in known}
    unknown = set(divisions) - geoms.keys()
    faces_of = find_faces_within(session, unknown, since) if unknown else {}
    for division, faces in faces_of.items():
        geoms[division] = build_polygon(load_outline(session, faces, since), faces)
    areas = areas_m2(np.array([*geoms.values(), None], dtype=object)).tolist()
    built = {i: Shape(geom, area) for (i, geom), area in zip(geoms.items(), areas[:-1], strict=True)}
    _put(session, built, event, since)
    return built


def mended_shapes(
    shapes: Mapping[uuid.UUID, StoredShape], borders: Mapping[uuid.UUID, BorderChange]
) -> dict[uuid.UUID, MultiPolygon]:
    """Return the new polygons of divisions from their stored ones and what changes on their outlines.

    One whose stored polygon does not fit the change, or would come out invalid, is left out: it is then
    built from all its lines.
    """
    drawn = [
        (division, stored.geom, border)
        for division, border in borders.items()
        if (stored := shapes.get(division)) is not None and stored.geom is not None
    ]
    mended = mend_outlines([geom for _, geom, _ in drawn], [border for _, _, border in drawn])
    return {division: geom for (division, _, _), geom in zip(drawn, mended, strict=True) if geom is not None}


def _put(session: Session, built: Mapping[uuid.UUID, Shape], event: Event, since: dt.date) -> None:
    if built:
        _PUT.rows(
            session,
            ids=list(built),
            wkbs=list(shapely.to_wkb([shape.geom for shape in built.values()])),
            areas=[shape.area_m2 for shape in built.values()],
            event=event.id,
            since=since,
        )
