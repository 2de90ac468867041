"""The difference between two states of the register, and changes to come."""

from __future__ import annotations

import json
import uuid

import shapely
from flask import Response

from api.auth import guard, public
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session
from api.schemas.history import (
    DifferenceList,
    DifferenceOut,
    DifferenceQuery,
    PieceCollection,
    PieceFeature,
    PieceProperties,
    UpcomingList,
    UpcomingOut,
)
from gazetteer import clock
from gazetteer.queries.differences import LandPiece, UnitDifference, find_difference, find_pieces
from gazetteer.queries.divisions import find_either
from gazetteer.queries.lineage import Ref
from gazetteer.queries.moments import choose_when
from gazetteer.queries.stand import When
from gazetteer.queries.upcoming import list_upcoming

api = make_blueprint("changes", "Differences between two states 变更对比")


def _states(query: DifferenceQuery) -> tuple[When, When, uuid.UUID | None]:
    session = get_session()
    before = choose_when(session, query.from_, query.from_known_at)
    after = choose_when(session, query.to, query.to_known_at)
    within = None if query.within is None else find_either(session, query.within, before, after)
    return before, after, within


@api.get("/changes", responses={200: DifferenceList, **problems(404)})
@public
def list_changes(query: DifferenceQuery) -> Response:
    """List what became of each unit between two days of law, or between two moments of knowledge."""
    before, after, within = _states(query)
    found = find_difference(get_session(), before, after, level=query.level, within=within)
    names = {unit.id: Ref(unit.id, unit.level, unit.name, unit.code) for unit in found.names.values()}
    return reply(DifferenceList(items=[_item(item, names) for item in found.items]))


def _item(item: UnitDifference, names: dict[uuid.UUID, Ref]) -> DifferenceOut:
    return DifferenceOut.model_validate(
        {
            **{field: getattr(item, field) for field in DifferenceOut.model_fields},
            "predecessors": [names[unit] for unit in item.predecessors],
            "successors": [names[unit] for unit in item.successors],
        }
    )


@api.get("/changes/pieces", responses={200: PieceCollection, **problems(401, 403, 404)})
@guard("working.read")
def list_pieces(query: DifferenceQuery) -> Response:
    """Return the land that passed from one unit to another, as GeoJSON at the precision of the register."""
    before, after, within = _states(query)
    pieces = find_pieces(get_session(), before, after, level=query.level, within=within)
    response = reply(PieceCollection(features=[_feature(land) for land in pieces]))
    response.content_type = "application/geo+json"
    return response


def _feature(land: LandPiece) -> PieceFeature:
    source, target, piece = land.source, land.target, land.piece
    properties = PieceProperties(
        level=land.level,
        from_id=source.id if source else None,
        from_code=source.code if source else None,
        from_name=source.name if source else None,
        to_id=target.id if target else None,
        to_code=target.code if target else None,
        to_name=target.name if target else None,
        area_m2=piece.area_m2,
        width_m=piece.width_m,
    )
    return PieceFeature(geometry=json.loads(shapely.to_geojson(piece.geometry)), properties=properties)


@api.get("/changes/upcoming", responses={200: UpcomingList, **problems(401, 403)})
@guard("working.read")
def list_changes_to_come() -> Response:
    """List what is approved and not yet in force 待生效, the nearest first: for staff."""
    session = get_session()
    items = [UpcomingOut.model_validate(one) for one in list_upcoming(session, clock.today(session))]
    return reply(UpcomingList(items=items))
