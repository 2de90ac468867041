"""The lines an editor works on: complete faces around a box, with what lies on either side."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.arcs import Arc
from gazetteer import clock
from gazetteer.errors import RuleBroken
from gazetteer.queries.chains import Link, find_face_chains
from gazetteer.queries.subgraph import Box, load_subgraph

MOST_ARCS = 3000
_LOWEST = 5
_KIND_LABELS = {"outside": "区外", "water": "水域", "rest": "未划分区域"}

_IN_BOX = text(
    """
    SELECT left_face, right_face
    FROM arc
    WHERE upper_inf(recorded)
        AND valid @> CAST(:on AS date)
        AND ST_Intersects(geom, ST_MakeEnvelope(:west, :south, :east, :north, 4490))
    LIMIT :most
    """
)
_KINDS = text("SELECT id, kind FROM face WHERE id = ANY(:faces) ORDER BY id")
_LINES = text(
    """
    SELECT line_id, name, legal_status
    FROM boundary_line_state
    WHERE line_id = ANY(CAST(:lines AS uuid[]))
        AND upper_inf(recorded)
        AND valid @> CAST(:on AS date)
    """
)
_BASE = text("SELECT max(id) FROM event")


@dataclass(frozen=True)
class LineRef:
    """The boundary line that owns an arc."""

    id: uuid.UUID
    name: str
    legal_status: str


@dataclass(frozen=True)
class ArcView:
    """An arc, the highest level at which its sides differ, and its boundary line."""

    arc: Arc
    level: int
    line: LineRef | None


@dataclass(frozen=True)
class FaceView:
    """A cell on a side of an arc; `complete`: all its arcs are here. `chain` is the lowest division first."""

    id: int
    kind: str
    label: str
    complete: bool
    chain: tuple[Link, ...]


@dataclass(frozen=True)
class Neighbourhood:
    """The part of the register in a box, cut along whole faces; nodes are integers of 1e-9 degree."""

    base_event: int | None
    nodes: dict[int, tuple[int, int]]
    arcs: tuple[ArcView, ...]
    faces: tuple[FaceView, ...]


def get_neighbourhood(session: Session, bbox: Box, level: int) -> Neighbourhood:
    """Return the arcs of all faces that meet a line of `level` or higher in the box.

    Parameters
    ----------
    bbox : west, south, east, north in degrees EPSG:4490
    level : int
        Only lines whose level is at most this are to be edited (3: district borders ... 5: all).

    Raises
    ------
    RuleBroken
        ``area_too_large``: more than 3,000 arcs.
    """
    on = clock.today(session)
    west, south, east, north = bbox
    values = {"on": on, "west": west, "south": south, "east": east, "north": north, "most": MOST_ARCS + 1}
    sides = [(row.left_face, row.right_face) for row in session.execute(_IN_BOX, values)]
    _require_few(len(sides))
    chains = find_face_chains(session, {face for pair in sides for face in pair}, on)
    touched = {f for pair in sides if level_between(chains, *pair) <= level for f in pair} - {0}
    subgraph = load_subgraph(session, touched, on).subgraph
    arcs = list(subgraph.arcs.values())
    _require_few(len(arcs))
    unseen = {face for arc in arcs for face in (arc.left, arc.right)} - chains.keys()
    chains |= find_face_chains(session, unseen, on)
    lines = _find_lines(session, {arc.line for arc in arcs if arc.line}, on)
    shown = {face for arc in arcs for face in (arc.left, arc.right)}
    return Neighbourhood(
        base_event=session.scalar(_BASE),
        nodes=dict(subgraph.nodes),
        arcs=tuple(
            ArcView(arc, level_between(chains, arc.left, arc.right), lines.get(arc.line or ""))
            for arc in arcs
        ),
        faces=_faces(session, shown, touched, chains),
    )


def _require_few(count: int) -> None:
    if count > MOST_ARCS:
        raise RuleBroken(
            f"范围过大：超过 {MOST_ARCS} 条界线段，请放大地图或只编辑上级界线。",
            f"More than {MOST_ARCS} arcs: zoom in, or edit higher lines only.",
            code="area_too_large",
            most=MOST_ARCS,
        )


def level_between(chains: dict[int, tuple[Link, ...]], left: int, right: int) -> int:
    """Return the highest level (smallest number) at which two faces lie in different divisions."""
    a = {link.level: link.id for link in chains[left]}
    b = {link.level: link.id for link in chains[right]}
    return min((lv for lv in a.keys() | b.keys() if a.get(lv) != b.get(lv)), default=_LOWEST)


def _find_lines(session: Session, lines: Collection[str], on: dt.date) -> dict[str, LineRef]:
    if not lines:
        return {}
    rows = session.execute(_LINES, {"lines": list(lines), "on": on})
    return {str(row.line_id): LineRef(row.line_id, row.name, row.legal_status) for row in rows}


def _faces(
    session: Session, shown: Collection[int], touched: Collection[int], chains: dict[int, tuple[Link, ...]]
) -> tuple[FaceView, ...]:
    rows = session.execute(_KINDS, {"faces": list(shown)})
    return tuple(
        FaceView(row.id, row.kind, _label(row.kind, chains[row.id]), row.id in touched, chains[row.id])
        for row in rows
    )


def _label(kind: str, chain: tuple[Link, ...]) -> str:
    if kind == "unit" and chain:
        return chain[0].name
    place = chain[0].name if chain else ""
    return place + _KIND_LABELS.get(kind, "")
