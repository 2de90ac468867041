"""From drawn divisions to faces and arcs: leaves are cut into arcs, every level is built back and compared.

A parent that is larger than the sum of its children leaves land without a unit of the level below: a ``rest``
face of that parent. A parent that is smaller, a sliver, or a hole that is no declared water is a fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.arcs import ArcTable
from boundaries.area import areas_m2, mean_width_m
from boundaries.chain import chain, equal_chains
from boundaries.coverage import Survey, check_geometries, survey
from boundaries.errors import BoundaryError, Fault
from boundaries.grid import snap_polygons
from boundaries.rebuild import build_polygons
from gazetteer.changes.coverage import NOBODY
from gazetteer.imports.findings import Assumption, faults_of
from gazetteer.imports.hierarchy import Hierarchy
from gazetteer.imports.nesting_faults import nesting_fault

IntArray = npt.NDArray[np.int64]
ObjectArray = npt.NDArray[np.object_]

SLIVER_WIDTH_M = 10.0
"""Land without a unit that is narrower than this is taken for a gap, never for land."""


_PORTION = 1_000


@dataclass(frozen=True, eq=False)
class Cells:
    """Faces labelled 1, 2, ... with their arcs, and the polygon of every division built from them.

    ``shapes`` and ``areas_m2`` have one entry a unit of the hierarchy. When ``faults`` holds an error the
    other fields may be incomplete.
    """

    face_kind: tuple[str, ...] = ()
    face_unit: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    arcs: ArcTable | None = None
    shapes: ObjectArray = field(default_factory=lambda: np.empty(0, dtype=object))
    areas_m2: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    faults: tuple[Fault, ...] = ()
    assumptions: tuple[Assumption, ...] = ()


@dataclass
class _Faces:
    """The faces found so far: leaves, then water, then rest land as it turns up."""

    geometry: ObjectArray
    kind: list[str]
    unit: IntArray
    labels: list[str]

    def add(self, geometry: Sequence[BaseGeometry], kind: str, unit: Sequence[int], label: str) -> None:
        self.geometry = np.concatenate([self.geometry, as_array(geometry)])
        self.kind += [kind] * len(geometry)
        self.unit = np.concatenate([self.unit, np.array(unit, dtype=np.int64)])
        self.labels += [label] * len(geometry)

    def survey(self, extra_nodes: IntArray | None) -> Survey:
        return survey(self.geometry, self.labels, extra_nodes=extra_nodes)


def build_cells(hierarchy: Hierarchy, extra_nodes: IntArray | None = None) -> Cells:
    """Cut a hierarchy into faces and arcs and prove every level.

    Parameters
    ----------
    extra_nodes : ndarray of int64, shape (k, 2), optional
        Grid positions that become nodes where they are vertices.
    """
    above = np.flatnonzero(hierarchy.units.level != hierarchy.levels[-1])
    labels = [hierarchy.labels[i] for i in above.tolist()]
    with ThreadPoolExecutor(max_workers=2) as beside:
        invalid = beside.submit(check_geometries, hierarchy.geometry[above], labels)
        # Measured as drawn: what is built must be equal, and the proof of that takes longer.
        areas = beside.submit(_areas_m2, hierarchy.geometry)
        faces = _leaf_faces(hierarchy)
        try:
            cells = _build(hierarchy, faces, extra_nodes)
        except BoundaryError as error:
            cells = Cells(faults=tuple(faults_of(error)))
        if invalid.result():
            return Cells(faults=tuple(invalid.result()))
        return replace(cells, areas_m2=areas.result()) if cells.shapes.size else cells


def _leaf_faces(hierarchy: Hierarchy) -> _Faces:
    leaves = hierarchy.rows(hierarchy.levels[-1])
    faces = _Faces(
        hierarchy.geometry[leaves],
        ["unit"] * len(leaves),
        leaves,
        [hierarchy.labels[i] for i in leaves.tolist()],
    )
    faces.add(list(hierarchy.water), "water", [NOBODY] * len(hierarchy.water), "水域")
    return faces


def _build(hierarchy: Hierarchy, faces: _Faces, extra_nodes: IntArray | None) -> Cells:
    found = faces.survey(extra_nodes)
    if found.table is None:
        return Cells(faults=found.faults)
    with ThreadPoolExecutor(max_workers=1) as beside:
        leaves = beside.submit(_draw_leaves, found.table, _group(faces, hierarchy, hierarchy.levels[-1]))
        cells = _build_parents(hierarchy, faces, found, extra_nodes)
        if not cells.shapes.size:
            return cells
        rows = hierarchy.rows(hierarchy.levels[-1])
        cells.shapes[rows] = leaves.result()
    return cells


def _draw_leaves(arcs: ArcTable, group: IntArray) -> ObjectArray:
    """Return the polygon of every leaf unit; it runs beside the higher levels."""
    return build_polygons(arcs, group, int(group.max()) + 1)


def _build_parents(hierarchy: Hierarchy, faces: _Faces, found: Survey, extra_nodes: IntArray | None) -> Cells:
    """Build the levels above the leaf and compare each with what was drawn; leaves stay None."""
    assert found.table is not None
    shapes = np.full(len(hierarchy.units), None, dtype=object)
    faults: list[Fault] = []
    assumptions: list[Assumption] = []
    for level in reversed(hierarchy.levels[:-1]):
        rows = hierarchy.rows(level)
        shapes[rows] = _build_level(found.table, faces, hierarchy, level)
        rests, differing = _compare(hierarchy, shapes, rows[~_equal(hierarchy.geometry[rows], shapes[rows])])
        faults += differing
        if not rests:
            continue
        faces.add([geom for _, geom in rests], "rest", [unit for unit, _ in rests], "余地")
        assumptions.append(_rest_note(hierarchy, level, rests))
        found = faces.survey(extra_nodes)
        if found.table is None:
            return Cells(faults=(*faults, *found.faults))
        shapes[rows] = _build_level(found.table, faces, hierarchy, level)
        faults += _still_unequal(hierarchy, shapes, rows, differing)
    return Cells(
        face_kind=tuple(faces.kind),
        face_unit=faces.unit,
        arcs=found.table,
        shapes=shapes,
        faults=(*faults, *found.faults),
        assumptions=tuple(assumptions),
    )


def _still_unequal(
    hierarchy: Hierarchy, shapes: ObjectArray, rows: IntArray, named: Sequence[Fault]
) -> list[Fault]:
    """Return the fault of every parent that rest land did not make whole and that has none yet."""
    known = {label for fault in named for label in fault.labels}
    unequal = rows[~_equal(hierarchy.geometry[rows], shapes[rows])].tolist()
    return [
        nesting_fault(hierarchy.labels[i], hierarchy.geometry[i])
        for i in unequal
        if hierarchy.labels[i] not in known
    ]


def _build_level(arcs: ArcTable, faces: _Faces, hierarchy: Hierarchy, level: int) -> ObjectArray:
    return build_polygons(arcs, _group(faces, hierarchy, level), len(hierarchy.rows(level)))


def _areas_m2(shapes: ObjectArray) -> npt.NDArray[np.float64]:
    """Return the ellipsoidal areas, in portions that keep the memory small."""
    portions = range(0, len(shapes), _PORTION)
    return np.concatenate([np.empty(0), *(areas_m2(shapes[at : at + _PORTION]) for at in portions)])


def as_array(geometry: Sequence[BaseGeometry]) -> ObjectArray:
    """Return geometries as an object array, also when there is none."""
    array = np.empty(len(geometry), dtype=object)
    array[:] = geometry
    return array


def ancestors(parent: IntArray, level: IntArray, units: IntArray, wanted: int) -> IntArray:
    """Return the ancestor (or self) at level `wanted` of each unit, NOBODY where there is none."""
    found = units.copy()
    padded = np.append(parent, NOBODY)
    levels = np.append(level, 0)
    while (lower := (found != NOBODY) & (levels[found] > wanted)).any():
        found[lower] = padded[found[lower]]
    found[(found != NOBODY) & (levels[found] != wanted)] = NOBODY
    return found


def _group(faces: _Faces, hierarchy: Hierarchy, level: int) -> IntArray:
    """Return for each face label the position of its division within the rows of `level`, or -1."""
    units = hierarchy.units
    owner = ancestors(units.parent, units.level, faces.unit, level)
    rows = hierarchy.rows(level)
    position = np.full(len(units) + 1, -1, dtype=np.int64)
    position[rows] = np.arange(len(rows))
    return np.concatenate([[-1], position[owner]]).astype(np.int64)


def _equal(drawn: ObjectArray, built: ObjectArray) -> npt.NDArray[np.bool_]:
    """Tell which drawn polygons are exactly the built ones: same rings, else same directed segments."""
    multi = np.array([_multi(geom) for geom in drawn.tolist()], dtype=object)
    equal: npt.NDArray[np.bool_] = shapely.equals_exact(shapely.normalize(multi), shapely.normalize(built))
    for i in np.flatnonzero(~equal).tolist():
        equal[i] = equal_chains(chain(drawn[i]), chain(built[i]))
    return equal


def _multi(geom: BaseGeometry) -> BaseGeometry:
    return shapely.MultiPolygon([geom]) if isinstance(geom, shapely.Polygon) else geom


def _compare(
    hierarchy: Hierarchy, built: ObjectArray, unequal: IntArray
) -> tuple[list[tuple[int, BaseGeometry]], list[Fault]]:
    """Return the rest land (unit, polygon) of parents that differ from their children, and the faults."""
    rests: list[tuple[int, BaseGeometry]] = []
    faults: list[Fault] = []
    for unit in unequal.tolist():
        beyond = shapely.difference(built[unit], hierarchy.geometry[unit])
        missing = snap_polygons(as_array([shapely.difference(hierarchy.geometry[unit], built[unit])]))[0]
        pieces = [p for p in shapely.get_parts(missing).tolist() if p.geom_type == "Polygon" and p.area > 0]
        land = [piece for piece in pieces if mean_width_m(piece) >= SLIVER_WIDTH_M]
        label = hierarchy.labels[unit]
        thin = [piece for piece in pieces if mean_width_m(piece) < SLIVER_WIDTH_M]
        faults += [nesting_fault(label, piece) for piece in thin]
        over = [p for p in shapely.get_parts(beyond).tolist() if p.geom_type == "Polygon" and p.area > 0]
        faults += [nesting_fault(label, piece, beyond=True) for piece in over]
        if not pieces and not over:
            faults.append(nesting_fault(label, hierarchy.geometry[unit]))
        if land:
            rests.append((unit, shapely.MultiPolygon(land)))
    return rests, faults


def _rest_note(hierarchy: Hierarchy, level: int, rests: Sequence[tuple[int, BaseGeometry]]) -> Assumption:
    total = float(areas_m2(as_array([geom for _, geom in rests])).sum())
    names = "、".join(hierarchy.labels[unit] for unit, _ in rests[:5])
    return Assumption(
        f"rest:{level}",
        f"{len(rests)} 个单位（{names}）有 {total:.0f} 平方米土地不属于任何下级单位，作为余地入库。",
        f"{len(rests)} divisions ({names}) hold {total:.0f} m2 that belong to no unit of the level below: "
        f"kept as rest land.",
    )
