"""The content hash: what a release holds of lines and membership, in a form that an inverse edit restores."""

from __future__ import annotations

import hashlib

import numpy as np

from boundaries.grid import IntArray, arc_hash
from gazetteer.queries.snapshot import Snapshot


def content_hash(snapshot: Snapshot) -> str:
    """Return the SHA-256 in hex over the arcs (coordinates, stable face ids, line) and the members.

    Nothing else counts: not the ids or versions of arcs, not the order or direction they are stored in, not
    names, dates or events; so an edit and its inverse give the hash of before (DESIGN section 2).
    """
    table = snapshot.arcs
    lines = snapshot.arc_lines
    digest = hashlib.sha256()
    for line in sorted(
        f"{_arc(table.points(i), int(table.left[i]), int(table.right[i]))} {lines[i] or '-'}"
        for i in range(len(table))
    ):
        digest.update(line.encode() + b"\n")
    for line in sorted(f"{face or child} {parent}" for face, child, parent in snapshot.members):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _arc(points: IntArray, left: int, right: int) -> str:
    """Hash an arc in the direction whose points compare lower."""
    backwards = points[::-1]
    differ = np.flatnonzero((points != backwards).any(axis=1))
    if len(differ):
        first = differ[0]
        if tuple(backwards[first]) < tuple(points[first]):
            return arc_hash(backwards, right, left)
    elif right < left:
        return arc_hash(backwards, right, left)
    return arc_hash(points, left, right)
