"""The text encoding of a .dbf, decided from all of its record bytes and weighed against its labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from boundaries.files import encoding_notes as messages
from boundaries.files.dbf import Column, Table, parse_dbf
from boundaries.files.decoding import without_orphan
from boundaries.files.errors import FileError
from boundaries.notes import Note

UTF8, GB18030, BIG5, LATIN1 = "UTF-8", "GB18030", "Big5", "ISO-8859-1"
# Above this share of undecodable cells the encoding itself must be wrong, not some cells.
MOST_BAD_SHARE = 0.05
# A reading has to be this much more plausible than the one the labels name, to be preferred to it.
CLEAR_MARGIN = 0.3
# Unlabelled text with a smaller share of everyday Chinese is shown to a person first.
PLAUSIBLE = 0.5

# .cpg spellings met in the field, without case, spaces and signs; GB18030 reads every GBK and GB2312 byte.
CPG_NAMES = {
    "UTF8": UTF8,
    "65001": UTF8,
    "936": GB18030,
    "CP936": GB18030,
    "ANSI936": GB18030,
    "OEM936": GB18030,
    "MS936": GB18030,
    "GBK": GB18030,
    "GB2312": GB18030,
    "EUCCN": GB18030,
    "GB18030": GB18030,
    "54936": GB18030,
    "950": BIG5,
    "CP950": BIG5,
    "ANSI950": BIG5,
    "BIG5": BIG5,
    "BIG5HKSCS": BIG5,
    "88591": LATIN1,
    "ISO88591": LATIN1,
    "LATIN1": LATIN1,
    "1252": LATIN1,
    "CP1252": LATIN1,
    "ANSI1252": LATIN1,
}
LANGUAGE_BYTES = {0x4D: GB18030, 0x7A: GB18030, 0x4F: BIG5, 0x78: BIG5}


@dataclass(frozen=True)
class EncodingGuess:
    """The encoding a .dbf is read in, and why.

    Parameters
    ----------
    encoding : str
        'UTF-8', 'GB18030', 'Big5' or 'ISO-8859-1' (names Python knows).
    source : {'declared', 'bytes', 'labels', 'ascii'}
        A person, the bytes, the .cpg or language byte, or nothing to decide.
    needs_confirmation : bool
        True when more than one reading is possible.
    notes : tuple of Note
        Labels that were ignored, and incomplete last characters with row and field.
    sample : tuple of str
        The first texts as they read in this encoding, for the preview.
    """

    encoding: str
    source: str
    needs_confirmation: bool = False
    notes: tuple[Note, ...] = ()
    sample: tuple[str, ...] = ()


@dataclass
class _Reading:
    """What strict decoding of the whole table in one encoding gave; rows count from 0."""

    encoding: str
    text: list[str] = field(default_factory=list)
    orphans: list[tuple[int, Column, int]] = field(default_factory=list)
    failures: list[tuple[int, Column]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.failures


def find_encoding(name: str | None) -> str | None:
    """Return the encoding a .cpg text or a person's spelling means, None when it says nothing."""
    if name is None:
        return None
    key = "".join(char for char in name.upper() if char.isascii() and char.isalnum())
    return CPG_NAMES.get(key)


def decide_encoding(
    dbf: bytes, cpg: str | None = None, declared: str | None = None, file: str = ""
) -> EncodingGuess:
    """Decide the encoding: strict UTF-8 over all record bytes, else strict GB18030, else strict Big5.

    An incomplete last character of a full-width text field does not count against an encoding. Where more
    than one encoding decodes every byte, the labels (.cpg, language byte) decide unless another reading is
    clearly more plausible as Chinese.

    Parameters
    ----------
    dbf : bytes
        The whole .dbf.
    cpg : str or None
        Content of the .cpg in any spelling ('936', 'ANSI 936', 'UTF8', 'utf-8\\r\\n').
    declared : str or None
        A person's choice; it wins when it can decode the bytes.
    file : str
        Name of the file, for the messages.

    Raises
    ------
    FileError
        ``encoding_undecodable`` with row, field, the bytes and how other encodings read them;
        ``encoding_unknown`` for a choice this program does not know; ``broken_file``.
    """
    return decide_table_encoding(parse_dbf(dbf, file), cpg, declared, file)


def decide_table_encoding(
    table: Table, cpg: str | None, declared: str | None, file: str = ""
) -> EncodingGuess:
    """Decide the encoding of a table already cut into records; see `decide_encoding`."""
    if declared is not None:
        return _follow_person(table, declared, file)
    utf8 = _read(table, UTF8)
    if utf8.ok and all(text.isascii() for text in utf8.text):
        return EncodingGuess(UTF8, "ascii")
    labels = [label for label in (find_encoding(cpg), LANGUAGE_BYTES.get(table.language_byte)) if label]
    others = {GB18030, *labels} - {UTF8}
    fitting = [reading for reading in (utf8, *(_read(table, name) for name in sorted(others))) if reading.ok]
    if not fitting:
        fitting = [reading for reading in (_read(table, BIG5),) if reading.ok]
    if not fitting:
        return _tolerate(table, labels, file)
    chosen, doubtful = _weigh(fitting, labels)
    notes = [*_note_labels(chosen.encoding, cpg, table.language_byte), *messages.note_orphans(chosen.orphans)]
    if chosen.encoding == BIG5:
        notes.append(messages.BIG5_NOTE)
    if doubtful:
        notes.append(messages.note_doubtful(chosen.encoding))
    source = "labels" if chosen.encoding in labels else "bytes"
    return EncodingGuess(chosen.encoding, source, doubtful, tuple(notes), _sample(chosen))


def _text_columns(table: Table) -> Iterator[Column]:
    return (column for column in table.columns if column.type == "C" and column.width)


def _read(table: Table, encoding: str, most_failures: int = messages.PREVIEW_CELLS) -> _Reading:
    """Decode every text cell strictly; whole columns at once, cell by cell only where that fails."""
    reading = _Reading(encoding)
    for column in _text_columns(table):
        cells = table.cells(column)[~table.deleted]
        # A line end after each cell keeps a character from running over into the next row.
        block = np.full((len(cells), column.width + 1), ord("\n"), np.uint8)
        block[:, :-1] = cells
        try:
            reading.text.append(block.tobytes().decode(encoding))
        except UnicodeDecodeError:
            _read_cells(table, column, reading, most_failures)
    return reading


def _read_cells(table: Table, column: Column, reading: _Reading, most_failures: int) -> None:
    for row in np.flatnonzero(~table.deleted):
        raw = table.cell(column, int(row))
        try:
            reading.text.append(raw.decode(reading.encoding))
        except UnicodeDecodeError:
            kept = without_orphan(raw, reading.encoding)
            if kept is None:
                reading.failures.append((int(row), column))
            else:
                reading.text.append(raw[:kept].decode(reading.encoding))
                reading.orphans.append((int(row), column, len(raw) - kept))
        if len(reading.failures) >= most_failures:
            return


def _weigh(fitting: list[_Reading], labels: list[str]) -> tuple[_Reading, bool]:
    """Choose among the encodings that decode every byte, and say whether another would be as plausible.

    Valid UTF-8 with Chinese characters is hardly ever an accident: it is kept when it is labelled so, or when
    nothing is. Otherwise the labelled encoding is kept unless another is clearly better.
    """
    first = fitting[0]
    if first.encoding == UTF8 and (labels[:1] == [UTF8] or (not labels and _has_han(first))):
        return first, False
    scores = {reading.encoding: _plausibility(reading) for reading in fitting}
    near = [reading for reading in fitting if max(scores.values()) - scores[reading.encoding] <= CLEAR_MARGIN]
    ranked = sorted(near, key=lambda reading: (_rank(reading.encoding, labels), near.index(reading)))
    chosen = ranked[0]
    strange = chosen.encoding not in labels and scores[chosen.encoding] < PLAUSIBLE
    return chosen, len(near) > 1 or strange


def _has_han(reading: _Reading) -> bool:
    return any("\u3400" <= char <= "\u9fff" for text in reading.text for char in text)


def _rank(encoding: str, labels: list[str]) -> int:
    return labels.index(encoding) if encoding in labels else len(labels)


def _plausibility(reading: _Reading) -> float:
    """Return the share of the non-ASCII characters that are everyday Chinese."""
    if reading.encoding == BIG5:
        return 1.0
    counts: Counter[str] = Counter()
    for text in reading.text:
        counts.update(text)
    beyond = {char: number for char, number in counts.items() if char > "\x7f"}
    usual = sum(number for char, number in beyond.items() if _is_usual(char))
    return usual / max(1, sum(beyond.values()))


def _is_usual(char: str) -> bool:
    if not ("\u3000" <= char <= "\u303f" or "\u4e00" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef"):
        return False
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _sample(reading: _Reading) -> tuple[str, ...]:
    texts = (part.strip(" \0") for text in reading.text for part in text[:2000].split("\n"))
    shown = [text for text in texts if text and not text.isascii()]
    return tuple(dict.fromkeys(shown))[: messages.PREVIEW_CELLS]


def _follow_person(table: Table, declared: str, file: str) -> EncodingGuess:
    encoding = find_encoding(declared)
    if encoding is None:
        raise FileError(
            "encoding_unknown",
            f"不认识编码“{declared}”,可选 UTF-8、GBK、GB18030、Big5。",
            f'The encoding "{declared}" is not known; choose UTF-8, GBK, GB18030 or Big5.',
            file=file,
            encoding=declared,
        )
    reading = _read(table, encoding)
    if not reading.ok:
        messages.refuse(table, declared, reading.failures, file)
    notes = tuple(messages.note_orphans(reading.orphans))
    return EncodingGuess(encoding, "declared", notes=notes, sample=_sample(reading))


def _tolerate(table: Table, labels: list[str], file: str) -> EncodingGuess:
    """No encoding decodes every byte: keep the best when few cells are bad, so the rest is not lost."""
    cells = int((~table.deleted).sum()) * max(1, sum(1 for _ in _text_columns(table)))
    readings = [_read(table, name, cells + 1) for name in dict.fromkeys((*labels, UTF8, GB18030))]
    best = min(readings, key=lambda reading: len(reading.failures))
    if len(best.failures) > MOST_BAD_SHARE * cells:
        messages.refuse(table, best.encoding, best.failures, file)
    notes = [messages.note_bad_cell(table, row, column, best.encoding) for row, column in best.failures]
    notes += messages.note_orphans(best.orphans)
    return EncodingGuess(best.encoding, "bytes", True, tuple(notes), _sample(best))


def _note_labels(chosen: str, cpg: str | None, language_byte: int) -> list[Note]:
    return messages.note_labels(
        chosen, cpg, language_byte, named=find_encoding(cpg), marked=LANGUAGE_BYTES.get(language_byte)
    )
