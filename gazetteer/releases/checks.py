"""What must be true of a register before it is published: no hole, no overlap, nobody lost, parents equal.

Why this is enough: the directed segments of all faces cancel between neighbours, so the sum of the faces'
areas equals the area inside the outer border as a function of the place. When every face is a valid polygon
whose lines close, and the outer border is a valid area too, no place is counted twice (no overlap) and none
is left out but the holes of the outer area. Those are reported one by one. Parents are built from the same
lines as their children and are then held against the polygons stored beside them: ring by ring on the grid,
and where the rings differ by their chains of directed segments.
"""

from __future__ import annotations

import numpy as np
import shapely

from boundaries.area import area_m2
from boundaries.chain import chain, equal_chains
from boundaries.errors import BoundaryError, Fault
from boundaries.rebuild import build_polygons
from gazetteer.errors import FieldError, RuleBroken
from gazetteer.queries.snapshot import LEVELS, Snapshot

MAX_NAMED = 50


def require_publishable(snapshot: Snapshot) -> None:
    """Raise RuleBroken with every fault of ``check_publishable``."""
    faults = check_publishable(snapshot)
    if faults:
        raise RuleBroken(
            f"不能发布：{faults[0].zh}（共 {len(faults)} 处问题）",
            f"Not published: {faults[0].en} ({len(faults)} faults)",
            code="release_refused",
            errors=tuple(
                FieldError(field.labels[0] if field.labels else "register", field.code, field.zh, field.en)
                for field in faults[:MAX_NAMED]
            ),
            faults=[_as_fields(fault) for fault in faults[:MAX_NAMED]],
        )


def check_publishable(snapshot: Snapshot) -> list[Fault]:
    """Return the faults for which a release is refused; empty when it may be published."""
    if len(snapshot.arcs) == 0:
        return [
            Fault(
                "register_empty",
                "error",
                "该日期的登记册没有任何界线。",
                "The register has no lines at this date.",
            )
        ]
    faults = _check_faces(snapshot) + _check_outer(snapshot) + _check_members(snapshot)
    if not faults:
        faults = _check_shapes(snapshot)
    return faults


def _as_fields(fault: Fault) -> dict[str, object]:
    return {
        "code": fault.code,
        "message": fault.zh,
        "message_en": fault.en,
        "lon": fault.lon,
        "lat": fault.lat,
        "area_m2": fault.area_m2,
        "labels": list(fault.labels),
    }


def _check_faces(snapshot: Snapshot) -> list[Fault]:
    """Every face closes and is a valid polygon."""
    try:
        build_polygons(snapshot.arcs, _numbers(snapshot))
    except BoundaryError as error:
        group = error.fields.get("group")
        name = "" if group is None else face_name(snapshot, int(group))
        return [
            Fault(
                "face_invalid",
                "error",
                f"{name}：{error.zh}",
                f"{name}: {error.en}",
                error.fields.get("lon"),
                error.fields.get("lat"),
                labels=(name,) if name else (),
            )
        ]
    return []


def _check_outer(snapshot: Snapshot) -> list[Fault]:
    """The whole register is one valid area without holes: water has a face of its own."""
    everything = {int(face): 0 for face in snapshot.face_ids}
    try:
        whole = build_polygons(snapshot.arcs, everything)[0]
    except BoundaryError as error:
        lon, lat = error.fields.get("lon"), error.fields.get("lat")
        return [
            Fault(
                "overlap",
                "error",
                f"外围界线重叠：{error.zh}",
                f"The outer border overlaps: {error.en}",
                lon,
                lat,
            )
        ]
    faults = []
    for part in whole.geoms:
        for ring in part.interiors:
            hole = shapely.Polygon(ring)
            point, area = hole.representative_point(), area_m2(hole)
            faults.append(
                Fault(
                    "hole",
                    "error",
                    f"{point.x:.6f}, {point.y:.6f} 处有 {area:.1f} 平方米的空洞，不属于任何单元。",
                    f"A hole of {area:.1f} m2 at {point.x:.6f}, {point.y:.6f} belongs to no unit.",
                    point.x,
                    point.y,
                    area,
                )
            )
    return faults


def _check_members(snapshot: Snapshot) -> list[Fault]:
    """Every unit and rest face has its parents up to the top, and every division has a face."""
    faults = []
    top = snapshot.levels[0] if snapshot.levels else None
    for i, kind in enumerate(snapshot.face_kinds):
        if kind not in ("unit", "rest"):
            continue
        chain = {level: int(snapshot.chains[level][i]) for level in snapshot.levels}
        if top is None or chain[top] < 0:
            faults.append(
                _lost(
                    f"面 {int(snapshot.face_ids[i])}",
                    "没有完整的上级单元",
                    "has no complete chain of parents",
                )
            )
    used = np.unique(np.concatenate([snapshot.chains[level] for level in LEVELS]))
    with_face = set(used[used >= 0].tolist())
    for i, division in enumerate(snapshot.divisions):
        if not division.external and i not in with_face:
            faults.append(_lost(division.name, "没有范围", "has no area"))
    return faults


def _lost(name: str, zh: str, en: str) -> Fault:
    return Fault("division_lost", "error", f"{name}{zh}。", f"{name} {en}.", labels=(name,))


def _check_shapes(snapshot: Snapshot) -> list[Fault]:
    """The stored polygon of every division equals the one its children's lines give, on the grid."""
    faults = []
    for level in snapshot.levels:
        column = snapshot.chains[level]
        present = np.unique(column[column >= 0])
        group = dict(
            zip(
                snapshot.face_ids.tolist(),
                np.where(column < 0, -1, np.searchsorted(present, column)).tolist(),
                strict=True,
            )
        )
        built = build_polygons(snapshot.arcs, group, len(present))
        stored = np.array([snapshot.shapes.get(snapshot.divisions[i].id) for i in present], dtype=object)
        equal = shapely.equals_exact(shapely.normalize(built), shapely.normalize(stored), 0.0)
        for row in np.flatnonzero(~equal).tolist():
            if stored[row] is not None and equal_chains(chain(built[row]), chain(stored[row])):
                continue  # the same border, drawn as other rings where it touches itself
            name = snapshot.divisions[int(present[row])].name
            faults.append(
                Fault(
                    "parent_unequal",
                    "error",
                    f"{name}的存储范围与其下级界线不一致。",
                    f"The stored area of {name} differs from the lines of its children.",
                    labels=(name,),
                )
            )
    return faults


def _numbers(snapshot: Snapshot) -> dict[int, int]:
    return {int(face): i for i, face in enumerate(snapshot.face_ids)}


def face_name(snapshot: Snapshot, face: int) -> str:
    """Name the face at index `face` by the lowest division it lies in."""
    for level in reversed(LEVELS):
        division = int(snapshot.chains[level][face])
        if division >= 0:
            return snapshot.divisions[division].name
    return f"面 {int(snapshot.face_ids[face])}"
