"""The sentences of coordinate systems: what was assumed, what does not fit, what is refused and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from boundaries.errors import BoundaryError
from boundaries.gauss_kruger import Values
from boundaries.notes import Note

EXPECTED_ZH = "只接受 CGCS2000 经纬度(EPSG:4490)或 CGCS2000 3 度带高斯-克吕格(EPSG:4513–4554)"
EXPECTED_EN = (
    "Only CGCS2000 longitude/latitude (EPSG:4490) and CGCS2000 3-degree Gauss-Krueger (EPSG:4513-4554) "
    "are accepted"
)


class CrsError(BoundaryError):
    """A coordinate system that is not accepted, or coordinates that do not fit the one named."""


PRJ_MISSING = Note("prj_missing", "没有 .prj 文件。", "There is no .prj file.", "warning")
PRJ_UNREADABLE = Note(
    "prj_unreadable", ".prj 文件无法识别,已忽略。", "The .prj cannot be read; ignored.", "warning"
)
MERIDIAN_UNKNOWN = Note(
    "crs_meridian_unknown",
    "坐标是不带带号的米制坐标,文件没有说明中央经线,请选择或确认中央经线。",
    "The coordinates are metres without a zone prefix and nothing names the central meridian; "
    "please choose or confirm it.",
    "warning",
)
AXES_SWAPPED = Note(
    "crs_axes_swapped",
    "坐标顺序像是(纬度, 经度)或(北, 东),建议交换,请在预览图上确认。",
    "The coordinates look like (latitude, longitude) or (northing, easting); exchanging them is proposed; "
    "please confirm on the preview map.",
    "warning",
)


def note_treat(epsg: int, name: str) -> Note:
    """Note that a neighbouring geographic system needs a person's word."""
    return Note(
        "crs_treat_as_4490",
        f"文件是 EPSG:{epsg}({name})。确认“按 EPSG:4490 处理”后坐标值不变(两个框架相差厘米到分米)。",
        f"The file is in EPSG:{epsg} ({name}). After confirming 'treat as EPSG:4490' the values are kept "
        "(the frames differ by centimetres to decimetres).",
        "warning",
    )


def note_mismatch(named: int, name: str, seen: Values) -> Note:
    """Note that the values contradict the .prj."""
    return Note(
        "crs_prj_mismatch",
        f".prj 写的是 EPSG:{named}({name}),但{_describe_zh(seen)}。",
        f"The .prj says EPSG:{named} ({name}), but {_describe_en(seen)}.",
        "warning",
    )


def note_proposal(epsg: int, seen: Values) -> Note:
    """Note which system the values propose."""
    return Note(
        "crs_from_values",
        f"{_describe_zh(seen)},建议按 EPSG:{epsg} 处理,请确认。",
        f"EPSG:{epsg} is proposed because {_describe_en(seen)}; please confirm.",
        "warning",
    )


def note_overruled(named: int, declared: int) -> Note:
    """Note that a person's choice wins over the .prj."""
    return Note(
        "crs_prj_overruled",
        f".prj 写的是 EPSG:{named},按人的选择以 EPSG:{declared} 处理。",
        f"The .prj says EPSG:{named}; treated as EPSG:{declared} as chosen.",
        "warning",
    )


def note_outside(epsg: int, box: Sequence[float], district: Sequence[float]) -> Note:
    """Note that the converted extent does not meet the district."""
    return Note(
        "crs_outside_district",
        f"按 EPSG:{epsg} 换算后范围是 {_show(box)},与本区范围 {_show(district)} 不相交。",
        f"As EPSG:{epsg} the extent is {_show(box)}; it does not meet the district {_show(district)}.",
        "warning",
    )


def refuse_code(epsg: int, file: str = "") -> NoReturn:
    """Refuse a code that is not accepted."""
    raise CrsError(
        "crs_unsupported",
        f"不接受坐标系 EPSG:{epsg}。{EXPECTED_ZH}。",
        f"EPSG:{epsg} is not accepted. {EXPECTED_EN}.",
        file=file,
        epsg=epsg,
    )


def refuse_system(file: str, name: str, epsg: int | None) -> NoReturn:
    """Refuse the system a .prj names."""
    raise CrsError(
        "crs_unsupported",
        f"文件“{file}”的 .prj 是“{name}”。{EXPECTED_ZH};北京 54、西安 80、独立坐标系等须先由自然资源部门"
        "用批准的参数转换。如果 .prj 有误,请换成正确的 .prj 再上传。",
        f'The .prj of "{file}" says "{name}". {EXPECTED_EN}; Beijing 1954, Xian 1980 and local systems must '
        "first be converted with approved parameters. If the .prj is wrong, replace it and upload again.",
        file=file,
        crs=name,
        epsg=epsg,
    )


def refuse_six_degree(file: str, seen: Values) -> NoReturn:
    """Refuse eastings with the prefix of a six-degree zone."""
    raise CrsError(
        "crs_unsupported",
        f"文件“{file}”的东坐标带 6 度带带号 {seen.zone}。{EXPECTED_ZH},请先换算到 3 度带。",
        f'The eastings of "{file}" carry the 6-degree zone prefix {seen.zone}. {EXPECTED_EN}; '
        "convert to a 3-degree zone first.",
        file=file,
        zone=seen.zone,
    )


def refuse_values(file: str, bounds: Sequence[float]) -> NoReturn:
    """Refuse an extent that is neither degrees in China nor metres of one zone."""
    shown = ", ".join(f"{value:g}" for value in bounds)
    raise CrsError(
        "crs_values_unknown",
        f"文件“{file}”的坐标范围 ({shown}) 既不是中国范围内的经纬度,也不是一个 3 度带内的高斯坐标。"
        f"{EXPECTED_ZH},请检查坐标系、带号和坐标顺序。",
        f'The extent ({shown}) of "{file}" is neither degrees in China nor Gauss-Krueger metres of one '
        f"3-degree zone. {EXPECTED_EN}; check the system, the zone and the axis order.",
        file=file,
        bounds=[float(value) for value in bounds],
    )


def refuse_declared(file: str, declared: int, fitting: int | None, seen: Values) -> NoReturn:
    """Refuse a person's choice that the values contradict, and name the one that fits."""
    proposal = "EPSG:4534–4554" if fitting is None else f"EPSG:{fitting}"
    raise CrsError(
        "crs_declared_unfit",
        f"文件“{file}”的数值不符合所选的 EPSG:{declared}({_describe_zh(seen)}),请改选 {proposal}。",
        f'The values of "{file}" do not fit EPSG:{declared} ({_describe_en(seen)}); choose {proposal}.',
        file=file,
        declared=declared,
        proposed=fitting,
    )


def refuse_not_finite(row: int, place: tuple[float, float], source: int, target: int) -> NoReturn:
    """Refuse a coordinate that cannot be converted; `row` counts from 1."""
    raise CrsError(
        "crs_not_finite",
        f"第 {row} 行的坐标 ({place[0]:g}, {place[1]:g}) 无法从 EPSG:{source} 换算到 EPSG:{target},"
        "请检查带号、中央经线和坐标顺序。",
        f"Row {row}: the coordinate ({place[0]:g}, {place[1]:g}) cannot be converted from EPSG:{source} to "
        f"EPSG:{target}; check the zone, the central meridian and the axis order.",
        row=row,
        place=list(place),
        source=source,
        target=target,
    )


def _show(box: Sequence[float]) -> str:
    return f"{box[0]:.4f}–{box[2]:.4f} / {box[1]:.4f}–{box[3]:.4f}"


def _describe_zh(seen: Values) -> str:
    texts = {
        "degrees": "数值是经纬度",
        "zone": f"东坐标带 {seen.zone} 带号",
        "meridian": "东坐标不带带号",
    }
    return texts.get(seen.kind, "数值范围不明")


def _describe_en(seen: Values) -> str:
    texts = {
        "degrees": "the values are degrees",
        "zone": f"the eastings carry the zone prefix {seen.zone}",
        "meridian": "the eastings carry no zone prefix",
    }
    return texts.get(seen.kind, "the range of the values is unknown")
