"""Storing the polygons that a change of the register leaves behind: built, mended, or ended."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from functools import cache

from shapely import MultiPolygon
from sqlalchemy.orm import Session

from boundaries.outline import border_changes
from gazetteer.changes.dated import Moment
from gazetteer.changes.shapes import mended_shapes, rebuild_shapes
from gazetteer.engine.difference import RegisterChange
from gazetteer.engine.register_state import RegisterState
from gazetteer.models import Event
from gazetteer.queries.direct import DirectQuery
from gazetteer.queries.register_state import StoredState
from gazetteer.queries.subgraph import find_shapes

_END_SHAPES = DirectQuery(
    """
    WITH gone AS (
        DELETE FROM division_shape
        WHERE division_id = ANY(CAST(:ids AS uuid[]))
            AND lower(valid) >= CAST(:day AS date)
    )
    UPDATE division_shape
    SET valid = daterange(lower(valid), CAST(:day AS date))
    WHERE division_id = ANY(CAST(:ids AS uuid[]))
        AND valid @> CAST(:day AS date)
        AND (lower_inf(valid) OR lower(valid) < CAST(:day AS date))
    """
)


def write_shapes(
    session: Session,
    change: RegisterChange,
    stored: StoredState,
    after: RegisterState,
    polygons: Mapping[int, MultiPolygon],
    event: Event,
    moment: Moment,
) -> None:
    """Store the polygons of all divisions with other land, and end those of the abolished ones.

    Parameters
    ----------
    polygons : mapping of face to MultiPolygon
        The touched faces as they were built when the change was judged (degrees, EPSG:4490).
    """
    ended = [unit.id for unit in change.ended]
    if ended:
        _END_SHAPES.rows(session, ids=ended, day=moment.effective_on)
    reshaped = change.reshaped - set(ended)
    if not reshaped:
        return
    known = _judged(after, reshaped, polygons)
    if _is_seen_whole(change, stored):
        known |= _mended(session, stored.state, after, reshaped - known.keys(), moment)
    rebuild_shapes(session, reshaped, event, moment.effective_on, known)


def _judged(
    after: RegisterState, divisions: Collection[uuid.UUID], polygons: Mapping[int, MultiPolygon]
) -> dict[uuid.UUID, MultiPolygon]:
    """Return the polygons of leaf divisions whose one cell has been built already."""
    return {
        unit: polygons[face]
        for face, unit in after.cells.items()
        if unit in divisions and face in polygons and after.face_kinds[face] == "unit"
    }


def _is_seen_whole(change: RegisterChange, stored: StoredState) -> bool:
    """Tell whether all lines of all land that changes hands are here: only then can outlines be mended."""
    moved = {one.before.id for one in change.changed if "parent" in one.fields}
    moved |= {unit.id for unit in change.ended}
    land = set(change.cells) | set(change.retired_faces)
    land |= {face for unit in moved for face in stored.state.faces_of(unit)}
    return moved <= stored.whole and land <= stored.state.graph.faces


def _mended(
    session: Session,
    before: RegisterState,
    after: RegisterState,
    divisions: Collection[uuid.UUID],
    moment: Moment,
) -> dict[uuid.UUID, MultiPolygon]:
    if not divisions:
        return {}
    borders = border_changes(before.graph, after.graph, _owners(before), _owners(after))
    stored = find_shapes(session, divisions, moment.effective_on, drawn=divisions)
    wanted = {division: borders[division] for division in divisions if division in borders}
    return mended_shapes(stored, wanted)


def _owners(state: RegisterState) -> Callable[[int], frozenset[uuid.UUID]]:
    return cache(lambda face: frozenset(unit.id for unit in state.chain(face)))
