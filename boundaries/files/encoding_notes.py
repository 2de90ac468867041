"""The sentences about text encodings: labels ignored, characters cut, bytes that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from boundaries.files.dbf import Column, Table
from boundaries.files.decoding import decode_text, decodes
from boundaries.files.errors import FileError
from boundaries.notes import Note

PREVIEW_CELLS = 5
MOST_NOTES = 100
PREVIEW_ENCODINGS = ("UTF-8", "GB18030", "Big5")

BIG5_NOTE = Note(
    "encoding_big5",
    "按 Big5(繁体)读取,请核对名称。",
    "Read as Big5 (traditional characters); please check the names.",
    "warning",
)


def refuse(table: Table, chosen: str, failures: Sequence[tuple[int, Column]], file: str) -> NoReturn:
    """Refuse an encoding that cannot decode the cells `failures` (row from 0, column)."""
    preview = [preview_cell(table, row, column) for row, column in failures[:PREVIEW_CELLS]]
    first = preview[0]
    other = next((name for name, text in first["readings"].items() if text is not None), None)
    hint_zh = f"按 {other} 读是“{first['readings'][other]}”" if other else "其他编码也读不出"
    hint_en = f'{other} reads "{first["readings"][other]}"' if other else "no other encoding reads it either"
    raise FileError(
        "encoding_undecodable",
        f"文件“{file}”不能按 {chosen} 读取:第 {first['row']} 行字段 {first['field']} 的字节 {first['bytes']} "
        f"无法解码;{hint_zh}。请改选编码。",
        f'"{file}" cannot be read as {chosen}: row {first["row"]}, field {first["field"]}: the bytes '
        f"{first['bytes']} cannot be decoded; {hint_en}. Choose another encoding.",
        file=file,
        encoding=chosen,
        proposed=other,
        preview=preview,
    )


def preview_cell(table: Table, row: int, column: Column) -> dict[str, Any]:
    """Show one cell: row from 1, field, bytes in hex, and how each encoding reads it."""
    raw = table.cell(column, row).rstrip(b" \0")
    return {
        "row": row + 1,
        "field": _show_name(column),
        "bytes": raw[:24].hex(" ").upper(),
        "readings": {name: _try(raw, name) for name in PREVIEW_ENCODINGS},
    }


def _try(raw: bytes, encoding: str) -> str | None:
    return decode_text(raw, encoding, full_width=False) if decodes(raw, encoding) else None


def _show_name(column: Column) -> str:
    readable = (_try(column.raw_name, name) for name in ("UTF-8", "GB18030"))
    return next((name for name in readable if name is not None), repr(column.raw_name))


def note_doubtful(chosen: str) -> Note:
    """Note that another encoding reads the file as well."""
    return Note(
        "encoding_doubtful",
        f"按 {chosen} 读取,但其他编码也可能,请核对名称。",
        f"Read as {chosen}, but another encoding is possible; please check the names.",
        "warning",
    )


def note_labels(
    chosen: str, cpg: str | None, language_byte: int, *, named: str | None, marked: str | None
) -> list[Note]:
    """Note the labels that do not fit the encoding chosen."""
    notes: list[Note] = []
    shown = (cpg or "").strip()
    if named is not None and named != chosen:
        notes.append(
            Note(
                "cpg_ignored",
                f".cpg 写的是 {shown},但按它解码不对,已忽略,按 {chosen} 读取。",
                f"The .cpg says {shown}, which does not fit the bytes; it was ignored, {chosen} is used.",
                "warning",
            )
        )
    if cpg is not None and named is None:
        notes.append(
            Note(
                "cpg_unknown",
                f".cpg 的内容“{shown}”不说明编码,按字节判断为 {chosen}。",
                f'The .cpg says "{shown}", which names no encoding; the bytes say {chosen}.',
            )
        )
    if marked is not None and marked != chosen:
        notes.append(
            Note(
                "language_byte_ignored",
                f"属性表的语言标记 0x{language_byte:02X} 与内容不符,按 {chosen} 读取。",
                f"The language byte 0x{language_byte:02X} does not fit the bytes; {chosen} is used.",
            )
        )
    return notes


def note_orphans(orphans: Sequence[tuple[int, Column, int]]) -> list[Note]:
    """Note each cell (row from 0, column, bytes dropped) whose last character was incomplete."""
    notes = [_note_orphan(row, column, count) for row, column, count in orphans[:MOST_NOTES]]
    rest = len(orphans) - MOST_NOTES
    if rest > 0:
        notes.append(
            Note(
                "text_cut",
                f"另有 {rest} 处文字末尾被截断。",
                f"{rest} more texts end in an incomplete character.",
                "warning",
            )
        )
    return notes


def _note_orphan(row: int, column: Column, count: int) -> Note:
    name = _show_name(column)
    return Note(
        "text_cut",
        f"第 {row + 1} 行字段 {name} 写满 {column.width} 字节,末尾的字不完整,去掉 {count} 个字节。",
        f"Row {row + 1}, field {name}: the text fills all {column.width} bytes and ends in an incomplete "
        f"character; {count} bytes were dropped.",
        "warning",
        row + 1,
        name,
    )


def note_bad_cell(table: Table, row: int, column: Column, encoding: str) -> Note:
    """Note a cell (row from 0) that cannot be decoded."""
    shown = preview_cell(table, row, column)
    return Note(
        "text_undecodable",
        f"第 {shown['row']} 行字段 {shown['field']} 的字节 {shown['bytes']} 不能按 {encoding} 读取。",
        f"Row {shown['row']}, field {shown['field']}: {encoding} cannot read the bytes {shown['bytes']}.",
        "error",
        row + 1,
        shown["field"],
    )
