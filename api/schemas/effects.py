"""A checked or previewed request, written as it goes over the wire."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from api.schemas.requests import (
    CheckOut,
    ConflictOut,
    DivisionChangeOut,
    GeoCollection,
    GeoFeature,
    IssueOut,
    NameChangeOut,
    PreviewOut,
)
from boundaries.draft import Conflict
from boundaries.errors import Fault
from boundaries.grid import IntArray
from gazetteer.operations.drafts import Evaluation
from gazetteer.operations.previews import ChangedLine, DivisionChange, MovedPiece, Preview
from gazetteer.operations.renames import Rename
from gazetteer.queries.chains import Link


def describe_check(evaluation: Evaluation) -> CheckOut:
    """Return what stands against a request."""
    issues = [_issue(fault) for fault in evaluation.faults]
    issues += [_renamed_since(rename) for rename in evaluation.name_conflicts]
    return CheckOut(
        ok=evaluation.ok, issues=issues, conflicts=[_conflict(found) for found in evaluation.conflicts]
    )


def describe_preview(preview: Preview) -> PreviewOut:
    """Return the whole effect of a request."""
    check = describe_check(preview.evaluation)
    changes = preview.divisions
    return PreviewOut(
        ok=check.ok,
        issues=check.issues,
        conflicts=check.conflicts,
        divisions=[_change(change) for change in changes],
        before=_collection((c.before, _division(c, c.area_before_m2)) for c in changes),
        after=_collection((c.after, _division(c, c.area_after_m2)) for c in changes),
        pieces=_collection((piece.geom, _piece(piece)) for piece in preview.pieces),
        arcs_before=_lines(preview.lines_before),
        arcs_after=_lines(preview.lines_after),
        names=[
            NameChangeOut(division_id=name.division.id, before=name.before, after=name.after)
            for name in preview.names
        ],
    )


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


def _renamed_since(rename: Rename) -> IssueOut:
    now = rename.row.name if rename.row else "—"
    return IssueOut(
        code="name_changed",
        severity="error",
        message=f"“{rename.base_name}”此后已更名为“{now}”。",
        message_en=f"{rename.base_name} has been renamed {now} since.",
        lon=None,
        lat=None,
        divisions=[now],
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
