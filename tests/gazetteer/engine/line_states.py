"""A small county as a register state: towns 甲 (t1, t2), 乙 (u1, u2), 丙 (w1, w2) beside the neighbour 邻.

t1 | t2 | u1
---+----+---
w1 | w2 | u2
"""

from __future__ import annotations

import uuid
from dataclasses import replace

from boundaries.arcs import Arc
from gazetteer.engine.line_keys import key_arcs, line_facts
from gazetteer.engine.line_objects import Line
from gazetteer.engine.register_state import RegisterState, Unit
from tests.boundaries.drawing import subgraph_of

PICTURE = """
1   2   3   4
5   6   7   8
9   a   b   c
"""
FACES = {1: "1 5 6 2", 2: "2 6 7 3", 3: "3 7 8 4", 4: "5 9 a 6", 5: "6 a b 7", 6: "7 b c 8"}
T1, T2, U1, W1, W2, U2 = 1, 2, 3, 4, 5, 6


def division(name: str) -> uuid.UUID:
    """Return the id of a division of the small county by its name."""
    return uuid.uuid5(uuid.NAMESPACE_OID, name)


def unit(name: str, level: int, type_: str, parent: str | None, code: str, *, external: bool = False) -> Unit:
    up = None if parent is None else division(parent)
    return Unit(division(name), level, type_, name, up, code=code, external=external)


UNITS = [
    unit("本县", 3, "县", None, "510101"),
    unit("邻县", 3, "县", None, "510102", external=True),
    unit("甲镇", 4, "镇", "本县", "510101101"),
    unit("乙镇", 4, "镇", "本县", "510101102"),
    unit("丙乡", 4, "乡", "本县", "510101201"),
    unit("一村", 5, "村", "甲镇", "510101101201"),
    unit("二村", 5, "村", "甲镇", "510101101202"),
    unit("三村", 5, "村", "乙镇", "510101102201"),
    unit("四村", 5, "村", "丙乡", "510101201201"),
    unit("五村", 5, "村", "丙乡", "510101201202"),
    unit("六村", 5, "村", "乙镇", "510101102202"),
]
VILLAGES = {T1: "一村", T2: "二村", U1: "三村", W1: "四村", W2: "五村", U2: "六村"}


def county(picture: str = PICTURE, faces: dict[int, str] = FACES) -> RegisterState:
    """Return the county with a line for every pair at level 4 and above, numbered by uuid4-like ids."""
    graph = subgraph_of(picture, faces)
    state = RegisterState(
        graph=graph,
        cells={face: division(VILLAGES[face]) for face in faces},
        face_kinds={0: "outside", **dict.fromkeys(faces, "unit")},
        units={u.id: u for u in UNITS},
    )
    outline = line_of(state, 3, ("本县", "邻县"))
    lines = {outline.id: outline}
    arcs = dict(graph.arcs)
    outer = {i: outline for i, arc in arcs.items() if 0 in (arc.left, arc.right)}
    for i, key in key_arcs(state, {arc: outer.get(arc) for arc in arcs}).items():
        if key.level <= 4:
            line = line_of(state, key.level, tuple(state.units[side].name for side in key.divisions))
            lines[line.id] = line
            arcs[i] = replace(arcs[i], line=line.id)
    return replace(state, graph=replace(graph, arcs=arcs), lines=lines)


def line_of(state: RegisterState, level: int, names: tuple[str, ...]) -> Line:
    """Return the line between divisions by their names, with the name and sides it has by itself."""
    left, right, name = line_facts(state.units, frozenset(division(n) for n in names), False)
    return Line(str(line_id(*names)), level, name, left, right)


def line_id(*names: str) -> str:
    """Return the id of the line between two divisions of the small county."""
    number = uuid.uuid5(uuid.NAMESPACE_URL, "|".join(sorted(names))).int
    return str(uuid.UUID(int=number, version=4))


def arc_of(state: RegisterState, one: int, other: int) -> Arc:
    """Return the arc between two faces."""
    (arc,) = (a for a in state.graph.arcs.values() if {a.left, a.right} == {one, other})
    return arc


def line_between(state: RegisterState, one: int, other: int) -> Line | None:
    """Return the line that owns the arc between two faces."""
    line = arc_of(state, one, other).line
    return None if line is None else state.lines[line]


def with_line(state: RegisterState, line_id_: str, **changes: object) -> RegisterState:
    """Return a state with one line changed."""
    return replace(state, lines={**state.lines, line_id_: replace(state.lines[line_id_], **changes)})


def with_unit(state: RegisterState, called: str, **changes: object) -> RegisterState:
    """Return a state with one unit changed."""
    old = state.units[division(called)]
    return replace(state, units={**state.units, old.id: replace(old, **changes)})


def without_units(state: RegisterState, *names: str) -> RegisterState:
    """Return a state without some units."""
    gone = {division(name) for name in names}
    return replace(state, units={i: u for i, u in state.units.items() if i not in gone})
