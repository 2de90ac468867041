"""One event of an edition load as a value, and writing it: everything dated, in law from its effective day.

Faces and nodes that do not exist yet have negative numbers; `Numbers` gives them their ids when they are
written.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

import shapely

from boundaries.grid import IntArray


@dataclass(frozen=True)
class EventFacts:
    """What the event table says of one event."""

    kind: str
    approved: dt.date | None
    effective: dt.date
    document_no: str | None
    authority: str | None
    assumed: bool
    summary: str


@dataclass(frozen=True)
class FoundedUnit:
    """A division that the event sets up 设立."""

    id: uuid.UUID
    level: int
    type: str
    name: str
    pinyin: str | None
    code: str | None
    parent: uuid.UUID | None


@dataclass(frozen=True, eq=False)
class NewArcRow:
    """An arc that begins with the event; `points` are grid integers, shape (n, 2)."""

    start_node: int
    end_node: int
    left: int
    right: int
    line: uuid.UUID | None
    points: IntArray


@dataclass(frozen=True)
class ChangedArc:
    """An arc whose line stays where it is, while the faces beside it or the line it belongs to change."""

    left: int
    right: int
    line: uuid.UUID | None


@dataclass(frozen=True)
class LineFacts:
    """A boundary line after the event."""

    level: int
    name: str
    left: uuid.UUID | None
    right: uuid.UUID | None


@dataclass(frozen=True)
class LineageFact:
    """A division that goes over into another one: wholly or in part, how much, proved exactly or not.

    `population` is how many people went along, `source_population` how many the source had; None: not known.
    """

    source: uuid.UUID
    target: uuid.UUID
    whole: bool
    area_m2: float | None
    exact: bool
    basis: str | None
    population: int | None = None
    source_population: int | None = None


@dataclass(frozen=True, eq=False)
class Step:
    """Everything one event changes; mappings go from ids to what holds afterwards (None: nothing)."""

    facts: EventFacts
    scheme: str
    founded: tuple[FoundedUnit, ...] = ()
    ended: tuple[uuid.UUID, ...] = ()
    types: Mapping[uuid.UUID, str] = field(default_factory=dict)
    names: Mapping[uuid.UUID, tuple[str, str | None]] = field(default_factory=dict)
    codes: Mapping[uuid.UUID, str | None] = field(default_factory=dict)
    parents: Mapping[uuid.UUID, uuid.UUID | None] = field(default_factory=dict)
    new_faces: Mapping[int, str] = field(default_factory=dict)
    face_units: Mapping[int, uuid.UUID | None] = field(default_factory=dict)
    new_nodes: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    closed_nodes: tuple[int, ...] = ()
    founded_lines: Mapping[uuid.UUID, LineFacts] = field(default_factory=dict)
    changed_lines: Mapping[uuid.UUID, LineFacts] = field(default_factory=dict)
    ended_lines: tuple[uuid.UUID, ...] = ()
    closed_arcs: tuple[int, ...] = ()
    changed_arcs: Mapping[int, ChangedArc] = field(default_factory=dict)
    new_arcs: tuple[NewArcRow, ...] = ()
    ended_shapes: tuple[uuid.UUID, ...] = ()
    new_shapes: Mapping[uuid.UUID, tuple[shapely.Geometry, float]] = field(default_factory=dict)
    lineage: tuple[LineageFact, ...] = ()


@dataclass
class Numbers:
    """Ids of the faces, nodes and arcs that a load writes, by the negative numbers of the plan."""

    faces: dict[int, int] = field(default_factory=dict)
    nodes: dict[int, int] = field(default_factory=dict)

    def face(self, number: int) -> int:
        """Return the id of a face."""
        return self.faces.get(number, number)

    def node(self, number: int) -> int:
        """Return the id of a node."""
        return self.nodes.get(number, number)
