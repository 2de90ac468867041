"""Writing a patch of lines: the versions it replaces are closed, the new ones added, nodes moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import shapely
from sqlalchemy.orm import Session

from boundaries.arcs import Arc
from boundaries.grid import to_degrees
from boundaries.patch import Patch
from gazetteer.changes import dated
from gazetteer.changes.dated import Moment
from gazetteer.queries.direct import DirectQuery
from gazetteer.queries.subgraph import Loaded

_NEW_NODES = DirectQuery(
    """
    INSERT INTO node (created_event)
    SELECT CAST(:event AS bigint)
    FROM generate_series(1, CAST(:count AS integer))
    RETURNING id
    """
)
_NEW_ARC_IDS = DirectQuery(
    "SELECT nextval('arc_id_seq') AS id FROM generate_series(1, CAST(:count AS integer))"
)
_NODE_ROWS = DirectQuery(
    """
    SELECT id, node_id
    FROM node_position
    WHERE node_id = ANY(CAST(:nodes AS bigint[]))
        AND upper_inf(recorded)
        AND valid @> CAST(:day AS date)
    """
)


def apply_patch(session: Session, patch: Patch, loaded: Loaded, moment: Moment) -> list[Arc]:
    """Write a validated patch; what the law was before ``moment.effective_on`` stays as it stands.

    Parameters
    ----------
    patch : Patch
        Validated under the lock on `loaded`.
    loaded : Loaded
        The stored state the patch was validated on.

    Returns
    -------
    list of Arc
        The added arcs in patch order, with their ids and versions in the register.
    """
    added = _with_stored_ids(session, _added(patch, loaded), moment)
    going_on = {arc.id: arc for arc in added if arc.id in loaded.records}
    rows = {loaded.records[ref.id].row_id: ref.id for ref in patch.removed}
    changes = {row: _columns(going_on[arc]) for row, arc in rows.items() if arc in going_on}
    ended = [row for row in rows if row not in changes]
    new = [_columns(arc) for arc in added if arc.id not in going_on]
    dated.rewrite(session, dated.ARC, moment, ended=ended, changed=changes, added=new)
    _move_nodes(session, patch, moment)
    return added


def _added(patch: Patch, loaded: Loaded) -> list[Arc]:
    nodes = dict(loaded.subgraph.nodes)
    nodes.update({node: (x, y) for node, x, y in patch.moved_nodes})
    return loaded.subgraph.added_arcs(patch, nodes, {place: node for node, place in nodes.items()})


def _with_stored_ids(session: Session, arcs: Sequence[Arc], moment: Moment) -> list[Arc]:
    """Replace the negative ids of new nodes and arcs by ones of the register."""
    places = {
        node: arc.points[end].tolist()
        for arc in arcs
        for node, end in ((arc.start_node, 0), (arc.end_node, -1))
        if node < 0
    }
    nodes = dict(zip(places, _found_nodes(session, list(places.values()), moment), strict=True))
    new = [arc.id for arc in arcs if arc.id < 0]
    ids = dict(zip(new, _new_ids(session, len(new)), strict=True))
    return [
        replace(
            arc,
            id=ids.get(arc.id, arc.id),
            start_node=nodes.get(arc.start_node, arc.start_node),
            end_node=nodes.get(arc.end_node, arc.end_node),
        )
        for arc in arcs
    ]


def _new_ids(session: Session, count: int) -> list[int]:
    return [row.id for row in _NEW_ARC_IDS.rows(session, count=count)] if count else []


def _found_nodes(session: Session, places: Sequence[list[int]], moment: Moment) -> list[int]:
    if not places:
        return []
    ids = [row.id for row in _NEW_NODES.rows(session, event=moment.event_id, count=len(places))]
    rows = [{"node_id": node, "x": x, "y": y} for node, (x, y) in zip(ids, places, strict=True)]
    dated.add(session, dated.NODE, rows, moment)
    return ids


def _move_nodes(session: Session, patch: Patch, moment: Moment) -> None:
    if not patch.moved_nodes:
        return
    places = {node: {"x": x, "y": y} for node, x, y in patch.moved_nodes}
    rows = _NODE_ROWS.rows(session, nodes=list(places), day=moment.effective_on)
    dated.change_from(session, dated.NODE, {row.id: places[row.node_id] for row in rows}, moment)


def _columns(arc: Arc) -> dict[str, Any]:
    line = shapely.set_srid(shapely.linestrings(to_degrees(arc.points)), 4490)
    return {
        "id": arc.id,
        "version": arc.version,
        "start_node": arc.start_node,
        "end_node": arc.end_node,
        "left_face": arc.left,
        "right_face": arc.right,
        "line_id": arc.line,
        "geom": shapely.to_wkb(line, hex=True, include_srid=True),
        "hash": arc.hash,
    }
