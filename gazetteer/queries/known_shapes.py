"""Polygons of divisions as they were known at a moment, built from the dated lines and memberships.

The stored polygons are a cache of what is known now; of the past nothing is cached.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shapely.geometry import MultiPolygon
from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.arcs import Arc
from boundaries.area import areas_m2
from boundaries.overlay import as_array
from boundaries.rebuild import build_polygon, build_polygons, table_of
from gazetteer.queries.chains import find_faces_within
from gazetteer.queries.stand import When
from gazetteer.queries.subgraph import load_outline, load_subgraph

_LEVELS = text("SELECT id, level FROM division WHERE id = ANY(:ids)")


@dataclass(frozen=True)
class KnownShape:
    """A polygon on the grid (EPSG:4490 degrees) and its ellipsoidal area."""

    geom: MultiPolygon
    area_m2: float


def find_known_shapes(
    session: Session, divisions: Collection[uuid.UUID], on: When
) -> dict[uuid.UUID, KnownShape]:
    """Build the polygons of divisions at a day, as known now or at a moment; those without land are missing.

    Three statements, whatever the number of divisions.
    """
    faces = {d: found for d, found in find_faces_within(session, divisions, on).items() if found}
    if len(faces) == 1:
        ((division, inside),) = faces.items()
        geoms = {division: build_polygon(load_outline(session, inside, on), inside)}
    else:
        arcs = list(load_subgraph(session, frozenset().union(*faces.values()), on).subgraph.arcs.values())
        geoms = _build(_by_level(session, faces), faces, arcs)
    drawn = {division: geom for division, geom in geoms.items() if not geom.is_empty}
    areas = areas_m2(as_array(list(drawn.values()))).tolist()
    return {d: KnownShape(geom, area) for (d, geom), area in zip(drawn.items(), areas, strict=True)}


def _by_level(session: Session, divisions: Collection[uuid.UUID]) -> list[list[uuid.UUID]]:
    """Return the divisions level by level: those of one level never share a face."""
    found: dict[int, list[uuid.UUID]] = defaultdict(list)
    for row in session.execute(_LEVELS, {"ids": list(divisions)}):
        found[row.level].append(row.id)
    return list(found.values())


def _build(
    levels: Sequence[Sequence[uuid.UUID]],
    faces: Mapping[uuid.UUID, Collection[int]],
    arcs: Sequence[Arc],
) -> dict[uuid.UUID, MultiPolygon]:
    geoms: dict[uuid.UUID, MultiPolygon] = {}
    if not arcs:
        return geoms
    table = table_of(arcs)
    for ids in levels:
        group = {face: i for i, division in enumerate(ids) for face in faces[division]}
        geoms |= zip(ids, build_polygons(table, group, len(ids)).tolist(), strict=True)
    return geoms
