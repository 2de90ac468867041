"""Boundary lines: lists, one in full, the draft of its course, joint inspections."""

from __future__ import annotations

from flask import Response

from api.auth import get_actor, guard
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session, get_settings
from api.schemas.base import IdPath
from api.schemas.lines import (
    BoundaryLineOut,
    CourseOut,
    CourseQuery,
    InspectionIn,
    InspectionOut,
    LineArcOut,
    LineDetails,
    LineHistoryOut,
    LinePage,
    LineQuery,
    MarkerOut,
    OnDay,
    TripointOut,
)
from gazetteer import clock
from gazetteer.operations.inspections import Report, record_inspection
from gazetteer.queries.inspections import list_inspections
from gazetteer.queries.line_course import draft_course, load_parts
from gazetteer.queries.lines import LineFilter, get_line, list_line_history, list_lines

api = make_blueprint("lines", "Boundary lines 界线")


@api.get("/lines", responses={200: LinePage, **problems(401, 403)})
@guard("working.read")
def list_boundary_lines(query: LineQuery) -> Response:
    """List boundary lines by level and name; `due_before` asks which are to be inspected."""
    session = get_session()
    wanted = LineFilter(
        on=query.as_of or clock.today(session),
        years=get_settings().inspection_years,
        level=query.level,
        division=query.division,
        legal_status=query.status,
        q=query.q,
        due_before=query.due_before,
    )
    page = list_lines(session, wanted, limit=query.limit, cursor=query.cursor)
    return reply(LinePage.model_validate(page))


@api.get("/lines/<uuid:id>", responses={200: LineDetails, **problems(401, 403, 404)})
@guard("working.read")
def get_boundary_line(path: IdPath, query: OnDay) -> Response:
    """Return a line with its arcs, markers, tripoints, inspections and history."""
    session = get_session()
    on = query.as_of or clock.today(session)
    line = get_line(session, path.id, on, get_settings().inspection_years)
    parts = load_parts(session, line, on)
    history = list_line_history(session, path.id, on)
    return reply(
        LineDetails(
            **dict(BoundaryLineOut.model_validate(line)),
            bbox=parts.bbox,
            geometry=parts.geometry,
            arc_list=[LineArcOut.model_validate(arc) for arc in parts.arcs],
            marker_list=[MarkerOut.model_validate(marker) for marker in parts.markers],
            tripoints=[TripointOut.model_validate(tripoint) for tripoint in parts.tripoints],
            inspections=[InspectionOut.model_validate(view) for view in list_inspections(session, path.id)],
            history=[LineHistoryOut.model_validate(item) for item in history],
        )
    )


@api.get("/lines/<uuid:id>/course", responses={200: CourseOut, **problems(401, 403, 404)})
@guard("working.read")
def get_course(path: IdPath, query: CourseQuery) -> Response:
    """Draft the course 走向说明 of a line: directions, distances, markers, what is crossed."""
    session = get_session()
    on = query.as_of or clock.today(session)
    line = get_line(session, path.id, on, get_settings().inspection_years)
    course = draft_course(session, line, on, tolerance_m=query.tolerance_m, near_m=query.near_m)
    return reply(CourseOut.model_validate(course))


@api.post(
    "/lines/<uuid:id>/inspections",
    responses={201: InspectionOut, **problems(401, 403, 404, 409, 415)},
)
@guard("inspection.record")
def add_inspection(path: IdPath, body: InspectionIn) -> Response:
    """Record a joint inspection 联合检查 of a line."""
    report = Report(
        inspected_on=body.inspected_on,
        inspected_by=body.inspected_by,
        result=body.result,
        occasion=body.occasion,
        findings=body.findings.model_dump(exclude_none=True),
        documents=body.documents,
        corrects=body.corrects,
    )
    view = record_inspection(
        get_session(), get_actor(), path.id, body.id, report, years=get_settings().inspection_years
    )
    return reply(InspectionOut.model_validate(view), 201)
