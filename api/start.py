"""What a production start refuses."""

from __future__ import annotations

from gazetteer.db import create_pool, session_factory
from gazetteer.errors import RegisterError
from gazetteer.queries.demo_accounts import find_demo_logins
from gazetteer.settings import Settings, require_safe


class UnsafeStart(RegisterError):
    """A production start with something in place that belongs to a demonstration."""

    code = "unsafe_start"


def require_safe_start(settings: Settings) -> None:
    """Refuse to start in production with a known secret or a demo account that can still sign in.

    Raises
    ------
    UnsafeSettings
        When the secret is known or short.
    UnsafeStart
        Names the accounts and how to disable them.
    """
    require_safe(settings)
    if not settings.production:
        return
    engine = create_pool(settings.database_url, size=1)
    with session_factory(engine, audit_key=settings.secret_key)() as session:
        logins = find_demo_logins(session)
    engine.dispose()
    if logins:
        raise UnsafeStart(
            f"正式环境不得保留演示账号:{'、'.join(logins)}。请先停用:quming user disable 账号",
            f"Demo accounts can still sign in: {', '.join(logins)}. Disable them: quming user disable LOGIN",
            logins=logins,
        )
