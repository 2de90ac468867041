"""The kinds of events by which the register changes, as the table of events allows them."""

EVENT_KINDS = frozenset(
    {
        "found",
        "merge",
        "split",
        "transfer",
        "rename",
        "recode",
        "reparent",
        "reclass",
        "seat",
        "boundary",
        "correct",
        "establish",
        "abolish",
        "reform",
    }
)

EVENT_OF_OPERATION = {
    "reshape": "boundary",
    "move_node": "boundary",
    "insert_vertex": "boundary",
    "move_vertex": "boundary",
    "delete_vertex": "boundary",
    "transfer_part": "boundary",
    "rename": "rename",
    "recode": "recode",
    "reclass": "reclass",
    "convert": "reclass",
    "move_seat": "seat",
    "transfer": "transfer",
    "merge": "merge",
    "split": "split",
    "establish": "establish",
    "abolish": "abolish",
}
"""What a legal change by one kind of operation is called; others note something and are no legal change."""

SMALL = frozenset({"recode", "correct"})
"""Kinds that only follow from, or go along with, another one."""

SEVERAL = "reform"
"""What a change of several kinds is called."""
