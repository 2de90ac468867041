"""Sentences that say what became of a unit, in the words of the notices of 行政区划调整."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol


class Named(Protocol):
    """What a sentence needs of a unit."""

    @property
    def name(self) -> str:
        """Official name."""

    @property
    def code(self) -> str | None:
        """Code, where one was published."""

    @property
    def type(self) -> str:
        """Type 建制类型."""

    @property
    def parent_name(self) -> str | None:
        """Name of the division above."""


def say_change(
    old: Named | None,
    new: Named | None,
    aspects: Collection[str],
    ended: Sequence[Named],
    successors: Sequence[Named],
) -> str:
    """Return one sentence.

    Parameters
    ----------
    old, new : Named or None
        The unit before and after; None when it was not there.
    aspects : collection of str
        What differs, see ``queries.differences.ASPECTS``.
    ended : sequence of Named
        Other units that ended and whose land is in the unit now.
    successors : sequence of Named
        What the unit is afterwards.
    """
    if new is None:
        became = "、".join(unit.name for unit in successors)
        verb = "分入" if len(successors) > 1 else "并入"
        return f"撤销{old.name if old else ''}" + (f"，{verb}{became}" if became else "")
    if old is None:
        return _founded(new, ended)
    parts = _absorbed(old, ended, renamed="renamed" in aspects)
    if "renamed" in aspects and not ended:
        parts.append(f"{old.name}更名为{new.name}")
    if "recoded" in aspects:
        parts.append(f"代码由{old.code or '未公布'}改为{new.code or '未公布'}")
    if "reclassed" in aspects:
        parts.append(f"由{old.type}改为{new.type}")
    if "reparented" in aspects:
        parts.append(f"由{old.parent_name or '—'}划归{new.parent_name or '—'}")
    if "seat" in aspects:
        parts.append("驻地变更")
    if "boundary" in aspects and not ended:
        parts.append("界线变更")
    return "；".join(parts)


def _founded(new: Named, ended: Sequence[Named]) -> str:
    if len(ended) > 1:
        names = "、".join(unit.name for unit in ended)
        return f"由{names}{len(ended)}个单位合并设立{new.name}"
    return f"撤销{ended[0].name}，设立{new.name}" if ended else f"设立{new.name}"


def _absorbed(old: Named, ended: Sequence[Named], *, renamed: bool) -> list[str]:
    """Say who was merged into a unit that goes on: itself is one of those it is made of."""
    if not ended:
        return []
    names = "、".join([old.name, *(unit.name for unit in ended)])
    return [f"由{names}{len(ended) + 1}个单位合并" + ("设立（更名）" if renamed else "（沿用原名）")]
