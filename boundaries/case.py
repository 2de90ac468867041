"""One patch under judgement: the map before and after, and the words for what is found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from shapely.geometry import MultiPolygon

from boundaries.arcs import OUTSIDE, Arc
from boundaries.errors import BoundaryError, Fault
from boundaries.grid import GRID, FloatArray, IntArray
from boundaries.meeting import Place
from boundaries.patch import Patch
from boundaries.rebuild import build_polygon, build_polygons, table_of
from boundaries.subgraph import Subgraph


@dataclass(frozen=True)
class Case:
    """One patch under judgement: the map before and after, and what is derived from them once."""

    before: Subgraph
    patch: Patch
    names: Mapping[int, str]

    @cached_property
    def after(self) -> Subgraph:
        """The map with the patch applied."""
        return self.before.apply(self.patch)

    @cached_property
    def added(self) -> list[Arc]:
        """Arcs of `after` that the patch added."""
        return [a for i, a in self.after.arcs.items() if a is not self.before.arcs.get(i)]

    @cached_property
    def removed(self) -> list[Arc]:
        """Arcs of `before` that the patch takes away."""
        return [self.before.arcs[ref.id] for ref in self.patch.removed if ref.id in self.before.arcs]

    @cached_property
    def faces(self) -> list[int]:
        """Touched faces without the outside, sorted."""
        return sorted(self.patch.touched_faces - {OUTSIDE})

    @cached_property
    def built(self) -> dict[int, MultiPolygon | BoundaryError]:
        """Each touched face after the patch, or why it cannot be built."""
        try:
            return dict(zip(self.faces, build_faces(self.after, self.faces), strict=True))
        except BoundaryError:
            return {face: try_build(self.after, face) for face in self.faces}

    def name(self, face: int, english: bool = False) -> str:
        """Return what a person calls a face."""
        if face == OUTSIDE:
            return "outside" if english else "区外"
        return self.names.get(face, str(face))

    def fault(
        self, code: str, zh: str, en: str, place: Place | None, faces: Sequence[int], severity: str = "error"
    ) -> Fault:
        """Return a fault about some faces; `{}` in the sentences stands for their names."""
        lon, lat = place if place else (None, None)
        return Fault(
            code,
            "error" if severity == "error" else "warning",
            zh.format(*(self.name(f) for f in faces)) + _at(place, "（{:.6f}, {:.6f}）"),
            en.format(*(self.name(f, True) for f in faces)) + _at(place, " ({:.6f}, {:.6f})"),
            lon=lon,
            lat=lat,
            labels=tuple(self.name(f) for f in faces),
        )


def build_faces(subgraph: Subgraph, faces: Sequence[int]) -> list[MultiPolygon]:
    """Return the areas of some faces, built together; see `build_polygon` for the errors."""
    group = {face: i for i, face in enumerate(faces)}
    arcs = [a for a in subgraph.arcs.values() if a.left in group or a.right in group]
    if not arcs:
        return [MultiPolygon() for _ in faces]
    built: list[MultiPolygon] = build_polygons(table_of(arcs), group, len(faces)).tolist()
    return built


def try_build(subgraph: Subgraph, face: int) -> MultiPolygon | BoundaryError:
    """Return the area of a face, or the error that keeps it from being built."""
    try:
        return build_polygon(subgraph.arcs_of(face), {face})
    except BoundaryError as error:
        return error


def middle(arc: Arc) -> FloatArray:
    """Return a point in the inside of the arc: half-way along its middle segment, in grid steps."""
    half = len(arc.points) // 2
    point: FloatArray = (arc.points[half - 1] + arc.points[half]) / 2.0
    return point


def place_of(point: IntArray | FloatArray) -> Place:
    """Return a position in grid steps as (lon, lat) in degrees."""
    lon, lat = (point / GRID).tolist()
    return (lon, lat)


def _at(place: Place | None, template: str) -> str:
    return template.format(*place) if place else ""
