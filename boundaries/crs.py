"""Coordinate systems of incoming and outgoing files: recognise, question, convert to and from EPSG:4490.

Everything is x = longitude or easting, y = latitude or northing (``always_xy``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.enums import WktVersion
from pyproj.exceptions import CRSError as PyprojError

from boundaries import crs_messages as messages
from boundaries import gauss_kruger
from boundaries.crs_messages import CrsError
from boundaries.gauss_kruger import Values, classify
from boundaries.notes import Note

STORAGE_EPSG = 4490
# Geographic systems that differ from CGCS2000 by centimetres to decimetres; PROJ knows only a null step
# between them, so the coordinates are kept and a person answers for it.
TREATED_AS_4490 = (3824, 4326, 4258)
ACCEPTED = frozenset({STORAGE_EPSG, *TREATED_AS_4490}) | gauss_kruger.ACCEPTED
# to_epsg() of a .prj in ESRI wording carries no authority: accept a match of names and parameters.
PRJ_CONFIDENCE = 70
DATUM_CONFIDENCE = 20

Box = tuple[float, float, float, float]

__all__ = [
    "ACCEPTED",
    "STORAGE_EPSG",
    "TREATED_AS_4490",
    "CrsError",
    "CrsGuess",
    "crs_name",
    "esri_wkt",
    "from_4490",
    "read_bounds",
    "to_4490",
    "understand_crs",
]


@dataclass(frozen=True)
class CrsGuess:
    """What the coordinate system of a layer is believed to be, and why.

    Parameters
    ----------
    epsg : int or None
        EPSG code proposed; None when only a person can say (six-digit eastings without a .prj).
    name : str
        EPSG name of it, or an empty string.
    source : {'declared', 'prj', 'values'}
        A person's word, the .prj, or the ranges of the values.
    needs_confirmation : bool
        True until a person has said yes by giving the code as ``declared``.
    notes : tuple of Note
        What was assumed and why.
    box : (west, south, east, north) or None
        Extent in degrees, EPSG:4490, under this guess; for the preview map.
    swapped : bool
        True when the columns are (latitude, longitude) or (northing, easting) and must change places.
    candidates : tuple of int
        EPSG codes a person may choose from.
    """

    epsg: int | None
    name: str
    source: str
    needs_confirmation: bool
    notes: tuple[Note, ...] = ()
    box: Box | None = None
    swapped: bool = False
    candidates: tuple[int, ...] = ()


def understand_crs(
    prj_text: str | None,
    bounds: Sequence[float],
    declared: int | None = None,
    district_bounds: Sequence[float] | None = None,
    file: str = "",
) -> CrsGuess:
    """Say which coordinate system a layer is in, from its .prj, its values and a person's word.

    Parameters
    ----------
    prj_text : str or None
        Content of the .prj, WKT of ESRI or OGC.
    bounds : (minx, miny, maxx, maxy)
        Extent of the layer in its own units.
    declared : int or None
        EPSG code a person chose or confirmed. 4490 for a file in 3824, 4326 or 4258 means "treat as 4490".
    district_bounds : (west, south, east, north) or None
        Extent of the district in degrees, EPSG:4490.
    file : str
        Name of the file, for the messages.

    Raises
    ------
    CrsError
        ``crs_unsupported``, ``crs_values_unknown``, ``crs_declared_unfit``.
    """
    notes: list[Note] = []
    named = _parse_prj(prj_text, file, notes)
    seen = classify(bounds)
    if seen.kind == "six_degree":
        messages.refuse_six_degree(file, seen)
    if seen.kind == "unknown" and np.isfinite(bounds).all():
        messages.refuse_values(file, bounds)
    if declared is not None:
        guess = _guess_declared(declared, named, seen, file, notes)
    elif named is not None:
        guess = _guess_named(named, seen, bounds, district_bounds, notes)
    else:
        guess = _guess_values(seen, bounds, district_bounds, notes)
    guess = _check_swapped(guess, seen)
    return _check_district(guess, bounds, district_bounds)


def to_4490(geoms: NDArray[Any], epsg: int, swapped: bool = False) -> NDArray[Any]:
    """Convert geometries to EPSG:4490; 4490, 3824, 4326 and 4258 pass through untouched.

    Parameters
    ----------
    geoms : ndarray of shapely geometry or None, shape (n,)
    epsg : int
        One of `ACCEPTED`.
    swapped : bool
        True when x and y must change places first.

    Returns
    -------
    ndarray of shapely geometry or None, shape (n,)
        Longitude, latitude in degrees; None stays None.

    Raises
    ------
    CrsError
        ``crs_unsupported``; ``crs_not_finite`` when a coordinate cannot be converted, so that nothing is ever
        stored as inf.
    """
    _require_accepted(epsg)
    if swapped:
        geoms = shapely.transform(geoms, lambda xy: xy[:, ::-1])
    if epsg not in gauss_kruger.ACCEPTED:
        return geoms
    return _convert(geoms, epsg, STORAGE_EPSG)


def from_4490(geoms: NDArray[Any], epsg: int) -> NDArray[Any]:
    """Convert geometries in EPSG:4490 (degrees) to 4490 or a Gauss-Krueger system; (n,) in and out.

    Raises
    ------
    CrsError
        ``crs_unsupported`` for any other code, ``crs_not_finite``.
    """
    if epsg == STORAGE_EPSG:
        return geoms
    if epsg not in gauss_kruger.ACCEPTED:
        messages.refuse_code(epsg)
    return _convert(geoms, STORAGE_EPSG, epsg)


def crs_name(epsg: int) -> str:
    """Return the EPSG name of a code, such as 'CGCS2000 / 3-degree Gauss-Kruger zone 35'."""
    return str(_crs(epsg).name)


def esri_wkt(epsg: int) -> str:
    """Return the text of a .prj in ESRI wording."""
    return str(_crs(epsg).to_wkt(WktVersion.WKT1_ESRI))


def read_bounds(geoms: NDArray[Any]) -> Box:
    """Return (minx, miny, maxx, maxy) over `geoms`; NaN when there is no coordinate."""
    west, south, east, north = shapely.total_bounds(geoms)
    return (float(west), float(south), float(east), float(north))


@lru_cache(maxsize=64)
def _crs(epsg: int) -> pyproj.CRS:
    return pyproj.CRS.from_epsg(epsg)


@lru_cache(maxsize=64)
def _transformer(source: int, target: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def _convert(geoms: NDArray[Any], source: int, target: int) -> NDArray[Any]:
    coords = shapely.get_coordinates(geoms)
    x, y = _transformer(source, target).transform(coords[:, 0], coords[:, 1])
    moved = np.column_stack((x, y))
    bad = ~np.isfinite(moved).all(axis=1)
    if bad.any():
        _, owner = shapely.get_coordinates(geoms, return_index=True)
        first = int(np.flatnonzero(bad)[0])
        place = (float(coords[first, 0]), float(coords[first, 1]))
        messages.refuse_not_finite(int(owner[first]) + 1, place, source, target)
    return np.asarray(shapely.set_coordinates(geoms.copy(), moved))


def _parse_prj(text: str | None, file: str, notes: list[Note]) -> int | None:
    """Return the accepted code a .prj names, None when there is none to read; refuse any other system."""
    if text is None or not text.strip("\ufeff \t\r\n\0"):
        notes.append(messages.PRJ_MISSING)
        return None
    try:
        crs = pyproj.CRS.from_wkt(text.strip("\ufeff \t\r\n\0"))
    except PyprojError:
        notes.append(messages.PRJ_UNREADABLE)
        return None
    epsg = _find_epsg(crs)
    if epsg is None:
        messages.refuse_system(file, str(crs.name), crs.to_epsg())
    return epsg


def _find_epsg(crs: pyproj.CRS) -> int | None:
    if crs.is_compound:
        return _find_epsg(crs.sub_crs_list[0])
    if crs.is_bound and crs.source_crs is not None:
        return _find_epsg(crs.source_crs)
    if crs.is_geographic:
        code = crs.to_epsg(PRJ_CONFIDENCE) or crs.to_epsg(DATUM_CONFIDENCE)
        return code if code in ACCEPTED else None
    return _find_projected(crs)


def _find_projected(crs: pyproj.CRS) -> int | None:
    """Match a projected system by its parameters; names differ from program to program."""
    base, operation = crs.geodetic_crs, crs.coordinate_operation
    if base is None or operation is None or operation.method_name != "Transverse Mercator":
        return None
    if base.to_epsg(DATUM_CONFIDENCE) != STORAGE_EPSG:
        return None
    if any(axis.unit_conversion_factor != 1.0 for axis in crs.axis_info):
        return None
    values = {param.name: float(param.value) for param in operation.params}
    fixed = ("Latitude of natural origin", "Scale factor at natural origin", "False northing")
    if [values.get(name) for name in fixed] != [0.0, 1.0, 0.0]:
        return None
    meridian, easting = values.get("Longitude of natural origin"), values.get("False easting")
    return gauss_kruger.find_epsg(meridian or 0.0, easting or 0.0)


def _guess(epsg: int, source: str, confirm: bool, notes: list[Note]) -> CrsGuess:
    return CrsGuess(epsg, crs_name(epsg), source, confirm, tuple(notes))


def _guess_named(
    named: int,
    seen: Values,
    bounds: Sequence[float],
    district: Sequence[float] | None,
    notes: list[Note],
) -> CrsGuess:
    """Follow the .prj where the values allow it, the values where they contradict it."""
    fitting = _fit(named, seen)
    if fitting == named:
        if named in TREATED_AS_4490:
            notes.append(messages.note_treat(named, crs_name(named)))
        return _guess(named, "prj", named in TREATED_AS_4490, notes)
    notes.append(messages.note_mismatch(named, crs_name(named), seen))
    if fitting is None:
        return _guess_meridian(seen, bounds, district, notes)
    notes.append(messages.note_proposal(fitting, seen))
    return _guess(fitting, "values", True, notes)


def _fit(named: int, seen: Values) -> int | None:
    """Return the code nearest to `named` that the values allow, None when they leave the meridian open."""
    if seen.kind == "degrees":
        return STORAGE_EPSG if named in gauss_kruger.ACCEPTED else named
    if seen.kind == "zone" and seen.zone is not None:
        return gauss_kruger.epsg_of_zone(seen.zone)
    if seen.kind == "meridian":
        return gauss_kruger.without_prefix(named) if named in gauss_kruger.ACCEPTED else None
    return named


def _guess_values(
    seen: Values,
    bounds: Sequence[float],
    district: Sequence[float] | None,
    notes: list[Note],
) -> CrsGuess:
    """No .prj: the values propose, a person confirms."""
    fitting = _fit(STORAGE_EPSG, seen)
    if fitting is None or seen.kind == "unknown":
        return _guess_meridian(seen, bounds, district, notes)
    notes.append(messages.note_proposal(fitting, seen))
    return _guess(fitting, "values", True, notes)


def _guess_meridian(
    seen: Values,
    bounds: Sequence[float],
    district: Sequence[float] | None,
    notes: list[Note],
) -> CrsGuess:
    """Six-digit eastings: only the district's extent, or a person, can name the central meridian."""
    candidates = tuple(gauss_kruger.MERIDIAN_EPSG)
    if district is not None and seen.kind == "meridian":
        turned = _turn(bounds) if seen.swapped else bounds
        candidates = tuple(code for code in candidates if _meets(_box(code, turned), district)) or candidates
    notes.append(messages.MERIDIAN_UNKNOWN)
    if len(candidates) == 1:
        return replace(_guess(candidates[0], "values", True, notes), candidates=candidates)
    return CrsGuess(None, "", "values", True, tuple(notes), candidates=candidates)


def _guess_declared(declared: int, named: int | None, seen: Values, file: str, notes: list[Note]) -> CrsGuess:
    """A person chose: keep it when the values allow it, refuse it by name otherwise."""
    _require_accepted(declared, file)
    fitting = _fit(declared, seen)
    if fitting != declared:
        messages.refuse_declared(file, declared, fitting, seen)
    if named is not None and named != declared:
        notes.append(messages.note_overruled(named, declared))
    if declared in TREATED_AS_4490:
        notes.append(messages.note_treat(declared, crs_name(declared)))
    return _guess(declared, "declared", declared in TREATED_AS_4490, notes)


def _check_swapped(guess: CrsGuess, seen: Values) -> CrsGuess:
    if not seen.swapped:
        return guess
    confirm = guess.needs_confirmation or guess.source != "declared"
    notes = (*guess.notes, messages.AXES_SWAPPED)
    return replace(guess, swapped=True, needs_confirmation=confirm, notes=notes)


def _check_district(guess: CrsGuess, bounds: Sequence[float], district: Sequence[float] | None) -> CrsGuess:
    if guess.epsg is None or not np.isfinite(bounds).all():
        return guess
    box = _box(guess.epsg, _turn(bounds) if guess.swapped else bounds)
    if district is None or _meets(box, district):
        return replace(guess, box=box)
    confirm = guess.needs_confirmation or guess.source != "declared"
    notes = (*guess.notes, messages.note_outside(guess.epsg, box, district))
    return replace(guess, box=box, needs_confirmation=confirm, notes=notes)


def _turn(bounds: Sequence[float]) -> Box:
    return (bounds[1], bounds[0], bounds[3], bounds[2])


def _box(epsg: int, bounds: Sequence[float]) -> Box:
    """Return the extent in degrees; bounds are x, y in the units of `epsg`."""
    if epsg not in gauss_kruger.ACCEPTED:
        return (float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3]))
    west, south, east, north = _transformer(epsg, STORAGE_EPSG).transform_bounds(
        bounds[0], bounds[1], bounds[2], bounds[3]
    )
    return (float(west), float(south), float(east), float(north))


def _meets(box: Sequence[float], other: Sequence[float]) -> bool:
    return box[0] <= other[2] and other[0] <= box[2] and box[1] <= other[3] and other[1] <= box[3]


def _require_accepted(epsg: int, file: str = "") -> None:
    if epsg not in ACCEPTED:
        messages.refuse_code(epsg, file)
