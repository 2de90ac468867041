"""The attributes of a layer: bulk values where the bulk reader is right, raw bytes where it is not."""

from __future__ import annotations

import datetime as dt
import decimal
import math
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from boundaries.files.dbf import Column, Table
from boundaries.files.decoding import decode_name, decode_text
from boundaries.files.fields import is_code_field
from boundaries.notes import Note

Value = str | int | float | None


def read_columns(
    table: Table, attributes: pa.Table, record_numbers: NDArray[np.int64], encoding: str
) -> tuple[dict[str, list[Value]], list[Note]]:
    """Return the columns by name, and notes on values that could not be read.

    Parameters
    ----------
    table : Table
        The raw .dbf.
    attributes : pyarrow.Table
        The bulk reader's values, text standing for bytes (ISO-8859-1), same order of fields.
    record_numbers : ndarray of int64, shape (n,)
        Record number of each row, from 1.
    encoding : str
        The encoding decided for the text.
    """
    columns: dict[str, list[Value]] = {}
    notes: list[Note] = []
    rows = record_numbers - 1
    for number, column in enumerate(table.columns):
        name = _unique(decode_name(column.raw_name, encoding).strip() or f"field_{number + 1}", columns)
        if column.type == "D":
            columns[name] = _dates(table, column, rows, name, notes)
        elif column.type in "NF" and is_code_field(name):
            columns[name] = [_code(table.cell(column, int(row))) for row in rows]
        elif column.type == "C":
            columns[name] = _texts(attributes.column(number), encoding, column.width)
        else:
            columns[name] = [_number(value) for value in attributes.column(number).to_pylist()]
    return columns, notes


def _unique(name: str, taken: dict[str, Any]) -> str:
    """Two names may become equal when ten bytes cut them."""
    number, chosen = 1, name
    while chosen in taken:
        number += 1
        chosen = f"{name}_{number}"
    return chosen


def _texts(values: pa.ChunkedArray, encoding: str, width: int) -> list[Value]:
    """Decode each different text once; repeated names of towns are the rule."""
    known: dict[str | None, str | None] = {None: None}
    result: list[Value] = []
    for value in values.to_pylist():
        if value not in known:
            raw = value.encode("latin-1")
            known[value] = decode_text(raw, encoding, len(raw) >= width).strip(" \0\t\r\n") or None
        result.append(known[value])
    return result


def _code(raw: bytes) -> str | None:
    """Return the digits of a numeric code as they stand, with their leading zeros and without decimals."""
    text = raw.decode("ascii", "replace").strip(" \0")
    if not text.strip("*"):
        return None
    if text.isdigit():
        return text
    try:
        number = decimal.Decimal(text)
    except decimal.InvalidOperation:
        return text
    return str(int(number)) if number == number.to_integral_value() else text


def _dates(
    table: Table, column: Column, rows: NDArray[np.int64], name: str, notes: list[Note]
) -> list[Value]:
    """Return ISO dates; a bulk reader turns a bad date into 1970-01-01 or stops."""
    result: list[Value] = []
    for row in rows:
        text = table.cell(column, int(row)).decode("ascii", "replace").strip(" \0")
        if not text.strip("0*"):
            result.append(None)
            continue
        try:
            result.append(dt.datetime.strptime(text, "%Y%m%d").date().isoformat())
        except ValueError:
            result.append(None)
            notes.append(_note_date(int(row) + 1, name, text))
    return result


def _note_date(row: int, name: str, text: str) -> Note:
    return Note(
        "bad_date",
        f"第 {row} 行字段 {name} 的“{text}”不是日期,已留空。",
        f'Row {row}, field {name}: "{text}" is no date; left empty.',
        "warning",
        row,
        name,
    )


def _number(value: Any) -> Value:
    if isinstance(value, bool) or value is None:
        return None if value is None else int(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, int | str) else str(value)
