"""Making the steps of an edition: what changes in law at each event, from one stage to the next."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from boundaries.arcs import OUTSIDE
from boundaries.errors import Fault
from gazetteer.changes.coverage import NOBODY, Coverage
from gazetteer.changes.edition_steps import ChangedArc, EventFacts, FoundedUnit, LineFacts, NewArcRow, Step
from gazetteer.imports.edition_faces import ArcMatch, FaceMatch, match_arcs, match_faces, old_faces_of_units
from gazetteer.imports.edition_lines import LineState, key_arcs, pass_event
from gazetteer.imports.edition_shapes import find_lineage, shapes_of_stage
from gazetteer.imports.edition_tables import EventRow
from gazetteer.imports.stages import Stage, first_stage
from gazetteer.queries.editions import OldRegister

FaceUnits = Mapping[int, uuid.UUID | None]


@dataclass(frozen=True, eq=False)
class Timeline:
    """The events, and the stages before, between and after them (one more than events)."""

    events: Sequence[EventRow]
    stages: Sequence[Stage]


@dataclass(frozen=True, eq=False)
class Drawn:
    """What the maps say: the register's, the new coverage, and how the two meet.

    Parameters
    ----------
    index : mapping of final unit to its row in ``coverage.units``
    at : int
        Number of the stage that is the first to have the new shapes.
    """

    old: OldRegister
    coverage: Coverage
    index: Mapping[uuid.UUID, int]
    at: int


def make_steps(timeline: Timeline, drawn: Drawn) -> tuple[tuple[Step, ...], list[Fault]]:
    """Return one step an event; unproved unions are warnings."""
    final = follow(timeline.stages, drawn.at)
    faces, arcs = _match(timeline, drawn, final)
    before_units = _old_face_units(timeline, drawn)
    after_units = _new_face_units(timeline, drawn, faces, final)
    levels = sorted({unit.level for unit in drawn.old.units.values()})
    beyond = _neighbours_beyond(drawn.old)
    externals = first_stage(drawn.old.externals.values()).units
    lines = _first_lines(timeline, drawn, before_units[0], levels, beyond)
    steps: list[Step] = []
    faults: list[Fault] = []
    shapes = shapes_of_stage(timeline.stages[0], drawn.old, drawn.coverage, None)
    for i, event in enumerate(timeline.events, start=1):
        before, stage = timeline.stages[i - 1], timeline.stages[i]
        drawn_now = i >= drawn.at
        units = after_units[i] if drawn_now else before_units[i]
        sides = arcs.sides if drawn_now else {a.id: (a.left, a.right) for a in drawn.old.arcs.values()}
        keys = key_arcs(stage, levels, units, sides, beyond)
        change = pass_event(lines, stage, _whole_map(stage), keys, externals)
        step = _unit_step(event, before, stage, drawn)
        here = final[i] if drawn_now else None
        now = shapes_of_stage(stage, drawn.old, drawn.coverage, here, shapes, drawn.index)
        lineage, found = find_lineage(event, stage, shapes, now)
        faults += found
        former = after_units[i - 1] if i > drawn.at else before_units[i - 1]
        step = replace(
            step,
            lineage=lineage,
            face_units=_changed_face_units(former, units),
            founded_lines=change.founded,
            changed_lines=change.changed,
            ended_lines=change.ended,
            changed_arcs=_changed_arcs(lines, change.state, sides, arcs, i == drawn.at),
            ended_shapes=tuple(u for u in shapes if u not in now or now[u] is not shapes[u]),
            new_shapes={u: shape for u, shape in now.items() if shapes.get(u) is not shape},
        )
        steps.append(_with_map(step, drawn, faces, arcs, change.state) if i == drawn.at else step)
        lines, shapes = change.state, now
    return tuple(steps), faults


def follow(stages: Sequence[Stage], at: int) -> dict[int, dict[uuid.UUID, uuid.UUID]]:
    """Return for each stage from `at` on the unit of the last stage that each of its units becomes."""
    last = len(stages) - 1
    final = {last: {unit: unit for unit in stages[last].units}}
    for i in range(last, at, -1):
        final[i - 1] = {p.source: final[i][p.target] for p in stages[i].passages}
    return final


def _match(
    timeline: Timeline, drawn: Drawn, final: Mapping[int, Mapping[uuid.UUID, uuid.UUID]]
) -> tuple[FaceMatch, ArcMatch]:
    """Match faces by lineage: a leaf keeps the face of the unit that it continues, or alone came from."""
    old_face = old_faces_of_units(drawn.old)
    origin = {unit: unit for unit in timeline.stages[0].units}
    for stage in timeline.stages[1 : drawn.at]:
        origin = {p.target: origin[p.source] for p in stage.passages}
    keeps: dict[int, int | None] = {}
    stage = timeline.stages[drawn.at]
    for unit in stage.units:
        sources = [p.source for p in stage.sources(unit) if p.whole]
        heir = unit if unit in sources else sources[0] if len(sources) == 1 else None
        row = drawn.index[final[drawn.at][unit]]
        keeps[row] = old_face.get(origin[heir]) if heir is not None else None
    faces = match_faces(drawn.old, drawn.coverage, keeps)
    return faces, match_arcs(drawn.old, drawn.coverage.arcs, faces)


def _old_face_units(timeline: Timeline, drawn: Drawn) -> dict[int, FaceUnits]:
    """Return the unit of every old face at the stages before the new shapes."""
    found: dict[int, FaceUnits] = {0: {face.id: face.unit for face in drawn.old.faces.values()}}
    for i in range(1, drawn.at):
        becomes = {p.source: p.target for p in timeline.stages[i].passages}
        found[i] = {face: becomes[unit] if unit else None for face, unit in found[i - 1].items()}
    return found


def _new_face_units(
    timeline: Timeline,
    drawn: Drawn,
    faces: FaceMatch,
    final: Mapping[int, Mapping[uuid.UUID, uuid.UUID]],
) -> dict[int, FaceUnits]:
    """Return the unit of every new face at the stages with the new shapes."""
    rows = {row: unit for unit, row in drawn.index.items()}
    owner = {
        int(faces.numbers[label]): None if unit == NOBODY else rows[int(unit)]
        for label, unit in enumerate(drawn.coverage.face_unit.tolist(), start=1)
    }
    found: dict[int, FaceUnits] = {}
    for i in range(drawn.at, len(timeline.stages)):
        earlier = {last: unit for unit, last in final[i].items()}
        found[i] = {face: earlier[unit] if unit else None for face, unit in owner.items()}
    return found


def _first_lines(
    timeline: Timeline,
    drawn: Drawn,
    face_units: FaceUnits,
    levels: Sequence[int],
    beyond: Mapping[int, uuid.UUID],
) -> LineState:
    known = drawn.old.lines.values()
    facts = {line.id: LineFacts(line.level, line.name, line.left, line.right) for line in known}
    sides = {arc.id: (arc.left, arc.right) for arc in drawn.old.arcs.values()}
    keys = key_arcs(timeline.stages[0], levels, face_units, sides, beyond)
    return LineState(facts, {arc.id: arc.line for arc in drawn.old.arcs.values()}, keys)


def _neighbours_beyond(old: OldRegister) -> dict[int, uuid.UUID]:
    """Return the neighbour that the line of an outer arc names; such arcs keep it."""
    found: dict[int, uuid.UUID] = {}
    for arc in old.arcs.values():
        line = old.lines.get(arc.line) if arc.line else None
        if line is None or OUTSIDE not in (arc.left, arc.right):
            continue
        for side in (line.left, line.right):
            if side is not None and side in old.externals:
                found[arc.id] = side
    return found


def _whole_map(stage: Stage) -> dict[uuid.UUID, uuid.UUID]:
    """Return what each unit becomes as a whole."""
    return {p.source: p.target for p in stage.passages if p.whole}


def _unit_step(event: EventRow, before: Stage, stage: Stage, drawn: Drawn) -> Step:
    """Return what changes of the divisions themselves."""
    units = drawn.coverage.units
    pinyin = {(int(units.level[i]), units.name[i]): units.pinyin[i] for i in range(len(units))}
    kept = [(before.units[u], unit) for u, unit in stage.units.items() if u in before.units]
    founded = [unit for u, unit in stage.units.items() if u not in before.units]
    return Step(
        facts=EventFacts(
            event.kind,
            event.approved,
            event.effective,
            event.document_no,
            event.authority,
            event.assumed,
            event.summary,
        ),
        scheme=units.scheme,
        founded=tuple(
            FoundedUnit(u.id, u.level, u.type, u.name, pinyin.get((u.level, u.name)), u.code, u.parent)
            for u in founded
        ),
        ended=tuple(u for u in before.units if u not in stage.units),
        types={b.id: b.type for a, b in kept if a.type != b.type},
        names={b.id: (b.name, pinyin.get((b.level, b.name))) for a, b in kept if a.name != b.name},
        codes={b.id: b.code for a, b in kept if a.code != b.code},
        parents={b.id: b.parent for a, b in kept if a.parent != b.parent},
    )


def _changed_face_units(former: FaceUnits, units: FaceUnits) -> FaceUnits:
    """Return the faces whose unit changes, with None for those that are gone."""
    gone = {face: None for face in former if face not in units and former[face] is not None}
    return gone | {face: unit for face, unit in units.items() if former.get(face, False) != unit}


def _changed_arcs(
    before: LineState,
    after: LineState,
    sides: Mapping[int, tuple[int, int]],
    arcs: ArcMatch,
    redrawn: bool,
) -> dict[int, ChangedArc]:
    """Return the standing arcs whose faces or line change."""
    changed = {}
    for arc, line in after.of_arc.items():
        if arc < 0 and arc not in before.of_arc:
            continue
        relabelled = redrawn and arc in arcs.relabelled
        if relabelled or line != before.of_arc.get(arc):
            changed[arc] = ChangedArc(*sides[arc], line)
    return changed


def _with_map(step: Step, drawn: Drawn, faces: FaceMatch, arcs: ArcMatch, lines: LineState) -> Step:
    """Add what the redrawn map brings: faces, nodes and arcs that begin or end."""
    table = drawn.coverage.arcs
    begun = []
    for number in sorted((arc for arc in arcs.sides if arc < 0), reverse=True):
        row = -number - 1
        begun.append(
            NewArcRow(
                int(arcs.node_numbers[table.start_node[row]]),
                int(arcs.node_numbers[table.end_node[row]]),
                *arcs.sides[number],
                lines.of_arc[number],
                table.points(row),
            )
        )
    return replace(
        step,
        new_faces=dict(faces.kinds),
        new_nodes=dict(arcs.new_nodes),
        closed_nodes=arcs.closed_nodes,
        closed_arcs=arcs.closed,
        new_arcs=tuple(begun),
    )
