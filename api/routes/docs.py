"""The OpenAPI document, and the page that shows it; every file of the page is ours to serve."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import cast

from flask import Blueprint, Response, current_app, jsonify, send_from_directory
from flask_openapi.openapi import OpenAPI

from api.auth import public
from api.document import build_document

docs = Blueprint("docs", __name__, url_prefix="/api")

PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>区名 Quming API</title>
<link rel="icon" href="docs/assets/images/swagger.svg">
<link rel="stylesheet" href="docs/assets/css/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/assets/js/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
# In a file of its own: the content security policy allows no script inside a page.
START = "SwaggerUIBundle({ url: 'openapi.json', dom_id: '#swagger-ui', deepLinking: true })\n"


def _assets() -> Path:
    return Path(str(files("flask_openapi_swagger"))) / "templates" / "swagger"


@docs.get("/openapi.json")
@public
def get_document() -> Response:
    """Return the OpenAPI document."""
    return jsonify(build_document(cast("OpenAPI", current_app)))


@docs.get("/docs")
@public
def get_page() -> Response:
    """Return the page that shows the document."""
    return Response(PAGE, content_type="text/html; charset=utf-8")


@docs.get("/docs/start.js")
@public
def get_start() -> Response:
    """Return the script that starts the page."""
    return Response(START, content_type="text/javascript; charset=utf-8")


@docs.get("/docs/assets/<path:name>")
@public
def get_asset(name: str) -> Response:
    """Return a file of the page."""
    return send_from_directory(_assets(), name, max_age=86400)
