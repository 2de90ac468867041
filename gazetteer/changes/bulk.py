"""Filling empty tables: constraints and indexes are put aside and made again once, over all rows.

PostgreSQL then proves every foreign key with one join and builds every index in one pass, which takes a third
of the time of doing it row by row. Nothing is trusted: a row that breaks a constraint fails the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from gazetteer.changes.copying import raw_connection

_WORK_MEMORY = "256MB"

_FIND_CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint')
FROM pg_constraint
WHERE conrelid = ANY(CAST(:tables AS regclass[])) AND contype IN ('x', 'f')
ORDER BY contype DESC, 1, 2
"""
_FIND_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid), obj_description(indexrelid, 'pg_class')
FROM pg_index
WHERE indrelid = ANY(CAST(:tables AS regclass[]))
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY 1
"""


@contextmanager
def filling(session: Session, tables: Sequence[str]) -> Iterator[None]:
    """Within it, the empty ones of `tables` have no foreign keys, exclusions and secondary indexes.

    The tables are locked until the transaction ends; a table with rows keeps what it has.

    Parameters
    ----------
    tables : sequence of str
        Table names of the program's own, never values from outside.
    """
    empty = [name for name in tables if _is_empty(session, name)]
    constraints = session.execute(text(_FIND_CONSTRAINTS), {"tables": empty}).all()
    indexes = session.execute(text(_FIND_INDEXES), {"tables": empty}).all()
    for table, name, _, _ in constraints:
        _run(session, "ALTER TABLE {} DROP CONSTRAINT {}", table, name)
    for name, _, _ in indexes:
        _run(session, "DROP INDEX {}", name)
    yield
    session.execute(text(f"SET LOCAL maintenance_work_mem = '{_WORK_MEMORY}'"))
    for name, definition, comment in indexes:
        session.execute(text(definition.replace(":", r"\:")))
        _comment(session, "COMMENT ON INDEX {} IS {}", comment, name)
    for table, name, definition, comment in constraints:
        _run(session, "ALTER TABLE {} ADD CONSTRAINT {} " + _plain(definition), table, name)
        _comment(session, "COMMENT ON CONSTRAINT {} ON {} IS {}", comment, name, table)
    # The next reads come at once; until autovacuum has looked, the planner takes full tables for empty ones.
    for table in tables:
        _run(session, "ANALYZE {}", table)


def _is_empty(session: Session, table: str) -> bool:
    return session.scalar(text(f"SELECT NOT EXISTS (SELECT FROM {table})")) is True


def _plain(definition: str) -> str:
    return definition.replace("{", "{{").replace("}", "}}")


def _run(session: Session, statement: str, *names: str) -> None:
    query = sql.SQL(statement).format(*(sql.Identifier(name) for name in names))
    raw_connection(session).execute(query)


def _comment(session: Session, statement: str, comment: str | None, *names: str) -> None:
    if comment is not None:
        identifiers = [sql.Identifier(name) for name in names]
        query = sql.SQL(statement).format(*identifiers, sql.Literal(comment))
        raw_connection(session).execute(query)
