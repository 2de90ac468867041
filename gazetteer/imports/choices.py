"""What a person said about an import: levels, coordinate systems, encodings, fields, confirmations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gazetteer.errors import FieldError, RuleBroken

WATER = 0
"""Level of a layer of water faces that belong to no division."""

_FIELD_NAMES = frozenset({"code", "name", "parent_code", "level", "type", "pinyin"})


@dataclass(frozen=True)
class Choices:
    """A person's word; an empty one lets everything be recognised.

    Parameters
    ----------
    levels : mapping of layer name to level
        1 province to 5 village, or WATER.
    crs, encoding : mapping of layer name to EPSG code, or to encoding
        The layer name '*' stands for every layer not named.
    fields : mapping of layer name to mapping of meaning to column
    scheme : str or None
        'cn' or another scheme of the codes.
    confirmed : frozenset of str
        Keys of the assumptions a person confirmed; '*' confirms all that have an answer.
    """

    levels: Mapping[str, int] = field(default_factory=dict)
    crs: Mapping[str, int] = field(default_factory=dict)
    encoding: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    scheme: str | None = None
    confirmed: frozenset[str] = frozenset()

    def crs_of(self, layer: str) -> int | None:
        """Return the EPSG code declared for a layer."""
        return self.crs.get(layer, self.crs.get("*"))

    def encoding_of(self, layer: str) -> str | None:
        """Return the encoding declared for a layer."""
        return self.encoding.get(layer, self.encoding.get("*"))

    def confirms(self, key: str) -> bool:
        """Tell whether a person confirmed an assumption."""
        return key in self.confirmed or "*" in self.confirmed

    def confirming(self, *keys: str) -> Choices:
        """Return these choices with further assumptions confirmed."""
        return replace(self, confirmed=self.confirmed | frozenset(keys))

    def to_json(self) -> dict[str, Any]:
        """Return the choices as they are kept with the import."""
        return {
            "levels": dict(self.levels),
            "crs": dict(self.crs),
            "encoding": dict(self.encoding),
            "fields": {layer: dict(named) for layer, named in self.fields.items()},
            "scheme": self.scheme,
            "confirmed": sorted(self.confirmed),
        }


def parse_choices(body: Mapping[str, Any]) -> Choices:
    """Read choices from JSON; a single crs or encoding stands for all layers. Raises RuleBroken."""
    errors: list[FieldError] = []
    levels = {str(k): _level(k, v, errors) for k, v in _mapping(body, "levels").items()}
    crs = {str(k): _epsg(k, v, errors) for k, v in _mapping(body, "crs").items()}
    fields = {str(k): dict(v) for k, v in _mapping(body, "fields").items()}
    for layer, named in fields.items():
        for meaning in named.keys() - _FIELD_NAMES:
            errors.append(
                _wrong(f"fields.{layer}", f"没有“{meaning}”这种字段", f"no field means '{meaning}'")
            )
    if errors:
        raise RuleBroken(
            "导入设置有误。",
            "The choices of the import are malformed.",
            code="malformed_choices",
            errors=tuple(errors),
        )
    return Choices(
        levels=levels,
        crs=crs,
        encoding={str(k): str(v) for k, v in _mapping(body, "encoding").items()},
        fields=fields,
        scheme=body.get("scheme"),
        confirmed=frozenset(str(key) for key in body.get("confirmed", ())),
    )


def _mapping(body: Mapping[str, Any], name: str) -> Mapping[Any, Any]:
    value = body.get(name)
    if value is None:
        return {}
    return value if isinstance(value, Mapping) else {"*": value}


def _level(layer: object, value: object, errors: list[FieldError]) -> int:
    if value == "water":
        return WATER
    if isinstance(value, bool) or not str(value).isdigit() or int(str(value)) not in range(6):
        errors.append(_wrong(f"levels.{layer}", "级别应为 1 至 5 或 water", "a level is 1 to 5, or water"))
        return WATER
    return int(str(value))


def _epsg(layer: object, value: object, errors: list[FieldError]) -> int:
    digits = str(value).upper().removeprefix("EPSG:")
    if not digits.isdigit():
        errors.append(_wrong(f"crs.{layer}", "坐标系应为 EPSG 代码", "a coordinate system is an EPSG code"))
        return 0
    return int(digits)


def _wrong(field_name: str, zh: str, en: str) -> FieldError:
    return FieldError(field_name, "malformed", zh, en)
