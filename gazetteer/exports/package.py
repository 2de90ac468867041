"""One layer of a snapshot as a shapefile package."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from boundaries.files.write import About, Encoding, Package, write_shapefile
from gazetteer.errors import RuleBroken
from gazetteer.exports.layers import ExportLayer, Row, layer_rows
from gazetteer.queries.snapshot import Snapshot


def write_layer(
    snapshot: Snapshot,
    layer: ExportLayer,
    path: Path,
    *,
    epsg: int = 4490,
    encoding: Encoding = "UTF-8",
    within: uuid.UUID | None = None,
    release: str = "",
    remarks: tuple[str, ...] = (),
    rows: Sequence[Row] | None = None,
) -> Package:
    """Write a layer into the .zip `path`.

    Parameters
    ----------
    epsg : int
        4490 (the coordinates are then the register's own, bit for bit) or a CGCS2000 3-degree zone.
    within : UUID, optional
        Only what lies in this division.
    release : str
        Version to name in the README, when the snapshot is that of a release.
    rows : sequence of (geometry, attributes), optional
        The rows of the layer, when they are at hand from an earlier package.

    Raises
    ------
    RuleBroken
        ``nothing_to_write`` when the layer has no row there.
    FileError, CrsError
        From the writer.
    """
    given = iter(layer_rows(snapshot, layer, within) if rows is None else rows)
    first = next(given, None)
    if first is None:
        raise RuleBroken(
            f"图层“{layer.zh}”在所选范围和日期没有记录。",
            f"Layer '{layer.name}' has no row in this area at this date.",
            code="nothing_to_write",
            layer=layer.name,
        )
    return write_shapefile(
        path,
        layer.name,
        chain([first], given),
        list(layer.fields),
        About(
            title=f"{layer.zh} {layer.name}",
            source="区名 Quming 行政区划与地名登记册",
            as_of=snapshot.as_of,
            release=release,
            remarks=remarks,
        ),
        epsg,
        encoding,
        layer.kind,
    )
