"""Bulk loading: rows in columns become PostgreSQL's binary COPY format with few Python steps a row.

A column is an ndarray of numbers (one value a row), a list of ``bytes`` or None in the binary form of its
type, or one ``bytes`` value for all rows. `encode_*` make those forms.
"""

from __future__ import annotations

import datetime as dt
import itertools
import struct
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from sqlalchemy.orm import Session

Column = npt.NDArray[Any] | Sequence[bytes | None] | bytes

_SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
_END = struct.pack(">h", -1)
_NULL = struct.pack(">i", -1)
_CHUNK_BYTES = 1 << 20
_EPOCH = dt.date(2000, 1, 1)
_MOMENT_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_LOWER_INCLUSIVE_UPPER_INFINITE = b"\x12"
_EWKB_SRID = 0x20000000
_LINESTRING = 2
_WIRE = {2: ">i2", 4: ">i4", 8: ">i8"}


def copy_rows(session: Session, table: str, columns: Mapping[str, Column], count: int) -> None:
    """Load `count` rows into `table` through the session's own connection and transaction.

    Parameters
    ----------
    table : str
        A table name of the program's own, never a value from outside.
    columns : mapping of column name to Column
        Integer arrays must have the width of the column's type (int16, int32, int64).
    """
    if count == 0:
        return
    with raw_connection(session).cursor() as cursor:
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
        with cursor.copy(statement.encode()) as copy:
            for chunk in _chunks(list(columns.values()), count):
                copy.write(chunk)


def raw_connection(session: Session) -> psycopg.Connection[Any]:
    """Return the psycopg connection under a session, after what the session holds back is written."""
    session.flush()
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection


def _chunks(columns: Sequence[Column], count: int) -> Iterator[bytes]:
    pieces = [_pieces(column, count) for column in columns]
    header = struct.pack(">h", len(columns))
    buffer: list[bytes] = [_SIGNATURE]
    size = 0
    for row in zip(*pieces, strict=True):
        buffer.append(header)
        buffer.extend(row)
        size += sum(map(len, row))
        if size >= _CHUNK_BYTES:
            yield b"".join(buffer)
            buffer, size = [], 0
    buffer.append(_END)
    yield b"".join(buffer)


def _pieces(column: Column, count: int) -> Iterator[bytes]:
    """Yield each value of a column with its length before it."""
    if isinstance(column, bytes):
        piece = struct.pack(">i", len(column)) + column
        return iter([piece] * count)
    if isinstance(column, np.ndarray):
        return _fixed_pieces(column)
    return (_NULL if value is None else struct.pack(">i", len(value)) + value for value in column)


def _fixed_pieces(values: npt.NDArray[Any]) -> Iterator[bytes]:
    wire = ">f8" if values.dtype.kind == "f" else _WIRE[values.dtype.itemsize]
    table = np.empty(len(values), dtype=[("length", ">i4"), ("value", wire)])
    table["length"] = np.dtype(wire).itemsize
    table["value"] = values
    raw, step = table.tobytes(), table.dtype.itemsize
    return (raw[start : start + step] for start in range(0, len(raw), step))


def encode_texts(values: Sequence[str | None]) -> list[bytes | None]:
    """Return text values in binary form; None stays null."""
    return [None if value is None else value.encode() for value in values]


def encode_uuids(values: Sequence[uuid.UUID | None]) -> list[bytes | None]:
    """Return UUIDs in binary form; None stays null."""
    return [None if value is None else value.bytes for value in values]


def encode_date_from(day: dt.date) -> bytes:
    """Return the daterange [day, infinity)."""
    return _LOWER_INCLUSIVE_UPPER_INFINITE + struct.pack(">ii", 4, (day - _EPOCH).days)


def encode_moment_from(at: dt.datetime) -> bytes:
    """Return the tstzrange [at, infinity)."""
    microseconds = (at - _MOMENT_EPOCH) // dt.timedelta(microseconds=1)
    return _LOWER_INCLUSIVE_UPPER_INFINITE + struct.pack(">iq", 8, microseconds)


def encode_lines(degrees: npt.NDArray[np.float64], offsets: npt.NDArray[np.int64], srid: int) -> list[bytes]:
    """Return lines as EWKB.

    Parameters
    ----------
    degrees : ndarray of float64, shape (N, 2)
        Points of all lines one after the other, (lon, lat).
    offsets : ndarray of int64, shape (m + 1,)
        Line i has the points ``degrees[offsets[i]:offsets[i + 1]]``.
    """
    raw = np.ascontiguousarray(degrees, dtype="<f8").tobytes()
    bounds = offsets.tolist()
    kind = _EWKB_SRID | _LINESTRING
    return [
        struct.pack("<BIII", 1, kind, srid, stop - start) + raw[16 * start : 16 * stop]
        for start, stop in itertools.pairwise(bounds)
    ]
