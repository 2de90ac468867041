"""A checked or previewed request, written as it goes over the wire."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from api.schemas.register import RefOut
from api.schemas.requests import (
    CheckOut,
    CodeOut,
    ConflictOut,
    DivisionChangeOut,
    EndedOut,
    FoundedOut,
    GeoCollection,
    GeoFeature,
    IssueOut,
    LineageEffectOut,
    NameChangeOut,
    NamedOut,
    PreviewOut,
    UnitEffectOut,
    UnitFactsOut,
)
from boundaries.conflicts import Conflict
from boundaries.errors import Fault
from boundaries.grid import IntArray
from gazetteer.engine.outcomes import DivisionConflict
from gazetteer.engine.register_state import Unit
from gazetteer.operations.drafts import Evaluation
from gazetteer.operations.previews import (
    ChangedLine,
    DivisionChange,
    LineageEffect,
    MovedPiece,
    Preview,
    UnitEffect,
)
from gazetteer.queries.chains import Link


def describe_check(evaluation: Evaluation) -> CheckOut:
    """Return what stands against a request, and the codes it needs."""
    issues = [_issue(fault) for fault in evaluation.faults]
    issues += [_division_issue(found, evaluation) for found in evaluation.division_conflicts]
    return CheckOut(
        ok=evaluation.ok,
        issues=issues,
        conflicts=[_conflict(found) for found in evaluation.conflicts]
        + [_division_conflict(found, evaluation) for found in evaluation.division_conflicts],
        codes=[CodeOut.model_validate(code) for code in evaluation.codes],
    )


def describe_preview(preview: Preview) -> PreviewOut:
    """Return the whole effect of a request."""
    check = describe_check(preview.evaluation)
    changes = preview.divisions
    return PreviewOut(
        **dict(check),
        divisions=[_change(change) for change in changes],
        before=_collection((c.before, _division(c, c.area_before_m2)) for c in changes if c.before),
        after=_collection((c.after, _division(c, c.area_after_m2)) for c in changes if c.after),
        pieces=_collection((piece.geom, _piece(piece)) for piece in preview.pieces),
        arcs_before=_lines(preview.lines_before),
        arcs_after=_lines(preview.lines_after),
        names=[
            NameChangeOut(division_id=name.division.id, before=name.before, after=name.after)
            for name in preview.names
        ],
        units=[_unit(effect) for effect in preview.units],
        founded=[
            FoundedOut(id=u.id, level=u.level, name=u.name, type=u.type, parent=_ref(effect.parent_after))
            for effect in preview.units
            if effect.before is None and (u := effect.after)
        ],
        ended=[
            EndedOut(id=u.id, level=u.level, name=u.name, type=u.type, code=u.code)
            for effect in preview.units
            if effect.after is None and (u := effect.before)
        ],
        lineage=[_lineage(effect) for effect in preview.lineage],
    )


def _unit(effect: UnitEffect) -> UnitEffectOut:
    return UnitEffectOut(
        id=effect.division.id,
        level=effect.division.level,
        status=effect.status,
        before=_facts(effect.before, effect.parent_before),
        after=_facts(effect.after, effect.parent_after),
    )


def _facts(unit: Unit | None, parent: Link | None) -> UnitFactsOut | None:
    if unit is None:
        return None
    return UnitFactsOut(
        name=unit.name,
        pinyin=unit.pinyin,
        type=unit.type,
        code=unit.code,
        parent=_ref(parent),
        seat=unit.seat,
        seat_address=unit.seat_address,
    )


def _lineage(effect: LineageEffect) -> LineageEffectOut:
    row = effect.row
    return LineageEffectOut(
        **{"from": RefOut.model_validate(effect.source)},
        to=RefOut.model_validate(effect.target),
        role=row.role,
        area_m2=row.area_m2,
        population=row.population,
        exact=row.exact,
        basis=row.basis,
    )


def _ref(link: Link | None) -> RefOut | None:
    return None if link is None else RefOut.model_validate(link)


def _issue(fault: Fault) -> IssueOut:
    return IssueOut(
        code=fault.code,
        severity=fault.severity,
        message=fault.zh,
        message_en=fault.en,
        lon=fault.lon,
        lat=fault.lat,
        divisions=list(fault.labels),
    )


def _division_issue(found: DivisionConflict, evaluation: Evaluation) -> IssueOut:
    code, zh, en = _division_words(found, evaluation)
    return IssueOut(
        code=code,
        severity="error",
        message=zh,
        message_en=en,
        lon=None,
        lat=None,
        divisions=[name] if (name := _name_now(found, evaluation)) else [],
    )


def _division_words(found: DivisionConflict, evaluation: Evaluation) -> tuple[str, str, str]:
    name = _name_now(found, evaluation) or found.base or str(found.division)
    if found.kind == "division_gone":
        return "division_gone", f"“{name}”此后已不存在。", f"{name} does not exist any more."
    if found.field == "name":
        now = found.theirs or "—"
        return (
            "name_changed",
            f"“{found.base}”此后已更名为“{now}”。",
            f"{found.base} has been renamed {now} since.",
        )
    return "division_changed", f"“{name}”此后已有变更。", f"{name} has changed since."


def _name_now(found: DivisionConflict, evaluation: Evaluation) -> str | None:
    unit = evaluation.before.units.get(found.division)
    return unit.name if unit else None


def _division_conflict(found: DivisionConflict, evaluation: Evaluation) -> ConflictOut:
    name = _name_now(found, evaluation) or found.base or str(found.division)
    return ConflictOut(
        arc=None,
        division=NamedOut(id=found.division, name=name),
        kind=found.kind,
        base=[],
        mine=[],
        theirs=None,
        field=found.field or None,
        base_text=found.base,
        mine_text=found.mine,
        theirs_text=found.theirs,
    )


def _points(points: IntArray | None) -> list[tuple[int, int]]:
    return [] if points is None else [(int(x), int(y)) for x, y in points]


def _conflict(found: Conflict) -> ConflictOut:
    return ConflictOut(
        arc=found.arc,
        kind=found.kind,
        base=_points(found.base),
        mine=_points(found.mine),
        theirs=None if found.theirs is None else _points(found.theirs),
    )


def _change(change: DivisionChange) -> DivisionChangeOut:
    return DivisionChangeOut(
        id=change.division.id,
        name=change.division.name,
        code=change.division.code,
        level=change.division.level,
        status=change.status,
        area_before_m2=change.area_before_m2,
        area_after_m2=change.area_after_m2,
        gained_m2=change.gained_m2,
        lost_m2=change.lost_m2,
        change_m2=change.change_m2,
        change_mu=change.change_mu,
    )


def _division(change: DivisionChange, area_m2: float) -> dict[str, Any]:
    link = change.division
    return {
        "id": str(link.id),
        "name": link.name,
        "code": link.code,
        "level": link.level,
        "area_m2": area_m2,
    }


def _piece(piece: MovedPiece) -> dict[str, Any]:
    return {"from": _name(piece.source), "to": _name(piece.target), "area_m2": piece.area_m2}


def _name(link: Link | None) -> str:
    return link.name if link else "区外"


def _lines(lines: Iterable[ChangedLine]) -> GeoCollection:
    return _collection((line.geom, {"arc": line.arc}) for line in lines)


def _collection(items: Iterable[tuple[BaseGeometry, dict[str, Any]]]) -> GeoCollection:
    return GeoCollection(
        features=[GeoFeature(geometry=mapping(geom), properties=properties) for geom, properties in items]
    )
