"""Does a file of polygons tile the district: no overlap, no undeclared hole, every border shared exactly?

`shapely.coverage_is_valid` is not enough: it accepts bow ties, overlapping parts of one multipolygon, empty
geometry and every hole. Here each polygon is checked by itself, then the extraction of shared segments proves
the whole; only where the proof fails are the places searched one by one.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.arcs import OUTSIDE, ArcTable
from boundaries.diagnosis import ObjectArray, diagnose, gap_faults
from boundaries.errors import BoundaryError, CoverageError, Fault
from boundaries.extract import arcs_of, prove_outline
from boundaries.grid import IntArray
from boundaries.nesting import check_nesting
from boundaries.rebuild import enclosed_areas, fault_place
from boundaries.segments import Pairing, Rings, pair, read_rings

__all__ = ["Survey", "check_coverage", "check_geometries", "check_nesting", "survey"]


@dataclass(frozen=True, eq=False)
class Survey:
    """What was found, and the arcs when the polygons can be cut into arcs.

    Parameters
    ----------
    faults : tuple of Fault
    table : ArcTable or None
        Arcs labelled with the faces given; None when the polygons overlap or do not match. Undeclared holes
        are faults but leave a table, with the outside in the hole.
    """

    faults: tuple[Fault, ...]
    table: ArcTable | None


def check_coverage(
    geoms: npt.NDArray[np.object_],
    labels: Sequence[object],
    declared_water: Sequence[BaseGeometry] = (),
) -> list[Fault]:
    """Return everything that keeps polygons from being a coverage.

    Parameters
    ----------
    geoms : ndarray of Polygon or MultiPolygon or None, shape (n,)
        Degrees, EPSG:4490, on the grid.
    labels : sequence, length n
        Names or row numbers for the messages.
    declared_water : sequence of Polygon or MultiPolygon
        Holes that are meant to be there (a lake that belongs to nobody).

    Returns
    -------
    list of Fault
        Codes 'geometry_missing', 'geometry_empty', 'geometry_not_areal', 'geometry_invalid', 'duplicate',
        'contained', 'overlap', 'gap', 'unmatched_vertex'. Every hole that is not declared is found, however
        small. Empty for a clean coverage.
    """
    return list(survey(geoms, labels, declared_water).faults)


def survey(
    geoms: npt.NDArray[np.object_],
    labels: Sequence[object],
    declared_water: Sequence[BaseGeometry] = (),
    faces: npt.ArrayLike | None = None,
    extra_nodes: IntArray | None = None,
) -> Survey:
    """Check a coverage and cut it into arcs in one pass; see `check_coverage` and `extract.extract`.

    Parameters
    ----------
    faces : array_like of int, shape (n,), optional
        Face labels of the table; by default the row numbers plus one.
    extra_nodes : ndarray of int64, shape (k, 2), optional
        Old node positions, see `extract.extract`.
    """
    names = [str(label) for label in labels]
    face_labels = np.arange(1, len(geoms) + 1) if faces is None else np.asarray(faces, dtype=np.int64)
    with ThreadPoolExecutor(max_workers=1) as beside:
        paired = beside.submit(_pair, geoms)  # fails where the polygons are wrong, which nobody hears of
        faults = check_geometries(geoms, names)
    if not faults and len(geoms):
        table = _table(*paired.result(), face_labels, extra_nodes)
        if table is not None:
            return Survey(tuple(gap_faults(_holes(table), geoms, names, declared_water)), table)
    usable = np.array([_standing(g) for g in geoms.tolist()], dtype=object)
    usable[[row for _, row in _repeated_rows(geoms)]] = shapely.Polygon()
    kept = np.flatnonzero(~shapely.is_empty(usable))
    found = diagnose(usable[kept], [names[i] for i in kept.tolist()], declared_water)
    return Survey((*faults, *found), None)


def _pair(geoms: ObjectArray) -> tuple[Rings, Pairing]:
    with np.errstate(invalid="ignore"):  # coordinates that are no numbers
        rings = read_rings(geoms)
    return rings, pair(rings)


def _table(rings: Rings, pairing: Pairing, faces: IntArray, extra_nodes: IntArray | None) -> ArcTable | None:
    """Return the arcs, or None when the polygons overlap or their borders do not match."""
    if pairing.bad.any():
        return None
    try:
        table = arcs_of(rings, pairing, faces, extra_nodes)
        prove_outline(table)
    except CoverageError:
        return None
    return table


def _holes(table: ArcTable) -> ObjectArray:
    """Return every bounded area that no face covers."""
    return enclosed_areas(table, OUTSIDE)


def check_geometries(geoms: npt.NDArray[np.object_], names: Sequence[str]) -> list[Fault]:
    """Return what is wrong with each polygon by itself, and polygons given twice."""
    faults: list[Fault] = []
    areal = np.isin(
        shapely.get_type_id(geoms), (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
    )
    empty = shapely.is_empty(geoms)
    for i in np.flatnonzero(~areal | empty).tolist():
        faults.append(_absent(geoms[i], names[i]))
    checked = np.flatnonzero(areal & ~empty)
    for i in checked[~shapely.is_valid(geoms[checked])].tolist():
        faults.append(_invalid(geoms[i], names[i]))
    return faults + [_duplicate(geoms[row], names[first], names[row]) for first, row in _repeated_rows(geoms)]


def _absent(geom: BaseGeometry | None, name: str) -> Fault:
    if geom is None:
        return Fault(
            "geometry_missing", "error", f"{name} 没有图形", f"{name} has no geometry", labels=(name,)
        )
    if geom.is_empty:
        return Fault(
            "geometry_empty",
            "error",
            f"{name} 的图形为空",
            f"The geometry of {name} is empty",
            labels=(name,),
        )
    return Fault(
        "geometry_not_areal",
        "error",
        f"{name} 不是面（{geom.geom_type}）",
        f"{name} is not an area ({geom.geom_type})",
        labels=(name,),
    )


def _invalid(geom: BaseGeometry, name: str) -> Fault:
    reason, lon, lat = fault_place(geom)
    known = math.isfinite(lon) and math.isfinite(lat)
    return Fault(
        "geometry_invalid",
        "error",
        f"{name} 的边界不合法（{_REASONS_ZH.get(reason, reason)}）"
        + (f"，位置 {lon:.6f}, {lat:.6f}" if known else ""),
        f"The boundary of {name} is invalid ({reason})" + (f" at {lon:.6f}, {lat:.6f}" if known else ""),
        lon=lon if known else None,
        lat=lat if known else None,
        labels=(name,),
    )


_REASONS_ZH = {
    "Self-intersection": "自相交",
    "Ring Self-intersection": "环自接触",
    "Too few points in geometry component": "点太少",
    "Hole lies outside shell": "内环在外环之外",
    "Holes are nested": "内环嵌套",
    "Nested shells": "外环嵌套",
    "Interior is disconnected": "内部不连通",
    "Duplicate Rings": "环重复",
    "Invalid Coordinate": "坐标非法",
}


def _repeated_rows(geoms: ObjectArray) -> list[tuple[int, int]]:
    """Return (first row, row) for every polygon that was given before."""
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for i, bounds in enumerate(shapely.bounds(geoms).tolist()):
        groups[tuple(bounds)].append(i)
    found = []
    for rows in (rows for rows in groups.values() if len(rows) > 1):
        for place, i in enumerate(rows):
            first = next((j for j in rows[:place] if _same(geoms[i], geoms[j])), None)
            found.extend([(first, i)] if first is not None else [])
    return found


def _same(one: BaseGeometry | None, other: BaseGeometry | None) -> bool:
    if one is None or other is None or one.is_empty or other.is_empty:
        return False
    return bool(shapely.equals_exact(shapely.normalize(one), shapely.normalize(other)))


def _duplicate(geom: BaseGeometry, first: str, second: str) -> Fault:
    point = geom.representative_point()
    return Fault(
        "duplicate",
        "error",
        f"{second} 与 {first} 的图形完全相同",
        f"{second} has the same geometry as {first}",
        lon=point.x,
        lat=point.y,
        labels=(first, second),
    )


def _standing(geom: BaseGeometry | None) -> BaseGeometry:
    """Return what an invalid polygon covers, so that its neighbours can still be judged."""
    if geom is None or geom.geom_type not in ("Polygon", "MultiPolygon"):
        return shapely.Polygon()
    if geom.is_valid:
        return geom
    repaired: BaseGeometry = shapely.make_valid(geom, method="structure", keep_collapsed=False)
    return repaired if repaired.geom_type in ("Polygon", "MultiPolygon") else shapely.Polygon()


def require_coverage(
    geoms: npt.NDArray[np.object_],
    labels: Sequence[object],
    faces: npt.ArrayLike | None = None,
    declared_water: Sequence[BaseGeometry] = (),
) -> ArcTable:
    """Return the arcs of a clean coverage; raises CoverageError with every fault otherwise."""
    found = survey(geoms, labels, declared_water, faces)
    if found.faults:
        raise CoverageError(found.faults)
    if found.table is None:
        raise BoundaryError("coverage_empty", "没有任何面。", "There are no polygons.")
    return found.table
