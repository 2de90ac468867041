"""Which boundary line 界线 owns which arc after a change.

Every arc between two divisions at level 4 or higher, or against the outside or a neighbour, belongs to a line
of that pair. An arc within a town belongs to a line only where somebody made one for its two villages.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from boundaries.arcs import Arc
from gazetteer.engine.line_keys import LineKey, find_successors, key_arcs, line_facts
from gazetteer.engine.line_objects import Line
from gazetteer.engine.marker_sides import settle_markers
from gazetteer.engine.register_state import RegisterState
from gazetteer.rules.lines import LOWEST_LEGAL_LEVEL, line_type_of

_NAMESPACE = uuid.UUID("5f0d6c0e-2f5b-5c62-9d0c-0f3a3a8a6f10")
_FOUNDED = 5
"""UUID version of the lines that a draft founds by itself; people's programs make version 4."""


def assign_lines(before: RegisterState, after: RegisterState, *, seed: str = "") -> RegisterState:
    """Give every arc of a changed register its line, and every line its sides and name.

    A line all of whose arcs pass to one other pair goes on with new sides and name; where that pair has a
    line on the same legal basis, that one takes the arcs. Arcs that pass singly join the line of their new
    pair, or a new one, which inherits status, what it follows, agreement and survey when all its arcs come
    from lines that agree in them. Lines left without arcs end.

    Parameters
    ----------
    before : RegisterState
        As loaded: the whole draft is judged against it.
    after : RegisterState
        As the operations left it, its arcs with the line they had.
    seed : str
        Id of the first operation of the draft: the same draft founds lines with the same ids, another draft
        never the same.

    Returns
    -------
    RegisterState
        `after` with lines assigned; assigned again it stays as it is.
    """
    work = _Assignment(before, after, seed)
    work.keep_arcs()
    work.pass_whole_lines()
    work.pass_single_arcs()
    return settle_markers(before, work.result(), work.passed())


class _Assignment:
    """One assignment under way: the line each arc comes from, and the one it gets."""

    def __init__(self, before: RegisterState, after: RegisterState, seed: str) -> None:
        self.before, self.after, self.seed = before, after, seed
        self.successors = find_successors(before, after)
        self.lines = {line.id: self._carried(line) for line in before.lines.values()}
        self.lines |= {i: x for i, x in after.lines.items() if i not in before.lines and not _is_founded(i)}
        self.origin = {arc.id: self._origin(arc) for arc in after.graph.arcs.values()}
        lines_before = {arc.id: before.lines.get(arc.line or "") for arc in before.graph.arcs.values()}
        self.keys_before = key_arcs(before, lines_before)
        self.keys = key_arcs(after, self.origin)
        self.owned_before = {line.id for line in lines_before.values() if line is not None}
        self.outer = {x.id: self.keys_before[arc].outer for arc, x in lines_before.items() if x is not None}
        self.of_arc: dict[int, str | None] = {}
        self.moved: set[str] = set()

    def _carried(self, line: Line) -> Line:
        """Return a line as edited in the draft, on the sides it had, or on what these became as a whole.

        Only a line with arcs that are not here is carried over so: the others go by their arcs.
        """
        line = replace(self.after.lines.get(line.id, line), left=line.left, right=line.right)
        if not line.elsewhere:
            return line
        left, right = (None if s is None else self.successors.get(s, s) for s in (line.left, line.right))
        return line if left == right else replace(line, left=left, right=right)

    def _origin(self, arc: Arc) -> Line | None:
        """Return the line an arc had before the draft, or the one a person gave it within the draft."""
        old = self.before.graph.arcs.get(arc.id)
        known = (line for line in (old.line if old else None, arc.line) if line in self.lines)
        return self.lines[line] if (line := next(known, None)) is not None else None

    def keep_arcs(self) -> None:
        """Leave arcs alone that part what they parted, and those whose line fits."""
        for arc, key in self.keys.items():
            line = self.origin[arc]
            if line is not None and (key == self.keys_before.get(arc) or key.fits(line)):
                self.of_arc[arc] = line.id
            elif line is None and key == self.keys_before.get(arc):
                self.of_arc[arc] = None

    def pass_whole_lines(self) -> None:
        """Let lines go on that pass as a whole to another pair; the one with most arcs is first."""
        arcs: dict[str, list[int]] = defaultdict(list)
        for arc, line in self.origin.items():
            if line is not None:
                arcs[line.id].append(arc)
        for line_id, owned in sorted(arcs.items(), key=lambda item: (-len(item[1]), item[0])):
            keys = {self.keys[arc] for arc in owned}
            key = next(iter(keys))
            whole = len(keys) == 1 and not self.lines[line_id].elsewhere
            if whole and key.level == self.lines[line_id].level and not self.of_arc.keys() & set(owned):
                self._move(line_id, owned, key)

    def _move(self, line_id: str, arcs: Iterable[int], key: LineKey) -> None:
        line = self.lines[line_id]
        there = [other for other in self._lines_of(key) if other.basis == line.basis]
        if there:
            self.of_arc.update(dict.fromkeys(arcs, there[0].id))
            return
        left, right, _ = line_facts(self.after.units, key.divisions, key.outer)
        self.lines[line_id] = replace(line, left=left, right=right)
        self.outer[line_id] = key.outer
        self.moved.add(line_id)
        self.of_arc.update(dict.fromkeys(arcs, line_id))

    def pass_single_arcs(self) -> None:
        """Give the other arcs the line of their pair, or a new one where the law asks for one."""
        waiting: dict[LineKey, list[int]] = defaultdict(list)
        for arc, key in self.keys.items():
            if arc not in self.of_arc:
                waiting[key].append(arc)
        for key, arcs in waiting.items():
            lines = self._lines_of(key)
            if lines:
                self.of_arc.update((arc, _most_like(self.origin[arc], lines).id) for arc in arcs)
            elif key.level <= LOWEST_LEGAL_LEVEL:
                self.of_arc.update(dict.fromkeys(arcs, self._found(key, arcs)))
            else:
                self.of_arc.update(dict.fromkeys(arcs))

    def _found(self, key: LineKey, arcs: Iterable[int]) -> str:
        sides = ",".join(sorted(str(side) for side in key.sides))
        line_id = str(uuid.uuid5(_NAMESPACE, f"{self.seed}|{key.level}|{sides}"))
        left, right, name = line_facts(self.after.units, key.divisions, key.outer)
        made = Line(line_id, key.level, name, left, right, line_type=line_type_of(key.level))
        origins = [self.origin[arc] for arc in arcs]
        first = origins[0]
        if first is not None and all(o is not None and o.basis == first.basis for o in origins):
            made = _inherit(made, first)
        self.lines[line_id] = self.after.lines.get(line_id, made)
        return line_id

    def _lines_of(self, key: LineKey) -> list[Line]:
        """Return the lines of a pair, the one with most arcs first."""
        owned = Counter(line for line in self.of_arc.values() if line is not None)
        found = [
            line
            for line in self.lines.values()
            if key.fits(line)
            and (line.id in owned or line.elsewhere or line.id in self.owned_before)
            and self._same_beyond(line, key)
        ]
        return sorted(found, key=lambda line: (-owned[line.id], line.id))

    def _same_beyond(self, line: Line, key: LineKey) -> bool:
        """Tell the outside from nobody: on a line both are no division."""
        if len(key.divisions) == 2 or line.id in self.moved:
            return True
        units = {**self.before.units, **self.after.units}
        by_name = line.name == line_facts(units, key.divisions, key.outer)[2]
        return self.outer.get(line.id, key.outer if by_name else not key.outer) == key.outer

    def result(self) -> RegisterState:
        """Return the state with its lines named anew; those left without arcs are gone."""
        owned = {line for line in self.of_arc.values() if line is not None}
        lines = {
            i: self._named(line)
            for i, line in self.lines.items()
            if i in owned or line.elsewhere or (i in self.before.lines and i not in self.owned_before)
        }
        arcs = {
            i: arc if arc.line == self.of_arc[i] else replace(arc, line=self.of_arc[i])
            for i, arc in self.after.graph.arcs.items()
        }
        return replace(self.after, graph=replace(self.after.graph, arcs=arcs), lines=lines)

    def _named(self, line: Line) -> Line:
        """Return a line with sides in order and name by what its sides are now called.

        A name that a person gave stays while the line parts the same two divisions.
        """
        old = self.before.lines.get(line.id)
        if old is None or not line.sides <= self.after.units.keys() or not self._sides_changed(old, line):
            return line
        outer = self.outer.get(line.id, old.name.endswith("外界线"))
        left, right, name = line_facts(self.after.units, line.sides, outer)
        edited = line.name != old.name
        given = line.sides == old.sides and old.name != line_facts(self.before.units, old.sides, outer)[2]
        return replace(line, left=left, right=right, name=line.name if edited or given else name)

    def _sides_changed(self, old: Line, line: Line) -> bool:
        if line.sides != old.sides:
            return True
        return any(
            (self.before.units[side].name, self.before.units[side].code)
            != (self.after.units[side].name, self.after.units[side].code)
            for side in line.sides
            if side in self.before.units
        )

    def passed(self) -> dict[str, str]:
        """Return for each line that gave up arcs the line that took most of them."""
        taken: dict[str, Counter[str]] = defaultdict(Counter)
        for arc, line in self.origin.items():
            new = self.of_arc[arc]
            if line is not None and new is not None and new != line.id:
                taken[line.id][new] += 1
        return {old: min(new, key=lambda i: (-new[i], i)) for old, new in taken.items()}


def _is_founded(line_id: str) -> bool:
    return uuid.UUID(line_id).version == _FOUNDED


def _most_like(origin: Line | None, lines: list[Line]) -> Line:
    """Return the line on the same legal basis as the one an arc comes from, else the first."""
    alike = (line for line in lines if origin is not None and line.basis == origin.basis)
    return next(alike, lines[0])


def _inherit(line: Line, origin: Line) -> Line:
    return replace(
        line,
        legal_status=origin.legal_status,
        follows=origin.follows,
        agreement_no=origin.agreement_no,
        agreement_date=origin.agreement_date,
        agreement_clause=origin.agreement_clause,
        survey_date=origin.survey_date,
        accuracy_m=origin.accuracy_m,
    )
