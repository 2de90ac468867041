"""What a benchmark finds: figures with a target and, where there is one, a peer measured in the same run."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One measured value.

    `better`: 'less' or 'more' is better. `target`: what it is held to, in `unit`, or None. `peer`: the
    other program's name and its value in the same unit. `ratio_target`: how many times the peer is wanted
    (for 'less': at most so many times the peer's value).
    """

    name: str
    value: float
    unit: str
    better: str
    target: float | None = None
    peer: tuple[str, float] | None = None
    ratio_target: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The value divided by the peer's."""
        return self.value / self.peer[1] if self.peer else None

    @property
    def met(self) -> bool:
        """Whether every target is met; a figure without a target always is."""
        pairs = ((self.value, self.target), (self.ratio, self.ratio_target))
        checks = [(seen, wanted) for seen, wanted in pairs if seen is not None and wanted is not None]
        return all(seen <= wanted if self.better == "less" else seen >= wanted for seen, wanted in checks)


Progress = Callable[[str], None]
"""Is told what goes on; a benchmark of minutes does not run silently."""


def percentile(seconds: Sequence[float], percent: float) -> float:
    """Return a percentile of durations, in the unit given."""
    return float(np.percentile(np.asarray(seconds), percent))


def describe_machine() -> str:
    """Return how many processors there are and how busy they were in the last minute."""
    busy, processors = os.getloadavg()[0], os.cpu_count() or 1
    warning = "; busy with other things: only the ratios mean something" if busy > processors / 2 else ""
    return f"{processors} processors, load {busy:.1f} at the start{warning}"


def print_figures(figures: Sequence[Figure], machine: str, console: Console | None = None) -> None:
    """Print the table of figures with targets and peers."""
    table = Table(title="Quming benchmarks", caption=machine)
    for heading in ("measure", "value", "target", "peer", "peer's value", "ratio", "ratio wanted", ""):
        table.add_column(heading, justify="left" if heading in ("measure", "peer") else "right")
    sign = {"less": "<=", "more": ">="}
    for figure in figures:
        peer, peer_value = figure.peer or ("", None)
        table.add_row(
            f"{figure.name} {figure.note}".strip(),
            f"{figure.value:,.4g} {figure.unit}",
            "" if figure.target is None else f"{sign[figure.better]} {figure.target:,g} {figure.unit}",
            peer,
            "" if peer_value is None else f"{peer_value:,.4g} {figure.unit}",
            "" if figure.ratio is None else f"{figure.ratio:,.3g} x",
            "" if figure.ratio_target is None else f"{sign[figure.better]} {figure.ratio_target:,g} x",
            "ok" if figure.met else "MISSED",
        )
    (console or Console(width=160)).print(table)
