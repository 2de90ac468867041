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
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import psycopg
from sqlalchemy.orm import Session

Column = npt.NDArray[Any] | Sequence[bytes | None] | bytes
Block = npt.NDArray[np.void] | list[bytes]
_Fixed = npt.NDArray[Any] | int

_SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
_END = struct.pack(">h", -1)
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
    blocks = _blocks(columns, count)
    size = sum(b.nbytes if isinstance(b, np.ndarray) else sum(map(len, b)) for b in blocks)
    rows = max(1, count * _CHUNK_BYTES // max(size, 1))
    yield _SIGNATURE
    for start in range(0, count, rows):
        pieces = [_rows(block, slice(start, start + rows)) for block in blocks]
        yield b"".join(itertools.chain.from_iterable(zip(*pieces, strict=True)))
    yield _END


def _rows(block: Block, rows: slice) -> Sequence[bytes]:
    """Return a block's bytes of each of some rows."""
    if not isinstance(block, np.ndarray):
        return block[rows]
    raw, step = block[rows].tobytes(), block.dtype.itemsize
    return [raw[at : at + step] for at in range(0, len(raw), step)]


def _blocks(columns: Sequence[Column], count: int) -> list[Block]:
    """Return the row format as blocks: neighbouring columns of fixed width are one record array.

    The length that stands before a value of varying width belongs to the record before it.
    """
    blocks: list[Block] = []
    fixed: list[_Fixed] = [np.full(count, len(columns), dtype=">i2")]
    for column in columns:
        values = _fixed(column)
        if values is not None:
            fixed += [np.dtype(values.dtype).itemsize, values]
            continue
        varying = (
            [column] * count if isinstance(column, bytes) else list(cast(Sequence[bytes | None], column))
        )
        lengths = [-1 if value is None else len(value) for value in varying]
        blocks += [_record([*fixed, np.array(lengths, dtype=">i4")], count), [v or b"" for v in varying]]
        fixed = []
    return [*blocks, _record(fixed, count)] if fixed else blocks


def _fixed(column: Column) -> npt.NDArray[Any] | None:
    """Return a column of one width without nulls as it is sent; None for any other."""
    if isinstance(column, bytes):
        return np.array(np.void(column)) if column else None
    if isinstance(column, np.ndarray):
        return column.astype(">f8" if column.dtype.kind == "f" else _WIRE[column.dtype.itemsize])
    if None in column:
        return None
    widths = {len(value) for value in cast(Sequence[bytes], column)}
    width = widths.pop() if len(widths) == 1 else 0
    return np.frombuffer(b"".join(cast(Sequence[bytes], column)), dtype=f"V{width}") if width else None


def _record(fields: Sequence[_Fixed], count: int) -> npt.NDArray[np.void]:
    """Return one record a row; a number among the fields is a length to be sent."""
    types = [">i4" if isinstance(field, int) else field.dtype for field in fields]
    record = np.empty(count, dtype=[(f"f{i}", kind) for i, kind in enumerate(types)])
    for i, field in enumerate(fields):
        record[f"f{i}"] = field
    return record


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
