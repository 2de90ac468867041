"""The guard of every route: who may call it, and that a write by cookie comes from our own pages.

A route says `@public`, `@signed_in` or `@guard("request.draft")` under its rule; one without is refused at
start. The guard asks whether the role is held anywhere; the place is asked by `require` with the path of the
division, in the operation or, for reads, in the route.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import BadRequest

from api.database import get_session, get_settings
from api.errors import CrossSite, WrongContentType
from gazetteer.errors import Forbidden, NotSignedIn
from gazetteer.operations import sessions, tokens
from gazetteer.operations.sessions import SignedIn
from gazetteer.roles import ACTIONS, Actor, require

View = TypeVar("View", bound=Callable[..., Any])

COOKIE = "quming_session"
JSON_BYTES = 16 * 2**20
"""The largest JSON body; only uploads may be larger."""
READS = frozenset({"GET", "HEAD", "OPTIONS"})
_MARK = "__guard__"


@dataclass(frozen=True)
class Guard:
    """What a route asks of its caller: nothing, an account, or a permission."""

    signed_in: bool
    action: str | None = None
    form: bool = False
    """Takes multipart forms (uploads) beside JSON."""


class Unguarded(RuntimeError):
    """A route without a guard: the application does not start."""


def _mark(view: View, needed: Guard) -> View:
    setattr(view, _MARK, needed)
    return view


def public(view: View) -> View:
    """Anybody may call this route."""
    return _mark(view, Guard(signed_in=False))


def signed_in(view: View) -> View:
    """Anybody with an account may call this route."""
    return _mark(view, Guard(signed_in=True))


def guard(action: str, *, form: bool = False) -> Callable[[View], View]:
    """Only who holds a role for `action` somewhere may call this route.

    Parameters
    ----------
    action : str
        A key of ``gazetteer.roles.ACTIONS``.
    form : bool
        The route takes an upload (multipart/form-data).
    """
    if action not in ACTIONS:
        raise KeyError(action)
    return lambda view: _mark(view, Guard(signed_in=True, action=action, form=form))


def guard_of(view: Callable[..., Any]) -> Guard | None:
    """Return the guard that a view was given."""
    return cast("Guard | None", getattr(view, _MARK, None))


def get_actor() -> Actor:
    """Return who calls; NotSignedIn when nobody does."""
    found = identify()
    if found is None:
        raise NotSignedIn("请先登录。", "Sign in first.")
    return found.actor


def identify() -> SignedIn | None:
    """Return who calls, by bearer token or else by session cookie; None for the public.

    Raises
    ------
    NotSignedIn
        A bearer token that is unknown, expired or revoked; it is never passed over.
    """
    if "signed_in" not in g:
        g.signed_in = _by_bearer() if "Authorization" in request.headers else _by_cookie()
    return cast("SignedIn | None", g.signed_in)


def require_session() -> None:
    """Raise Forbidden for a bearer token: what makes tokens is only done by a person who signed in."""
    found = identify()
    if found is not None and found.csrf_token is None:
        raise Forbidden(
            "令牌不能用于创建新令牌，请登录后操作。",
            "A token makes no further tokens: sign in.",
            code="session_required",
        )


def _by_bearer() -> SignedIn:
    scheme, _, token = request.headers["Authorization"].partition(" ")
    found = None
    if scheme.lower() == "bearer" and token:
        allow_demo = not get_settings().production
        found = tokens.use_token(get_session(), token.strip(), allow_demo=allow_demo)
    if found is None:
        raise NotSignedIn("令牌无效或已过期。", "The bearer token is unknown, expired or revoked.")
    return found


def _by_cookie() -> SignedIn | None:
    token = session_token()
    if not token:
        return None
    return sessions.resume(get_session(), token, allow_demo=not get_settings().production)


def is_https() -> bool:
    """Tell whether people reach us by https, directly or through the proxy in front."""
    return request.is_secure or (get_settings().public_url or "").startswith("https://")


def cookie_name() -> str:
    """Return the name of the session cookie; on https the browser itself guards a `__Host-` name."""
    return f"__Host-{COOKIE}" if is_https() else COOKIE


def session_token() -> str | None:
    """Return the session token the browser sent."""
    return request.cookies.get(cookie_name())


def set_session_cookie(response: Response, opened: sessions.OpenSession) -> None:
    """Hand the session token to the browser, out of the reach of scripts."""
    response.set_cookie(
        cookie_name(),
        opened.token,
        max_age=int(sessions.LONGEST.total_seconds()),
        path="/",
        secure=is_https(),
        httponly=True,
        samesite="Lax",
    )


def drop_session_cookie(response: Response) -> None:
    """Let the browser forget the session token."""
    response.delete_cookie(cookie_name(), path="/", secure=is_https(), httponly=True, samesite="Lax")


def _own_origins() -> set[str]:
    settings = get_settings()
    named = [settings.public_url] if settings.public_url else []
    return {_origin(url) for url in (request.host_url, *named, *settings.origins)}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def require_own_origin() -> None:
    """Raise CrossSite when the browser says that a foreign page sends this."""
    sent = request.headers.get("Origin") or request.headers.get("Referer")
    if sent and _origin(sent) not in _own_origins():
        raise CrossSite("请求来自其他网站，已拒绝。", "Sent from a page of another site.")


def _require_csrf_token(found: SignedIn) -> None:
    sent = request.headers.get("X-CSRF-Token", "")
    if not hmac.compare_digest(sent.encode(), (found.csrf_token or "").encode()):
        raise CrossSite(
            "缺少或错误的 X-CSRF-Token，请刷新页面后再试。",
            "X-CSRF-Token is missing or wrong: take it from /api/v1/me.",
            code="csrf_token",
        )


def _require_content_type(needed: Guard) -> None:
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        return
    if needed.form and request.mimetype == "multipart/form-data":
        return
    if request.max_content_length is None or request.max_content_length > JSON_BYTES:
        request.max_content_length = JSON_BYTES
    if request.mimetype != "application/json":
        raise WrongContentType(
            "请求内容须声明为 application/json。", "The body must be declared as application/json."
        )
    try:
        request.get_json()  # a malformed body is a 400 here, before anybody reads it
    except (RecursionError, UnicodeDecodeError) as error:
        raise BadRequest from error


def check_guard() -> None:
    """Enforce the guard of the route called; runs before every view."""
    if request.endpoint is None:
        return  # no such address or method: the router's own 404 or 405
    needed = guard_of(current_app.view_functions[request.endpoint])
    if needed is None:
        raise Unguarded(request.endpoint)
    writes = request.method not in READS
    if writes and "Authorization" not in request.headers:
        require_own_origin()
    found = identify() if needed.signed_in else None
    if needed.signed_in:
        actor = get_actor()
        if writes and found is not None and found.csrf_token is not None:
            _require_csrf_token(found)
        if needed.action:
            require(actor, needed.action)
    if writes:
        _require_content_type(needed)


def unguarded(app: Flask) -> list[str]:
    """Return the routes that say nothing about who may call them."""
    return sorted(
        str(rule) for rule in app.url_map.iter_rules() if guard_of(app.view_functions[rule.endpoint]) is None
    )


def register(app: Flask) -> None:
    """Run the guard before every view."""
    app.before_request(check_guard)


def require_guards(app: Flask) -> None:
    """Raise Unguarded when a route has no guard; called once all routes are known."""
    missing = unguarded(app)
    if missing:
        raise Unguarded(", ".join(missing))
