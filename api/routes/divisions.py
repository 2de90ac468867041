"""Divisions: the register now or at a date, history, lineage, boundary."""

from __future__ import annotations

from flask import Response

from api.auth import guard, public
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session
from api.schemas.register import (
    AtDay,
    DivisionOut,
    DivisionPage,
    DivisionPath,
    DivisionQuery,
    FeatureOut,
    HistoryList,
    HistoryOut,
    LineageOut,
)
from gazetteer import clock
from gazetteer.queries import divisions
from gazetteer.queries.history import list_history
from gazetteer.queries.lineage import get_lineage
from gazetteer.queries.moments import choose_when

api = make_blueprint("divisions", "The register of divisions 行政区划")


@api.get("/divisions", responses={200: DivisionPage})
@public
def list_divisions(query: DivisionQuery) -> Response:
    """List divisions by level and code; page by `cursor`."""
    session = get_session()
    wanted = divisions.Filter(
        on=choose_when(session, query.as_of, query.known_at),
        level=query.level,
        parent=query.parent,
        within=query.within,
        q=query.q,
        external=query.external,
    )
    page = divisions.list_divisions(session, wanted, limit=query.limit, cursor=query.cursor)
    return reply(DivisionPage.model_validate(page))


@api.get("/divisions/<key>", responses={200: DivisionOut, **problems(404)})
@public
def get_division(path: DivisionPath, query: AtDay) -> Response:
    """Return a division; one that has ended is shown as it last stood, unless a day is asked."""
    found = divisions.get_division(get_session(), path.key, query.as_of, query.known_at)
    return reply(DivisionOut.model_validate(found))


@api.get("/divisions/<key>/history", responses={200: HistoryList, **problems(404)})
@public
def get_history(path: DivisionPath) -> Response:
    """List the events that founded, changed or ended a division, the newest first."""
    session = get_session()
    division = divisions.get_division(session, path.key)
    items = [HistoryOut.model_validate(item) for item in list_history(session, division.id)]
    return reply(HistoryList(items=items))


@api.get("/divisions/<key>/lineage", responses={200: LineageOut, **problems(404)})
@public
def get_division_lineage(path: DivisionPath) -> Response:
    """Return what a division came from, and what became of it."""
    session = get_session()
    division = divisions.get_division(session, path.key)
    return reply(LineageOut.model_validate(get_lineage(session, division.id, clock.today(session))))


@api.get("/divisions/<key>/boundary", responses={200: FeatureOut, **problems(404)})
@guard("working.read")
def get_boundary(path: DivisionPath, query: AtDay) -> Response:
    """Return the boundary as GeoJSON at the full precision of the register."""
    division, geometry = divisions.get_boundary(get_session(), path.key, query.as_of, query.known_at)
    properties = DivisionOut.model_validate(division)
    response = reply(FeatureOut(id=division.id, geometry=geometry, properties=properties))
    response.content_type = "application/geo+json"
    return response
