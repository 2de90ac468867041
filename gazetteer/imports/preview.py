"""What a person sees of an import before confirming it, as JSON values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from boundaries.errors import Fault
from gazetteer.changes.coverage import NOBODY, Coverage
from gazetteer.imports.choices import Choices
from gazetteer.imports.findings import Assumption, fault_to_json, note_to_json, stops
from gazetteer.imports.sheets import Understood

SAMPLE_ROWS = 5


def describe_layer(understood: Understood) -> dict[str, Any]:
    """Return one layer: what it holds, what was recognised, its first rows."""
    layer = understood.layer
    crs, text, fields = layer.crs_guess, layer.encoding_guess, understood.fields
    return {
        "file": layer.name,
        "level": understood.level,
        "rows": layer.rows,
        "crs": {
            "epsg": crs.epsg,
            "name": crs.name,
            "source": crs.source,
            "needs_confirmation": crs.needs_confirmation,
            "candidates": list(crs.candidates),
            "box": None if crs.box is None else [float(value) for value in crs.box],
        },
        "encoding": {
            "encoding": text.encoding,
            "source": text.source,
            "needs_confirmation": text.needs_confirmation,
        },
        "fields": {
            name: getattr(fields, name)
            for name in ("code", "name", "parent_code", "parent_name", "level", "type", "pinyin")
        },
        "sample": [
            {column: values[i] for column, values in layer.columns.items()}
            for i in range(min(SAMPLE_ROWS, layer.rows))
        ],
        "notes": [
            note_to_json(note)
            for note in dict.fromkeys((*layer.notes, *crs.notes, *text.notes, *fields.notes))
        ],
    }


def describe_import(
    layers: Sequence[Understood],
    choices: Choices,
    faults: Sequence[Fault],
    assumptions: Sequence[Assumption],
    missing: Sequence[str],
    counts: dict[str, Any],
) -> dict[str, Any]:
    """Return the whole preview: layers, counts, faults, assumptions and what is needed from a person."""
    open_keys = [one.key for one in assumptions if one.needs and not choices.confirms(one.key)]
    needs = [*missing, *open_keys]
    return {
        "layers": [describe_layer(understood) for understood in layers],
        "counts": counts,
        "faults": [fault_to_json(fault) for fault in faults],
        "assumptions": [one.to_json(choices.confirms(one.key) or not one.needs) for one in assumptions],
        "needs": needs,
        "can_confirm": not needs and not stops(faults),
    }


def count_coverage(coverage: Coverage) -> dict[str, Any]:
    """Return how much a first load would write."""
    units, arcs = coverage.units, coverage.arcs
    levels = Counter(units.level.tolist())
    tops = np.flatnonzero(units.parent == NOBODY)
    return {
        "divisions": {str(level): levels[level] for level in sorted(levels)},
        "faces": dict(sorted(Counter(coverage.face_kind).items())),
        "arcs": len(arcs),
        "nodes": len(arcs.nodes),
        "vertices": len(arcs.coords),
        "lines": len(coverage.lines),
        "neighbours": len(coverage.externals),
        "area_m2": round(float(coverage.areas_m2[tops].sum()), 3),
    }
