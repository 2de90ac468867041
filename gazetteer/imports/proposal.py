"""What may have happened between two coverages, read from the land itself; code and name are evidence only.

A proposal is for a person to read, correct and confirm. Land links units: a name that two units share never
does, and where code and name do not settle which unit goes on, the row says so and waits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.area import GEOD
from boundaries.overlay import Overlap, overlay
from gazetteer.rules.generic_terms import specific_term

TOLERANCE_M = 1.0
"""Pieces narrower than this are differences of drawing, unless they are half of a unit."""

_HALF = 0.5
_VILLAGE_TYPES = frozenset({"村", "社区"})


@dataclass(frozen=True, eq=False)
class Party:
    """A unit of one of the two coverages; `parent` is the name of the division above."""

    level: int
    code: str | None
    name: str
    type: str
    parent: str | None
    geom: BaseGeometry


@dataclass(frozen=True, eq=False)
class ProposedLink:
    """A unit before and one after with common land, as a row of the lineage table.

    Parameters
    ----------
    share : float
        Part of the area of the source.
    confirm : bool
        A person must say whether `kind` is right: the evidence does not settle it.
    """

    source: Party
    target: Party
    share: float
    role: str
    kind: str
    basis: str
    confirm: bool


@dataclass(frozen=True, eq=False)
class Candidate:
    """Two units that share a name or a code but no land: shown to a person, never linked.

    Parameters
    ----------
    distance_m : float
        Geodesic, between a point within each.
    """

    old: Party
    new: Party
    reason: str
    distance_m: float


@dataclass(frozen=True, eq=False)
class Unclear:
    """Land that only one of the coverages has, or a unit that no land links to the other coverage."""

    party: Party
    side: str
    area_m2: float
    whole: bool


@dataclass(frozen=True, eq=False)
class Proposal:
    """All levels: links, candidates for a person, what stays unclear, and the differences of drawing."""

    links: tuple[ProposedLink, ...]
    candidates: tuple[Candidate, ...]
    unclear: tuple[Unclear, ...]
    passed_over: int
    passed_over_m2: float

    @property
    def kind(self) -> str:
        """Kind of the one event that the links make: their own when they are of one kind, else reform."""
        kinds = set(_kinds(self.links))
        return kinds.pop() if len(kinds) == 1 else "reform" if kinds else "boundary"


def propose(before: Sequence[Party], after: Sequence[Party], tolerance_m: float = TOLERANCE_M) -> Proposal:
    """Propose what happened at every level that both coverages have.

    Parameters
    ----------
    before, after : sequence of Party
        Within a level nothing overlaps; degrees, EPSG:4490.
    tolerance_m : float
        Pieces of a smaller mean width are passed over (and counted): two editions drawn apart never match.
    """
    levels = sorted({party.level for party in before} & {party.level for party in after})
    links: list[ProposedLink] = []
    candidates: list[Candidate] = []
    unclear: list[Unclear] = []
    noise: list[float] = []
    for level in levels:
        old = [party for party in before if party.level == level]
        new = [party for party in after if party.level == level]
        pieces = overlay({i: p.geom for i, p in enumerate(old)}, {i: p.geom for i, p in enumerate(new)})
        real = [piece for piece in pieces if _is_land(piece, tolerance_m)]
        noise += [piece.area_m2 for piece in pieces if not _is_land(piece, tolerance_m)]
        met = _Level(old, new, [p for p in real if p.source is not None and p.target is not None])
        links += met.links()
        candidates += met.candidates()
        unclear += _unclear(old, new, real)
    return Proposal(tuple(links), tuple(candidates), tuple(unclear), len(noise), sum(noise))


def _is_land(piece: Overlap[int, int], tolerance_m: float) -> bool:
    return piece.width_m >= tolerance_m or max(piece.source_share, piece.target_share) > _HALF


def _unclear(
    old: Sequence[Party], new: Sequence[Party], pieces: Sequence[Overlap[int, int]]
) -> Iterator[Unclear]:
    linked_old = {p.source for p in pieces if p.target is not None}
    linked_new = {p.target for p in pieces if p.source is not None}
    for piece in pieces:
        if piece.target is None and piece.source is not None:
            whole = piece.source not in linked_old
            yield Unclear(old[piece.source], "before", piece.area_m2, whole)
        if piece.source is None and piece.target is not None:
            whole = piece.target not in linked_new
            yield Unclear(new[piece.target], "after", piece.area_m2, whole)


class _Level:
    """One level: the land in common, and who goes on as whom."""

    def __init__(
        self, old: Sequence[Party], new: Sequence[Party], pieces: Sequence[Overlap[int, int]]
    ) -> None:
        self.old, self.new = old, new
        self.targets: dict[int, dict[int, float]] = defaultdict(dict)
        self.sources: dict[int, dict[int, float]] = defaultdict(dict)
        for piece in pieces:
            assert piece.source is not None
            assert piece.target is not None
            self.targets[piece.source][piece.target] = piece.source_share
            self.sources[piece.target][piece.source] = piece.target_share
        self.keeper: dict[int, int] = {}
        self._keep(lambda a, b: a.code is not None and a.code == b.code)
        self._keep(lambda a, b: a.name == b.name)
        self._keep_alone()

    def _keep(self, alike: Callable[[Party, Party], bool]) -> None:
        """Let units go on as the unit that they share land and a mark (code or name) with."""
        for target, sources in self.sources.items():
            for source in sources:
                free = target not in self.keeper and source not in self.keeper.values()
                a, b = self.old[source], self.new[target]
                if free and alike(a, b) and _may_go_on(a, b):
                    self.keeper[target] = source

    def _keep_alone(self) -> None:
        """Let a unit go on under another name where its land is the same and a code is not at hand."""
        for target, sources in self.sources.items():
            (source, *more) = sources
            a, b = self.old[source], self.new[target]
            alone = not more and len(self.targets[source]) == 1 and target not in self.keeper
            if alone and source not in self.keeper.values() and _may_go_on(a, b) and not (a.code and b.code):
                self.keeper[target] = source

    def links(self) -> Iterator[ProposedLink]:
        """Yield a link for every pair with common land, in the order of the old units."""
        for source, shares in sorted(self.targets.items()):
            for target, share in sorted(shares.items(), key=lambda item: -item[1]):
                yield self._link(source, target, share)

    def _link(self, source: int, target: int, share: float) -> ProposedLink:
        a, b = self.old[source], self.new[target]
        whole = len(self.targets[source]) == 1
        if self.keeper.get(target) == source:
            kind, confirm = _keeping_kind(a, b), self._must_confirm(source, target)
        else:
            kind = "absorb" if target in self.keeper else "establish"
            confirm = self._is_doubtful(source, target)
        basis = f"图形：占原单位面积 {share:.4%}；{_evidence(a, b)}"
        return ProposedLink(a, b, share, "whole" if whole else "part", kind, basis, confirm)

    def _must_confirm(self, source: int, target: int) -> bool:
        """Whether code and land leave open that the one goes on as the other."""
        a, b = self.old[source], self.new[target]
        share = max(self.targets[source][target], self.sources[target][source])
        same_code = a.code is not None and a.code == b.code
        same_land = len(self.targets[source]) == 1 and len(self.sources[target]) == 1
        return share <= _HALF or not (same_code or (same_land and a.name == b.name))

    def _is_doubtful(self, source: int, target: int) -> bool:
        """Whether a unit that seems to end may go on: the same land under a new name and code."""
        if target in self.keeper:
            keeper = self.keeper[target]
            return self._must_confirm(keeper, target)
        a, b = self.old[source], self.new[target]
        same_land = len(self.targets[source]) == 1 and len(self.sources[target]) == 1
        return same_land and a.type == b.type

    def candidates(self) -> Iterator[Candidate]:
        """Yield the pairs that share a name or a code but no land."""
        named = _by(self.new, lambda party: specific_term(party.name))
        coded = _by(self.new, lambda party: party.code)
        for source, a in enumerate(self.old):
            found = dict.fromkeys(named.get(specific_term(a.name), ()), "名称相同 same name")
            found |= dict.fromkeys(coded.get(a.code, ()) if a.code else (), "代码相同 same code")
            for target, reason in found.items():
                if target not in self.targets[source]:
                    b = self.new[target]
                    yield Candidate(a, b, reason, distance_m(a.geom, b.geom))


def _by(parties: Sequence[Party], key: Callable[[Party], str | None]) -> dict[str | None, list[int]]:
    found: dict[str | None, list[int]] = defaultdict(list)
    for i, party in enumerate(parties):
        found[key(party)].append(i)
    return found


def _may_go_on(a: Party, b: Party) -> bool:
    """Whether the law lets a unit keep its identity through a change of type: only 村 and 社区 do."""
    return a.type == b.type or {a.type, b.type} <= _VILLAGE_TYPES


def _keeping_kind(a: Party, b: Party) -> str:
    changes = (
        ("rename", a.name != b.name),
        ("recode", a.code != b.code),
        ("reclass", a.type != b.type),
        ("reparent", a.parent != b.parent),
    )
    return next((kind for kind, changed in changes if changed), "continue")


def _evidence(a: Party, b: Party) -> str:
    code = "代码未知" if not (a.code and b.code) else "代码相同" if a.code == b.code else "代码不同"
    return f"{code}，{'名称相同' if a.name == b.name else '名称不同'}"


def distance_m(one: BaseGeometry, other: BaseGeometry) -> float:
    """Return the geodesic distance between a point within each, in metres (degrees in, EPSG:4490)."""
    a, b = shapely.point_on_surface(one), shapely.point_on_surface(other)
    return float(GEOD.inv(a.x, a.y, b.x, b.y)[2])


def _kinds(links: Sequence[ProposedLink]) -> Iterator[str]:
    """Yield the kinds of event that links are signs of."""
    into: dict[int, list[ProposedLink]] = defaultdict(list)
    for link in links:
        into[id(link.target)].append(link)
    for group in into.values():
        yield from _kinds_of_target(group)


def _kinds_of_target(group: Sequence[ProposedLink]) -> Iterator[str]:
    whole = [link for link in group if link.role == "whole"]
    if len(group) > 1:
        yield "merge" if len(whole) == len(group) else "boundary"
    elif not whole and group[0].kind == "establish":
        yield "split"
    for link in group:
        if link.kind in ("rename", "recode", "reclass", "reparent"):
            yield link.kind
        elif len(group) == 1 and link.role == "whole" and link.kind == "establish":
            yield "establish"
