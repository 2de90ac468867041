"""Whether the whole register is what it promises to be: lines, cells, parents, areas and hashes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from boundaries.area import areas_m2
from boundaries.errors import Fault
from boundaries.grid import arc_hash
from gazetteer.queries.snapshot import Snapshot, snapshot
from gazetteer.queries.stored_hashes import find_stored_hashes
from gazetteer.releases.checks import check_publishable
from gazetteer.releases.content_hash import content_hash

AREA_TOLERANCE_M2 = 0.001


@dataclass(frozen=True)
class RegisterCheck:
    """What was found on a day, and how much there was to look at."""

    as_of: dt.date
    content_hash: str
    counts: dict[str, int]
    faults: tuple[Fault, ...]


def check_register(session: Session, as_of: dt.date | None = None) -> RegisterCheck:
    """Check every cell, every parent against its children, every stored area and every hash of a line."""
    found = snapshot(session, as_of)
    faults = check_publishable(found) + _check_areas(found) + _check_hashes(session, found)
    counts = {"arcs": len(found.arcs), "faces": len(found.face_ids), "divisions": len(found.divisions)}
    return RegisterCheck(found.as_of, content_hash(found), counts, tuple(faults))


def _check_areas(found: Snapshot) -> list[Fault]:
    shaped = [d for d in found.divisions if d.id in found.shapes and d.area_m2 is not None]
    shapes = np.array([found.shapes[d.id] for d in shaped], dtype=object)
    measured = areas_m2(shapes) if len(shaped) else np.zeros(0)
    stored = np.array([d.area_m2 for d in shaped], dtype=np.float64)
    return [
        Fault(
            "area_wrong",
            "error",
            f"{shaped[i].name}存储的面积 {stored[i]:.3f} 平方米，实际为 {measured[i]:.3f} 平方米。",
            f"{shaped[i].name} is stored with {stored[i]:.3f} m2, its polygon has {measured[i]:.3f} m2.",
            area_m2=float(measured[i]),
            labels=(shaped[i].name,),
        )
        for i in np.flatnonzero(np.abs(measured - stored) > AREA_TOLERANCE_M2)
    ]


def _check_hashes(session: Session, found: Snapshot) -> list[Fault]:
    stored = find_stored_hashes(session, found.as_of)
    arcs = found.arcs
    wrong = [
        int(arc)
        for i, arc in enumerate(found.arc_ids)
        if stored.get(int(arc)) != arc_hash(arcs.points(i), int(arcs.left[i]), int(arcs.right[i]))
    ]
    return [
        Fault(
            "hash_wrong",
            "error",
            f"界线段 {arc} 的内容与其摘要不符。",
            f"The content of arc {arc} is not what its hash says.",
            labels=(str(arc),),
        )
        for arc in wrong
    ]
