"""Writing a patch of lines: the versions it replaces are closed, the new ones added, nodes moved."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.arcs import Arc
from boundaries.grid import to_degrees
from boundaries.patch import Patch
from gazetteer.changes import dated
from gazetteer.changes.dated import Moment
from gazetteer.queries.subgraph import Loaded

_LOCK_FACES = text("SELECT id FROM face WHERE id = ANY(:faces) ORDER BY id FOR NO KEY UPDATE")
_NEW_NODES = text(
    "INSERT INTO node (created_event) SELECT :event FROM generate_series(1, :count) RETURNING id"
)
_NEW_ARC_IDS = text("SELECT nextval('arc_id_seq') FROM generate_series(1, :count)")
_NODE_ROWS = text(
    """
    SELECT id, node_id
    FROM node_position
    WHERE node_id = ANY(:nodes)
        AND upper_inf(recorded)
        AND valid @> CAST(:day AS date)
    """
)


def lock_faces(session: Session, faces: Collection[int]) -> None:
    """Hold the faces until the transaction ends, in id order, so that two edits of one face meet.

    Locking the edited arcs is not enough: two edits on opposite sides of one face touch different
    arcs and would together make it invalid.
    """
    session.execute(_LOCK_FACES, {"faces": sorted(faces)}).all()


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
    if ended:
        dated.close_and_cut(session, dated.ARC, ended, moment)
    if changes:
        dated.change_from(session, dated.ARC, changes, moment)
    if new:
        dated.add(session, dated.ARC, new, moment)
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
    ids = dict(zip(new, session.scalars(_NEW_ARC_IDS, {"count": len(new)}) if new else (), strict=True))
    return [
        replace(
            arc,
            id=ids.get(arc.id, arc.id),
            start_node=nodes.get(arc.start_node, arc.start_node),
            end_node=nodes.get(arc.end_node, arc.end_node),
        )
        for arc in arcs
    ]


def _found_nodes(session: Session, places: Sequence[list[int]], moment: Moment) -> list[int]:
    if not places:
        return []
    ids = list(session.scalars(_NEW_NODES, {"event": moment.event_id, "count": len(places)}))
    rows = [{"node_id": node, "x": x, "y": y} for node, (x, y) in zip(ids, places, strict=True)]
    dated.add(session, dated.NODE, rows, moment)
    return ids


def _move_nodes(session: Session, patch: Patch, moment: Moment) -> None:
    if not patch.moved_nodes:
        return
    places = {node: {"x": x, "y": y} for node, x, y in patch.moved_nodes}
    values = {"nodes": list(places), "day": moment.effective_on}
    rows = {row.id: places[row.node_id] for row in session.execute(_NODE_ROWS, values)}
    dated.change_from(session, dated.NODE, rows, moment)


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
