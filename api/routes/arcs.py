"""The arcs an editor works on."""

from __future__ import annotations

from flask import Response

from api.auth import guard
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session
from api.schemas.arcs import ArcOut, ArcQuery, ArcsOut, FaceOut, LineOut, NodeOut
from api.schemas.box import parse_box
from api.schemas.register import RefOut
from gazetteer.queries.arcs import ArcView, FaceView, get_neighbourhood

api = make_blueprint("arcs", "Shared lines for editing 共享界线")


@api.get("/arcs", responses={200: ArcsOut, **problems(401, 403)})
@guard("working.read")
def list_arcs(query: ArcQuery) -> Response:
    """Return all arcs of the faces that meet a line in the box; at most 3,000."""
    found = get_neighbourhood(get_session(), parse_box(query.bbox), query.level)
    return reply(
        ArcsOut(
            base_event=found.base_event,
            nodes=[NodeOut(id=node, x=x, y=y) for node, (x, y) in found.nodes.items()],
            arcs=[_arc(view) for view in found.arcs],
            faces=[_face(view) for view in found.faces],
        )
    )


def _arc(view: ArcView) -> ArcOut:
    arc = view.arc
    return ArcOut.model_construct(
        id=arc.id,
        version=arc.version,
        hash=arc.hash,
        start_node=arc.start_node,
        end_node=arc.end_node,
        left_face=arc.left,
        right_face=arc.right,
        level=view.level,
        points=arc.points.tolist(),
        line=LineOut.model_validate(view.line) if view.line else None,
    )


def _face(view: FaceView) -> FaceOut:
    links = [RefOut.model_validate(link) for link in view.chain]
    return FaceOut.model_construct(
        id=view.id,
        kind=view.kind,
        label=view.label,
        complete=view.complete,
        division=links[0] if links else None,
        parents=links[1:],
    )
