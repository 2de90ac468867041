"""All kinds of operations, each with the function that reads its body."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gazetteer.rules.intent_divisions import DIVISION_PARSERS
from gazetteer.rules.intent_fields import Body, Item
from gazetteer.rules.intent_geometry import GEOMETRY_PARSERS
from gazetteer.rules.intent_land import LAND_PARSERS
from gazetteer.rules.intent_lines import LINE_PARSERS

Parser = Callable[[Item], Body]

PARSERS: Mapping[str, Parser] = {**GEOMETRY_PARSERS, **DIVISION_PARSERS, **LAND_PARSERS, **LINE_PARSERS}
"""Kind -> how its body is read. The bodies are those of the API document."""
