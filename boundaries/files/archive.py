"""Uploads made into layers: safe unpacking of .zip files and grouping of files that belong together."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NoReturn

from boundaries.files.errors import FileError

PARTS = ("shp", "shx", "dbf", "prj", "cpg")
CHUNK_BYTES = 1 << 20
# A small file may pack well by nature; the ratio is asked only above this size.
RATIO_FREE_BYTES = 10_000_000
UTF8_FLAG = 0x800
ENCRYPTED_FLAG = 0x1
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")


@dataclass(frozen=True)
class LayerFile:
    """The files of one shapefile: ``parts`` maps a lower-case extension without dot to a path."""

    name: str
    folder: str
    parts: Mapping[str, Path]


@dataclass(frozen=True)
class Limits:
    """What an archive may cost: entries, bytes unpacked, and unpacked bytes per packed byte."""

    entries: int = 2_000
    total_bytes: int = 4_000_000_000
    ratio: int = 200


def unpack_zip(path: Path, into: Path, limits: Limits | None = None) -> list[LayerFile]:
    """Unpack the shapefile parts of a .zip into the folder `into` and return its layers in order of name.

    Entry names without the UTF-8 flag are read as UTF-8, then GB18030 (Chinese Windows). Every name is
    checked before anything is written; files are written under numbers, never under names from the archive.

    Raises
    ------
    FileError
        ``zip_broken``, ``zip_encrypted``, ``zip_path_escape``, ``zip_too_large``, ``zip_duplicate``,
        ``archive_unsupported``, ``no_shapefile``.
    """
    limits = limits or Limits()
    if path.suffix.lower() in OTHER_ARCHIVES:
        _refuse_kind(path)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = _check_entries(path, archive, limits)
            found = _unpack(path, archive, entries, into, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise FileError(
            "zip_broken",
            f"压缩包“{path.name}”已损坏或不是 zip 文件,请重新压缩后上传。",
            f'"{path.name}" is damaged or not a .zip; pack it again and upload it.',
            file=path.name,
        ) from error
    layers = _group(found)
    if not layers:
        _refuse_nothing(path.name, [name for name, _ in entries])
    return layers


def collect_layers(paths: Iterable[Path]) -> list[LayerFile]:
    """Group loose files (or the files of folders) into layers, comparing stem and extension without case.

    Raises
    ------
    FileError
        ``no_shapefile``, ``file_missing``.
    """
    files: list[Path] = []
    for path in paths:
        files += sorted(part for part in path.rglob("*") if part.is_file()) if path.is_dir() else [path]
    wanted = [path for path in files if _is_part(PurePosixPath(path.name))]
    layers = _group([(PurePosixPath(path.as_posix()), path) for path in wanted])
    if not layers:
        names = [path.name for path in files]
        _refuse_nothing(names[0] if names else "", names)
    return layers


def entry_name(info: zipfile.ZipInfo) -> str:
    """Return the name of an entry; without the UTF-8 flag it is UTF-8 or GB18030, never cp437."""
    if info.flag_bits & UTF8_FLAG:
        return info.filename
    raw = info.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _check_entries(
    path: Path, archive: zipfile.ZipFile, limits: Limits
) -> list[tuple[PurePosixPath, zipfile.ZipInfo]]:
    infos = archive.infolist()
    if len(infos) > limits.entries or sum(info.file_size for info in infos) > limits.total_bytes:
        _refuse_size(path, limits)
    if any(info.file_size > _most_bytes(info, limits) for info in infos):
        _refuse_size(path, limits)
    entries: list[tuple[PurePosixPath, zipfile.ZipInfo]] = []
    for info in infos:
        name = PurePosixPath(entry_name(info).replace("\\", "/").split("\0")[0])
        if _escapes(name, info):
            _refuse_escape(path, str(name))
        if info.flag_bits & ENCRYPTED_FLAG:
            _refuse_encrypted(path)
        if not info.is_dir():
            entries.append((name, info))
    return entries


def _most_bytes(info: zipfile.ZipInfo, limits: Limits) -> int:
    return max(RATIO_FREE_BYTES, info.compress_size * limits.ratio)


def _escapes(name: PurePosixPath, info: zipfile.ZipInfo) -> bool:
    drive = len(name.parts) > 0 and ":" in name.parts[0]
    return name.is_absolute() or ".." in name.parts or drive or stat.S_ISLNK(info.external_attr >> 16)


def _unpack(
    path: Path,
    archive: zipfile.ZipFile,
    entries: list[tuple[PurePosixPath, zipfile.ZipInfo]],
    into: Path,
    limits: Limits,
) -> list[tuple[PurePosixPath, Path]]:
    """Write the wanted entries, counting what really comes out instead of trusting the directory."""
    into.mkdir(parents=True, exist_ok=True)
    left = limits.total_bytes
    seen: set[str] = set()
    found: list[tuple[PurePosixPath, Path]] = []
    for number, (name, info) in enumerate(entry for entry in entries if _is_part(entry[0])):
        key = str(name).casefold()
        if key in seen:
            _refuse_duplicate(path, str(name))
        seen.add(key)
        most = min(left, _most_bytes(info, limits))
        target = into / f"{number:04d}{name.suffix.lower()}"
        left -= _copy(path, archive, info, target, most, limits)
        found.append((name, target))
    return found


def _copy(
    path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, most: int, limits: Limits
) -> int:
    written = 0
    with archive.open(info) as source, target.open("xb") as out:
        while chunk := source.read(CHUNK_BYTES):
            written += len(chunk)
            if written > most:
                _refuse_size(path, limits)
            out.write(chunk)
    return written


def _is_part(name: PurePosixPath) -> bool:
    hidden = name.name.startswith("._") or "__MACOSX" in name.parts
    return not hidden and name.suffix.lower().lstrip(".") in PARTS


def _group(files: Iterable[tuple[PurePosixPath, Path]]) -> list[LayerFile]:
    """Put files of one folder and stem together; a set without .shp is no layer."""
    groups: dict[tuple[str, str], dict[str, Path]] = {}
    names: dict[tuple[str, str], str] = {}
    for name, path in files:
        key = (str(name.parent).casefold(), name.stem.casefold())
        part = name.suffix.lower().lstrip(".")
        groups.setdefault(key, {}).setdefault(part, path)
        if part == "shp" or key not in names:
            names[key] = str(name.with_suffix(""))
    layers = []
    for key in sorted(groups):
        if "shp" in groups[key]:
            full = PurePosixPath(names[key])
            folder = "" if str(full.parent) == "." else str(full.parent)
            layers.append(LayerFile(full.name, folder, groups[key]))
    return layers


def _refuse_kind(path: Path) -> NoReturn:
    raise FileError(
        "archive_unsupported",
        f"“{path.name}”不是 zip 压缩包,请改用 zip 格式压缩后上传。",
        f'"{path.name}" is not a .zip; pack the files as .zip and upload that.',
        file=path.name,
    )


def _refuse_size(path: Path, limits: Limits) -> NoReturn:
    raise FileError(
        "zip_too_large",
        f"压缩包“{path.name}”解开后超过限制({limits.entries} 个文件、{limits.total_bytes // 1_000_000} MB、"
        f"压缩比 {limits.ratio}),已停止。请分成几个压缩包上传。",
        f'"{path.name}" unpacks to more than is allowed ({limits.entries} files, '
        f"{limits.total_bytes // 1_000_000} MB, ratio {limits.ratio}); stopped. Upload it in parts.",
        file=path.name,
    )


def _refuse_escape(path: Path, name: str) -> NoReturn:
    raise FileError(
        "zip_path_escape",
        f"压缩包“{path.name}”里的“{name}”指向包外的位置或是链接,已拒绝。请只压缩 shapefile 的文件。",
        f'"{name}" in "{path.name}" points outside of the archive or is a link; refused. '
        "Pack only the files of the shapefile.",
        file=path.name,
        entry=name,
    )


def _refuse_encrypted(path: Path) -> NoReturn:
    raise FileError(
        "zip_encrypted",
        f"压缩包“{path.name}”有密码,请去掉密码后上传。",
        f'"{path.name}" is protected by a password; upload it without one.',
        file=path.name,
    )


def _refuse_duplicate(path: Path, name: str) -> NoReturn:
    raise FileError(
        "zip_duplicate",
        f"压缩包“{path.name}”里有两个“{name}”,无法判断用哪个。",
        f'"{path.name}" holds "{name}" twice; it is not clear which one is meant.',
        file=path.name,
        entry=name,
    )


def _refuse_nothing(file: str, names: Iterable[object]) -> NoReturn:
    shown = [str(name) for name in names][:10]
    listed = "、".join(shown) or "-"
    raise FileError(
        "no_shapefile",
        f"“{file}”里没有 shapefile(.shp、.shx、.dbf)。里面是:{listed}。如果是压缩包套压缩包,请先解开里层。",
        f'"{file}" holds no shapefile (.shp, .shx, .dbf). It holds: {", ".join(shown) or "-"}. '
        "If it is a .zip within a .zip, unpack the inner one first.",
        file=file,
        entries=shown,
    )
