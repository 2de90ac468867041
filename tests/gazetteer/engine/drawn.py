"""Registers drawn as text, operations on them by name, and what must hold after any of them.

    register(PICTURE, {1: "1 5 6 2"}, "县 本县 510101", "镇 甲镇 510101101 本县", "村 一村 - 甲镇 1")

A line is: type, name, code (or -), parent, and the faces that are its own.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
from shapely.geometry import MultiPolygon

from boundaries.area import area_m2
from boundaries.case import try_build
from boundaries.subgraph import Subgraph
from boundaries.validate import judge
from gazetteer.engine.difference import apply_change, difference
from gazetteer.engine.lines import assign_lines
from gazetteer.engine.register_state import RegisterState, Unit
from gazetteer.engine.replay import Outcome, Replayed, replay
from gazetteer.rules.intents import Intent, parse_intents
from tests.boundaries.drawing import STEP_DEG, points_of, subgraph_of

LEVELS = {"省": 1, "市": 2, "县": 3, "区": 3, "镇": 4, "乡": 4, "街道": 4, "村": 5, "社区": 5}


def id_of(name: str) -> uuid.UUID:
    """Return the id that a division of a drawn register has."""
    return uuid.uuid5(uuid.NAMESPACE_OID, name)


def register(
    picture: str, faces: dict[int, str], *divisions: str, kinds: dict[int, str] | None = None
) -> RegisterState:
    """Return a drawn register with every line the law asks for."""
    cells: dict[int, uuid.UUID] = {}
    units: dict[uuid.UUID, Unit] = {}
    for text in divisions:
        type_, name, code, *rest = text.split()
        parent = next((id_of(word) for word in rest if not word.isdigit()), None)
        units[id_of(name)] = Unit(
            id_of(name), LEVELS[type_], type_, name, parent, code=None if code == "-" else code
        )
        cells.update({int(word): id_of(name) for word in rest if word.isdigit()})
    with_children = {unit.parent for unit in units.values()}
    known = {face: "rest" if cells.get(face) in with_children else "unit" for face in faces}
    blank = RegisterState(
        graph=subgraph_of(picture, faces) if faces else Subgraph.of((), ()),
        cells=cells,
        face_kinds={0: "outside", **known, **(kinds or {})},
        units=units,
    )
    nothing = replace(blank, graph=Subgraph.of((), ()), cells={}, face_kinds={0: "outside"})
    return assign_lines(nothing, blank, seed="drawn")


def places_of(picture: str) -> dict[str, list[int]]:
    """Return the points of a picture as operations give them."""
    return {mark: list(xy) for mark, xy in points_of(picture).items()}


def between(*points: list[int]) -> list[int]:
    """Return the middle of some points."""
    middle: list[int] = np.mean(points, axis=0).astype(int).tolist()
    return middle


def beside(point: list[int], east: float = 0, south: float = 0) -> list[int]:
    """Return a point some columns east and lines south of another."""
    step = STEP_DEG * 1e9
    return [round(point[0] + east * step), round(point[1] - south * step)]


def op(kind: str, **body: Any) -> dict[str, Any]:
    """Return an operation; every Ref is written as an id. Its own id follows from what it says."""
    written = {"kind": kind, **{_key(k): _named(v) for k, v in body.items()}}
    return {"id": str(id_of(json.dumps(written))), **written}


def _key(key: str) -> str:
    return "from" if key == "from_" else key


def _named(value: Any) -> Any:
    """Write names of divisions, given as Ref, as ids."""
    if isinstance(value, Ref):
        return str(id_of(value.name))
    if isinstance(value, dict):
        return {_key(k): _named(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_named(inner) for inner in value]
    return value


class Ref:
    """A division by name, in the body of an operation."""

    def __init__(self, name: str) -> None:
        self.name = name


def refs(*names: str) -> list[Ref]:
    return [Ref(name) for name in names]


def intents_of(*operations: dict[str, Any]) -> list[Intent]:
    return parse_intents(operations)


def run(state: RegisterState, *operations: dict[str, Any]) -> Replayed:
    """Replay operations and check what must hold whatever they are."""
    replayed = replay(state, intents_of(*operations))
    require_sound(replayed)
    return replayed


def done(state: RegisterState, *operations: dict[str, Any]) -> Replayed:
    """Replay operations all of which must hold."""
    replayed = run(state, *operations)
    assert [o.status for o in replayed.outcomes] == ["applied"] * len(operations), replayed.outcomes
    return replayed


def only(replayed: Replayed) -> Outcome:
    (outcome,) = replayed.outcomes
    return outcome


def refusal(state: RegisterState, operation: dict[str, Any]) -> str:
    """Return the code with which an operation is refused; the register must stay as it is."""
    replayed = run(state, operation)
    outcome = only(replayed)
    assert outcome.status == "refused"
    assert outcome.error is not None
    assert outcome.error.zh
    assert replayed.after is state
    assert replayed.change.is_empty
    return outcome.error.code


def require_sound(replayed: Replayed) -> None:
    """The patch is a map again, the change leads from before to after, its inverse back."""
    before, after, change = replayed.before, replayed.after, replayed.change
    verdict = judge(before.graph, change.patch)
    assert verdict.ok, verdict.faults
    assert content(apply_change(before, change)) == content(after)
    back = difference(after, before, replayed.outer_changed)
    assert content(apply_change(after, back)) == content(before)
    for face, kind in after.face_kinds.items():
        if kind in ("unit", "rest"):
            assert after.cells[face] in after.units
            assert area(after, face) > 0
    assert set(after.cells) <= set(after.face_kinds)
    for unit in after.units.values():
        assert unit.parent is None or unit.parent in after.units
        own = [after.face_kinds[face] for face in after.own_faces(unit.id)]
        if change.is_empty or unit.id not in change.touched_divisions:
            continue
        assert set(own) <= ({"rest"} if after.children(unit.id) else {"unit", "rest"})
        assert after.children(unit.id) or len(own) <= 1


def content(state: RegisterState) -> tuple[Any, ...]:
    """Return all that a state says, whatever the numbers of arcs and nodes made in a draft."""
    arcs = Counter((_directed(arc), arc.line) for arc in state.graph.arcs.values())
    return (
        arcs,
        dict(state.cells),
        dict(state.face_kinds),
        dict(state.units),
        dict(state.lines),
        state.graph.faces,
    )


def _directed(arc: Any) -> tuple[Any, ...]:
    return (arc.left, arc.right, arc.points.tobytes())


def area(state: RegisterState, face: int) -> float:
    built = try_build(state.graph, face)
    assert isinstance(built, MultiPolygon), built
    return area_m2(built)


def land(state: RegisterState, name: str) -> float:
    """Return the area of a division in m2."""
    return sum(area(state, face) for face in state.faces_of(id_of(name)))


def parts_of(state: RegisterState, name: str) -> int:
    """Return how many parts the land of a division has, counted face by face."""
    built = [try_build(state.graph, face) for face in state.faces_of(id_of(name))]
    return sum(len(b.geoms) for b in built if isinstance(b, MultiPolygon))


def unit(state: RegisterState, name: str) -> Unit:
    """Return the division that has a name in a state."""
    (found,) = (u for u in state.units.values() if u.name == name)
    return found


def children(state: RegisterState, name: str) -> set[str]:
    return {child.name for child in state.children(unit(state, name).id)}


def names(state: RegisterState) -> set[str]:
    return {u.name for u in state.units.values()}
