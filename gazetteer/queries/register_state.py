"""Loading the part of the register that a draft is about as one value: lines, cells, divisions."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Row
from sqlalchemy.orm import Session

from boundaries.grid import GRID
from boundaries.subgraph import Subgraph
from gazetteer.engine.line_needs import NamedObjects
from gazetteer.engine.line_objects import Line
from gazetteer.engine.register_state import RegisterState, Unit
from gazetteer.queries.chains import find_faces_within
from gazetteer.queries.line_objects import find_marker_lines, load_line_objects
from gazetteer.queries.stand import DatedQuery, When
from gazetteer.queries.subgraph import ArcRecord, Box, Loaded, load_subgraph

NO_OBJECTS = NamedObjects()

_FACES = DatedQuery(
    """
    SELECT f.id, f.kind, m.parent_id
    FROM face f
    LEFT JOIN member m ON m.face_id = f.id
        AND upper_inf(m.recorded)
        AND m.valid @> CAST(:on AS date)
    WHERE f.id = ANY(CAST(:faces AS bigint[]))
    """
)

_UP = """
    WITH RECURSIVE wanted AS (
        SELECT id
        FROM unnest(CAST(:ids AS uuid[])) AS id
        UNION
        SELECT m.parent_id
        FROM wanted w
        JOIN member m ON m.child_id = w.id
        WHERE upper_inf(m.recorded)
            AND m.valid @> CAST(:on AS date)
    )
"""
_UNITS = DatedQuery(
    f"""{_UP}
    SELECT d.id, d.level, d.external, s.type, s.seat_address, ST_X(s.seat) AS seat_x, ST_Y(s.seat) AS seat_y,
        n.name, n.pinyin, k.code, k.scheme, p.parent_id
    FROM wanted w
    JOIN division d ON d.id = w.id
    JOIN division_state s ON s.division_id = d.id
        AND upper_inf(s.recorded)
        AND s.valid @> CAST(:on AS date)
    LEFT JOIN division_name n ON n.division_id = d.id
        AND n.kind = 'official'
        AND upper_inf(n.recorded)
        AND n.valid @> CAST(:on AS date)
    LEFT JOIN LATERAL (
        SELECT code, scheme
        FROM division_code
        WHERE division_id = d.id
            AND upper_inf(recorded)
            AND valid @> CAST(:on AS date)
        ORDER BY scheme <> 'cn', scheme
        LIMIT 1
    ) k ON true
    LEFT JOIN member p ON p.child_id = d.id
        AND upper_inf(p.recorded)
        AND p.valid @> CAST(:on AS date)
    """
)

_AROUND = DatedQuery(
    """
    WITH RECURSIVE above AS (
        SELECT id
        FROM unnest(CAST(:ids AS uuid[])) AS id
        UNION
        SELECT m.parent_id
        FROM above a
        JOIN member m ON m.child_id = a.id
        WHERE upper_inf(m.recorded)
            AND m.valid @> CAST(:on AS date)
    ), below AS (
        SELECT id
        FROM unnest(CAST(:ids AS uuid[])) AS id
        UNION
        SELECT m.child_id
        FROM below b
        JOIN member m ON m.parent_id = b.id
        WHERE m.child_id IS NOT NULL
            AND upper_inf(m.recorded)
            AND m.valid @> CAST(:on AS date)
    )
    SELECT id
    FROM below
    UNION
    SELECT m.child_id
    FROM above a
    JOIN member m ON m.parent_id = a.id
    WHERE m.child_id IS NOT NULL
        AND upper_inf(m.recorded)
        AND m.valid @> CAST(:on AS date)
    """
)

_DIRECT = DatedQuery(
    """
    SELECT m.face_id
    FROM member m
    WHERE m.face_id IS NOT NULL
        AND upper_inf(m.recorded)
        AND m.valid @> CAST(:on AS date)
        AND m.parent_id = ANY(
            CAST(:ids AS uuid[]) || ARRAY(
                SELECT p.parent_id
                FROM member p
                WHERE p.child_id = ANY(CAST(:parted AS uuid[]))
                    AND upper_inf(p.recorded)
                    AND p.valid @> CAST(:on AS date)
            )
        )
    """
)
"""Cells of divisions themselves, and of those directly above divisions that may leave them."""

_BESIDE = DatedQuery(
    """
    SELECT left_face, right_face
    FROM arc
    WHERE upper_inf(recorded)
        AND valid @> CAST(:on AS date)
        AND (left_face = ANY(CAST(:faces AS bigint[])) OR right_face = ANY(CAST(:faces AS bigint[])))
    """
)

_LINES = DatedQuery(
    """
    SELECT l.id::text AS id, l.level, s.name, s.left_id, s.right_id, s.legal_status, s.follows,
        s.agreement_no, s.line_type, s.agreement_date, s.agreement_clause, s.survey_date, s.accuracy_m,
        s.course,
        EXISTS (
            SELECT 1
            FROM arc a
            WHERE a.line_id = l.id
                AND a.id <> ALL(CAST(:arcs AS bigint[]))
                AND upper_inf(a.recorded)
                AND a.valid @> CAST(:on AS date)
        ) AS elsewhere
    FROM boundary_line l
    JOIN boundary_line_state s ON s.line_id = l.id
        AND upper_inf(s.recorded)
        AND s.valid @> CAST(:on AS date)
    WHERE l.id = ANY(
        CAST(:lines AS uuid[]) || ARRAY(
            SELECT b.line_id
            FROM boundary_line_state b
            WHERE b.left_id = ANY(CAST(:units AS uuid[]))
                AND b.right_id = ANY(CAST(:units AS uuid[]))
                AND upper_inf(b.recorded)
                AND b.valid @> CAST(:on AS date)
        )
    )
    """
)
"""One list of ids, which the keys serve; with OR between the two every line of the register was read."""

_TAKEN = DatedQuery(
    """
    SELECT DISTINCT k.code
    FROM unnest(CAST(:prefixes AS text[])) AS prefix
    JOIN division_code k ON k.code ~>=~ prefix
        AND k.code ~<~ (prefix || ':')
    WHERE k.scheme = 'cn'
        AND length(k.code) = CASE length(prefix) WHEN 2 THEN 4 WHEN 4 THEN 6 WHEN 6 THEN 9 ELSE 12 END
        AND upper_inf(k.recorded)
    """
)
"""A range instead of a pattern, so that the index on codes serves a prefix that is not a constant."""


@dataclass(frozen=True)
class StoredState:
    """A piece of the register with the stored rows behind its arcs.

    Parameters
    ----------
    whole : frozenset of UUID
        Divisions of which everything is here: all below them, and every line of their land.
    """

    state: RegisterState
    records: Mapping[int, ArcRecord]
    whole: frozenset[uuid.UUID] = frozenset()

    @property
    def loaded(self) -> Loaded:
        """The lines alone."""
        graph = self.state.graph
        return Loaded(Subgraph(graph.arcs, graph.nodes, graph.faces), dict(self.records))


def find_land(
    session: Session,
    divisions: Collection[uuid.UUID],
    targets: Collection[uuid.UUID],
    faces: Collection[int],
    on: When,
) -> frozenset[int]:
    """Return the faces that must be complete to hand land over.

    Parameters
    ----------
    divisions : collection of UUID
        All faces of them, and those of the divisions above that lie in none below: a town whose last village
        goes has its rest land joined.
    targets : collection of UUID
        Only those that belong to no division below: the cell of a leaf, the rest of a town.
    faces : collection of int
        To these and those of the divisions, all that lie beside one are added.
    """
    within = find_faces_within(session, divisions, on) if divisions else {}
    own = frozenset(faces).union(*within.values())
    if targets or divisions:
        rows = _DIRECT.run(session, on, ids=list(targets), parted=list(divisions))
        own |= {row.face_id for row in rows}
    beside = _BESIDE.run(session, on, faces=sorted(own - {0})) if own else ()
    return own | {face for row in beside for face in (row.left_face, row.right_face)}


def find_around(session: Session, divisions: Collection[uuid.UUID], on: When) -> frozenset[uuid.UUID]:
    """Return divisions with all that lie within them, and the siblings of them and of all above them."""
    rows = _AROUND.run(session, on, ids=list(divisions)) if divisions else ()
    return frozenset(row.id for row in rows)


def load_state(
    session: Session,
    faces: Collection[int],
    on: When,
    *,
    box: Box | None = None,
    divisions: Collection[uuid.UUID] = (),
    whole: Collection[uuid.UUID] = (),
    objects: NamedObjects = NO_OBJECTS,
) -> StoredState:
    """Read a piece of the register.

    Parameters
    ----------
    faces : collection of int
        The faces whose lines must all be there (0 is passed over).
    box : west, south, east, north in degrees EPSG:4490, optional
        Where new points lie: all lines near are read.
    divisions : collection of UUID
        Divisions to have beside those of the faces; all above them are read too.
    whole : collection of UUID
        Divisions whose faces are all among `faces`, and whose subdivisions are all among `divisions`.
    objects : NamedObjects
        Lines, markers and tripoints to have beside those of the arcs and nodes.
    """
    loaded = load_subgraph(session, faces, on, box) if faces or box else Loaded(Subgraph.of((), ()), {})
    graph = loaded.subgraph
    beside = {face for arc in graph.arcs.values() for face in (arc.left, arc.right)} | set(faces)
    cells = list(_FACES.run(session, on, faces=sorted(beside))) if beside else []
    units = load_units(session, {row.parent_id for row in cells if row.parent_id} | set(divisions), on)
    named = objects.lines | find_marker_lines(session, objects.markers, on)
    lines = _load_lines(session, graph, named, units if divisions else (), on)
    held = load_line_objects(
        session,
        on,
        lines=lines if divisions else named,
        nodes=graph.nodes,
        markers=objects.markers,
        tripoints=objects.tripoints,
    )
    sides = held.sides.union(*(line.sides for line in lines.values())) - units.keys()
    state = RegisterState(
        graph=graph,
        cells={row.id: row.parent_id for row in cells if row.parent_id in units},
        face_kinds={row.id: row.kind for row in cells},
        units=units | load_units(session, sides, on),
        lines=lines,
        markers=held.markers,
        tripoints=held.tripoints,
    )
    complete = frozenset(unit for division in whole for unit in state.under(division))
    return StoredState(state, loaded.records, complete)


def load_units(session: Session, divisions: Iterable[uuid.UUID], on: When) -> dict[uuid.UUID, Unit]:
    """Return divisions and all above them as they stand on the day; one that does not exist has no entry."""
    wanted = list(divisions)
    if not wanted:
        return {}
    units = {row.id: _unit(row) for row in _UNITS.run(session, on, ids=wanted)}
    return {i: unit if unit.parent in units else replace(unit, parent=None) for i, unit in units.items()}


def find_taken_codes(session: Session, prefixes: Collection[str], on: When) -> frozenset[str]:
    """Return the codes ever used directly under the codes of parents, retired and future ones included."""
    if not prefixes:
        return frozenset()
    return frozenset(row.code for row in _TAKEN.run(session, on, prefixes=list(prefixes)))


def _unit(row: Row[tuple[object, ...]]) -> Unit:
    seat = None if row.seat_x is None else (round(row.seat_x * GRID), round(row.seat_y * GRID))
    return Unit(
        id=row.id,
        level=row.level,
        type=row.type,
        name=row.name or "",
        parent=row.parent_id,
        pinyin=row.pinyin,
        code=row.code,
        scheme=row.scheme or "cn",
        seat=seat,
        seat_address=row.seat_address,
        external=row.external,
    )


def _load_lines(
    session: Session, graph: Subgraph, named: Collection[str], units: Collection[uuid.UUID], on: When
) -> dict[str, Line]:
    owners = {arc.line for arc in graph.arcs.values() if arc.line} | set(named)
    if not owners and not units:
        return {}
    rows = _LINES.run(session, on, lines=list(owners), units=list(units), arcs=list(graph.arcs))
    return {
        row.id: Line(
            id=row.id,
            level=row.level,
            name=row.name,
            left=row.left_id,
            right=row.right_id,
            legal_status=row.legal_status,
            follows=row.follows,
            agreement_no=row.agreement_no,
            line_type=row.line_type,
            agreement_date=row.agreement_date,
            agreement_clause=row.agreement_clause,
            survey_date=row.survey_date,
            accuracy_m=row.accuracy_m,
            course=row.course,
            elsewhere=row.elsewhere,
        )
        for row in rows
    }
