"""Writing boundary lines, markers and tripoints: dated rows, from the day they are so."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from gazetteer.changes import dated
from gazetteer.changes.dated import DatedTable, Moment
from gazetteer.engine.line_objects import Line, Marker, Tripoint
from gazetteer.engine.register_state import RegisterState

_FOUND = {
    name: text(
        f"INSERT INTO {name} (id, created_event) SELECT id, :event"
        f" FROM unnest(CAST(:ids AS uuid[])) AS id ON CONFLICT DO NOTHING"
    )
    for name in ("marker", "tripoint")
}
_ROWS = {
    name: text(
        f"SELECT id, {name}_id AS object FROM {name}_state WHERE {name}_id = ANY(:ids)"
        f" AND upper_inf(recorded) AND valid @> CAST(:day AS date)"
    )
    for name in ("marker", "tripoint")
}


def line_columns(line: Line) -> dict[str, Any]:
    """Return a line as columns of ``boundary_line_state``."""
    return {
        "line_id": line.id,
        "name": line.name,
        "left_id": line.left,
        "right_id": line.right,
        "legal_status": line.legal_status,
        "follows": line.follows,
        "agreement_no": line.agreement_no,
        "line_type": line.line_type,
        "agreement_date": line.agreement_date,
        "agreement_clause": line.agreement_clause,
        "survey_date": line.survey_date,
        "accuracy_m": line.accuracy_m,
        "course": line.course,
    }


def write_line_objects(session: Session, before: RegisterState, after: RegisterState, moment: Moment) -> None:
    """Write the markers and tripoints that begin, change or end between two states.

    Parameters
    ----------
    moment : Moment
        ``effective_on`` is the day of the event, also for a correction: a marker that was moved stands where
        it stands since it was moved, and stood elsewhere before.
    """
    _write(session, "marker", dated.MARKER, _columns(before.markers), _columns(after.markers), moment)
    _write(session, "tripoint", dated.TRIPOINT, _columns(before.tripoints), _columns(after.tripoints), moment)


def _columns(objects: Mapping[uuid.UUID, Marker] | Mapping[uuid.UUID, Tripoint]) -> dict[uuid.UUID, Any]:
    return {
        i: _marker(thing) if isinstance(thing, Marker) else _tripoint(thing) for i, thing in objects.items()
    }


def _write(
    session: Session,
    name: str,
    table: DatedTable,
    before: Mapping[uuid.UUID, Mapping[str, Any]],
    after: Mapping[uuid.UUID, Mapping[str, Any]],
    moment: Moment,
) -> None:
    ended = before.keys() - after.keys()
    changed = {i for i in before.keys() & after.keys() if before[i] != after[i]}
    founded = sorted(after.keys() - before.keys())
    rows = _rows(session, name, ended | changed, moment)
    if ended:
        dated.close_and_cut(session, table, [rows[i] for i in sorted(ended)], moment)
    if changed:
        dated.change_from(session, table, {rows[i]: after[i] for i in sorted(changed)}, moment)
    if founded:
        session.execute(_FOUND[name], {"ids": founded, "event": moment.event_id})
        dated.add(session, table, [after[i] for i in founded], moment)


def _rows(session: Session, name: str, ids: Collection[uuid.UUID], moment: Moment) -> dict[uuid.UUID, int]:
    if not ids:
        return {}
    found = session.execute(_ROWS[name], {"ids": list(ids), "day": moment.effective_on})
    return {row.object: row.id for row in found}


def _marker(marker: Marker) -> dict[str, Any]:
    free = marker.node is None
    return {
        "marker_id": marker.id,
        "line_id": marker.line,
        "number": marker.number,
        "letter": marker.letter,
        "form": marker.form,
        "material": marker.material,
        "node_id": marker.node,
        "x": marker.place[0] if free else None,
        "y": marker.place[1] if free else None,
        "elevation_m": marker.elevation_m,
        "accuracy_m": marker.accuracy_m,
        "gnss": marker.gnss,
        **_sides(marker.sides),
        "reference_objects": [asdict(reference) for reference in marker.references],
        "status": marker.status,
        "note": marker.note,
    }


def _tripoint(tripoint: Tripoint) -> dict[str, Any]:
    return {
        "tripoint_id": tripoint.id,
        "node_id": tripoint.node,
        "name": tripoint.name,
        **_sides(tripoint.sides),
        "agreement_no": tripoint.agreement_no,
        "agreement_date": tripoint.agreement_date,
    }


def _sides(sides: tuple[uuid.UUID, ...]) -> dict[str, uuid.UUID | None]:
    """Return the sides in columns, the third null where there are two."""
    return {f"side_{n}_id": side for n, side in zip((1, 2, 3), [*sides, None], strict=False)}
