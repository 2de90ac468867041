"""What can be wrong with boundary geometry: one exception family, and a record of a fault with its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at one place, in words for a person and in numbers for a machine.

    Parameters
    ----------
    code : str
        Stable snake_case name of the kind of fault.
    severity : {'error', 'warning'}
        An error refuses the edit or the import; a warning asks a person to look.
    zh, en : str
        The sentence shown, in Chinese and in English.
    lon, lat : float or None
        Place in degrees, EPSG:4490; None when the fault has no place.
    area_m2 : float or None
        Geodesic area of the overlap, gap or piece.
    width_m : float or None
        Mean width of the piece, twice its area over its perimeter.
    labels : tuple of str
        Names or keys of the divisions (or rows) concerned.
    """

    code: str
    severity: Severity
    zh: str
    en: str
    lon: float | None = None
    lat: float | None = None
    area_m2: float | None = None
    width_m: float | None = None
    labels: tuple[str, ...] = ()


class BoundaryError(Exception):
    """A rule of plain geometry was broken; carries a code, two sentences and machine fields."""

    def __init__(self, code: str, zh: str, en: str, **fields: Any) -> None:
        super().__init__(en)
        self.code = code
        self.zh = zh
        self.en = en
        self.fields: Mapping[str, Any] = fields


class CoverageError(BoundaryError):
    """The polygons are not a coverage; `faults` says where and why, all of them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        first = faults[0]
        super().__init__(
            "not_a_coverage",
            f"面数据不能构成无缝覆盖：共 {len(faults)} 处问题，第一处：{first.zh}",
            f"The polygons are not a coverage: {len(faults)} faults, the first: {first.en}",
            count=len(faults),
        )
        self.faults = tuple(faults)
