"""How a piece of one division's land passes to another: children as a whole, cut ones piece by piece."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from boundaries.errors import Fault
from gazetteer.engine.land import hand_over, settle_cells
from gazetteer.engine.register_state import RegisterState, Unit
from gazetteer.engine.units import put_units, set_parent
from gazetteer.errors import RuleBroken

Namer = Callable[[Unit, Unit], Unit | None]
"""(cut child, division its piece goes to) -> the division the piece becomes, or None for `rest` land."""


@dataclass
class Passing:
    """Land on its way: the state so far, the divisions founded on pieces of children, and what to say.

    Parameters
    ----------
    cut : frozenset of int
        Faces made by the cut; a child with such a face was cut.
    name_child : callable
        What the piece of a cut child becomes.
    """

    state: RegisterState
    cut: frozenset[int]
    name_child: Namer
    founded: list[Unit] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def pass_part(self, giver: Unit, taker: Unit, faces: Collection[int]) -> None:
        """Move what lies in `faces` from one division to another of the same level."""
        own = [face for face in self.state.own_faces(giver.id) if face in faces]
        self.state = hand_over(self.state, own, taker.id)
        for child in self.state.children(giver.id):
            self.pass_child(child, taker, faces)

    def pass_child(self, child: Unit, taker: Unit, faces: Collection[int]) -> None:
        """Move what lies in `faces` of a division to one of a higher level: whole, or its piece."""
        land = self.state.faces_of(child.id)
        piece = land & frozenset(faces)
        if not piece:
            return
        if piece == land:
            self.state = set_parent(self.state, [child], taker)
            return
        named = self.name_child(child, taker)
        if named is not None:
            self._found(named)
            self.pass_part(child, named, piece)
        elif self.state.children(child.id):
            raise _unnamed(child)
        else:
            self._to_rest(child, taker, piece)

    def settle(self, *divisions: uuid.UUID) -> None:
        """Bring the faces of the takers, and of what was founded on the way, into their one form."""
        for division in (*divisions, *(unit.id for unit in self.founded)):
            self.state, _ = settle_cells(self.state, division)

    def _found(self, unit: Unit) -> None:
        if unit.id not in self.state.units:
            self.state = put_units(self.state, unit)
            self.founded.append(unit)

    def _to_rest(self, child: Unit, taker: Unit, piece: Collection[int]) -> None:
        self.state = hand_over(self.state, piece, taker.id)
        self.faults.append(
            Fault(
                "child_cut",
                "warning",
                f"界线切开了“{child.name}”,切出的部分成为“{taker.name}”未划入下级单位的土地。",
                f"The line cuts {child.name}; the piece becomes land of {taker.name} without a lower unit.",
                labels=(child.name, taker.name),
            )
        )


def nameless(child: Unit, taker: Unit) -> None:
    """Name no piece: the pieces of cut children become rest land."""


def _unnamed(child: Unit) -> RuleBroken:
    return RuleBroken(
        f"界线切开了“{child.name}”,它有下级单位,须说明切出的部分成为哪个单位。",
        f"The line cuts {child.name}, which has divisions under it: say what the piece becomes.",
        code="child_unnamed",
        division=str(child.id),
    )
