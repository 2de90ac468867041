"""Writing a change of the register: what ends, what changes, what begins, under one event."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import shapely
from sqlalchemy.orm import Session

from boundaries.grid import to_degrees
from boundaries.patch import Patch
from gazetteer.changes import dated
from gazetteer.changes.arcs import apply_patch
from gazetteer.changes.dated import DatedTable, Moment
from gazetteer.changes.lines import line_columns
from gazetteer.engine.difference import RegisterChange
from gazetteer.engine.lineage import LineageRow
from gazetteer.engine.register_state import RegisterState, Unit
from gazetteer.queries.direct import DirectQuery
from gazetteer.queries.register_state import StoredState

_NEW_FACES = DirectQuery(
    """
    INSERT INTO face (kind, created_event)
    SELECT kind, CAST(:event AS bigint)
    FROM unnest(CAST(:kinds AS text[])) WITH ORDINALITY AS wanted(kind, place)
    ORDER BY place
    RETURNING id
    """
)
_NEW_IDENTITIES = {
    table: DirectQuery(
        f"""
        INSERT INTO {table} (id, level, created_event)
        SELECT id, level, CAST(:event AS bigint)
        FROM unnest(CAST(:ids AS uuid[]), CAST(:levels AS smallint[])) AS wanted(id, level)
        """
    )
    for table in ("division", "boundary_line")
}
_LINEAGE = DirectQuery(
    """
    INSERT INTO lineage (event_id, from_id, to_id, role, area_m2, population, exact, basis)
    SELECT CAST(:event AS bigint), from_id, to_id, role, area_m2, population, exact, basis
    FROM jsonb_populate_recordset(NULL::lineage, CAST(:rows AS jsonb))
    """
)
_STANDING = DirectQuery(
    " UNION ALL ".join(
        f"""
        SELECT '{what}' AS what, {key} AS row, CAST({column} AS text) AS subject, {main} AS main
        FROM {table}
        WHERE {column} = ANY(CAST(:{values}))
            AND upper_inf(recorded)
            AND valid @> CAST(:day AS date)
        """
        for what, table, key, column, main, values in (
            ("state", "division_state", "id", "division_id", "true", "units AS uuid[]"),
            ("name", "division_name", "id", "division_id", "kind = 'official'", "units AS uuid[]"),
            ("code", "division_code", "id", "division_id", "true", "units AS uuid[]"),
            ("child", "member", "id", "child_id", "true", "units AS uuid[]"),
            ("face", "member", "id", "face_id", "true", "faces AS bigint[]"),
            ("line", "boundary_line_state", "id", "line_id", "true", "lines AS uuid[]"),
            ("node", "node_position", "id", "node_id", "true", "nodes AS bigint[]"),
        )
    )
)


@dataclass(frozen=True)
class _Standing:
    """The rows in force on the day, by what they are about: the main one, and all of them."""

    main: Mapping[tuple[str, str], int] = field(default_factory=dict)
    every: Mapping[tuple[str, str], list[int]] = field(default_factory=dict)

    def row(self, what: str, subject: object) -> int:
        """Return the key of the one row of a thing."""
        return self.main[what, str(subject)]

    def has(self, what: str, subject: object) -> bool:
        """Tell whether a thing has such a row."""
        return (what, str(subject)) in self.main

    def rows(self, what: str, subjects: Collection[object]) -> list[int]:
        """Return the keys of all rows of some things."""
        return [row for subject in subjects for row in self.every.get((what, str(subject)), ())]


@dataclass(frozen=True)
class _Rewrite:
    """What happens to the rows of one table."""

    ended: list[int] = field(default_factory=list)
    changed: dict[int, dict[str, Any]] = field(default_factory=dict)
    added: list[dict[str, Any]] = field(default_factory=list)

    def write(self, session: Session, table: DatedTable, moment: Moment, *, legal: bool) -> None:
        """Write it as a change of the law from the day on, or as a correction over the same period."""
        if legal:
            dated.rewrite(session, table, moment, ended=self.ended, changed=self.changed, added=self.added)
            return
        if self.ended:
            dated.retract(session, table, self.ended, moment)
        if self.changed:
            dated.correct(session, table, self.changed, moment)
        if self.added:
            dated.add(session, table, self.added, moment)


def write_change(
    session: Session,
    change: RegisterChange,
    stored: StoredState,
    after: RegisterState,
    moment: Moment,
    *,
    legal: bool,
) -> None:
    """Write what a change does to lines, cells and divisions; the caller holds the locks.

    Polygons and lineage are written by the caller.

    Parameters
    ----------
    stored : StoredState
        The state the change was judged on, with the rows behind its arcs.
    moment : Moment
        For a legal change the day it takes effect; for a correction the day since which the lines hold.
    legal : bool
        What was so before stays true until that day; a correction puts the right content in its place.
    """
    faces = _found_faces(session, change, moment)
    _found(session, "division", [(unit.id, unit.level) for unit in change.founded], moment)
    gone_nodes = stored.state.graph.nodes.keys() - after.graph.nodes.keys()
    standing = _find_standing(session, change, gone_nodes, moment)
    _write_units(session, change, standing, moment, legal=legal)
    _write_members(session, change, faces, standing, moment)
    _write_lines(session, change, standing, moment, legal=legal)
    patch = _with_stored_faces(change.patch, faces)
    if patch.removed or patch.added:
        apply_patch(session, patch, stored.loaded, moment)
    ended = _Rewrite(ended=standing.rows("node", gone_nodes))
    ended.write(session, dated.NODE, moment, legal=True)


def write_lineage(session: Session, rows: Sequence[LineageRow], moment: Moment) -> None:
    """Write what became what at a legal change."""
    if not rows:
        return
    values = [
        {
            "from_id": str(row.from_id),
            "to_id": str(row.to_id),
            "role": row.role,
            "area_m2": row.area_m2,
            "population": row.population,
            "exact": row.exact,
            "basis": row.basis,
        }
        for row in rows
    ]
    _LINEAGE.rows(session, event=moment.event_id, rows=json.dumps(values))


def _found_faces(session: Session, change: RegisterChange, moment: Moment) -> dict[int, int]:
    """Insert the new faces; a face that comes back keeps its id."""
    new = {face: made.kind for face, made in change.new_faces.items() if face < 0}
    if not new:
        return {}
    rows = _NEW_FACES.rows(session, kinds=list(new.values()), event=moment.event_id)
    return dict(zip(new, sorted(row.id for row in rows), strict=True))


def _found(session: Session, table: str, founded: Sequence[tuple[uuid.UUID, int]], moment: Moment) -> None:
    """Insert identities before anything names them."""
    if founded:
        ids, levels = zip(*founded, strict=True)
        _NEW_IDENTITIES[table].rows(session, ids=list(ids), levels=list(levels), event=moment.event_id)


def _find_standing(
    session: Session, change: RegisterChange, nodes: Collection[int], moment: Moment
) -> _Standing:
    units = [unit.id for unit in change.ended] + [one.before.id for one in change.changed]
    faces = [*change.cells, *change.retired_faces]
    lines = [line.id for line in change.ended_lines] + [one.before.id for one in change.changed_lines]
    if not (units or faces or lines or nodes):
        return _Standing()
    main: dict[tuple[str, str], int] = {}
    every: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    found = _STANDING.rows(
        session,
        units=units,
        faces=faces,
        lines=[uuid.UUID(line) for line in lines],
        nodes=list(nodes),
        day=moment.effective_on,
    )
    for what, row, subject, is_main in found:
        every[what, subject].append(row)
        if is_main:
            main[what, subject] = row
    return _Standing(main, every)


def _write_units(
    session: Session, change: RegisterChange, standing: _Standing, moment: Moment, *, legal: bool
) -> None:
    """End what is abolished 撤销, change what goes on, set up what is founded 设立."""
    ended = [unit.id for unit in change.ended]
    founded = change.founded
    states = _Rewrite(
        ended=standing.rows("state", ended),
        changed={
            standing.row("state", one.before.id): _state(one.after)
            for one in change.changed
            if one.fields & {"type", "seat"}
        },
        added=[{"division_id": unit.id, **_state(unit)} for unit in founded],
    )
    names = _Rewrite(
        ended=standing.rows("name", ended),
        changed={
            standing.row("name", one.before.id): {"name": one.after.name, "pinyin": one.after.pinyin}
            for one in change.changed
            if "name" in one.fields
        },
        added=[
            {"division_id": unit.id, "kind": "official", "name": unit.name, "pinyin": unit.pinyin}
            for unit in founded
        ],
    )
    states.write(session, dated.STATE, moment, legal=legal)
    names.write(session, dated.NAME, moment, legal=legal)
    _codes(change, standing).write(session, dated.CODE, moment, legal=legal)


def _codes(change: RegisterChange, standing: _Standing) -> _Rewrite:
    recoded = [one.after for one in change.changed if "code" in one.fields]
    kept = [unit for unit in recoded if unit.code is not None and standing.has("code", unit.id)]
    lost = [unit.id for unit in recoded if unit.code is None]
    new = [unit for unit in recoded if unit.code is not None and not standing.has("code", unit.id)]
    new += [unit for unit in change.founded if unit.code is not None]
    return _Rewrite(
        ended=standing.rows("code", [*(unit.id for unit in change.ended), *lost]),
        changed={standing.row("code", unit.id): {"scheme": unit.scheme, "code": unit.code} for unit in kept},
        added=[{"division_id": unit.id, "scheme": unit.scheme, "code": unit.code} for unit in new],
    )


def _write_members(
    session: Session,
    change: RegisterChange,
    faces: Mapping[int, int],
    standing: _Standing,
    moment: Moment,
) -> None:
    """Write who is in whom: cells in divisions, divisions in those above."""
    left = [*change.retired_faces, *(face for face, move in change.cells.items() if move.after is None)]
    changed = {
        standing.row("child", one.before.id): {"parent_id": one.after.parent}
        for one in change.changed
        if "parent" in one.fields
    }
    changed |= {
        standing.row("face", face): {"parent_id": move.after}
        for face, move in change.cells.items()
        if move.before is not None and move.after is not None
    }
    cells = {faces.get(face, face): made.cell for face, made in change.new_faces.items()}
    cells |= {face: move.after for face, move in change.cells.items() if move.before is None}
    added: list[dict[str, Any]] = [
        {"face_id": face, "parent_id": unit} for face, unit in cells.items() if unit is not None
    ]
    added += [
        {"child_id": unit.id, "parent_id": unit.parent} for unit in change.founded if unit.parent is not None
    ]
    ended = standing.rows("child", [unit.id for unit in change.ended]) + standing.rows("face", left)
    _Rewrite(ended, changed, added).write(session, dated.MEMBER, moment, legal=True)


def _state(unit: Unit) -> dict[str, Any]:
    seat = None
    if unit.seat is not None:
        point = shapely.set_srid(shapely.points(to_degrees([unit.seat])[0]), 4490)
        seat = shapely.to_wkb(point, hex=True, include_srid=True)
    return {"type": unit.type, "seat": seat, "seat_address": unit.seat_address}


def _with_stored_faces(patch: Patch, faces: Mapping[int, int]) -> Patch:
    if not faces:
        return patch
    added = tuple(
        replace(new, left=faces.get(new.left, new.left), right=faces.get(new.right, new.right))
        for new in patch.added
    )
    return replace(patch, added=added, new_faces=tuple(faces.get(face, face) for face in patch.new_faces))


def _write_lines(
    session: Session, change: RegisterChange, standing: _Standing, moment: Moment, *, legal: bool
) -> None:
    founded = change.founded_lines
    _found(session, "boundary_line", [(uuid.UUID(line.id), line.level) for line in founded], moment)
    lines = _Rewrite(
        ended=standing.rows("line", [line.id for line in change.ended_lines]),
        changed={
            standing.row("line", one.before.id): line_columns(one.after) for one in change.changed_lines
        },
        added=[line_columns(line) for line in founded],
    )
    lines.write(session, dated.LINE, moment, legal=legal)
