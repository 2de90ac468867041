"""The raw bytes of a .dbf: its header and its fixed-width columns.

Bulk readers turn a bad date into 1970-01-01 and a wrong .cpg into empty names, drop the end of a file that is
too short, and lose the leading zeros of numbers. What must be true is therefore read here, and nothing else.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from boundaries.files.errors import FileError

HEADER_BYTES = 32
DESCRIPTOR_BYTES = 32
END_OF_FIELDS = 0x0D
DELETED = ord("*")
LANGUAGE_BYTE_OFFSET = 29


@dataclass(frozen=True)
class Column:
    """One field: raw name, type letter, offset in the record (after the deletion flag), width, decimals."""

    raw_name: bytes
    type: str
    offset: int
    width: int
    decimals: int


@dataclass(frozen=True)
class Table:
    """A .dbf cut into records.

    ``records`` is uint8 of shape (n, record length); ``deleted`` is bool of shape (n,); ``declared_rows`` is
    what the header says.
    """

    language_byte: int
    declared_rows: int
    columns: tuple[Column, ...]
    records: NDArray[np.uint8]
    deleted: NDArray[np.bool_]

    def cells(self, column: Column) -> NDArray[np.uint8]:
        """Return the bytes of one column, shape (n, width)."""
        return self.records[:, column.offset : column.offset + column.width]

    def cell(self, column: Column, row: int) -> bytes:
        """Return the bytes of one cell (row from 0), padding included."""
        return bytes(self.cells(column)[row].tobytes())


def parse_dbf(data: bytes, file: str = "") -> Table:
    """Cut the bytes of a .dbf into header and records.

    Raises
    ------
    FileError
        ``broken_file`` when the header makes no sense.
    """
    if len(data) < HEADER_BYTES:
        _refuse(file, "文件头不完整", "the header is incomplete")
    rows, header, length = struct.unpack_from("<IHH", data, 4)
    columns = _parse_columns(data, min(header, len(data)))
    if length < 1 + sum(column.width for column in columns) or header > len(data) or not columns:
        _refuse(file, "字段定义与记录长度不符", "the field definitions do not fit the record length")
    held = min(rows, (len(data) - header) // length)
    records = np.frombuffer(data, np.uint8, held * length, header).reshape(held, length)
    return Table(data[LANGUAGE_BYTE_OFFSET], rows, columns, records, records[:, 0] == DELETED)


def _parse_columns(data: bytes, header: int) -> tuple[Column, ...]:
    columns: list[Column] = []
    offset = 1
    for start in range(HEADER_BYTES, header - DESCRIPTOR_BYTES + 1, DESCRIPTOR_BYTES):
        if data[start] == END_OF_FIELDS:
            break
        kind, width, decimals = chr(data[start + 11]), data[start + 16], data[start + 17]
        if kind == "C":
            # Clipper keeps the high byte of long text fields where others keep decimals.
            width, decimals = width + 256 * decimals, 0
        name = data[start : start + 11].split(b"\0")[0]
        columns.append(Column(name, kind, offset, width, decimals))
        offset += width
    return tuple(columns)


def _refuse(file: str, zh: str, en: str) -> NoReturn:
    raise FileError(
        "broken_file",
        f"属性表“{file}”无法读取:{zh}。请从原软件重新导出 shapefile 的全部文件。",
        f'The attribute table "{file}" cannot be read: {en}. Export all files of the shapefile again.',
        file=file,
    )
