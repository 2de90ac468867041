"""Which divisions a face or a division lies in: the chains of membership at a date."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gazetteer.queries.direct import DirectQuery
from gazetteer.queries.stand import DatedQuery, When


@dataclass(frozen=True)
class Link:
    """A division in a chain, with what people call it at the date asked for."""

    id: uuid.UUID
    level: int
    name: str
    code: str | None


_FACE_CHAINS = DatedQuery(
    """
    WITH RECURSIVE edge AS (
        SELECT m.face_id, m.child_id, m.parent_id
        FROM member m
        WHERE m.face_id = ANY(CAST(:faces AS bigint[]))
            AND upper_inf(m.recorded)
            AND m.valid @> CAST(:on AS date)
        UNION
        SELECT m.face_id, m.child_id, m.parent_id
        FROM edge e
        JOIN member m ON m.child_id = e.parent_id
        WHERE upper_inf(m.recorded)
            AND m.valid @> CAST(:on AS date)
    ), named AS (
        SELECT d.id, d.level, n.name, k.code
        FROM (SELECT DISTINCT parent_id FROM edge) e
        JOIN division d ON d.id = e.parent_id
        LEFT JOIN division_name n ON n.division_id = d.id
            AND n.kind = 'official'
            AND upper_inf(n.recorded)
            AND n.valid @> CAST(:on AS date)
        LEFT JOIN LATERAL (
            SELECT code
            FROM division_code
            WHERE division_id = d.id
                AND upper_inf(recorded)
                AND valid @> CAST(:on AS date)
            ORDER BY scheme <> 'cn', scheme
            LIMIT 1
        ) k ON true
    )
    SELECT e.face_id, e.child_id, d.id, d.level, d.name, d.code
    FROM edge e
    JOIN named d ON d.id = e.parent_id
    """
)

_LINKS = DirectQuery(
    """
    SELECT d.id, d.level, n.name, k.code
    FROM division d
    LEFT JOIN LATERAL (
        SELECT name
        FROM division_name
        WHERE division_id = d.id
            AND kind = 'official'
            AND upper_inf(recorded)
        ORDER BY valid @> CAST(:on AS date) DESC, valid DESC
        LIMIT 1
    ) n ON true
    LEFT JOIN LATERAL (
        SELECT code
        FROM division_code
        WHERE division_id = d.id
            AND upper_inf(recorded)
            AND valid @> CAST(:on AS date)
        ORDER BY scheme <> 'cn', scheme
        LIMIT 1
    ) k ON true
    WHERE d.id = ANY(:ids)
    """
)

_PATHS = DatedQuery(
    """
    WITH RECURSIVE path AS (
        SELECT d AS start, d AS id
        FROM unnest(CAST(:divisions AS uuid[])) AS d
        UNION
        SELECT p.start, m.parent_id
        FROM path p
        JOIN member m ON m.child_id = p.id
        WHERE upper_inf(m.recorded)
            AND m.valid @> CAST(:on AS date)
    )
    SELECT start, id
    FROM path
    """
)

_FACES_WITHIN = DatedQuery(
    """
    WITH RECURSIVE tree AS (
        SELECT d AS top, d AS id
        FROM unnest(CAST(:divisions AS uuid[])) AS d
        UNION ALL
        SELECT t.top, m.child_id
        FROM tree t
        JOIN member m ON m.parent_id = t.id
        WHERE m.child_id IS NOT NULL
            AND upper_inf(m.recorded)
            AND m.valid @> CAST(:on AS date)
    )
    SELECT t.top, m.face_id
    FROM tree t
    JOIN member m ON m.parent_id = t.id
    WHERE m.face_id IS NOT NULL
        AND upper_inf(m.recorded)
        AND m.valid @> CAST(:on AS date)
    """
)


def find_face_chains(session: Session, faces: Collection[int], on: When) -> dict[int, tuple[Link, ...]]:
    """Return for each face its divisions, the lowest first; the outside and free water have none."""
    rows = _FACE_CHAINS.run(session, on, faces=list(faces))
    links = {row.id: Link(row.id, row.level, row.name or "", row.code) for row in rows}
    lowest = {row.face_id: row.id for row in rows if row.face_id is not None}
    parents = {row.child_id: row.id for row in rows if row.child_id is not None}
    return {face: tuple(_upwards(lowest.get(face), parents, links)) for face in faces}


def _upwards(
    start: uuid.UUID | None, parents: Mapping[uuid.UUID, uuid.UUID], links: Mapping[uuid.UUID, Link]
) -> Iterator[Link]:
    division = start
    while division is not None:
        yield links[division]
        division = parents.get(division)


def find_links(session: Session, divisions: Collection[uuid.UUID], on: dt.date) -> dict[uuid.UUID, Link]:
    """Return what people call the divisions at a date; one that has ended keeps its last name."""
    rows = _LINKS.rows(session, ids=list(divisions), on=on)
    return {row.id: Link(row.id, row.level, row.name or "", row.code) for row in rows}


def find_paths(
    session: Session, divisions: Collection[uuid.UUID], on: When
) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Return for each division itself and all its ancestors: what a grant is held against."""
    paths: dict[uuid.UUID, set[uuid.UUID]] = {division: {division} for division in divisions}
    for row in _PATHS.run(session, on, divisions=list(divisions)):
        paths[row.start].add(row.id)
    return {division: frozenset(path) for division, path in paths.items()}


def find_faces_within(
    session: Session, divisions: Collection[uuid.UUID], on: When
) -> dict[uuid.UUID, frozenset[int]]:
    """Return for each division the faces that make it up."""
    faces: dict[uuid.UUID, set[int]] = {division: set() for division in divisions}
    for row in _FACES_WITHIN.run(session, on, divisions=list(divisions)):
        faces[row.top].add(row.face_id)
    return {division: frozenset(found) for division, found in faces.items()}
