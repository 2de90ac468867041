"""Writing place names 地名 in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from gazetteer.changes.bulk import filling
from gazetteer.changes.copying import (
    Column,
    copy_rows,
    encode_date_from,
    encode_moment_from,
    encode_texts,
    encode_uuids,
)
from gazetteer.changes.dated import Moment
from gazetteer.changes.load import encode_shapes, new_uuids

TABLES = ("place_name", "place_name_state")
FILLING_PAYS_ROWS = 5_000


@dataclass(frozen=True, eq=False)
class PlaceNames:
    """Place names in columns; every sequence has one entry a name.

    Parameters
    ----------
    name : sequence of str
    pinyin, class_name, note : sequence of str or None
    category : ndarray of int64, shape (n,)
        1 to 8, the categories of 地名管理条例 Art. 3.
    geometry : ndarray of geometry, shape (n,)
        Degrees on the grid of 1e-9, EPSG:4490.
    """

    name: Sequence[str]
    pinyin: Sequence[str | None]
    category: npt.NDArray[np.int64]
    class_name: Sequence[str | None]
    note: Sequence[str | None]
    geometry: npt.NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.name)


def store_place_names(session: Session, places: PlaceNames, moment: Moment) -> None:
    """Write place names under one event, in force from its effective day. Nothing is committed."""
    count = len(places)
    ids = encode_uuids(new_uuids(count))
    event = moment.event_id.to_bytes(8, "big")
    columns: dict[str, Column] = {
        "place_id": ids,
        "name": encode_texts(places.name),
        "pinyin": encode_texts(places.pinyin),
        "legal_category": places.category.astype(np.int16),
        "class_name": encode_texts(places.class_name),
        "geom": encode_shapes(places.geometry),
        "note": encode_texts(places.note),
        "valid": encode_date_from(moment.effective_on),
        "recorded": encode_moment_from(moment.recorded_at),
        "event_id": event,
    }
    with filling(session, TABLES, pays=count >= FILLING_PAYS_ROWS):
        copy_rows(session, "place_name", {"id": ids, "created_event": event}, count)
        copy_rows(session, "place_name_state", columns, count)
