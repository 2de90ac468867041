"""The layers that leave the house as files: their columns and their rows."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.files.write import Field, Value
from boundaries.grid import to_degrees
from gazetteer.errors import NotFound, RuleBroken
from gazetteer.exports.boundary_groups import GroupedArc, boundary_groups, line_properties
from gazetteer.queries.snapshot import Snapshot, SnapshotDivision

Row = tuple[shapely.Geometry, dict[str, Value]]

DIVISION_FIELDS = (
    Field("id", "id", "标识"),
    Field("code", "code", "区划代码"),
    Field("name", "name", "名称"),
    Field("pinyin", "pinyin", "罗马字母拼写"),
    Field("level", "level", "级别（3 县级 4 乡级 5 村级）", "integer"),
    Field("type", "type", "类别"),
    Field("parent_cod", "parent_code", "上级代码", key="parent_code"),
    Field("area_m2", "area_m2", "椭球面积", "real", "m2", 3),
    Field("valid_from", "valid_from", "设立日期", "date"),
)
LINE_FIELDS = (
    Field("id", "id", "界线标识"),
    Field("name", "name", "界线名称"),
    Field("level", "level", "界线级别", "integer"),
    Field("status", "legal_status", "界线性质（JXXZ）", key="legal_status"),
    Field("left", "left", "左侧单元"),
    Field("right", "right", "右侧单元"),
)
PLACE_FIELDS = (
    Field("id", "id", "标识"),
    Field("name", "name", "标准名称"),
    Field("pinyin", "pinyin", "罗马字母拼写"),
    Field("category", "legal_category", "地名类别（条例第三条）", "integer", key="legal_category"),
    Field("class", "class_name", "地名小类", key="class_name"),
    Field("valid_from", "valid_from", "启用日期", "date"),
)


@dataclass(frozen=True)
class ExportLayer:
    """One layer: its columns, its kind of geometry, and for polygons its level."""

    name: str
    zh: str
    fields: tuple[Field, ...]
    kind: Literal["polygon", "line", "point"]
    level: int | None = None


EXPORT_LAYERS = {
    layer.name: layer
    for layer in (
        ExportLayer("districts", "县级行政区", DIVISION_FIELDS, "polygon", 3),
        ExportLayer("towns", "乡级行政区", DIVISION_FIELDS, "polygon", 4),
        ExportLayer("villages", "村级区域", DIVISION_FIELDS, "polygon", 5),
        ExportLayer("boundary_lines", "界线", LINE_FIELDS, "line"),
        ExportLayer("place_names", "地名", PLACE_FIELDS, "point"),
    )
}


def get_layer(name: str) -> ExportLayer:
    """Return a layer by name; RuleBroken names those there are."""
    if name not in EXPORT_LAYERS:
        known = ", ".join(EXPORT_LAYERS)
        raise RuleBroken(
            f"没有图层“{name}”，可选：{known}。",
            f"There is no layer '{name}'; choose one of {known}.",
            code="unknown_layer",
            layer=name,
        )
    return EXPORT_LAYERS[name]


def layer_rows(snapshot: Snapshot, layer: ExportLayer, within: uuid.UUID | None = None) -> Iterator[Row]:
    """Yield (geometry, attributes) of a layer, in EPSG:4490 degrees that are exact grid integers / 1e9.

    Parameters
    ----------
    within : UUID, optional
        Only what lies in this division; lines need one side in it, place names a place.
    """
    inside = None if within is None else subtree(snapshot, within)
    if layer.kind == "polygon":
        return _divisions(snapshot, layer, inside)
    if layer.kind == "line":
        return _lines(snapshot, inside)
    return _places(snapshot, within)


def subtree(snapshot: Snapshot, top: uuid.UUID) -> frozenset[int]:
    """Return the indices of a division and all below it."""
    if top not in snapshot.index:
        raise NotFound(
            "该日期没有此行政区划单位。", "There is no such division at this date.", division=str(top)
        )
    inside = {snapshot.index[top]}
    for i, division in enumerate(snapshot.divisions):  # parents come first: the order is by level
        if division.parent_id is not None and snapshot.index.get(division.parent_id) in inside:
            inside.add(i)
    return frozenset(inside)


def division_attributes(division: SnapshotDivision) -> dict[str, Value]:
    """Return the columns of a division; they are those of the tiles."""
    return {
        "id": str(division.id),
        "code": division.code,
        "name": division.name,
        "pinyin": division.pinyin,
        "level": division.level,
        "type": division.type,
        "parent_code": division.parent_code,
        "area_m2": None if division.area_m2 is None else round(division.area_m2, 3),
        "valid_from": division.valid_from,
    }


def _divisions(snapshot: Snapshot, layer: ExportLayer, inside: frozenset[int] | None) -> Iterator[Row]:
    for i, division in enumerate(snapshot.divisions):
        shape = snapshot.shapes.get(division.id)
        if division.level == layer.level and shape is not None and (inside is None or i in inside):
            yield shape, division_attributes(division)


def _lines(snapshot: Snapshot, inside: frozenset[int] | None) -> Iterator[Row]:
    lines = {line.id: line for line in snapshot.lines}
    groups = {
        group: arcs
        for group, arcs in boundary_groups(snapshot).items()
        if inside is None or group.left in inside or group.right in inside
    }
    shapes = _multilines(snapshot, list(groups.values()))
    for group, shape in zip(groups, shapes, strict=True):
        yield shape, dict(line_properties(snapshot, group, lines))


def _multilines(snapshot: Snapshot, groups: Sequence[Sequence[GroupedArc]]) -> npt.NDArray[np.object_]:
    """Return a MultiLineString for each group, its arcs in the group's direction."""
    rows = np.array([arc.row for arcs in groups for arc in arcs], dtype=np.int64)
    forward = np.array([arc.forward for arcs in groups for arc in arcs], dtype=bool)
    starts = snapshot.arcs.offsets[rows]
    counts = snapshot.arcs.offsets[rows + 1] - starts
    along = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    first = np.where(forward, starts, starts + counts - 1)
    points = np.repeat(first, counts) + np.repeat(np.where(forward, 1, -1), counts) * along
    number = np.repeat(np.arange(len(rows)), counts)
    parts = np.asarray(shapely.linestrings(to_degrees(snapshot.arcs.coords[points]), indices=number))
    of_group = np.repeat(np.arange(len(groups)), [len(arcs) for arcs in groups])
    return np.asarray(shapely.multilinestrings(parts, indices=of_group))


def _places(snapshot: Snapshot, within: uuid.UUID | None) -> Iterator[Row]:
    area = None if within is None else snapshot.shapes.get(within)
    if area is not None:
        shapely.prepare(area)
    for place in snapshot.places:
        is_point = shapely.get_type_id(place.geom) == shapely.GeometryType.POINT
        point = place.geom if is_point else shapely.point_on_surface(place.geom)
        if area is None or shapely.covers(area, point):
            yield (
                point,
                {
                    "id": str(place.id),
                    "name": place.name,
                    "pinyin": place.pinyin,
                    "legal_category": place.legal_category,
                    "class_name": place.class_name,
                    "valid_from": place.valid_from,
                },
            )
