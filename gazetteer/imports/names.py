"""Place names 地名 from layers of points or lines: recognised fields, categories, characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.crs import to_4490
from boundaries.errors import Fault
from boundaries.files.read import Layer
from boundaries.grid import snap, to_degrees
from gazetteer.changes.load_names import PlaceNames
from gazetteer.imports.choices import Choices
from gazetteer.imports.sheets import texts_of
from gazetteer.rules.names import strange_characters

_COLUMNS = {
    "name": ("name", "名称", "地名", "标准名称", "dm", "mc", "dmmc"),
    "pinyin": ("pinyin", "拼音", "罗马字母", "romanizatn", "py"),
    "category": ("category", "类别", "legal_cat"),
    "class": ("class", "class_name", "类型", "地名类别", "dmlb"),
    "note": ("note", "备注", "说明", "bz"),
}
"""Meaning -> names of columns, in small letters."""


def understand_names(layer: Layer, choices: Choices) -> tuple[PlaceNames | None, list[Fault]]:
    """Recognise the fields of a layer of place names and put its positions on the grid.

    Returns
    -------
    names : PlaceNames or None
        None when the coordinate system waits for a person, or an error forbids it.
    faults : list of Fault
        A missing name, category or geometry is an error; characters outside the allowed ones are warnings.
    """
    columns = {meaning: _find(layer, names, choices, meaning) for meaning, names in _COLUMNS.items()}
    missing = [meaning for meaning in ("name", "category") if columns[meaning] is None]
    if missing:
        return None, [_no_column(layer, missing)]
    names = texts_of(layer, columns["name"])
    categories = texts_of(layer, columns["category"])
    faults = list(_check(layer, names, categories))
    epsg = layer.crs_guess.epsg
    if epsg is None or any(fault.severity == "error" for fault in faults):
        return None, faults
    geometry = to_4490(layer.geometry, epsg, layer.crs_guess.swapped)
    on_grid = shapely.transform(shapely.force_2d(geometry), lambda xy: to_degrees(snap(xy)))
    places = PlaceNames(
        name=[name or "" for name in names],
        pinyin=texts_of(layer, columns["pinyin"]),
        category=np.array([int(value or 0) for value in categories], dtype=np.int64),
        class_name=texts_of(layer, columns["class"]),
        note=texts_of(layer, columns["note"]),
        geometry=on_grid,
    )
    return places, faults


def join_names(parts: Sequence[PlaceNames]) -> PlaceNames | None:
    """Return the names of several layers as one, None when there is none."""
    if not parts:
        return None
    geometry: npt.NDArray[np.object_] = np.concatenate([part.geometry for part in parts])
    return PlaceNames(
        name=[value for part in parts for value in part.name],
        pinyin=[value for part in parts for value in part.pinyin],
        category=np.concatenate([part.category for part in parts]),
        class_name=[value for part in parts for value in part.class_name],
        note=[value for part in parts for value in part.note],
        geometry=geometry,
    )


def _find(layer: Layer, names: Sequence[str], choices: Choices, meaning: str) -> str | None:
    chosen = choices.fields.get(layer.name, {}).get(meaning)
    known = {column.lower(): column for column in layer.columns}
    return chosen or next((known[name] for name in names if name in known), None)


def _check(layer: Layer, names: Sequence[str | None], categories: Sequence[str | None]) -> Iterator[Fault]:
    usable = ~(shapely.is_missing(layer.geometry) | shapely.is_empty(layer.geometry))
    for i, record in enumerate(layer.record_numbers.tolist()):
        label = names[i] or f"{layer.name}#{record}"
        if not names[i]:
            yield _fault("name_missing", label, "没有名称", "has no name")
        if categories[i] not in set("12345678"):
            yield _fault("category_wrong", label, "的类别应为 1 至 8", "needs a category from 1 to 8")
        if not usable[i]:
            yield _fault("no_geometry", label, "没有位置", "has no position")
        strange = strange_characters(names[i] or "")
        if strange:
            zh, en = (
                f"的名称含有不应出现的字符：{strange}",
                f"has characters that do not belong there: {strange}",
            )
            yield Fault("name_characters", "warning", f"“{label}”{zh}。", f"'{label}' {en}.", labels=(label,))


def _no_column(layer: Layer, missing: Sequence[str]) -> Fault:
    zh = f"图层“{layer.name}”不是面图层，作为地名缺少字段：{'、'.join(missing)}。"
    en = f"Layer '{layer.name}' holds no polygons; as place names it lacks fields: {', '.join(missing)}."
    return Fault("not_polygons", "error", zh, en, labels=(layer.name,))


def _fault(code: str, label: str, zh: str, en: str) -> Fault:
    return Fault(code, "error", f"“{label}”{zh}。", f"'{label}' {en}.", labels=(label,))
