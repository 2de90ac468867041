"""Vector tiles as bytes (Mapbox Vector Tile 2.1): geometry encoded for a whole zoom at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from boundaries.grid import IntArray
from webmap.build.pixels import EXTENT

Value = str | int | float


class GeometryType(IntEnum):
    """Geometry types of the tile format."""

    POINT = 1
    LINE = 2
    POLYGON = 3


@dataclass(frozen=True, eq=False)
class Geometries:
    """Encoded commands of many features: feature i is ``data[offsets[i]:offsets[i + 1]]``."""

    data: bytes
    offsets: IntArray


def encode_geometries(
    coords: IntArray, parts: IntArray, features: IntArray, kind: GeometryType
) -> Geometries:
    """Encode parts (points, lines, rings without closing point) of features as command integers.

    Parameters
    ----------
    coords : ndarray of int64, shape (n, 2)
        Tile pixels.
    parts : ndarray of int64, shape (p + 1,)
        Part i has the points ``coords[parts[i]:parts[i + 1]]``.
    features : ndarray of int64, shape (f + 1,)
        Feature i has the parts ``features[i]`` to ``features[i + 1]``.
    """
    counts = np.diff(parts)
    previous = np.zeros_like(coords)
    previous[1:] = coords[:-1]
    previous[parts[features[:-1]]] = 0
    steps = _zigzag(coords - previous)
    overhead = 1 + (kind != GeometryType.POINT) + (kind == GeometryType.POLYGON)
    sizes = 2 * counts + overhead
    starts = np.concatenate([[0], np.cumsum(sizes)])
    numbers = np.empty(int(starts[-1]), dtype=np.int64)
    first = starts[:-1]
    numbers[first] = 9
    within = np.arange(len(coords)) - np.repeat(parts[:-1], counts)
    at = np.repeat(first, counts) + 1 + 2 * within + (within > 0) * (kind != GeometryType.POINT)
    numbers[at], numbers[at + 1] = steps[:, 0], steps[:, 1]
    if kind != GeometryType.POINT:
        numbers[first + 3] = ((counts - 1) << 3) | 2
    if kind == GeometryType.POLYGON:
        numbers[starts[1:] - 1] = 15
    data, byte_starts = _varints(numbers)
    return Geometries(data, byte_starts[starts[features]])


def _zigzag(steps: IntArray) -> IntArray:
    zigzag: IntArray = (steps << 1) ^ (steps >> 63)
    return zigzag


def _varints(numbers: IntArray) -> tuple[bytes, IntArray]:
    """Return numbers (non-negative, under 2**35) as varints, and where each starts in the bytes."""
    lengths = np.ones(len(numbers), dtype=np.int64)
    for bits in (7, 14, 21, 28):
        lengths += numbers >= (1 << bits)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    data: npt.NDArray[np.uint8] = np.empty(int(starts[-1]), dtype=np.uint8)
    for place in range(5):
        rows = np.flatnonzero(lengths > place)
        more = (lengths[rows] > place + 1) * 128
        data[starts[rows] + place] = ((numbers[rows] >> (7 * place)) & 127) | more
    return data.tobytes(), starts


def varint(number: int) -> bytes:
    """Return one non-negative integer as a varint."""
    data = bytearray()
    while number > 127:
        data.append(number & 127 | 128)
        number >>= 7
    data.append(number)
    return bytes(data)


def _field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def encode_value(value: Value) -> bytes:
    """Return a property value as a message of the tile format."""
    if isinstance(value, str):
        return _field(1, value.encode())
    if isinstance(value, int):
        return b"\x28" + varint(value)
    return b"\x19" + np.float64(value).tobytes()


_KNOWN = 2048
_VARINTS = tuple(varint(number) for number in range(_KNOWN))


@dataclass(frozen=True)
class Attributes:
    """The properties of one feature, ready to be written: its head and (key, encoded value) pairs."""

    head: bytes
    pairs: tuple[tuple[bytes, bytes], ...]


def encode_attributes(id_: int, keys: Sequence[str], properties: Mapping[str, Value | None]) -> Attributes:
    """Encode the properties once, for all tiles the feature is in; null ones are left out."""
    pairs = []
    for index, key in enumerate(keys):
        value = properties.get(key)
        if value is not None:
            pairs.append((varint(index), encode_value(value)))
    return Attributes(b"\x08" + varint(id_) + b"\x12", tuple(pairs))


def encode_layer(
    name: str, keys: Sequence[str], kind: GeometryType, features: Sequence[tuple[Attributes, bytes]]
) -> bytes:
    """Return a layer as a field of the tile message, to be joined with the others.

    Parameters
    ----------
    features : sequence of (attributes, encoded geometry)
    """
    values: dict[bytes, int] = {}
    body: list[bytes | bytearray] = [_field(1, name.encode())]
    geometry_type = b"\x18" + varint(kind) + b"\x22"
    for attributes, geometry in features:
        tags = bytearray()
        for key, value in attributes.pairs:
            index = values.setdefault(value, len(values))
            tags += key
            tags += _VARINTS[index] if index < _KNOWN else varint(index)
        head = attributes.head + varint(len(tags))
        size = varint(len(geometry))
        length = len(head) + len(tags) + len(geometry_type) + len(size) + len(geometry)
        body += (b"\x12", varint(length), head, tags, geometry_type, size, geometry)
    body += [_field(3, key.encode()) for key in keys]
    body += [_field(4, value) for value in values]
    body.append(b"\x28" + varint(EXTENT) + b"\x78\x02")
    return _field(3, b"".join(body))
