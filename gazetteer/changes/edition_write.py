"""Writing one event of an edition: end what ends, change what changes, add what begins, in that order."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.grid import IntArray, arc_hash, snap, to_degrees
from gazetteer.changes import dated
from gazetteer.changes.dated import DatedTable, Moment
from gazetteer.changes.edition_steps import ChangedArc, LineFacts, NewArcRow, Numbers, Step
from gazetteer.changes.load import SRID, take_ids


def write_step(session: Session, step: Step, moment: Moment, numbers: Numbers) -> None:
    """Write one event; the event row itself is written already and named by `moment`."""
    _number(session, step, moment, numbers)
    _end_units(session, step, moment)
    _change_units(session, step, moment)
    _found_units(session, step, moment)
    _write_face_units(session, step, moment, numbers)
    _write_nodes(session, step, moment, numbers)
    _write_lines(session, step, moment)
    _write_arcs(session, step, moment, numbers)
    _write_shapes(session, step, moment)
    _write_lineage(session, step, moment)


def _number(session: Session, step: Step, moment: Moment, numbers: Numbers) -> None:
    """Insert the new faces and nodes and remember their ids."""
    for kind, sequence, known in (
        ("face", "face_id_seq", numbers.faces),
        ("node", "node_id_seq", numbers.nodes),
    ):
        wanted = step.new_faces if kind == "face" else step.new_nodes
        ids = take_ids(session, sequence, len(wanted)).tolist()
        known.update(zip(wanted, ids, strict=True))
    for number, face_kind in step.new_faces.items():
        session.execute(
            text("INSERT INTO face (id, kind, created_event) VALUES (:id, :kind, :event)"),
            {"id": numbers.face(number), "kind": face_kind, "event": moment.event_id},
        )
    for number in step.new_nodes:
        session.execute(
            text("INSERT INTO node (id, created_event) VALUES (:id, :event)"),
            {"id": numbers.node(number), "event": moment.event_id},
        )


def _rows(
    session: Session, table: DatedTable, column: str, values: Collection[Any], moment: Moment, extra: str = ""
) -> dict[Any, int]:
    """Return the row key by value of `column` of the rows in force on the day of the event."""
    if not values:
        return {}
    found = session.execute(
        text(
            f"SELECT {column}, {table.key} FROM {table.name} WHERE {column} = ANY(:values)"
            f" AND upper_inf(recorded) AND valid @> CAST(:day AS date) {extra}"
        ),
        {"values": list(values), "day": moment.effective_on},
    )
    return {row[0]: row[1] for row in found}


def _end_units(session: Session, step: Step, moment: Moment) -> None:
    """Abolish units 撤销: nothing of them is in force from that day."""
    for table, column in (
        (dated.STATE, "division_id"),
        (dated.NAME, "division_id"),
        (dated.MEMBER, "child_id"),
    ):
        rows = _rows(session, table, column, step.ended, moment)
        dated.close_and_cut(session, table, list(rows.values()), moment)
    uncoded = [unit for unit, code in step.codes.items() if code is None]
    rows = _rows(session, dated.CODE, "division_id", [*step.ended, *uncoded], moment)
    dated.close_and_cut(session, dated.CODE, list(rows.values()), moment)


def _change_units(session: Session, step: Step, moment: Moment) -> None:
    states = _rows(session, dated.STATE, "division_id", step.types, moment)
    changed = {states[unit]: {"type": kind} for unit, kind in step.types.items()}
    dated.change_from(session, dated.STATE, changed, moment)
    names = _rows(session, dated.NAME, "division_id", step.names, moment, "AND kind = 'official'")
    renamed = {names[unit]: {"name": name, "pinyin": sound} for unit, (name, sound) in step.names.items()}
    dated.change_from(session, dated.NAME, renamed, moment)
    coded = {unit: code for unit, code in step.codes.items() if code is not None}
    codes = _rows(session, dated.CODE, "division_id", coded, moment)
    recoded = {codes[unit]: {"code": code} for unit, code in coded.items() if unit in codes}
    dated.change_from(session, dated.CODE, recoded, moment)
    added = [
        {"division_id": unit, "scheme": step.scheme, "code": code}
        for unit, code in coded.items()
        if unit not in codes
    ]
    dated.add(session, dated.CODE, added, moment)


def _found_units(session: Session, step: Step, moment: Moment) -> None:
    for unit in step.founded:
        session.execute(
            text("INSERT INTO division (id, level, created_event) VALUES (:id, :level, :event)"),
            {"id": unit.id, "level": unit.level, "event": moment.event_id},
        )
    dated.add(session, dated.STATE, [{"division_id": u.id, "type": u.type} for u in step.founded], moment)
    names = [
        {"division_id": u.id, "kind": "official", "name": u.name, "pinyin": u.pinyin} for u in step.founded
    ]
    dated.add(session, dated.NAME, names, moment)
    codes = [{"division_id": u.id, "scheme": step.scheme, "code": u.code} for u in step.founded if u.code]
    dated.add(session, dated.CODE, codes, moment)
    members = [{"child_id": u.id, "parent_id": u.parent} for u in step.founded if u.parent]
    dated.add(session, dated.MEMBER, members, moment)
    moved = _rows(session, dated.MEMBER, "child_id", step.parents, moment)
    changes = {moved[unit]: {"parent_id": parent} for unit, parent in step.parents.items() if unit in moved}
    dated.change_from(session, dated.MEMBER, changes, moment)


def _write_face_units(session: Session, step: Step, moment: Moment, numbers: Numbers) -> None:
    faces = {numbers.face(number): unit for number, unit in step.face_units.items()}
    rows = _rows(session, dated.MEMBER, "face_id", faces, moment)
    retired = [rows[face] for face, unit in faces.items() if unit is None and face in rows]
    dated.close_and_cut(session, dated.MEMBER, retired, moment)
    moved = {rows[f]: {"parent_id": u} for f, u in faces.items() if u is not None and f in rows}
    dated.change_from(session, dated.MEMBER, moved, moment)
    added = [{"face_id": f, "parent_id": u} for f, u in faces.items() if u is not None and f not in rows]
    dated.add(session, dated.MEMBER, added, moment)


def _write_nodes(session: Session, step: Step, moment: Moment, numbers: Numbers) -> None:
    rows = _rows(session, dated.NODE, "node_id", step.closed_nodes, moment)
    dated.close_and_cut(session, dated.NODE, list(rows.values()), moment)
    places = [{"node_id": numbers.node(n), "x": x, "y": y} for n, (x, y) in step.new_nodes.items()]
    dated.add(session, dated.NODE, places, moment)


def _write_lines(session: Session, step: Step, moment: Moment) -> None:
    ended = _rows(session, dated.LINE, "line_id", step.ended_lines, moment)
    dated.close_and_cut(session, dated.LINE, list(ended.values()), moment)
    rows = _rows(session, dated.LINE, "line_id", step.changed_lines, moment)
    changes = {rows[line]: _line_columns(facts) for line, facts in step.changed_lines.items()}
    dated.change_from(session, dated.LINE, changes, moment)
    for line, facts in step.founded_lines.items():
        session.execute(
            text("INSERT INTO boundary_line (id, level, created_event) VALUES (:id, :level, :event)"),
            {"id": line, "level": facts.level, "event": moment.event_id},
        )
    added = [
        {"line_id": line, "legal_status": "600004", **_line_columns(facts)}
        for line, facts in step.founded_lines.items()
    ]
    dated.add(session, dated.LINE, added, moment)


def _line_columns(facts: LineFacts) -> dict[str, Any]:
    return {"name": facts.name, "left_id": facts.left, "right_id": facts.right}


def _write_arcs(session: Session, step: Step, moment: Moment, numbers: Numbers) -> None:
    closed = _rows(session, dated.ARC, "id", step.closed_arcs, moment)
    dated.close_and_cut(session, dated.ARC, list(closed.values()), moment)
    rows = _rows(session, dated.ARC, "id", step.changed_arcs, moment)
    versions = _versions_and_points(session, list(rows.values()))
    changes = {}
    for arc, change in step.changed_arcs.items():
        version, points = versions[rows[arc]]
        changes[rows[arc]] = _changed_columns(change, version, points, numbers)
    dated.change_from(session, dated.ARC, changes, moment)
    ids = take_ids(session, "arc_id_seq", len(step.new_arcs)).tolist()
    added = [_arc_columns(i, arc, numbers) for i, arc in zip(ids, step.new_arcs, strict=True)]
    dated.add(session, dated.ARC, added, moment)


def _versions_and_points(session: Session, row_ids: Collection[int]) -> dict[int, tuple[int, IntArray]]:
    rows = session.execute(
        text("SELECT row_id, version, ST_AsBinary(geom) AS wkb FROM arc WHERE row_id = ANY(:ids)"),
        {"ids": list(row_ids)},
    ).all()
    return {
        row.row_id: (row.version, snap(shapely.get_coordinates(shapely.from_wkb(bytes(row.wkb)))))
        for row in rows
    }


def _changed_columns(change: ChangedArc, version: int, points: IntArray, numbers: Numbers) -> dict[str, Any]:
    left, right = numbers.face(change.left), numbers.face(change.right)
    return {
        "version": version + 1,
        "left_face": left,
        "right_face": right,
        "line_id": change.line,
        "hash": arc_hash(points, left, right),
    }


def _arc_columns(arc_id: int, arc: NewArcRow, numbers: Numbers) -> dict[str, Any]:
    left, right = numbers.face(arc.left), numbers.face(arc.right)
    line = shapely.set_srid(shapely.linestrings(to_degrees(arc.points)), SRID)
    return {
        "id": arc_id,
        "version": 1,
        "start_node": numbers.node(arc.start_node),
        "end_node": numbers.node(arc.end_node),
        "left_face": left,
        "right_face": right,
        "line_id": arc.line,
        "geom": shapely.to_wkb(line, hex=True, include_srid=True),
        "hash": arc_hash(arc.points, left, right),
    }


def _write_shapes(session: Session, step: Step, moment: Moment) -> None:
    """Cut and add stored polygons; they are a cache of what is known now, so rows are cut in place."""
    session.execute(
        text("DELETE FROM division_shape WHERE division_id = ANY(:ids) AND lower(valid) >= :day"),
        {"ids": list(step.ended_shapes), "day": moment.effective_on},
    )
    session.execute(
        text(
            "UPDATE division_shape SET valid = valid * daterange(NULL, :day)"
            " WHERE division_id = ANY(:ids) AND valid @> CAST(:day AS date)"
        ),
        {"ids": list(step.ended_shapes), "day": moment.effective_on},
    )
    for unit, (geom, area_m2) in step.new_shapes.items():
        session.execute(
            text(
                "INSERT INTO division_shape (division_id, valid, level, geom, area_m2, event_id)"
                " SELECT :id, daterange(:day, NULL), level, CAST(:wkb AS geometry), :area, :event"
                " FROM division WHERE id = :id"
            ),
            {
                "id": unit,
                "day": moment.effective_on,
                "wkb": shapely.to_wkb(shapely.set_srid(geom, SRID), hex=True, include_srid=True),
                "area": area_m2,
                "event": moment.event_id,
            },
        )


def _write_lineage(session: Session, step: Step, moment: Moment) -> None:
    for fact in step.lineage:
        session.execute(
            text(
                "INSERT INTO lineage (event_id, from_id, to_id, role, area_m2, exact, basis,"
                " population, source_population)"
                " VALUES (:event, :source, :target, :role, :area, :exact, :basis, :people, :all_people)"
            ),
            {
                "event": moment.event_id,
                "source": fact.source,
                "target": fact.target,
                "role": "whole" if fact.whole else "part",
                "area": fact.area_m2,
                "exact": fact.exact,
                "basis": fact.basis,
                "people": fact.population,
                "all_people": fact.source_population,
            },
        )
