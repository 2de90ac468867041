"""Databases that benchmarks make for themselves on the given server, and remove."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from gazetteer.migrations import upgrade


def server_url() -> str:
    """Return the PostgreSQL server to measure on. Raises SystemExit when none is given."""
    url = os.environ.get("QUMING_TEST_DATABASE_URL") or os.environ.get("QUMING_DATABASE_URL")
    if not url:
        raise SystemExit("benchmarks need PostgreSQL: run `make bench`, or set QUMING_TEST_DATABASE_URL")
    return url


def database_url(name: str) -> str:
    """Return the URL of a database on the server."""
    return f"{server_url().rsplit('/', 1)[0]}/{name}"


@contextmanager
def fresh_database(name: str, *, register: bool) -> Iterator[str]:
    """Make a database, with the register's tables or with PostGIS only; drop it at the end."""
    identifier = sql.Identifier(name)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier)
    with psycopg.connect(database_url("postgres"), autocommit=True) as admin:
        admin.execute(drop)
        admin.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
        url = database_url(name)
        try:
            if register:
                upgrade(url)
            else:
                with psycopg.connect(url, autocommit=True) as connection:
                    connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
            yield url
        finally:
            admin.execute(drop)
