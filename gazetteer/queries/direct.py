"""Statements run on the driver's own cursor: prepared, binary, without the layers in between.

An edit of one line is some ten small statements. SQLAlchemy's text() takes about 0.3 ms of processor for
each, and planning anew another 0.1 to 0.6 ms; here a statement takes 0.05 ms beside its own work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy.exc import DBAPIError, MultipleResultsFound
from sqlalchemy.orm import Session

_PARAMETER = re.compile(r"(?<![:\w]):([a-z]\w*)")
_VALID = re.compile(r"((?:\w+\.)?valid @> CAST\(:\w+ AS date\))")


class Rows(list[Any]):
    """Rows as named tuples, all of them here already, with the verbs of SQLAlchemy's results."""

    def all(self) -> list[Any]:
        """Return the rows."""
        return self

    def scalars(self) -> list[Any]:
        """Return the first value of each row."""
        return [row[0] for row in self]

    def one_or_none(self) -> Any:
        """Return the one row, None when there is none."""
        if len(self) > 1:
            raise MultipleResultsFound
        return self[0] if self else None


class DirectQuery:
    """A statement with parameters written ``:name``, for the connection that a session holds.

    Parameters
    ----------
    sql : str
        ``valid @> CAST(:on AS date)`` is wrapped so that no index serves it: a generic plan would take it
        for rare and scan the exclusion index of the whole register.
    """

    def __init__(self, sql: str) -> None:
        guarded = _VALID.sub(r"COALESCE(\1, false)", sql.replace("%", "%%"))
        self._sql = _PARAMETER.sub(r"%(\1)s", guarded).encode()

    def rows(self, session: Session, **values: Any) -> Rows:
        """Return the rows; none for a statement that returns nothing.

        Raises
        ------
        sqlalchemy.exc.DBAPIError
            As SQLAlchemy raises it, by the driver's error.
        """
        if session.autoflush:
            session.flush()
        connection = driver_connection(session)
        try:
            with connection.cursor(binary=True, row_factory=namedtuple_row) as cursor:
                cursor.execute(self._sql, values, prepare=True)
                return Rows(cursor.fetchall() if cursor.description else ())
        except psycopg.Error as error:
            raise DBAPIError.instance(self._sql.decode(), values, error, psycopg.Error) from error


def driver_connection(session: Session) -> psycopg.Connection[Any]:
    """Return the psycopg connection on which the session's transaction runs."""
    connection: psycopg.Connection[Any] = session.connection().connection.driver_connection  # type: ignore[assignment]
    return connection


_GENERIC = DirectQuery("SET LOCAL plan_cache_mode = force_generic_plan")
_CUSTOM = DirectQuery("SET LOCAL plan_cache_mode = force_custom_plan")


@contextmanager
def generic_plans(session: Session) -> Iterator[None]:
    """Plan each statement of the block once a connection, not once an execution.

    For statements that read and write by keys; see ``gazetteer.db`` for why it is not so everywhere. Whoever
    leaves the block by an exception rolls back, which ends the setting too.
    """
    _GENERIC.rows(session)
    yield
    _CUSTOM.rows(session)
