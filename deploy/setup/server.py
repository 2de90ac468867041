#!/usr/bin/env python3
"""Check that the server named by QUMING_DATABASE_URL will do, or say what it lacks. Runs in .venv."""

from __future__ import annotations

import os

import psycopg
from house import die
from psycopg.conninfo import conninfo_to_dict

OLDEST_VERSION = 15
EXTENSIONS = ("postgis", "btree_gist")


def plain_url(url: str) -> str:
    """Return the URL without a SQLAlchemy driver, as libpq wants it."""
    scheme, _, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}://{rest}"


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """Open a connection, or end with advice."""
    try:
        return psycopg.connect(plain_url(url), connect_timeout=10, autocommit=True)
    except psycopg.Error as error:
        die(f"The server of QUMING_DATABASE_URL cannot be reached: {str(error).strip()}",
            "Check host, port, user, password and database, and that the server takes connections from here,",
            "or leave QUMING_DATABASE_URL empty: then a private server is set up.")  # fmt: skip


def check_version(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Require a PostgreSQL that the project is tested with."""
    major = connection.info.server_version // 10000
    if major < OLDEST_VERSION:
        die(f"The server is PostgreSQL {major}; {OLDEST_VERSION} or newer is needed.", "Upgrade the server.")


def check_extensions(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Make the extensions that are not there yet; say who can when we may not."""
    database = connection.info.dbname
    for name in EXTENSIONS:
        try:
            connection.execute(f'CREATE EXTENSION IF NOT EXISTS "{name}"'.encode())
        except psycopg.errors.InsufficientPrivilege:
            die(f"The role {connection.info.user} may not create the extension {name}.",
                f"Let a superuser run in database {database}: CREATE EXTENSION {name};")  # fmt: skip
        except psycopg.Error as error:
            die(f"The extension {name} is not installed on the server: {str(error).strip()}",
                "Install PostGIS and the contrib modules for its PostgreSQL there,",
                "for instance: apt-get install postgresql-15-postgis-3 postgresql-contrib")  # fmt: skip


def check_rights(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Require the right to make tables in the schema public."""
    allowed = connection.execute("SELECT has_schema_privilege('public', 'CREATE')").fetchone()
    if allowed != (True,):
        user, database = connection.info.user, connection.info.dbname
        die(f"The role {user} may not make tables in database {database}.",
            f"Let its owner run: ALTER DATABASE {database} OWNER TO {user};")  # fmt: skip


def main() -> None:
    """Check what QUMING_DATABASE_URL names."""
    url = os.environ["QUMING_DATABASE_URL"]
    try:
        conninfo_to_dict(plain_url(url))
    except psycopg.Error as error:
        die(f"QUMING_DATABASE_URL cannot be read: {str(error).strip()}",
            "It looks like postgresql://user:password@host:5432/database")  # fmt: skip
    with connect(url) as connection:
        check_version(connection)
        check_rights(connection)
        check_extensions(connection)


if __name__ == "__main__":
    main()
