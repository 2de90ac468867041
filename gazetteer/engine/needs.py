"""What a draft is about: the divisions, lines and nodes that must be loaded before it can be replayed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from gazetteer.engine.line_needs import NamedObjects, named_objects
from gazetteer.engine.register_state import Position
from gazetteer.rules.intents import Intent

_ONE = frozenset({"division", "to", "into", "parent", "from"})
"""Fields that hold one division."""
_SEVERAL = frozenset({"divisions", "children", "sides"})
"""Fields that hold a list of divisions (or of objects that name some)."""
_NEW = frozenset({"parts", "child"})
"""Fields that hold divisions to be founded, named `division`."""
_OF_ALL = frozenset({"split", "merge", "transfer_part", "abolish"})
"""Operations on the land of every division they name."""
_PATHS = frozenset({"path", "ring"})


@dataclass(frozen=True)
class Named:
    """What operations name.

    Parameters
    ----------
    divisions : frozenset of UUID
        Without those that the operations found.
    cut_divisions : frozenset of UUID
        Those whose land is cut, dissolved or handed over: every line of it is needed.
    targets : frozenset of UUID
        Those that take whole divisions: of their land only what lies in no division below is needed.
    founded : frozenset of UUID
    arcs, nodes : frozenset of int
        What is beside them must be complete.
    points : tuple of (x, y)
        New places, grid integers: what lies near them is needed.
    objects : NamedObjects
        Lines, markers and tripoints.
    """

    divisions: frozenset[uuid.UUID]
    cut_divisions: frozenset[uuid.UUID]
    targets: frozenset[uuid.UUID]
    founded: frozenset[uuid.UUID]
    arcs: frozenset[int]
    nodes: frozenset[int]
    points: tuple[Position, ...]
    objects: NamedObjects


def named(intents: Iterable[Intent]) -> Named:
    """Return what operations name: what must be loaded to replay them."""
    given = list(intents)
    objects = named_objects(given)
    founded = {division for intent in given for division in _founded(intent)}
    divisions = {division for intent in given for division in _divisions(intent.body)} | objects.divisions
    cut = {division for intent in given for division in _land(intent)}
    nodes = {intent.body["node"] for intent in given if "node" in intent.body}
    return Named(
        divisions=frozenset(divisions - founded),
        cut_divisions=frozenset(cut - founded),
        targets=frozenset(uuid.UUID(intent.body["to"]) for intent in given if intent.kind == "transfer")
        - founded,
        founded=frozenset(founded),
        arcs=frozenset(arc for intent in given for arc in _arcs(intent.body)) | objects.arcs,
        nodes=frozenset(nodes) | objects.nodes,
        points=tuple(point for intent in given for point in _points(intent.body)),
        objects=objects,
    )


def _founded(intent: Intent) -> Iterator[uuid.UUID]:
    body = intent.body
    if intent.kind == "establish":
        yield uuid.UUID(body["division"])
    if intent.kind == "convert":
        yield uuid.UUID(body["new"])
    if intent.kind == "split":
        yield from (uuid.UUID(part["division"]) for part in body["parts"])
        yield from (uuid.UUID(child["new"]) for child in body["children"])
    places = [body, *(body["from"] if intent.kind == "establish" else ())]
    yield from (uuid.UUID(place["child"]["division"]) for place in places if "child" in place)


def _divisions(value: Any, field: str = "") -> Iterator[uuid.UUID]:
    if isinstance(value, str):
        if field in _ONE or field in _SEVERAL:
            yield uuid.UUID(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in _NEW:
                yield from _divisions(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _divisions(inner, field if isinstance(inner, str) else "")


def _land(intent: Intent) -> Iterator[uuid.UUID]:
    body = intent.body
    if intent.kind in _OF_ALL:
        yield from _divisions(body)
    elif intent.kind in ("transfer", "convert", "move_seat"):
        yield uuid.UUID(body["division"])
    elif intent.kind == "establish":
        yield from (uuid.UUID(source["division"]) for source in body["from"])


def _arcs(value: Any) -> Iterator[int]:
    if isinstance(value, dict):
        if isinstance(value.get("arc"), int):
            yield value["arc"]
        for inner in value.values():
            yield from _arcs(inner)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from _arcs(inner)


def _points(value: Any) -> Iterator[Position]:
    """Yield the places where lines will run; points inside land and seats are no such places."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from _points(inner)
    if not isinstance(value, dict):
        return
    if "x" in value and "y" in value:
        yield (value["x"], value["y"])
    for key, inner in value.items():
        paths = [inner] if key in _PATHS else [[inner]] if key == "point" else []
        paths = inner if key == "lines" else paths
        yield from ((x, y) for path in paths for x, y in path)
        yield from _points(inner)
