"""One pass over the rows of an export: shapes go straight to disk, attributes wait until widths are known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn

import fiona
import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray

from boundaries.crs import from_4490
from boundaries.files.dbf import LANGUAGE_BYTE_OFFSET
from boundaries.files.errors import FileError

Encoding = Literal["UTF-8", "GBK"]
FieldType = Literal["text", "integer", "real", "date"]
Kind = Literal["polygon", "line", "point"]
Value = str | int | float | dt.date | None

# The geta mark 〓 stands in for a character a font or code page lacks; GB2312 holds it.
MARK = "〓"
LONGEST_TEXT_BYTES = 254
# .dbf and .shp offsets are signed 32-bit numbers.
MOST_FILE_BYTES = 2**31 - 1
BATCH_BYTES = 32_000_000
BATCH_ROWS = 5_000
SHAPE_OVERHEAD_BYTES = 60
POINT_BYTES = 16
GBK_LANGUAGE_BYTE = 0x4D
DATE_OFFSET = 1
OGR_TYPES = {"polygon": "Polygon", "line": "LineString", "point": "Point"}
KIND_TYPE_IDS = {"polygon": (3, 6), "line": (1, 5), "point": (0,)}
TRANSPARENT = "ISO-8859-1"
ARROW_TYPES = {"text": pa.string(), "integer": pa.int64(), "real": pa.float64(), "date": pa.string()}


@dataclass(frozen=True)
class Field:
    """One column of an export.

    ``name`` is at most 10 ASCII bytes; ``full_name`` and ``zh`` explain it in the codebook; ``unit`` is ''
    where there is none; ``decimals`` is for type 'real'; ``key`` is the key in the attributes (else `name`).
    """

    name: str
    full_name: str
    zh: str
    type: FieldType = "text"
    unit: str = ""
    decimals: int = 3
    key: str | None = None


@dataclass(frozen=True)
class Unmappable:
    """A text GBK cannot hold: the row (from 1), the field, the original, and what was written instead."""

    row: int
    field: str
    original: str
    written: str


class RowStream:
    """Rows on their way into a shapefile; after the shapes are written it knows widths and counts."""

    def __init__(
        self,
        rows: Iterable[tuple[Any, Mapping[str, Value]]],
        fields: Sequence[Field],
        encoding: Encoding,
        epsg: int,
        kind: Kind,
        spool: Path,
    ) -> None:
        self.fields = tuple(fields)
        self.encoding = encoding
        self.epsg = epsg
        self.kind = kind
        self.rows = 0
        self.empty = 0
        self.unmappable: list[Unmappable] = []
        self._source = iter(rows)
        self._widths = {field.name: 1 for field in self.fields}
        self._shape_bytes = 0
        self._spool = spool
        self._failure: Exception | None = None
        self._schema = pa.schema([(field.name, ARROW_TYPES[field.type]) for field in self.fields])

    def width(self, field: Field) -> str:
        """Return the width as the codebook shows it, such as '24' or '14.3'; known after the first pass."""
        if field.type == "date":
            return "8"
        width = str(self._widths[field.name])
        return f"{width}.{field.decimals}" if field.type == "real" else width

    def write_shapes(self, shp: Path) -> None:
        """Write .shp and .shx and spool the attributes.

        Raises
        ------
        FileError
            ``nothing_to_write``, ``geometry_kind``, ``text_too_long``, ``value_type``, ``too_large``.
        """
        field = pa.field("geometry", pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"})
        schema = pa.schema([field])
        reader = pa.RecordBatchReader.from_batches(schema, self._guarded(schema))
        try:
            pyogrio.write_arrow(
                reader,
                shp,
                driver="ESRI Shapefile",
                geometry_name="geometry",
                geometry_type=OGR_TYPES[self.kind],
                crs=f"EPSG:{self.epsg}",
            )
        except Exception:
            # The Arrow stream turns what the rows raised into a text of its own; say the real cause.
            if self._failure is not None:
                raise self._failure from None
            raise
        if self._failure is not None:
            raise self._failure

    def write_table(self, dbf: Path, as_of: dt.date) -> None:
        """Write the .dbf over the bare one of the shapes, dated `as_of`, with widths that fit the data."""
        size = self.rows * (1 + sum(self._bytes(field) for field in self.fields))
        if size > MOST_FILE_BYTES:
            _refuse_size("dbf", size)
        for part in (dbf, dbf.with_suffix(".cpg")):
            part.unlink(missing_ok=True)
        schema = {"geometry": "None", "properties": {one.name: self._fiona_type(one) for one in self.fields}}
        with fiona.open(dbf, "w", driver="ESRI Shapefile", schema=schema, encoding=TRANSPARENT) as out:
            out.writerecords(self._records())
        with dbf.open("r+b") as opened:
            opened.seek(DATE_OFFSET)
            opened.write(bytes((as_of.year - 1900, as_of.month, as_of.day)))
            opened.seek(LANGUAGE_BYTE_OFFSET)
            opened.write(bytes((GBK_LANGUAGE_BYTE if self.encoding == "GBK" else 0,)))

    def _guarded(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        try:
            with pa.OSFile(str(self._spool), "wb") as sink, pa.ipc.new_file(sink, self._schema) as spool:
                for geometries, attributes in self._batches():
                    spool.write_batch(attributes)
                    yield pa.record_batch([geometries], schema=schema)
            if not self.rows:
                _refuse_nothing()
        except Exception as error:
            self._failure = error
            raise

    def _batches(self) -> Iterator[tuple[pa.Array, pa.RecordBatch]]:
        """Yield WKB and attributes in batches bounded by bytes and rows."""
        geometries: list[Any] = []
        attributes: list[Mapping[str, Value]] = []
        held = 0
        for geometry, values in self._source:
            geometries.append(geometry)
            attributes.append(values)
            held += _measure(geometry)
            if held >= BATCH_BYTES or len(geometries) >= BATCH_ROWS:
                yield self._batch(geometries, attributes)
                geometries, attributes, held = [], [], 0
        if geometries:
            yield self._batch(geometries, attributes)

    def _batch(
        self, geometries: list[Any], attributes: list[Mapping[str, Value]]
    ) -> tuple[pa.Array, pa.RecordBatch]:
        shapes = self._shapes(geometries)
        columns = [
            pa.array(self._column(field, attributes), kind)
            for field, kind in zip(self.fields, self._schema.types, strict=True)
        ]
        self.rows += len(geometries)
        return shapes, pa.record_batch(columns, schema=self._schema)

    def _shapes(self, items: list[Any]) -> pa.Array:
        """Check the kind and convert; coordinates in EPSG:4490 are passed on bit by bit."""
        packed = [isinstance(item, bytes) for item in items]
        array = np.empty(len(items), dtype=object)
        array[:] = items
        if any(packed):
            array[packed] = shapely.from_wkb(array[packed])
        self._check_kind(array)
        self._shape_bytes += SHAPE_OVERHEAD_BYTES * len(array)
        self._shape_bytes += POINT_BYTES * int(shapely.get_num_coordinates(array).sum())
        if self._shape_bytes > MOST_FILE_BYTES:
            _refuse_size("shp", self._shape_bytes)
        self.empty += int(shapely.is_missing(array).sum())
        return pa.array(shapely.to_wkb(from_4490(array, self.epsg)), pa.binary())

    def _check_kind(self, geometries: NDArray[Any]) -> None:
        ids = shapely.get_type_id(geometries)
        wrong = ~np.isin(ids, (-1, *KIND_TYPE_IDS[self.kind])) | shapely.is_empty(geometries)
        if wrong.any():
            first = int(np.flatnonzero(wrong)[0])
            row = self.rows + first + 1
            found = geometries[first].geom_type
            raise FileError(
                "geometry_kind",
                f"第 {row} 行的图形是 {found} 或为空,不能写入 {self.kind} 图层。",
                f"Row {row}: a {found}, or an empty geometry, cannot be written to a {self.kind} layer.",
                row=row,
                found=found,
            )

    def _column(self, field: Field, attributes: list[Mapping[str, Value]]) -> list[Value]:
        """Check and encode the values of one field and widen it to fit; '' is written as nothing."""
        key = field.key or field.name
        values = [None if (value := row.get(key)) == "" else value for row in attributes]
        if field.type == "text":
            return list(self._texts(field, values))
        if field.type == "date":
            return list(self._dates(field, values))
        return list(self._numbers(field, values))

    def _texts(self, field: Field, values: list[Value]) -> list[str | None]:
        """Return the bytes of the texts, one character a byte, so that the writer's code tables stay out."""
        raws: list[bytes | None] = []
        for number, value in enumerate(values):
            if value is None:
                raws.append(None)
                continue
            if not isinstance(value, str) or "\0" in value:
                self._refuse_type(number, field, value)
            try:
                raws.append(value.encode(self.encoding))
            except UnicodeEncodeError:
                raws.append(self._marked(number, field, value))
        lengths = [0 if raw is None else len(raw) for raw in raws]
        if max(lengths) > LONGEST_TEXT_BYTES:
            number = lengths.index(max(lengths))
            self._refuse_long(number, field, str(values[number]), lengths[number])
        self._widen(field, max(lengths))
        return [None if raw is None else raw.decode(TRANSPARENT) for raw in raws]

    def _marked(self, number: int, field: Field, value: str) -> bytes:
        if self.encoding != "GBK":
            self._refuse_type(number, field, value)
        written = "".join(char if _fits_gbk(char) else MARK for char in value)
        self.unmappable.append(Unmappable(self.rows + number + 1, field.name, value, written))
        return written.encode("GBK")

    def _dates(self, field: Field, values: list[Value]) -> list[str | None]:
        for number, value in enumerate(values):
            if value is not None and type(value) is not dt.date:
                self._refuse_type(number, field, value)
        return [value.isoformat() if isinstance(value, dt.date) else None for value in values]

    def _numbers(self, field: Field, values: list[Value]) -> list[int | float | None]:
        decimals = field.decimals if field.type == "real" else 0
        numbers: list[int | float | None] = []
        for number, value in enumerate(values):
            if value is None:
                numbers.append(None)
                continue
            if isinstance(value, bool | str | dt.date) or not np.isfinite(value):
                self._refuse_type(number, field, value)
            if field.type == "integer" and value != int(value):
                self._refuse_type(number, field, value)
            numbers.append(float(value) if field.type == "real" else int(value))
        given = [value for value in numbers if value is not None]
        if given:
            self._widen(field, max(len(f"{value:.{decimals}f}") for value in (min(given), max(given))))
        return numbers

    def _widen(self, field: Field, width: int) -> None:
        self._widths[field.name] = max(self._widths[field.name], width)

    def _bytes(self, field: Field) -> int:
        return 8 if field.type == "date" else self._widths[field.name]

    def _fiona_type(self, field: Field) -> str:
        if field.type == "date":
            return "date"
        kind = {"text": "str", "integer": "int", "real": "float"}[field.type]
        return f"{kind}:{self.width(field)}"

    def _records(self) -> Iterator[dict[str, Any]]:
        with pa.memory_map(str(self._spool)) as source:
            reader = pa.ipc.open_file(source)
            for number in range(reader.num_record_batches):
                columns = reader.get_batch(number).to_pydict()
                for values in zip(*columns.values(), strict=True):
                    yield {"geometry": None, "properties": dict(zip(columns, values, strict=True))}

    def _refuse_type(self, number: int, field: Field, value: Value) -> NoReturn:
        row = self.rows + number + 1
        raise FileError(
            "value_type",
            f"第 {row} 行字段 {field.name} 的值 {value!r} 不是 {field.type} 类型或不能写出。",
            f"Row {row}, field {field.name}: {value!r} is no {field.type} or cannot be written.",
            row=row,
            field=field.name,
        )

    def _refuse_long(self, number: int, field: Field, value: str, length: int) -> NoReturn:
        row = self.rows + number + 1
        raise FileError(
            "text_too_long",
            f"第 {row} 行字段 {field.name} 的文字有 {length} 字节,"
            f"shapefile 最多 {LONGEST_TEXT_BYTES} 字节,请缩短或改用其他格式。",
            f"Row {row}, field {field.name}: the text has {length} bytes, a shapefile holds "
            f"{LONGEST_TEXT_BYTES}; shorten it or choose another format.",
            row=row,
            field=field.name,
            length=length,
            text=value,
        )


def _measure(geometry: Any) -> int:
    """Return about how many bytes a geometry takes as WKB."""
    if isinstance(geometry, bytes):
        return len(geometry)
    return POINT_BYTES * int(shapely.get_num_coordinates(geometry))


def _fits_gbk(char: str) -> bool:
    try:
        char.encode("GBK")
    except UnicodeEncodeError:
        return False
    return True


def _refuse_nothing() -> NoReturn:
    raise FileError("nothing_to_write", "没有可导出的记录。", "There are no rows to write.")


def _refuse_size(part: str, size: int) -> NoReturn:
    raise FileError(
        "too_large",
        f".{part} 将有 {size} 字节,超过 shapefile 的 2 GB 限制,请缩小范围分批导出。",
        f"The .{part} would have {size} bytes, beyond the 2 GB of a shapefile; export smaller areas.",
        part=part,
        bytes=size,
    )
