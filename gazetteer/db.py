"""Engine and sessions: one engine a process, one session a request or task."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

_PLANNER = "-c plan_cache_mode=force_custom_plan -c random_page_cost=1.1 -c jit=off"
"""A generic plan takes ``valid @> $1`` for rare and scans the exclusion index of the whole register for it:
15 ms instead of 0.3 ms. The other two fit reads of a few rows from memory or SSD."""


def driver_url(url: str) -> str:
    """Give a PostgreSQL URL the psycopg 3 driver, whatever driver it names."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def create_pool(url: str, *, size: int = 10) -> Engine:
    """Open a pool of at most `size` connections; a broken connection is replaced when taken."""
    return create_engine(
        driver_url(url),
        connect_args={"options": _PLANNER},
        pool_size=size,
        max_overflow=0,
        pool_pre_ping=True,
        pool_timeout=10,
    )


def session_factory(engine: Engine, *, audit_key: str) -> sessionmaker[Session]:
    """Make the factory of sessions; objects stay readable after a commit.

    Parameters
    ----------
    audit_key : str
        The installation's secret key, with which the audit log signs its heads.
    """
    return sessionmaker(engine, expire_on_commit=False, info={"audit_key": audit_key})
