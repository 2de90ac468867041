"""Place names."""

from __future__ import annotations

from flask import Response

from api.auth import public
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session
from api.schemas.base import IdPath
from api.schemas.box import parse_box
from api.schemas.register import AtDay, NameOut, NamePage, NameQuery
from gazetteer.queries import names
from gazetteer.queries.moments import choose_when

api = make_blueprint("names", "Place names 地名")


@api.get("/names", responses={200: NamePage})
@public
def list_names(query: NameQuery) -> Response:
    """List place names by name; page by `cursor`."""
    session = get_session()
    wanted = names.NameFilter(
        on=choose_when(session, query.as_of, query.known_at),
        q=query.q,
        kind=query.kind,
        within=query.within,
        bbox=parse_box(query.bbox) if query.bbox else None,
    )
    page = names.list_names(session, wanted, limit=query.limit, cursor=query.cursor)
    return reply(NamePage.model_validate(page))


@api.get("/names/<uuid:id>", responses={200: NameOut, **problems(404)})
@public
def get_name(path: IdPath, query: AtDay) -> Response:
    """Return a place name."""
    found = names.get_name(get_session(), path.id, query.as_of, query.known_at)
    return reply(NameOut.model_validate(found))
