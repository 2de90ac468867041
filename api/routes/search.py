"""One-box search."""

from __future__ import annotations

from flask import Response

from api.auth import public
from api.blueprint import make_blueprint, reply
from api.database import get_session
from api.schemas.register import SearchList, SearchOut, SearchQuery
from gazetteer.queries import search as queries

api = make_blueprint("search", "Search 搜索")


@api.get("/search", responses={200: SearchList})
@public
def search(query: SearchQuery) -> Response:
    """Find divisions by name, former name, pinyin or code, and place names; the best first."""
    hits = queries.search(get_session(), query.q, limit=query.limit, within=query.within)
    return reply(SearchList(items=[SearchOut.model_validate(hit) for hit in hits]))
