"""What every response carries, and what is written down of every request."""

from __future__ import annotations

import logging
import re
import time
import uuid
from urllib.parse import parse_qsl, urlencode

from flask import Flask, Response, g, request

from api.auth import is_https

access = logging.getLogger("quming.access")

# blob: and data: are what OpenLayers needs for icons, canvases and its workers.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
SECRETS = frozenset({"key", "token", "password", "access_token"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def begin() -> None:
    """Give the request its id (the proxy's, if it sent a sane one) and note when it came."""
    sent = request.headers.get("X-Request-Id", "")
    g.request_id = sent if _REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
    g.began = time.perf_counter()


def redact(query: str) -> str:
    """Return a query string without the values of what is secret."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, "***" if name.lower() in SECRETS else value) for name, value in pairs], safe="*")


def finish(response: Response) -> Response:
    """Add the headers, unless the route chose its own, and write the line of the access log."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if is_https():
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Request-Id"] = g.request_id
    _write_line(response)
    return response


def _write_line(response: Response) -> None:
    signed_in = g.get("signed_in")
    query = redact(request.query_string.decode("utf-8", "replace"))
    path = request.path.encode("unicode_escape").decode("ascii")
    access.info(
        "%s %s %s%s %d %.1fms %s %s",
        request.remote_addr,
        request.method,
        path,
        f"?{query}" if query else "",
        response.status_code,
        (time.perf_counter() - g.began) * 1000,
        signed_in.actor.login if signed_in else "-",
        g.request_id,
    )


def register(app: Flask) -> None:
    """Take hold of every request and response."""
    app.before_request(begin)
    app.after_request(finish)
