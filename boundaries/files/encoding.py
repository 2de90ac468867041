"""The text encoding of a .dbf, decided from all of its record bytes and weighed against its labels."""

from __future__ import annotations

from dataclasses import dataclass

from boundaries.notes import Note


@dataclass(frozen=True)
class EncodingGuess:
    """The encoding a .dbf is read in, and why.

    Parameters
    ----------
    encoding : str
        'UTF-8', 'GB18030' or 'Big5' (names Python knows).
    source : {'declared', 'bytes', 'cpg', 'language_byte', 'ascii'}
        What decided.
    needs_confirmation : bool
        True when more than one reading is possible.
    notes : tuple of Note
        Labels that were ignored, and incomplete last characters with row and field.
    """

    encoding: str
    source: str
    needs_confirmation: bool = False
    notes: tuple[Note, ...] = ()


def decide_encoding(
    dbf: bytes, cpg: str | None = None, declared: str | None = None, file: str = ""
) -> EncodingGuess:
    """Decide the encoding: strict UTF-8 over all record bytes, else strict GB18030, else strict Big5.

    Parameters
    ----------
    dbf : bytes
        The whole .dbf.
    cpg : str or None
        Content of the .cpg in any spelling ('936', 'ANSI 936', 'UTF8', 'utf-8\\r\\n').
    declared : str or None
        A person's choice; it wins when it can decode the bytes.

    Raises
    ------
    FileError
        ``encoding_undecodable`` with row, field, the bytes and how other encodings read them.
    """
    raise NotImplementedError
