"""A bar that shows how far something is, at a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from gazetteer.operations.progress import Tell

STEPS = 100


@contextmanager
def progress_bar(label: str) -> Iterator[Tell]:
    """Give a function that moves the bar (share 0-1, message); it does nothing when nobody watches."""
    if not sys.stderr.isatty():
        yield lambda share, message: None
        return
    with click.progressbar(length=STEPS, label=label, file=sys.stderr, item_show_func=str) as bar:

        def tell(share: float, message: str) -> None:
            bar.update(max(0, round(share * STEPS) - bar.pos), message)

        yield tell
        bar.update(STEPS - bar.pos, "")
