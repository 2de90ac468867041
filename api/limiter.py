"""How often somebody may fail to sign in: counted in memory, each server process for itself."""

from __future__ import annotations

import time
from typing import cast

from flask import Flask, current_app
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from gazetteer.errors import TooManyTries

BY_LOGIN = parse("5 per 1 minute")
BY_ADDRESS = parse("100 per 15 minutes")


def _limiter() -> MovingWindowRateLimiter:
    return cast("MovingWindowRateLimiter", current_app.extensions["quming.limiter"])


def _keys(address: str, login: str) -> list[tuple[RateLimitItem, tuple[str, ...]]]:
    # By address and login together: a stranger cannot lock somebody else's account.
    return [(BY_LOGIN, ("login", address, login.lower())), (BY_ADDRESS, ("address", address))]


def require_tries_left(address: str, login: str) -> None:
    """Raise TooManyTries when this address has failed too often with this login, or at all."""
    for item, key in _keys(address, login):
        if not _limiter().test(item, *key):
            wait_s = max(1, int(_limiter().get_window_stats(item, *key).reset_time - time.time()) + 1)
            raise TooManyTries(
                f"登录失败次数过多，请 {wait_s} 秒后再试。",
                f"Too many failed sign-ins; try again in {wait_s} seconds.",
                retry_after_s=wait_s,
            )


def count_failure(address: str, login: str) -> None:
    """Count one failed sign-in."""
    for item, key in _keys(address, login):
        _limiter().hit(item, *key)


def register(app: Flask) -> None:
    """Give the application its counters."""
    app.extensions["quming.limiter"] = MovingWindowRateLimiter(MemoryStorage())
