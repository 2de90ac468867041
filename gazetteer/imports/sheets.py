"""From layers to sheets: one level of divisions each, on the grid, with what was recognised and assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from boundaries.crs import to_4490
from boundaries.errors import BoundaryError
from boundaries.files.fields import FieldMap, guess_fields
from boundaries.files.read import Layer
from boundaries.grid import snap_polygons
from gazetteer.imports.choices import WATER, Choices
from gazetteer.imports.findings import Assumption
from gazetteer.rules import codes
from gazetteer.rules.generic_terms import LEVEL_NAMES, find_levels

_LAYER_WORDS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (WATER, ("water", "lake", "水域", "水面", "湖泊", "河流")),
    (5, ("village", "community", "村", "社区")),
    (4, ("town", "street", "街镇", "街道", "乡镇", "镇街", "乡级")),
    (3, ("district", "county", "counties", "区县", "县区", "县级", "区划县")),
    (2, ("prefecture", "city", "地市", "地级", "市级")),
    (1, ("province", "省级", "省界")),
)
_FIELD_WORDS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (5, ("VILL", "CUN", "村")),
    (4, ("TOWN", "XIANGZHEN", "乡镇", "街道")),
    (3, ("COUNTY", "DISTRICT", "XIAN", "区县", "县区")),
    (2, ("CITY", "PREFECTURE", "地市")),
    (1, ("PROV", "省")),
)
_MOSTLY = 0.9
_AS_4490 = frozenset({3824, 4258, 4326})


@dataclass(frozen=True, eq=False)
class Sheet:
    """Divisions of one level (or water faces) from one layer; sequences have one entry a row.

    Parameters
    ----------
    layer : str
    level : int
        1 province to 5 village; WATER for water faces.
    geometry : ndarray of Polygon, MultiPolygon or None, shape (n,)
        Degrees on the grid of 1e-9, EPSG:4490.
    names, codes, parent_codes, types, pinyin : list of str or None
    records : ndarray of int64, shape (n,)
        Record number in the file, from 1.
    """

    layer: str
    level: int
    geometry: npt.NDArray[np.object_]
    names: list[str | None]
    codes: list[str | None]
    parent_codes: list[str | None]
    types: list[str | None]
    pinyin: list[str | None]
    records: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.geometry)


@dataclass(frozen=True, eq=False)
class Understood:
    """A layer as understood: its sheets (several when a column gives the level), its fields, assumptions."""

    layer: Layer
    fields: FieldMap
    level: int | None
    sheets: tuple[Sheet, ...]
    assumptions: tuple[Assumption, ...]
    missing: tuple[str, ...]
    """Keys of choices a person must give before anything can be checked."""


def understand_layer(layer: Layer, choices: Choices) -> Understood:
    """Recognise fields and level of a layer and put its polygons on the grid.

    Raises
    ------
    CrsError
        ``crs_not_finite``.
    """
    fields = _fields(layer, choices)
    level, level_notes = _level(layer, fields, choices)
    assumptions = [*level_notes, *_reading_assumptions(layer, choices)]
    missing = []
    if layer.crs_guess.epsg is None:
        missing.append(f"crs:{layer.name}")
    if level is None and fields.level is None:
        missing.append(f"level:{layer.name}")
    sheets = () if missing or layer.errors else _sheets(layer, fields, level)
    return Understood(layer, fields, level, sheets, tuple(assumptions), tuple(missing))


def describe_names(layer: Layer, choices: Choices) -> Understood:
    """Return a layer of place names (points or lines) with its assumptions; it has no sheets."""
    missing = (f"crs:{layer.name}",) if layer.crs_guess.epsg is None else ()
    return Understood(layer, FieldMap(), None, (), tuple(_reading_assumptions(layer, choices)), missing)


def _fields(layer: Layer, choices: Choices) -> FieldMap:
    guessed = guess_fields(layer.columns)
    named = {key: value for key, value in choices.fields.get(layer.name, {}).items() if value}
    unknown = sorted(set(named.values()) - set(layer.columns))
    if unknown:
        raise BoundaryError(
            "no_such_field",
            f"图层“{layer.name}”没有字段“{'、'.join(unknown)}”。",
            f"Layer '{layer.name}' has no field '{', '.join(unknown)}'.",
            layer=layer.name,
        )
    return replace(guessed, **named)  # type: ignore[arg-type]


def _reading_assumptions(layer: Layer, choices: Choices) -> list[Assumption]:
    """Return what was taken for granted about coordinates and text, confirmed by naming it."""
    found = []
    crs, text = layer.crs_guess, layer.encoding_guess
    if crs.needs_confirmation and crs.epsg is not None:
        same = crs.epsg in _AS_4490
        zh = "作为 EPSG:4490 入库，不做基准转换" if same else "换算为 EPSG:4490"
        en = "treated as EPSG:4490 without a datum shift" if same else "converted to EPSG:4490"
        found.append(
            Assumption(
                f"crs:{layer.name}",
                f"图层“{layer.name}”的坐标按 EPSG:{crs.epsg} {crs.name} 读入，{zh}。",
                f"Layer '{layer.name}' is read as EPSG:{crs.epsg} {crs.name} and {en}.",
            )
        )
    doubtful = text.needs_confirmation and text.source != "labels"
    if doubtful and choices.encoding_of(layer.name) is None:
        found.append(
            Assumption(
                f"encoding:{layer.name}",
                f"图层“{layer.name}”的文字按 {text.encoding} 读入。",
                f"The text of layer '{layer.name}' is read as {text.encoding}.",
            )
        )
    return found


def _level(layer: Layer, fields: FieldMap, choices: Choices) -> tuple[int | None, list[Assumption]]:
    """Return the level of all rows: given, or by column names, layer name, generic terms, code length."""
    if layer.name in choices.levels:
        return choices.levels[layer.name], []
    if fields.level is not None:
        return None, []
    tries = (
        ("字段名", "its field names", _by_field_names(fields)),
        ("图层名", "the name of the layer", _by_words(layer.name.lower(), _LAYER_WORDS)),
        ("通名", "the generic terms of its names", _by_terms(texts_of(layer, fields.name))),
        (
            "代码长度",
            "the length of its codes",
            fields.level_guess or _by_length(texts_of(layer, fields.code)),
        ),
    )
    for zh, en, level in tries:
        if level is not None:
            name = "水域" if level == WATER else LEVEL_NAMES[level]
            note = Assumption(
                f"level:{layer.name}",
                f"图层“{layer.name}”按{zh}识别为{name}。",
                f"Layer '{layer.name}' is taken as level {level} by {en}.",
                needs=False,
            )
            return level, [note]
    return None, []


def _by_field_names(fields: FieldMap) -> int | None:
    named = [name.upper() for name in (fields.code, fields.name) if name]
    levels = {_by_words(name, _FIELD_WORDS) for name in named} - {None}
    return levels.pop() if len(levels) == 1 else None


def _by_words(name: str, table: Sequence[tuple[int, tuple[str, ...]]]) -> int | None:
    return next((level for level, words in table if any(word in name for word in words)), None)


def _by_terms(names: Sequence[str | None]) -> int | None:
    """Return the one level that the generic terms of nearly all names allow."""
    known = [levels for name in names if name and (levels := find_levels(name))]
    count = Counter(level for levels in known for level in levels)
    fitting = [level for level, times in count.items() if times >= _MOSTLY * max(len(names), 1)]
    return fitting[0] if len(fitting) == 1 else None


def _by_length(values: Sequence[str | None]) -> int | None:
    lengths = Counter(len(value) for value in values if value)
    by_length = {length: level for level, length in codes.LENGTH.items()}
    return by_length.get(next(iter(lengths))) if len(lengths) == 1 else None


def _sheets(layer: Layer, fields: FieldMap, level: int | None) -> tuple[Sheet, ...]:
    crs = layer.crs_guess
    assert crs.epsg is not None
    geometry = snap_polygons(to_4490(layer.geometry, crs.epsg, crs.swapped))
    columns = {
        "names": texts_of(layer, fields.name),
        "codes": texts_of(layer, fields.code),
        "parent_codes": texts_of(layer, fields.parent_code),
        "types": texts_of(layer, fields.type),
        "pinyin": texts_of(layer, fields.pinyin),
    }
    if level is not None:
        return (Sheet(layer.name, level, geometry, records=layer.record_numbers, **columns),)
    levels = _row_levels(layer, fields)
    return tuple(_part(layer, geometry, columns, levels, one) for one in sorted(set(levels.tolist())))


def _part(
    layer: Layer,
    geometry: npt.NDArray[np.object_],
    columns: Mapping[str, list[str | None]],
    levels: npt.NDArray[np.int64],
    level: int,
) -> Sheet:
    rows = np.flatnonzero(levels == level)
    picked = {name: [values[i] for i in rows.tolist()] for name, values in columns.items()}
    return Sheet(layer.name, level, geometry[rows], records=layer.record_numbers[rows], **picked)


def _row_levels(layer: Layer, fields: FieldMap) -> npt.NDArray[np.int64]:
    """Return the level of each row from its level column: a number, or a word such as 县级, town, 水域."""
    assert fields.level is not None
    levels = []
    for row, value in enumerate(layer.columns[fields.level], start=1):
        word = str(value if value is not None else "").strip().lower()
        by_name = next((number for number, name in LEVEL_NAMES.items() if word == name), None)
        level = int(word) if word in set("12345") else by_name
        level = _by_words(word, _LAYER_WORDS) if level is None and word else level
        if level is None:
            raise BoundaryError(
                "level_unknown",
                f"图层“{layer.name}”第 {row} 行的级别“{value}”无法识别。",
                f"The level '{value}' in row {row} of layer '{layer.name}' is not known.",
                layer=layer.name,
                row=row,
            )
        levels.append(level)
    return np.array(levels, dtype=np.int64)


def texts_of(layer: Layer, column: str | None) -> list[str | None]:
    """Return a column as text: trimmed, numbers without a decimal point, empty as None."""
    if column is None:
        return [None] * layer.rows
    return [_text(value) for value in layer.columns[column]]


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None
