"""The layers of the tiles: which features a snapshot gives, with which properties."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from boundaries.grid import IntArray
from gazetteer.exports.boundary_groups import boundary_groups, line_properties
from gazetteer.queries.snapshot import Snapshot, SnapshotDivision
from webmap.build.bands import LAYERS
from webmap.build.mvt import Attributes, encode_attributes
from webmap.build.shapes import LevelShapes, link_shapes

DIVISION_KEYS = ("id", "code", "name", "pinyin", "level", "type", "parent_code", "area_m2", "valid_from")
LINE_KEYS = ("id", "name", "level", "legal_status", "left", "right")
UNNAMED_LINE_KEYS = ("level", "legal_status")
LABEL_KEYS = ("id", "name", "level", "type")
PLACE_KEYS = ("id", "name", "pinyin", "legal_category", "class_name")


def feature_id(id_: uuid.UUID) -> int:
    """Return a number for a division or name that every tile and every release gives it (53 bits)."""
    return id_.int >> 75


@dataclass(frozen=True, eq=False)
class PolygonLayer:
    """Divisions of one level: the rings of all of them, attributes by division index."""

    name: str
    level: int
    shapes: LevelShapes
    attributes: dict[int, Attributes]


@dataclass(frozen=True, eq=False)
class LineLayer:
    """Boundary lines: arcs grouped by level, sides and owner.

    Parameters
    ----------
    arcs : ndarray of int64, shape (a,)
        Rows of the snapshot's table, group after group.
    forward : ndarray of bool, shape (a,)
        Whether the group's left side is the arc's own.
    group : ndarray of int64, shape (a,)
    level : ndarray of int64, shape (g,)
        Level of each group.
    kind : ndarray of int64, shape (g,)
        The feature that each group joins where lines bear no names: one for each level and legal status.
    attributes : tuple of Attributes, length g + number of kinds
        Of the groups, then of the kinds.
    """

    arcs: IntArray
    forward: np.ndarray[tuple[int], np.dtype[np.bool_]]
    group: IntArray
    level: IntArray
    kind: IntArray
    attributes: tuple[Attributes, ...]


@dataclass(frozen=True, eq=False)
class PointLayer:
    """Points with attributes and the level that says from which zoom on they show (None: place names).

    Parameters
    ----------
    degrees : ndarray of float64, shape (n, 2)
    level : ndarray of int64, shape (n,)
    """

    name: str
    keys: tuple[str, ...]
    degrees: np.ndarray[tuple[int, int], np.dtype[np.float64]]
    level: IntArray
    attributes: tuple[Attributes, ...]


def division_properties(division: SnapshotDivision) -> dict[str, str | int | float | None]:
    """Return the public properties of a division; they are the same in tiles and packages."""
    return {
        "id": str(division.id),
        "code": division.code,
        "name": division.name,
        "pinyin": division.pinyin,
        "level": division.level,
        "type": division.type,
        "parent_code": division.parent_code,
        "area_m2": None if division.area_m2 is None else round(division.area_m2, 3),
        "valid_from": None if division.valid_from is None else division.valid_from.isoformat(),
    }


def polygon_layers(snapshot: Snapshot) -> list[PolygonLayer]:
    """Link the polygons of every level that is published."""
    layers = []
    for level in snapshot.levels:
        if level in LAYERS:
            shapes = link_shapes(snapshot.arcs, *snapshot.side(level))
            attributes = {
                i: encode_attributes(feature_id(d.id), DIVISION_KEYS, division_properties(d))
                for i, d in enumerate(snapshot.divisions)
                if d.level == level
            }
            layers.append(PolygonLayer(LAYERS[level], level, shapes, attributes))
    return layers


def line_layer(snapshot: Snapshot) -> LineLayer:
    """Collect the arcs that part two divisions; each arc is drawn once, at its highest level."""
    lines = {line.id: line for line in snapshot.lines}
    groups = boundary_groups(snapshot)
    arcs = [arc for members in groups.values() for arc in members]
    rows = np.array([arc.row for arc in arcs], dtype=np.int64)
    kinds: dict[tuple[str | int | float | None, ...], int] = {}
    features = [line_properties(snapshot, group, lines) for group in groups]
    kind = [
        kinds.setdefault(tuple(each[key] for key in UNNAMED_LINE_KEYS), len(groups) + len(kinds))
        for each in features
    ]
    features += [dict(zip(UNNAMED_LINE_KEYS, values, strict=True)) for values in kinds]
    return LineLayer(
        rows,
        np.array([arc.forward for arc in arcs], dtype=bool),
        np.repeat(np.arange(len(groups)), [len(members) for members in groups.values()]),
        np.array([group.level for group in groups], dtype=np.int64),
        np.array(kind, dtype=np.int64),
        tuple(encode_attributes(number, LINE_KEYS, each) for number, each in enumerate(features, start=1)),
    )


def label_layer(snapshot: Snapshot) -> PointLayer:
    """Return one point inside each division for its name."""
    chosen = [d for d in snapshot.divisions if d.level in LAYERS and d.id in snapshot.shapes]
    points = label_points([snapshot.shapes[d.id] for d in chosen])
    attributes = tuple(
        encode_attributes(
            feature_id(d.id),
            LABEL_KEYS,
            {"id": str(d.id), "name": d.name, "level": d.level, "type": d.type},
        )
        for d in chosen
    )
    levels = np.array([d.level for d in chosen], dtype=np.int64)
    return PointLayer("labels", LABEL_KEYS, points, levels, attributes)


def label_points(
    geoms: Sequence[shapely.Geometry],
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return a point well inside each polygon: the centre of the largest circle, of a simplified outline.

    Falls back to a point of the surface where the simplified outline leads outside.
    """
    shapes = np.array(geoms, dtype=object)
    bounds = shapely.bounds(shapes)
    size = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    # Keeping topology here would cost twenty times as much; the few that break are used as they are.
    rough = shapely.simplify(shapes, size / 100.0, preserve_topology=False)
    broken = ~shapely.is_valid(rough) | shapely.is_empty(rough)
    rough[broken] = shapes[broken]
    circles = shapely.maximum_inscribed_circle(rough, size / 50.0)
    points = shapely.get_point(circles, 0)
    outside = ~shapely.contains_properly(shapes, points)
    points[outside] = shapely.point_on_surface(shapes[outside])
    return shapely.get_coordinates(points)


def place_layer(snapshot: Snapshot) -> PointLayer:
    """Return the place names as points."""
    geoms = np.array([place.geom for place in snapshot.places], dtype=object)
    attributes = tuple(
        encode_attributes(
            feature_id(place.id),
            PLACE_KEYS,
            {
                "id": str(place.id),
                "name": place.name,
                "pinyin": place.pinyin,
                "legal_category": place.legal_category,
                "class_name": place.class_name,
            },
        )
        for place in snapshot.places
    )
    degrees = shapely.get_coordinates(shapely.point_on_surface(geoms)).reshape(-1, 2)
    return PointLayer("place_names", PLACE_KEYS, degrees, np.full(len(geoms), -1, dtype=np.int64), attributes)
