"""Lineage between two days: what units became, or what they were made of."""

from __future__ import annotations

from flask import Response

from api.auth import public
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session
from api.schemas.history import ChainList, ChainOut, ChainQuery
from gazetteer.queries.lineage_chain import find_starts, list_chains

api = make_blueprint("lineage", "Lineage 沿革")


@api.get("/lineage", responses={200: ChainList, **problems(404)})
@public
def get_chains(query: ChainQuery) -> Response:
    """Follow a unit, or all under a division, from one day to another; backward when `to` is earlier."""
    session = get_session()
    starts = find_starts(session, query.division, query.within, query.level, query.from_)
    chains = list_chains(session, starts, query.from_, query.to, query.weight)
    return reply(ChainList(items=[ChainOut.model_validate(chain) for chain in chains]))
