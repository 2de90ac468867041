"""Reading one layer: geometry in its own coordinate system, attributes as text and numbers, and notes."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.crs import CrsGuess, read_bounds, to_4490, understand_crs
from boundaries.files.archive import LayerFile, collect_layers, unpack_zip
from boundaries.files.attributes import Value, read_columns
from boundaries.files.dbf import Table, parse_dbf
from boundaries.files.encoding import EncodingGuess, decide_table_encoding
from boundaries.files.errors import FileError
from boundaries.files.shapes import Shapes, count_shapes, read_kind, read_shapes
from boundaries.files.strays import set_strays_aside
from boundaries.notes import Note

REQUIRED_PARTS = ("shp", "shx", "dbf")
# Up to this many vertices the preview box is taken from the converted outline, above it from the extent.
EXACT_BOX_VERTICES = 500_000


@dataclass(frozen=True)
class Layer:
    """A layer as it stands in its file; nothing repaired, nothing converted.

    Parameters
    ----------
    name : str
        Name of the layer (stem of the .shp).
    kind : {'polygon', 'line', 'point'}
    geometry : ndarray of shapely geometry or None, shape (n,)
        In the coordinate system of the file, x before y, two dimensions.
    columns : dict of str to list
        One list of n values a field; codes, dates and text are str, empty text is None.
    record_numbers : ndarray of int64, shape (n,)
        Record number of each row in the file, counted from 1.
    crs_guess, encoding_guess
        What was understood, see there.
    notes : tuple of Note
        Everything noticed; severity 'error' marks rows that cannot be used (no geometry, not finite).
    """

    name: str
    kind: str
    geometry: NDArray[Any]
    columns: dict[str, list[Value]]
    record_numbers: NDArray[np.int64]
    crs_guess: CrsGuess
    encoding_guess: EncodingGuess
    notes: tuple[Note, ...]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.geometry)

    @property
    def errors(self) -> tuple[Note, ...]:
        """The notes that forbid using the layer as it stands."""
        return tuple(note for note in self.notes if note.severity == "error")


def read_layer(
    source: Path | str | LayerFile,
    encoding: str | None = None,
    crs: int | None = None,
    district_bounds: Sequence[float] | None = None,
) -> Layer:
    """Read one shapefile layer.

    Parameters
    ----------
    source : path of a .shp, path of a .zip or folder with one layer, or LayerFile
    encoding : str or None
        A person's choice of encoding.
    crs : int or None
        EPSG code a person chose or confirmed (4490 for "treat as 4490").
    district_bounds : (west, south, east, north) or None
        Extent of the district, degrees, EPSG:4490.

    Raises
    ------
    FileError
        ``file_missing``, ``missing_part``, ``empty_file``, ``broken_file``, ``count_mismatch``,
        ``no_shapefile``, ``several_layers``, ``encoding_undecodable``, ``geometry_kind``, and those of
        `boundaries.files.archive.unpack_zip`.
    CrsError
        See `boundaries.crs.understand_crs`.
    """
    with tempfile.TemporaryDirectory(prefix="layer-") as folder:
        work = Path(folder)
        found = source if isinstance(source, LayerFile) else _find_layer(Path(source), work / "unpacked")
        return _read(found, work, encoding, crs, district_bounds)


def require_usable(layer: Layer) -> None:
    """Raise FileError ``unusable_rows`` when the layer has errors; names the first, lists all in `fields`."""
    if not layer.errors:
        return
    first, count = layer.errors[0], len(layer.errors)
    raise FileError(
        "unusable_rows",
        f"图层“{layer.name}”有 {count} 处错误,请在原软件中改正后重新上传。第一处:{first.zh}",
        f'The layer "{layer.name}" has {count} errors; correct them and upload again. The first: {first.en}',
        file=layer.name,
        count=count,
        errors=[{"code": note.code, "row": note.row, "field": note.field} for note in layer.errors],
    )


def _find_layer(path: Path, into: Path) -> LayerFile:
    if not path.exists():
        raise FileError(
            "file_missing", f"找不到文件“{path.name}”。", f'"{path.name}" not found.', file=path.name
        )
    if path.is_dir():
        layers = collect_layers([path])
    elif path.suffix.lower() == ".shp":
        stem = path.stem.casefold()
        layers = collect_layers(part for part in path.parent.iterdir() if part.stem.casefold() == stem)
    else:
        layers = unpack_zip(path, into)
    if len(layers) > 1:
        names = [layer.name for layer in layers]
        raise FileError(
            "several_layers",
            f"“{path.name}”里有 {len(layers)} 个图层({'、'.join(names)}),请选择一个。",
            f'"{path.name}" holds {len(layers)} layers ({", ".join(names)}); choose one.',
            file=path.name,
            layers=names,
        )
    return layers[0]


def _read(
    found: LayerFile, work: Path, encoding: str | None, crs: int | None, district: Sequence[float] | None
) -> Layer:
    _require_parts(found)
    file = f"{found.name}.shp"
    kind = read_kind(found.parts["shp"], file)
    table = parse_dbf(found.parts["dbf"].read_bytes(), f"{found.name}.dbf")
    _require_counts(found, table)
    encoding_guess = decide_table_encoding(table, _read_text(found, "cpg"), encoding, f"{found.name}.dbf")
    shapes = set_strays_aside(read_shapes(_link(found, work)))
    columns, column_notes = read_columns(
        table, shapes.attributes, shapes.record_numbers, encoding_guess.encoding
    )
    bounds = read_bounds(shapes.geometry)
    crs_guess = understand_crs(_read_text(found, "prj"), bounds, crs, district, file)
    notes = (*_note_deleted(table), *shapes.notes, *column_notes)
    return Layer(
        found.name,
        kind,
        shapes.geometry,
        columns,
        shapes.record_numbers,
        _exact_box(crs_guess, shapes),
        encoding_guess,
        (*encoding_guess.notes, *crs_guess.notes, *notes),
    )


def _exact_box(guess: CrsGuess, shapes: Shapes) -> CrsGuess:
    if guess.epsg is None or shapely.get_num_coordinates(shapes.geometry).sum() > EXACT_BOX_VERTICES:
        return guess
    box = read_bounds(to_4490(shapes.geometry, guess.epsg, guess.swapped))
    return replace(guess, box=box if np.isfinite(box).all() else None)


def _read_text(found: LayerFile, part: str) -> str | None:
    path = found.parts.get(part)
    return None if path is None else path.read_bytes().decode("utf-8", "replace")


def _link(found: LayerFile, work: Path) -> Path:
    """Give the parts plain names: GDAL wants equal case, and the .cpg is left out because it may lie."""
    for part in REQUIRED_PARTS:
        (work / f"layer.{part}").symlink_to(found.parts[part].resolve())
    return work / "layer.shp"


def _require_parts(found: LayerFile) -> None:
    for part in REQUIRED_PARTS:
        name = f"{found.name}.{part}"
        if part not in found.parts:
            raise FileError(
                "missing_part",
                f"缺少文件“{name}”。shapefile 的 .shp、.shx、.dbf 要一起上传(最好连 .prj、.cpg)。",
                f'"{name}" is missing. Upload .shp, .shx and .dbf together (and .prj and .cpg if any).',
                file=name,
                part=part,
            )
        if found.parts[part].stat().st_size == 0:
            _refuse_empty(name)


def _require_counts(found: LayerFile, table: Table) -> None:
    shapes, rows, held = count_shapes(found.parts["shx"]), table.declared_rows, len(table.records)
    if shapes == 0 or rows == 0 or table.deleted.all():
        _refuse_empty(f"{found.name}.shp")
    if shapes != rows or held < rows:
        raise FileError(
            "count_mismatch",
            f"“{found.name}”的图形有 {shapes} 条,属性表应有 {rows} 条、实有 {held} 条,"
            "文件不完整或不是同一次导出,请重新导出全部文件。",
            f'"{found.name}" has {shapes} shapes, but the table should hold {rows} rows and holds {held}: '
            "the files are incomplete or of different exports; export all of them again.",
            file=found.name,
            shapes=shapes,
            rows=rows,
            held=held,
        )


def _refuse_empty(name: str) -> NoReturn:
    raise FileError(
        "empty_file",
        f"文件“{name}”是空的,没有任何记录,请检查导出是否完成。",
        f'"{name}" is empty and holds no record; check that the export was completed.',
        file=name,
    )


def _note_deleted(table: Table) -> list[Note]:
    count = int(table.deleted.sum())
    if not count:
        return []
    return [
        Note(
            "deleted_rows",
            f"跳过 {count} 条在原软件中已删除的记录。",
            f"{count} deleted rows were skipped.",
            "warning",
        )
    ]
