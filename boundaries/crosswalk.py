"""Moving a statistic from the units of one date to those of another: shares, whole numbers, totals kept."""

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Generic, TypeVar

from boundaries.errors import BoundaryError

Key = TypeVar("Key", bound=Hashable)

SHARES_ADD_UP = 1e-6
"""How far the shares of a source may be from 1 in sum: published shares are rounded."""


@dataclass(frozen=True)
class Share(Generic[Key]):
    """What part of a source went to a target; a target of None has left the area.

    Parameters
    ----------
    share : float
        0 to 1; 1 means the whole source, and nothing is estimated then.
    basis : str
        Why: 'whole', 'area', 'population' or 'given'.
    """

    source: Key
    target: Key | None
    share: float
    basis: str = "given"

    @property
    def exact(self) -> bool:
        """Whether the source went as a whole, so that any statistic moves without an estimate."""
        return self.share == 1


@dataclass(frozen=True)
class Moved(Generic[Key]):
    """A part of a value at its new place."""

    share: Share[Key]
    value: Decimal


def require_shares(shares: Iterable[Share[Key]]) -> dict[Key, tuple[Share[Key], ...]]:
    """Return the shares by source.

    Raises
    ------
    BoundaryError
        ``shares_not_one``: a share is not between 0 and 1, a pair is given twice, or the shares of a source
        do not add up to 1; `sources` names each with its sum.
    """
    found: dict[Key, list[Share[Key]]] = {}
    for share in shares:
        found.setdefault(share.source, []).append(share)
    wrong = {source: math.fsum(s.share for s in group) for source, group in found.items() if _wrong(group)}
    if wrong:
        named = ", ".join(f"{source}: {total:.6g}" for source, total in list(wrong.items())[:5])
        raise BoundaryError(
            "shares_not_one",
            f"以下单位的份额之和不等于 1，或有重复、超出 0 至 1 的份额：{named}。",
            f"The shares of these units do not add up to 1, or one is repeated or beyond 0 to 1: {named}.",
            sources={str(source): total for source, total in wrong.items()},
        )
    return {source: tuple(group) for source, group in found.items()}


def _wrong(group: Sequence[Share[Key]]) -> bool:
    return (
        len({share.target for share in group}) < len(group)
        or any(not 0 <= share.share <= 1 for share in group)
        or abs(math.fsum(share.share for share in group) - 1) > SHARES_ADD_UP
    )


def apportion(total: int, shares: Sequence[float]) -> list[int]:
    """Divide a whole number by the largest remainder (Hamilton), so that the parts add up to it.

    Parameters
    ----------
    total : int
        May be negative.
    shares : sequence of float
        Not negative, not all zero; only their proportion counts. Equal remainders go to the first.

    Returns
    -------
    list of int, as long as `shares`
    """
    sign = -1 if total < 0 else 1
    weights = [Fraction(share) for share in shares]
    whole = sum(weights)
    quotas = [abs(total) * weight / whole for weight in weights]
    parts = [math.floor(quota) for quota in quotas]
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - quotas[i], i))
    for i in order[: abs(total) - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


def move(values: Mapping[Key, Decimal], shares: Iterable[Share[Key]]) -> list[Moved[Key]]:
    """Move a statistic; of every source the total is kept to the unit.

    Values keep as many decimals as the finest value given: whole numbers stay whole.

    Parameters
    ----------
    values : mapping of source to Decimal
        Counts and sums (people, hectares, yuan); a rate or a mean cannot be moved so.
    shares : iterable of Share
        For every source in `values`; others are passed over.

    Raises
    ------
    BoundaryError
        ``shares_not_one``; ``source_unknown`` for a value without shares.
    """
    by_source = require_shares(share for share in shares if share.source in values)
    missing = [source for source in values if source not in by_source]
    if missing:
        raise BoundaryError(
            "source_unknown",
            f"没有以下单位的去向：{'、'.join(map(str, missing[:5]))}。",
            f"Nothing says what became of: {', '.join(map(str, missing[:5]))}.",
            sources=[str(source) for source in missing],
        )
    places = decimals(values.values())
    moved: list[Moved[Key]] = []
    for source, value in values.items():
        group = by_source[source]
        parts = apportion(int(value.scaleb(places)), [share.share for share in group])
        moved += [
            Moved(share, Decimal(part).scaleb(-places)) for share, part in zip(group, parts, strict=True)
        ]
    return moved


def decimals(values: Iterable[Decimal]) -> int:
    """Return how many decimals the finest value has; 0 when all are whole numbers."""
    return max((_decimals(value) for value in values), default=0)


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    if not isinstance(exponent, int):
        raise BoundaryError("not_a_number", f"不是数字：{value}。", f"Not a number: {value}.")
    return max(0, -exponent)


def total_by_target(moved: Iterable[Moved[Key]]) -> dict[Key | None, Decimal]:
    """Return the statistic of every unit of the new date, in the order in which they first appear."""
    totals: dict[Key | None, Decimal] = {}
    for part in moved:
        totals[part.share.target] = totals.get(part.share.target, Decimal(0)) + part.value
    return totals
