"""The fault of a parent that is not the sum of its children."""

from __future__ import annotations

import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.area import area_m2, mean_width_m
from boundaries.errors import Fault


def nesting_fault(label: str, piece: BaseGeometry, beyond: bool = False) -> Fault:
    """Return the fault of a parent that is not the sum of its children, for one piece of the difference."""
    lon, lat = _place(piece)
    area, width = area_m2(piece), mean_width_m(piece)
    zh, en = (
        ("下级单位超出", "has children beyond it") if beyond else ("与下级单位不重合", "is not its children")
    )
    return Fault(
        "nesting",
        "error",
        f"“{label}”{zh}：{lon:.6f}, {lat:.6f} 处 {area:.3f} 平方米，平均宽 {width:.3f} 米。",
        f"'{label}' {en}: {area:.3f} m2 at {lon:.6f}, {lat:.6f}, mean width {width:.3f} m.",
        lon=lon,
        lat=lat,
        area_m2=area,
        width_m=width,
        labels=(label,),
    )


def _place(geom: BaseGeometry) -> tuple[float, float]:
    point = shapely.point_on_surface(geom)
    return float(point.x), float(point.y)
