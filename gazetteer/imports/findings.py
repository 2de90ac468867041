"""What an import found: assumptions for a person to see, and faults as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from boundaries.errors import BoundaryError, CoverageError, Fault
from boundaries.notes import Note


@dataclass(frozen=True)
class Assumption:
    """Something taken for granted; `needs` marks what a person must confirm before the import goes on."""

    key: str
    zh: str
    en: str
    needs: bool = True

    def to_json(self, confirmed: bool) -> dict[str, Any]:
        """Return the assumption for a preview."""
        return {"key": self.key, "message": self.zh, "message_en": self.en, "needs": self.needs} | {
            "confirmed": confirmed
        }


def fault_to_json(fault: Fault) -> dict[str, Any]:
    """Return a fault for a preview: where in degrees, how big in m2, how wide in m."""
    return {
        "code": fault.code,
        "severity": fault.severity,
        "message": fault.zh,
        "message_en": fault.en,
        "lon": fault.lon,
        "lat": fault.lat,
        "area_m2": fault.area_m2,
        "width_m": fault.width_m,
        "divisions": list(fault.labels),
    }


def note_to_json(note: Note) -> dict[str, Any]:
    """Return a note of reading for a preview."""
    return {
        "code": note.code,
        "severity": note.severity,
        "message": note.zh,
        "message_en": note.en,
        "row": note.row,
        "field": note.field,
    }


def faults_of(error: BoundaryError) -> list[Fault]:
    """Return what an error of a file or a geometry says as faults."""
    if isinstance(error, CoverageError):
        return list(error.faults)
    lon, lat = error.fields.get("lon"), error.fields.get("lat")
    return [Fault(error.code, "error", error.zh, error.en, lon=lon, lat=lat)]


def note_faults(layer: str, notes: Iterable[Note]) -> list[Fault]:
    """Return the notes that forbid using a layer as faults that name the layer and the row."""
    return [
        Fault(
            note.code,
            "error",
            f"{layer}：{note.zh}",
            f"{layer}: {note.en}",
            labels=(f"{layer}#{note.row}",) if note.row is not None else (layer,),
        )
        for note in notes
        if note.severity == "error"
    ]


def stops(faults: Iterable[Fault]) -> bool:
    """Tell whether a fault forbids the import (warnings do not)."""
    return any(fault.severity == "error" for fault in faults)
