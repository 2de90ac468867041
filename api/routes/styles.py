"""Map styles, for programs that are given the address of a style."""

from __future__ import annotations

from typing import Literal

from flask import Response, jsonify

from api.addresses import own_address
from api.auth import public
from api.blueprint import make_blueprint
from api.schemas.base import Body
from webmap.styles import make_style

api = make_blueprint("styles", "Map styles 地图样式", prefix="")


class StylePath(Body):
    """A style in the path."""

    name: Literal["public", "working"]


@api.get("/styles/<string:name>.json", responses={200: {"description": "A Mapbox style, version 8"}})
@public
def get_style(path: StylePath) -> Response:
    """Return a style; that of the working state is no secret, its tiles ask for a sign-in."""
    response = jsonify(make_style(path.name, own_address()))
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
