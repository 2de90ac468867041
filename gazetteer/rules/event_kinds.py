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
