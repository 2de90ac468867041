"""From files to a checked coverage: read, understand, check; what a first load writes, or why it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from boundaries.errors import BoundaryError, Fault
from boundaries.files.archive import LayerFile, collect_layers, unpack_zip
from boundaries.files.read import read_layer
from boundaries.grid import IntArray
from gazetteer.changes.coverage import Coverage
from gazetteer.changes.load_names import PlaceNames
from gazetteer.imports.cells import Cells, build_cells
from gazetteer.imports.choices import Choices
from gazetteer.imports.findings import Assumption, faults_of, note_faults, stops
from gazetteer.imports.hierarchy import Hierarchy, build_hierarchy
from gazetteer.imports.line_names import draw_lines
from gazetteer.imports.names import join_names, understand_names
from gazetteer.imports.neighbours import Neighbours, match_outline
from gazetteer.imports.preview import count_coverage, describe_import
from gazetteer.imports.sheets import Understood, describe_names, understand_layer
from gazetteer.imports.unit_checks import check_units

NO_NEIGHBOURS = Neighbours()


@dataclass(frozen=True, eq=False)
class CoveragePlan:
    """What the files hold: a coverage when nothing forbids it, and everything a person should see."""

    layers: tuple[Understood, ...]
    faults: tuple[Fault, ...]
    assumptions: tuple[Assumption, ...]
    missing: tuple[str, ...]
    hierarchy: Hierarchy | None = None
    coverage: Coverage | None = None
    places: PlaceNames | None = None

    def preview(self, choices: Choices) -> dict[str, Any]:
        """Return the preview of the import."""
        counts = count_coverage(self.coverage) if self.coverage else {}
        if self.places is not None:
            counts["place_names"] = len(self.places)
        return describe_import(self.layers, choices, self.faults, self.assumptions, self.missing, counts)


def find_layers(folder: Path, work: Path) -> list[LayerFile]:
    """Return the layers of a folder of evidence; archives are unpacked into `work`.

    Raises
    ------
    FileError
        See `boundaries.files.archive`.
    """
    archives = sorted(p for p in folder.rglob("*") if p.suffix.lower() == ".zip")
    shapefiles = any(p.suffix.lower() == ".shp" for p in folder.rglob("*"))
    found = collect_layers([folder]) if shapefiles or not archives else []
    for number, archive in enumerate(archives):
        found += unpack_zip(archive, work / str(number))
    return found


def plan_coverage(
    files: Sequence[LayerFile],
    choices: Choices,
    extra_nodes: IntArray | None = None,
    neighbours: Neighbours = NO_NEIGHBOURS,
) -> CoveragePlan:
    """Read, understand and check the layers of a coverage; never raises for what a file holds.

    Parameters
    ----------
    extra_nodes : ndarray of int64, shape (k, 2), optional
        Grid positions that become nodes where they are vertices.
    neighbours : Neighbours
        The districts beyond the outline.
    """
    layers, places, found = _read_all(files, choices)
    faults = [*neighbours.faults, *found]
    assumptions = [one for understood in layers for one in understood.assumptions]
    missing = [key for understood in layers for key in understood.missing]
    sheets = [sheet for understood in layers for sheet in understood.sheets]
    if stops(faults) or missing:
        return CoveragePlan(tuple(layers), tuple(faults), tuple(assumptions), tuple(missing))
    if not sheets and places is not None:
        return CoveragePlan(tuple(layers), tuple(faults), tuple(assumptions), (), places=places)
    hierarchy = build_hierarchy(sheets, choices.scheme)
    faults += [*hierarchy.faults, *check_units(hierarchy.units, hierarchy.labels)]
    nodes = neighbours.ends if extra_nodes is None else np.concatenate([extra_nodes, neighbours.ends])
    cells = build_cells(hierarchy, nodes) if hierarchy.levels else Cells()
    faults += cells.faults
    coverage = None
    if not stops(faults):
        coverage, off_outline = _coverage(hierarchy, cells, neighbours)
        faults += off_outline
    return CoveragePlan(
        tuple(layers),
        tuple(faults),
        (*assumptions, *hierarchy.assumptions, *cells.assumptions),
        (),
        hierarchy,
        None if stops(faults) else coverage,
        places,
    )


def _read_all(
    files: Sequence[LayerFile], choices: Choices
) -> tuple[list[Understood], PlaceNames | None, list[Fault]]:
    """Read and understand every layer: polygons are divisions, points and lines place names."""
    layers: list[Understood] = []
    names: list[PlaceNames] = []
    faults: list[Fault] = []
    for file in files:
        try:
            layer = read_layer(file, choices.encoding_of(file.name), choices.crs_of(file.name))
            faults += note_faults(layer.name, layer.errors)
            if layer.kind == "polygon":
                layers.append(understand_layer(layer, choices))
                continue
            layers.append(describe_names(layer, choices))
            found, wrong = understand_names(layer, choices)
            names += [found] if found else []
            faults += wrong
        except BoundaryError as error:
            faults += faults_of(error)
    return layers, join_names(names), faults


def _coverage(hierarchy: Hierarchy, cells: Cells, neighbours: Neighbours) -> tuple[Coverage, list[Fault]]:
    assert cells.arcs is not None
    beyond, faults = match_outline(neighbours, cells.arcs)
    externals = tuple(row.external for row in neighbours.rows)
    names = [one.name for one in externals]
    lines, arc_line = draw_lines(
        hierarchy.units, hierarchy.levels, cells.face_unit, cells.arcs, names, beyond
    )
    coverage = Coverage(
        units=hierarchy.units,
        face_kind=cells.face_kind,
        face_unit=cells.face_unit,
        arcs=cells.arcs,
        lines=lines,
        arc_line=arc_line,
        shapes=cells.shapes,
        areas_m2=cells.areas_m2,
        externals=externals,
    )
    return coverage, faults
