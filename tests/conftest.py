"""One template database a test session, cloned for whoever commits; a savepoint session for the rest."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.orm import Session

from gazetteer.db import create_pool, session_factory
from gazetteer.migrations import upgrade

MIGRATIONS = Path(__file__).parent.parent / "gazetteer" / "migrations" / "versions"


def server_url() -> str:
    url = os.environ.get("QUMING_TEST_DATABASE_URL") or os.environ.get("QUMING_DATABASE_URL")
    if not url:
        pytest.exit("tests need PostgreSQL: run `make test`, or set QUMING_TEST_DATABASE_URL", returncode=4)
    return url


def with_database(url: str, name: str) -> str:
    return str(url.rsplit("/", 1)[0] + "/" + name)


def admin(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(with_database(url, "postgres"), autocommit=True)


@pytest.fixture(scope="session")
def template_database() -> str:
    """Name of a database with every migration applied; made once for each state of the migrations."""
    digest = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(MIGRATIONS.iterdir()) if p.is_file()))
    name = f"quming_template_{digest.hexdigest()[:12]}"
    url = server_url()
    with admin(url) as connection:
        connection.execute("SELECT pg_advisory_lock(510118)")
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if not found:
            building = f"{name}_building"
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(building)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
            upgrade(with_database(url, building))
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(rename.format(sql.Identifier(building), sql.Identifier(name)))
    return name


def clone(template: str) -> Iterator[str]:
    url = server_url()
    name = f"quming_test_{uuid.uuid4().hex[:16]}"
    with admin(url) as connection:
        connection.execute("SELECT pg_advisory_lock(510118)")
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(make.format(sql.Identifier(name), sql.Identifier(template)))
    yield with_database(url, name)
    with admin(url) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def database_url(template_database: str) -> Iterator[str]:
    """A database of this test's own: for tests with several connections, processes or a worker."""
    yield from clone(template_database)


@pytest.fixture(scope="session")
def shared_database_url(template_database: str) -> Iterator[str]:
    """A database shared by the savepoint sessions of this process."""
    yield from clone(template_database)


@pytest.fixture
def session(shared_database_url: str) -> Iterator[Session]:
    """A session whose commits are savepoints of a transaction that is rolled back at the end."""
    engine = create_pool(shared_database_url, size=1)
    with engine.connect() as connection:
        outer = connection.begin()
        make = session_factory(engine, audit_key="key of the tests")
        with make(bind=connection, join_transaction_mode="create_savepoint") as session:
            yield session
        outer.rollback()
    engine.dispose()
