"""The register at one date as a frozen value: what a release, an archive of tiles or a package is made of."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy.orm import Session

from boundaries.arcs import OUTSIDE, ArcTable
from boundaries.area import areas_m2
from boundaries.grid import GRID, IntArray
from boundaries.overlay import as_array
from boundaries.rebuild import build_polygons
from gazetteer import clock
from gazetteer.queries import snapshot_rows as read
from gazetteer.queries.stand import Stand, When, day_of

LEVELS = (1, 2, 3, 4, 5)
Shapes = dict[uuid.UUID, shapely.Geometry]


@dataclass(frozen=True)
class SnapshotDivision:
    """A division as it stands at the date; `area_m2` is None for an external neighbour without a face."""

    id: uuid.UUID
    level: int
    external: bool
    type: str
    code: str | None
    name: str
    pinyin: str | None
    parent_id: uuid.UUID | None
    parent_code: str | None
    area_m2: float | None
    valid_from: dt.date | None


@dataclass(frozen=True)
class SnapshotLine:
    """A boundary line 界线 with its legal status (JXXZ code) and the two sides it names."""

    id: uuid.UUID
    level: int
    name: str
    left_id: uuid.UUID | None
    right_id: uuid.UUID | None
    legal_status: str


@dataclass(frozen=True)
class SnapshotPlace:
    """A place name with its geometry (EPSG:4490 degrees)."""

    id: uuid.UUID
    name: str
    pinyin: str | None
    legal_category: int
    class_name: str | None
    valid_from: dt.date | None
    geom: shapely.Geometry


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The register at a date.

    Parameters
    ----------
    as_of : date
        The day of law (Asia/Shanghai).
    last_event : int or None
        Newest event known when it was read.
    arcs : ArcTable
        Arcs in id order; left and right are stable face ids, 0 outside; grid integers, EPSG:4490.
    arc_ids : ndarray of int64, shape (m,)
    arc_lines : tuple of (UUID or None), length m
        The boundary line that owns each arc.
    face_ids : ndarray of int64, shape (f,)
        Faces with arcs, ascending, without the outside.
    face_kinds : tuple of str, length f
    chains : mapping of level to ndarray of int64, shape (f,)
        For each face the index into `divisions` of its division at that level, -1 where it has none.
    divisions : tuple of SnapshotDivision
    members : tuple of (face id or None, child id or None, parent id)
    shapes : mapping of division id to MultiPolygon
        The stored polygons, to be held against the arcs.
    """

    as_of: dt.date
    last_event: int | None
    arcs: ArcTable
    arc_ids: IntArray
    arc_lines: tuple[uuid.UUID | None, ...]
    face_ids: IntArray
    face_kinds: tuple[str, ...]
    chains: Mapping[int, IntArray]
    divisions: tuple[SnapshotDivision, ...]
    members: tuple[tuple[int | None, uuid.UUID | None, uuid.UUID], ...]
    shapes: Mapping[uuid.UUID, shapely.Geometry]
    lines: tuple[SnapshotLine, ...]
    places: tuple[SnapshotPlace, ...]

    @cached_property
    def index(self) -> dict[uuid.UUID, int]:
        """Position of each division in `divisions`."""
        return {division.id: i for i, division in enumerate(self.divisions)}

    @cached_property
    def levels(self) -> tuple[int, ...]:
        """Levels that have faces, the highest (smallest number) first."""
        return tuple(level for level in LEVELS if (self.chains[level] >= 0).any())

    @property
    def top_name(self) -> str | None:
        """Name of the one division that holds everything; None when the highest level has several."""
        tops = [d.name for d in self.divisions if not d.external and d.level == self.levels[0]]
        return tops[0] if len(tops) == 1 else None

    def side(self, level: int) -> tuple[IntArray, IntArray]:
        """Return for each arc the division index on its left and right at `level`, -1 for none."""
        column = self.chains[level]
        return self._of_faces(column, self.arcs.left), self._of_faces(column, self.arcs.right)

    def _of_faces(self, column: IntArray, faces: IntArray) -> IntArray:
        found = np.full(len(faces), -1, dtype=np.int64)
        inside = faces != OUTSIDE
        found[inside] = column[np.searchsorted(self.face_ids, faces[inside])]
        return found

    @cached_property
    def arc_levels(self) -> IntArray:
        """Level of each arc, shape (m,): the highest at which its sides differ; 5 when only faces differ."""
        levels = np.full(len(self.arcs), LEVELS[-1], dtype=np.int64)
        for level in reversed(LEVELS):
            left, right = self.side(level)
            levels[left != right] = level
        return levels


def snapshot(session: Session, as_of: When | None = None) -> Snapshot:
    """Read the register as it stands at `as_of` (today in Asia/Shanghai unless given).

    Run it in a transaction of its own at REPEATABLE READ when others write at the same time.

    Parameters
    ----------
    as_of : date or Stand, optional
        With a ``Stand`` as it was known at its moment; polygons are then built from the lines of then.
    """
    on = as_of or clock.today(session)
    members = tuple(read.read_members(session, on))
    arcs, arc_ids, arc_lines = _arcs(session, on)
    faces = [(face, kind) for face, kind in read.read_faces(session, on) if face != OUTSIDE]
    face_ids = np.array([face for face, _ in faces], dtype=np.int64)
    divisions = _divisions(session, on, members)
    chains = _chains(face_ids, divisions, members)
    if isinstance(on, Stand):
        areas, shapes = _built(divisions, arcs, face_ids, chains)
    else:
        areas, shapes = _stored(session, on)
    return Snapshot(
        as_of=day_of(on),
        last_event=read.last_event(session, on),
        arcs=arcs,
        arc_ids=arc_ids,
        arc_lines=arc_lines,
        face_ids=face_ids,
        face_kinds=tuple(kind for _, kind in faces),
        chains=chains,
        divisions=tuple(replace(d, area_m2=areas.get(d.id)) for d in divisions),
        members=members,
        shapes=shapes,
        lines=tuple(SnapshotLine(*row) for row in read.read_lines(session, on)),
        places=tuple(_place(*row) for row in read.read_places(session, on)),
    )


def _place(
    place: uuid.UUID,
    name: str,
    pinyin: str | None,
    legal_category: int,
    class_name: str | None,
    valid_from: dt.date | None,
    wkb: bytes,
) -> SnapshotPlace:
    return SnapshotPlace(place, name, pinyin, legal_category, class_name, valid_from, shapely.from_wkb(wkb))


def _arcs(session: Session, on: When) -> tuple[ArcTable, IntArray, tuple[uuid.UUID | None, ...]]:
    rows = read.read_arcs(session, on)
    ids, starts, ends, left, right = (
        np.array([row[column] for row in rows], dtype=np.int64) for column in range(5)
    )
    lines = tuple(row[5] for row in rows)
    geoms = shapely.from_wkb(np.array([row[6] for row in rows], dtype=object))
    del rows
    offsets = np.concatenate([[0], np.cumsum(shapely.get_num_points(geoms))]).astype(np.int64)
    coords = np.rint(shapely.get_coordinates(geoms) * GRID).astype(np.int64)
    nodes, index = np.unique(np.concatenate([starts, ends]), return_inverse=True)
    positions = np.zeros((len(nodes), 2), dtype=np.int64)
    positions[index[: len(ids)]] = coords[offsets[:-1]]
    positions[index[len(ids) :]] = coords[offsets[1:] - 1]
    table = ArcTable(coords, offsets, left, right, index[: len(ids)], index[len(ids) :], positions)
    return table, ids, lines


def _stored(session: Session, on: dt.date) -> tuple[dict[uuid.UUID, float], Shapes]:
    """Return the areas in m2 and the polygons that are stored of what is known now."""
    rows = read.read_shapes(session, on)
    geoms = shapely.from_wkb(np.array([row[2] for row in rows], dtype=object))
    areas = {row[0]: float(row[1]) for row in rows}
    return areas, {row[0]: geom for row, geom in zip(rows, geoms, strict=True)}


def _built(
    divisions: Sequence[SnapshotDivision], arcs: ArcTable, face_ids: IntArray, chains: Mapping[int, IntArray]
) -> tuple[dict[uuid.UUID, float], Shapes]:
    """Return the areas in m2 and the polygons that the lines and memberships give."""
    shapes: dict[uuid.UUID, shapely.Geometry] = {}
    for level in LEVELS:
        group = {f: d for f, d in zip(face_ids.tolist(), chains[level].tolist(), strict=True) if d >= 0}
        drawn = sorted(set(group.values()))
        number = {d: i for i, d in enumerate(drawn)}
        geoms = build_polygons(arcs, {f: number[d] for f, d in group.items()}, len(drawn)) if drawn else ()
        shapes |= {divisions[d].id: geom for d, geom in zip(drawn, geoms, strict=True)}
    measured = areas_m2(as_array(list(shapes.values()))).tolist()
    return dict(zip(shapes, measured, strict=True)), shapes


def _divisions(
    session: Session, on: When, members: Sequence[tuple[int | None, uuid.UUID | None, uuid.UUID]]
) -> tuple[SnapshotDivision, ...]:
    """Return the divisions, still without their areas."""
    parents = {child: parent for _, child, parent in members if child is not None}
    rows = read.read_divisions(session, on)
    codes = {row[0]: row[4] for row in rows}
    return tuple(
        SnapshotDivision(
            id=row[0],
            level=row[1],
            external=row[2],
            type=row[3],
            code=row[4],
            name=row[5] or "",
            pinyin=row[6],
            parent_id=parents.get(row[0]),
            parent_code=codes.get(parents.get(row[0])),
            area_m2=None,
            valid_from=row[7],
        )
        for row in rows
    )


def _chains(
    face_ids: IntArray,
    divisions: Sequence[SnapshotDivision],
    members: Sequence[tuple[int | None, uuid.UUID | None, uuid.UUID]],
) -> dict[int, IntArray]:
    """Return for each level the division index of each face, by walking the membership upwards."""
    index = {division.id: i for i, division in enumerate(divisions)}
    level_of = np.array([division.level for division in divisions] + [0], dtype=np.int64)
    parent_of = np.full(len(divisions) + 1, -1, dtype=np.int64)
    for _, child, parent in members:
        if child is not None and child in index:
            parent_of[index[child]] = index.get(parent, -1)
    at = np.full(len(face_ids), -1, dtype=np.int64)
    owner = {face: index.get(parent, -1) for face, _, parent in members if face is not None}
    at[:] = [owner.get(face, -1) for face in face_ids.tolist()]
    chains = {level: np.full(len(face_ids), -1, dtype=np.int64) for level in LEVELS}
    for _ in LEVELS:
        for level in LEVELS:
            here: npt.NDArray[np.bool_] = level_of[at] == level
            chains[level][here] = at[here]
        at = parent_of[at]
    return chains
