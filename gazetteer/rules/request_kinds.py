"""The kinds of change requests: what each may hold, and whether it changes the law or mends the register."""

from __future__ import annotations

from dataclasses import dataclass

GEOMETRY = frozenset({"reshape", "move_node", "insert_vertex", "move_vertex", "delete_vertex"})
"""Operations on lines that stay between the same two units."""
_LINES = frozenset(
    {
        "set_line",
        "found_line",
        "put_marker",
        "set_marker",
        "move_marker",
        "remove_marker",
        "set_tripoint",
        "remove_tripoint",
    }
)


@dataclass(frozen=True)
class RequestKind:
    """A kind of request.

    Parameters
    ----------
    legal : bool
        It changes the law from a day on and needs the number of the document that says so (行政区划管理条例
        Art. 13); otherwise the register was wrong and the law is as it was.
    operations : frozenset of str or None
        The operations it may hold; None for all.
    """

    name: str
    legal: bool
    operations: frozenset[str] | None


REQUEST_KINDS = {
    kind.name: kind
    for kind in (
        RequestKind(
            "boundary_correction", False, GEOMETRY | _LINES | frozenset({"rename", "recode", "move_seat"})
        ),
        # 界线变更: part of one unit's area goes to another (实施办法 Art. 2)
        RequestKind("boundary_change", True, GEOMETRY | _LINES | frozenset({"transfer_part", "recode"})),
        RequestKind("division_change", True, None),
    )
}


def allows(kind: str, operation: str) -> bool:
    """Tell whether a kind of request may hold a kind of operation."""
    operations = REQUEST_KINDS[kind].operations
    return operations is None or operation in operations
