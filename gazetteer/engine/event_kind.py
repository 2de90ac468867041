"""What a legal change is called in the register of events, from the operations it consists of."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import shapely

from boundaries.case import try_build
from boundaries.grid import to_degrees
from gazetteer.engine.outcomes import Outcome
from gazetteer.engine.register_state import Position, RegisterState
from gazetteer.rules.event_kinds import EVENT_OF_OPERATION, SEVERAL, SMALL
from gazetteer.rules.intents import Intent


def kind_of_change(
    before: RegisterState,
    after: RegisterState,
    intents: Sequence[Intent],
    outcomes: Sequence[Outcome] | None = None,
) -> str:
    """Return the event kind of operations: their one kind, or 'reform' for several.

    Codes that follow from a change, moves of a seat within one lower division and what is noted on lines are
    no events of their own beside another one.

    Parameters
    ----------
    outcomes : sequence of Outcome, optional
        Operations that changed nothing do not count.
    """
    done = {o.id for o in outcomes or () if o.status in ("applied", "merged")}
    counted = [i for i in intents if outcomes is None or str(i.id) in done]
    kinds = [_kind(before, after, intent) for intent in counted]
    weighty = {kind for kind in kinds if kind not in SMALL}
    if len(weighty) > 1:
        return SEVERAL
    return next(iter(weighty), next(iter(kinds), "correct"))


def _kind(before: RegisterState, after: RegisterState, intent: Intent) -> str:
    if intent.kind == "move_seat" and not crosses_a_unit(before, after, uuid.UUID(intent.body["division"])):
        return "correct"
    return EVENT_OF_OPERATION.get(intent.kind, "correct")


def crosses_a_unit(before: RegisterState, after: RegisterState, division: uuid.UUID) -> bool:
    """Tell whether a seat moved into another division of the next lower level: a 驻地迁移.

    A move within one is none (实施办法 Art. 2), nor is a seat noted for the first time.
    """
    was, now = before.units.get(division), after.units.get(division)
    if was is None or now is None or was.seat is None or now.seat is None:
        return False
    return lower_unit(after, division, was.seat) != lower_unit(after, division, now.seat)


def lower_unit(state: RegisterState, division: uuid.UUID, seat: Position) -> uuid.UUID | None:
    """Return the child of a division in which a place lies; None outside it and on land without a child."""
    point = shapely.Point(*to_degrees([seat])[0])
    for face in sorted(state.faces_of(division)):
        built = try_build(state.graph, face)
        if isinstance(built, shapely.MultiPolygon) and built.covers(point):
            chain = [unit.id for unit in state.chain(face)]
            place = chain.index(division)
            return chain[place - 1] if place else None
    return None
