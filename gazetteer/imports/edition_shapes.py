"""Polygons of the units of every stage, and what went over into what, with areas and proof."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping

import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.area import area_m2
from boundaries.errors import Fault
from gazetteer.changes.coverage import Coverage
from gazetteer.changes.edition_steps import LineageFact
from gazetteer.imports.edition_faces import exact_union
from gazetteer.imports.edition_tables import EventRow
from gazetteer.imports.stages import Stage
from gazetteer.queries.editions import OldRegister

Shape = tuple[BaseGeometry, float]
"""A MultiPolygon in degrees, EPSG:4490, and its area in m2."""
Shapes = Mapping[uuid.UUID, Shape]
_NOTHING: Shapes = {}


def shapes_of_stage(
    stage: Stage,
    old: OldRegister,
    coverage: Coverage,
    final: Mapping[uuid.UUID, uuid.UUID] | None,
    before: Shapes = _NOTHING,
    index: Mapping[uuid.UUID, int] | None = None,
) -> Shapes:
    """Return the polygon of every unit of a stage.

    Parameters
    ----------
    final : mapping of unit to the unit it becomes in the end, or None
        None before the new shapes are in force: a unit then has the shape of its only source.
    before : mapping of unit to Shape
        Of the stage before; a unit that keeps its polygon keeps that very object.
    index : mapping of final unit to its row in the coverage
    """
    if final is None:
        if not stage.passages:
            return {unit: old.shapes[unit] for unit in stage.units if unit in old.shapes}
        source = {passage.target: passage.source for passage in stage.passages}
        return {unit: before[source[unit]] for unit in stage.units if source[unit] in before}
    assert index is not None
    found: dict[uuid.UUID, Shape] = {}
    for unit in stage.units:
        row = index[final[unit]]
        new = (coverage.shapes[row], float(coverage.areas_m2[row]))
        found[unit] = before[unit] if unit in before and _same(before[unit][0], new[0]) else new
    return found


def _same(one: BaseGeometry, other: BaseGeometry) -> bool:
    return exact_union(one, [other])


def find_lineage(
    event: EventRow, stage: Stage, before: Shapes, after: Shapes
) -> tuple[tuple[LineageFact, ...], list[Fault]]:
    """Return what passed from one division to another at an event, and a warning for each unproved union.

    The area of a whole is that of the source, of a part that of the common land; `exact` says that the
    target is the union of its whole sources, segment by segment.
    """
    people = _people(stage)
    facts: list[LineageFact] = []
    faults: list[Fault] = []
    for target in stage.units:
        passages = stage.sources(target)
        wholes = [p for p in passages if p.whole and p.source in before]
        union = [before[p.source][0] for p in wholes]
        proved = target in after and len(wholes) == len(passages) and exact_union(after[target][0], union)
        if not proved and len(wholes) == len(passages):
            faults.append(_unproved(event, stage.units[target].name))
        for passage in passages:
            if passage.source == target:
                continue
            area = _area(before.get(passage.source), after.get(target), passage.whole)
            facts.append(
                LineageFact(
                    passage.source,
                    target,
                    passage.whole,
                    area,
                    proved and passage.whole,
                    passage.basis,
                    passage.population,
                    people.get(passage.source),
                )
            )
    return tuple(facts), faults


def _people(stage: Stage) -> dict[uuid.UUID, int]:
    """Return how many people each source had, where every row of it says how many went."""
    parts: dict[uuid.UUID, list[int | None]] = defaultdict(list)
    for passage in stage.passages:
        parts[passage.source].append(passage.population)
    known = {unit: [part for part in found if part is not None] for unit, found in parts.items()}
    return {unit: sum(found) for unit, found in known.items() if len(found) == len(parts[unit])}


def _area(source: Shape | None, target: Shape | None, whole: bool) -> float | None:
    if source is None or target is None:
        return None
    return source[1] if whole else area_m2(shapely.intersection(source[0], target[0]))


def _unproved(event: EventRow, name: str) -> Fault:
    return Fault(
        "lineage_inexact",
        "warning",
        f"事件 {event.key}：“{name}”的范围不等于其全部来源单位之和。",
        f"Event {event.key}: '{name}' is not exactly the union of the units it comes from.",
        labels=(name,),
    )
