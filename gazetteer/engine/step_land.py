"""Steps that divide land: splits, parts that pass, divisions set up and abolished."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from boundaries.cutting import Part
from boundaries.errors import Fault
from gazetteer.engine.land import CutLand, cut_state, hand_over, settle_cells
from gazetteer.engine.outcomes import DivisionConflict, DivisionConflictsError, Status, StepResult
from gazetteer.engine.passing import Namer, Passing, nameless
from gazetteer.engine.register_state import RegisterState, Unit
from gazetteer.engine.step_units import already_founded, require_level, take_over
from gazetteer.engine.units import (
    Body,
    end_unit,
    given_codes,
    new_unit,
    put_units,
    require_above,
    require_children,
    require_own,
    set_parent,
)
from gazetteer.errors import RuleBroken


def split(state: RegisterState, body: Body) -> StepResult:
    """Found divisions on parts of one, of its level and under its parent; what no part takes stays."""
    (unit,) = require_own(state, [body["division"]])
    ids = [uuid.UUID(part["division"]) for part in body["parts"]]
    if all(i in state.units for i in ids):
        return already_founded(state, state.units[ids[0]], body["parts"][0])
    points = [Part(inside=((x, y),)) for x, y in (part["inside"] for part in body["parts"])]
    cut = cut_state(state, state.faces_of(unit.id), body["cuts"], points)
    _require_held(cut, unit)
    passing = Passing(cut.state, cut.cut, nameless)
    passing.name_child = _name_by_list(passing, body["children"])
    made = []
    for part, faces in zip(body["parts"], cut.parts, strict=True):
        made.append(new_unit(passing.state, part, "division", unit.level, unit.parent, unit.scheme))
        passing.state = put_units(passing.state, made[-1])
        passing.pass_part(unit, made[-1], faces)
    passing.settle(*(new.id for new in made))
    return StepResult(
        passing.state,
        "merged" if cut.merged else "applied",
        faults=tuple(passing.faults),
        confirmed=given_codes(*made, *passing.founded),
        populations=_populations((unit.id, part["division"], part) for part in body["parts"]),
        outer_changed=cut.outer_changed,
    )


def transfer_part(state: RegisterState, body: Body) -> StepResult:
    """Put a piece of one division into another 界线变更."""
    unit, target = require_own(state, (body["division"], body["to"]))
    if target.level > unit.level:
        raise _too_low(target, unit)
    cut = cut_state(state, state.faces_of(unit.id), body["cut"])
    if cut.already and cut.parts[0] <= state.faces_of(target.id):
        return StepResult(state, "already")
    _require_held(cut, unit)
    if cut.parts[0] >= cut.state.faces_of(unit.id):
        raise _all_of_it(unit)
    passing = Passing(cut.state, cut.cut, nameless)
    passing.name_child = _name_by_one(passing, body)
    founded = _pass_piece(passing, unit, target, cut.parts[0], body)
    passing.settle(target.id, *founded)
    return StepResult(
        passing.state,
        "merged" if cut.merged else "applied",
        faults=tuple(passing.faults),
        confirmed=given_codes(*passing.founded),
        populations=_populations([(unit.id, target.id, body)]),
        outer_changed=cut.outer_changed,
    )


def establish(state: RegisterState, body: Body) -> StepResult:
    """Set up a division 设立 on whole divisions, which end, on children of divisions, or on pieces."""
    identity = uuid.UUID(body["division"])
    if identity in state.units:
        return already_founded(state, state.units[identity], body)
    sources = require_own(state, (source["division"] for source in body["from"]))
    above = () if body["parent"] is None else require_own(state, [body["parent"]])
    scheme = (*above, *sources)[0].scheme
    parent = above[0].id if above else None
    made = new_unit(state, body, "division", body["level"], parent, scheme)
    for unit in above:
        require_above(unit, made)
    seat = tuple(body["seat"]) if "seat" in body else None
    made = replace(made, seat=seat, seat_address=body.get("seat_address"))
    return _Founding(put_units(state, made), made).take(body)


class _Founding:
    """A division on its way: it takes its land source by source."""

    def __init__(self, state: RegisterState, made: Unit) -> None:
        self.state, self.made = state, made
        self.faults: list[Fault] = []
        self.confirmed = given_codes(made)
        self.populations: dict[tuple[uuid.UUID, uuid.UUID], int] = {}
        self.merged = self.outer_changed = False

    def take(self, body: Body) -> StepResult:
        for source in body["from"]:
            self._take_source(source)
        if len(body["from"]) == 1 and not self.populations:
            self.populations = _populations([(body["from"][0]["division"], self.made.id, body)])
        self.state, _ = settle_cells(self.state, self.made.id)
        status: Status = "merged" if self.merged else "applied"
        return StepResult(
            self.state, status, tuple(self.faults), self.confirmed, self.populations, self.outer_changed
        )

    def _take_source(self, source: Body) -> None:
        (unit,) = require_own(self.state, [source["division"]])
        self.populations.update(_populations([(unit.id, self.made.id, source)]))
        if "cut" in source:
            self._take_piece(unit, source)
            return
        require_level(self.made, [unit])
        if "children" in source:
            children = require_children(self.state, unit, source["children"])
            self.state = set_parent(self.state, children, self.made)
        else:
            self.state = take_over(self.state, unit, self.made)

    def _take_piece(self, unit: Unit, source: Body) -> None:
        above = unit.level < self.made.level
        faces = self.state.own_faces(unit.id) if above else self.state.faces_of(unit.id)
        cut = cut_state(self.state, faces, source["cut"])
        _require_held(cut, unit)
        passing = Passing(cut.state, cut.cut, nameless)
        passing.name_child = _name_by_one(passing, source)
        if above:
            passing.state = hand_over(passing.state, cut.parts[0], self.made.id)
        else:
            passing.settle(*_pass_piece(passing, unit, self.made, cut.parts[0], source))
        self.state = passing.state
        self.faults += passing.faults
        self.confirmed |= given_codes(*passing.founded)
        self.merged, self.outer_changed = self.merged or cut.merged, self.outer_changed or cut.outer_changed


def abolish(state: RegisterState, body: Body) -> StepResult:
    """Abolish a division 撤销; its plan must say where all of its land goes (实施办法 Art. 3)."""
    (unit,) = require_own(state, [body["division"]])
    targets = require_own(state, (share["division"] for share in body["into"]))
    merged = outer_changed = False
    faults: list[Fault] = []
    first = {target.id: state.own_faces(target.id) for target in targets}
    for share, target in zip(body["into"], targets, strict=True):
        if target.id == unit.id:
            raise _into_itself(unit)
        if "children" in share:
            require_level(unit, [target])
            state = set_parent(state, require_children(state, unit, share["children"]), target)
        elif "cut" in share:
            cut = cut_state(state, state.faces_of(unit.id), share["cut"])
            _require_held(cut, unit)
            passing = Passing(cut.state, cut.cut, nameless)
            _pass_piece(passing, unit, target, cut.parts[0], share)
            state, faults = passing.state, [*faults, *passing.faults]
            merged, outer_changed = merged or cut.merged, outer_changed or cut.outer_changed
        else:
            state = _give_rest(state, unit, target)
    if state.children(unit.id) or state.own_faces(unit.id):
        raise _land_left(unit)
    state = end_unit(state, unit)
    for target_id, faces in first.items():
        state, _ = settle_cells(state, target_id, first=faces)
    return StepResult(
        state,
        "merged" if merged else "applied",
        faults=tuple(faults),
        populations=_populations((unit.id, share["division"], share) for share in body["into"]),
        outer_changed=outer_changed,
    )


def _require_held(cut: CutLand, unit: Unit) -> None:
    """Refuse pieces that a division has lost since the cut was drawn."""
    if not cut.already:
        return
    owners = {cut.state.cells.get(face) for part in cut.parts for face in part}
    theirs = ", ".join(sorted(cut.state.units[owner].name for owner in owners if owner is not None))
    raise DivisionConflictsError(
        DivisionConflict(unit.id, "division_changed", "land", unit.name, None, theirs or None)
    )


def _give_rest(state: RegisterState, unit: Unit, target: Unit) -> RegisterState:
    """Return the state with all that a division still has in another one, of its level or above."""
    if target.level > unit.level or (target.level < unit.level and state.children(unit.id)):
        raise _too_low(target, unit)
    state = set_parent(state, state.children(unit.id), target)
    return hand_over(state, state.own_faces(unit.id), target.id)


def _pass_piece(
    passing: Passing, unit: Unit, target: Unit, faces: frozenset[int], body: Body
) -> list[uuid.UUID]:
    """Pass a piece to a division of its level, or to one above it; return what was founded for it."""
    if target.level < unit.level:
        passing.pass_child(unit, target, faces)
        return []
    require_level(unit, [target])
    if "child" not in body or passing.state.children(unit.id):
        passing.pass_part(unit, target, faces)
        return []
    child = new_unit(passing.state, body["child"], "division", unit.level + 1, target.id, target.scheme)
    passing.state = put_units(passing.state, child)
    passing.founded.append(child)
    passing.pass_part(unit, child, faces)
    return [child.id]


def _name_by_one(passing: Passing, body: Body) -> Namer:
    """Return how pieces of cut children are named: all become the one `child` of the operation."""
    made: dict[uuid.UUID, Unit] = {}

    def name(cut: Unit, taker: Unit) -> Unit | None:
        if "child" not in body:
            return None
        if taker.id not in made:
            made[taker.id] = new_unit(
                passing.state, body["child"], "division", cut.level, taker.id, cut.scheme
            )
        return made[taker.id]

    return name


def _name_by_list(passing: Passing, children: Iterable[Body]) -> Namer:
    """Return how pieces of cut children are named: each by its own entry, several in the order of parts."""
    waiting: defaultdict[uuid.UUID, list[Body]] = defaultdict(list)
    for entry in children:
        waiting[uuid.UUID(entry["division"])].append(entry)

    def name(cut: Unit, taker: Unit) -> Unit | None:
        if not waiting[cut.id]:
            return None
        return new_unit(passing.state, waiting[cut.id].pop(0), "new", cut.level, taker.id, cut.scheme)

    return name


def _populations(
    given: Iterable[tuple[uuid.UUID | str, uuid.UUID | str, Mapping[str, object]]],
) -> dict[tuple[uuid.UUID, uuid.UUID], int]:
    """Return the people who pass, by (from, to), where the operation says how many."""
    found: dict[tuple[uuid.UUID, uuid.UUID], int] = {}
    for source, target, body in given:
        number = body.get("population")
        if isinstance(number, int):
            pair = (uuid.UUID(str(source)), uuid.UUID(str(target)))
            found[pair] = found.get(pair, 0) + number
    return found


def _too_low(target: Unit, unit: Unit) -> RuleBroken:
    return RuleBroken(
        f"“{unit.name}”的土地不能划入“{target.name}”:层级不符。",
        f"Land of {unit.name} cannot pass to {target.name}: their levels do not fit.",
        code="level_differs",
        division=str(target.id),
    )


def _all_of_it(unit: Unit) -> RuleBroken:
    return RuleBroken(
        f"所指的是“{unit.name}”的全部土地:请用整建制划转、合并或撤销。",
        f"That is all the land of {unit.name}: transfer, merge or abolish it as a whole.",
        code="part_is_all",
        division=str(unit.id),
    )


def _into_itself(unit: Unit) -> RuleBroken:
    return RuleBroken(
        f"“{unit.name}”被撤销,土地不能划归自己。",
        f"{unit.name} is abolished; its land cannot go to itself.",
        code="into_itself",
        division=str(unit.id),
    )


def _land_left(unit: Unit) -> RuleBroken:
    return RuleBroken(
        f"撤销“{unit.name}”须写明其全部土地的去向,尚有未划出的部分。",
        f"The abolition of {unit.name} must dispose of all its land; some of it is left.",
        code="land_left",
        division=str(unit.id),
    )
