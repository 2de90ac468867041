"""Boundary lines as they are published: the arcs grouped by level, sides and owner, each arc once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from gazetteer.queries.snapshot import Snapshot, SnapshotLine
from gazetteer.rules.lines import WORKING


@dataclass(frozen=True)
class BoundaryGroup:
    """What one published line has in common.

    Parameters
    ----------
    level : int
        The highest level at which the two sides differ.
    left, right : int
        Division index on each side at that level, -1 beyond the register; `left` is the greater one.
    line : UUID or None
        The boundary line 界线 that owns the arcs; None within a town.
    """

    level: int
    left: int
    right: int
    line: uuid.UUID | None


@dataclass(frozen=True)
class GroupedArc:
    """An arc (row of the snapshot's table) in a group; `forward` when its own left is the group's."""

    row: int
    forward: bool


def boundary_groups(snapshot: Snapshot) -> dict[BoundaryGroup, list[GroupedArc]]:
    """Group the arcs that part two divisions; arcs that part only faces of one division are left out."""
    sides = {level: [side.tolist() for side in snapshot.side(level)] for level in snapshot.levels}
    groups: dict[BoundaryGroup, list[GroupedArc]] = {}
    for row, level in enumerate(snapshot.arc_levels.tolist()):
        if level not in sides:
            continue
        left, right = sides[level][0][row], sides[level][1][row]
        if left != right:
            group = BoundaryGroup(level, max(left, right), min(left, right), snapshot.arc_lines[row])
            groups.setdefault(group, []).append(GroupedArc(row, left > right))
    return groups


def line_properties(
    snapshot: Snapshot, group: BoundaryGroup, lines: Mapping[uuid.UUID, SnapshotLine]
) -> dict[str, str | int | float | None]:
    """Return the public properties of a group; a side beyond the register has no name.

    Arcs without a line 界线, as those within a town, are a working line 工作界 without a name.
    """
    line = None if group.line is None else lines[group.line]
    return {
        "id": None if group.line is None else str(group.line),
        "name": None if line is None else line.name,
        "level": group.level,
        "legal_status": WORKING if line is None else line.legal_status,
        "left": snapshot.divisions[group.left].name if group.left >= 0 else None,
        "right": snapshot.divisions[group.right].name if group.right >= 0 else None,
    }
