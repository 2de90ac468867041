"""From sheets to divisions with their parents: by parent code, else by code prefix, else by place."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.errors import Fault
from gazetteer.changes.coverage import NOBODY, Units
from gazetteer.changes.load import new_uuids
from gazetteer.imports.choices import WATER
from gazetteer.imports.findings import Assumption
from gazetteer.imports.sheets import Sheet
from gazetteer.rules import codes
from gazetteer.rules.generic_terms import type_of

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """The divisions of all sheets, highest level first, with the polygons they were drawn with.

    Parameters
    ----------
    units : Units
    geometry : ndarray of Polygon or MultiPolygon, shape (n,)
        As drawn in the files, degrees on the grid, EPSG:4490.
    labels : tuple of str
        Name (or layer and row) of each unit, for people.
    levels : tuple of int
        Levels present, highest first; the last is the leaf.
    water : ndarray of Polygon or MultiPolygon, shape (w,)
        Declared water that belongs to no division.
    """

    units: Units
    geometry: npt.NDArray[np.object_]
    labels: tuple[str, ...]
    levels: tuple[int, ...]
    water: npt.NDArray[np.object_]
    faults: tuple[Fault, ...]
    assumptions: tuple[Assumption, ...]

    def rows(self, level: int) -> IntArray:
        """Return the indices of the units of a level."""
        return np.flatnonzero(self.units.level == level)


def build_hierarchy(sheets: Sequence[Sheet], scheme: str | None = None) -> Hierarchy:
    """Join the sheets of all levels and find the parent of every division."""
    ordered = sorted((s for s in sheets if s.level != WATER), key=lambda s: s.level)
    water = [s.geometry for s in sheets if s.level == WATER]
    faults = _level_faults(ordered)
    chosen, scheme_notes = _scheme(ordered, scheme)
    level = np.repeat([s.level for s in ordered], [len(s) for s in ordered]).astype(np.int64)
    unit_codes = _codes(ordered, chosen)
    labels = tuple(
        name or code or f"{sheet.layer}#{record}"
        for sheet in ordered
        for name, code, record in zip(sheet.names, sheet.codes, sheet.records.tolist(), strict=True)
    )
    geometry = np.concatenate([s.geometry for s in ordered]) if ordered else np.empty(0, dtype=object)
    links = _Links(ordered, level, unit_codes, labels, geometry, chosen)
    parent, link_faults, link_notes = links.find()
    names = [name or "" for sheet in ordered for name in sheet.names]
    types = [t for sheet in ordered for t in sheet.types]
    units = Units(
        ids=new_uuids(len(level)),
        level=level,
        type=[t or type_of(n, at) for t, n, at in zip(types, names, level.tolist(), strict=True)],
        name=names,
        code=unit_codes,
        pinyin=[p for sheet in ordered for p in sheet.pinyin],
        scheme=chosen,
        parent=parent,
    )
    return Hierarchy(
        units=units,
        geometry=geometry,
        labels=labels,
        levels=tuple(s.level for s in ordered),
        water=np.concatenate(water) if water else np.empty(0, dtype=object),
        faults=(*faults, *link_faults),
        assumptions=(*scheme_notes, *link_notes),
    )


def _level_faults(ordered: Sequence[Sheet]) -> list[Fault]:
    if not ordered:
        return [Fault("no_divisions", "error", "没有区划图层。", "There is no layer of divisions.")]
    faults = []
    for one, other in itertools.pairwise(ordered):
        if one.level == other.level:
            faults.append(
                Fault(
                    "level_twice",
                    "error",
                    f"图层“{one.layer}”和“{other.layer}”是同一级别。",
                    f"Layers '{one.layer}' and '{other.layer}' are of the same level.",
                    labels=(one.layer, other.layer),
                )
            )
    return faults


def _scheme(ordered: Sequence[Sheet], declared: str | None) -> tuple[str, list[Assumption]]:
    """Return the scheme of the codes: as declared, 'cn' when most codes have its formats, else 'local'."""
    if declared:
        return declared, []
    known = [(code, sheet.level) for sheet in ordered for code in sheet.codes if code]
    fitting = sum(codes.fits_format(codes.strip_padding(code, level), level) for code, level in known)
    if not known or 2 * fitting > len(known):
        return codes.CN, []
    note = Assumption(
        "scheme",
        f"代码“{known[0][0]}”等不符合国家标准格式，作为本地代码（local）原样保存。",
        f"Codes such as '{known[0][0]}' have no format of the national standard: kept as they stand, "
        f"scheme 'local'.",
        needs=False,
    )
    return codes.LOCAL, [note]


def _codes(ordered: Sequence[Sheet], scheme: str) -> list[str | None]:
    if scheme != codes.CN:
        return [code for sheet in ordered for code in sheet.codes]
    return [
        codes.strip_padding(code, sheet.level) if code else None for sheet in ordered for code in sheet.codes
    ]


@dataclass(frozen=True, eq=False)
class _Links:
    """The search for parents, level by level."""

    sheets: Sequence[Sheet]
    level: IntArray
    codes: Sequence[str | None]
    labels: Sequence[str]
    geometry: npt.NDArray[np.object_]
    scheme: str

    def find(self) -> tuple[IntArray, list[Fault], list[Assumption]]:
        parent = np.full(len(self.level), NOBODY, dtype=np.int64)
        faults: list[Fault] = []
        notes: list[Assumption] = []
        for above, below in itertools.pairwise(self.sheets):
            if above.level == below.level:
                continue
            children, parents = (np.flatnonzero(self.level == s.level) for s in (below, above))
            found, by_place = self._find_one(children, parents, below, above)
            parent[children] = found
            if by_place:
                notes.append(_by_place_note(below, by_place))
            faults += [self._orphan(i) for i in children[found == NOBODY].tolist()]
        return parent, faults, notes

    def _find_one(
        self, children: IntArray, parents: IntArray, below: Sheet, above: Sheet
    ) -> tuple[IntArray, int]:
        """Return the parent of each child, and how many were found by place alone."""
        by_code = {self.codes[i]: i for i in parents.tolist() if self.codes[i]}
        named = [self._by_parent_code(code, above.level, by_code) for code in below.parent_codes]
        by_prefix = self._by_prefix(children, above.level, by_code)
        found = np.array(
            [a if a != NOBODY else b for a, b in zip(named, by_prefix, strict=True)], dtype=np.int64
        )
        lost = found == NOBODY
        if lost.any():
            found[lost] = self._by_place(children[lost], parents)
        return found, int((found[lost] != NOBODY).sum())

    def _by_parent_code(self, code: str | None, level: int, by_code: dict[str | None, int]) -> int:
        if code is None:
            return NOBODY
        plain = codes.strip_padding(code, level) if self.scheme == codes.CN else code
        return by_code.get(plain, by_code.get(code, NOBODY))

    def _by_prefix(self, children: IntArray, level: int, by_code: dict[str | None, int]) -> list[int]:
        if self.scheme == codes.CN:
            return [
                by_code.get(codes.parent_prefix(code, level), NOBODY) if code else NOBODY
                for code in (self.codes[i] for i in children.tolist())
            ]
        lengths = sorted({len(code) for code in by_code if code}, reverse=True)
        return [self._longest_prefix(self.codes[i], lengths, by_code) for i in children.tolist()]

    @staticmethod
    def _longest_prefix(code: str | None, lengths: Sequence[int], by_code: dict[str | None, int]) -> int:
        if code is None:
            return NOBODY
        return next((by_code[code[:n]] for n in lengths if n < len(code) and code[:n] in by_code), NOBODY)

    def _by_place(self, children: IntArray, parents: IntArray) -> IntArray:
        """Return for each child the parent in which its interior point lies."""
        found = np.full(len(children), NOBODY, dtype=np.int64)
        usable = shapely.is_valid(self.geometry[children]) & ~shapely.is_empty(self.geometry[children])
        points = shapely.point_on_surface(self.geometry[children[usable]])
        tree = shapely.STRtree(self.geometry[parents])
        child, above = tree.query(points, predicate="within")
        found[np.flatnonzero(usable)[child]] = parents[above]
        return found

    def _orphan(self, i: int) -> Fault:
        geom = self.geometry[i]
        known = geom is not None and not geom.is_empty
        point = shapely.point_on_surface(geom) if known and shapely.is_valid(geom) else None
        return Fault(
            "parent_missing",
            "error",
            f"“{self.labels[i]}”找不到上级单位。",
            f"No parent is found for '{self.labels[i]}'.",
            lon=point.x if point is not None else None,
            lat=point.y if point is not None else None,
            labels=(self.labels[i],),
        )


def _by_place_note(below: Sheet, count: int) -> Assumption:
    return Assumption(
        f"parents:{below.layer}",
        f"图层“{below.layer}”有 {count} 个单位的上级按所在位置确定。",
        f"The parents of {count} divisions of layer '{below.layer}' are taken from where they lie.",
    )
