"""Running an export: of the register at a date, or out of the packages of a release."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from boundaries.files.read import read_layer
from boundaries.files.write import About, Package, Value, write_shapefile
from gazetteer.clock import LAW_ZONE
from gazetteer.errors import NotFound
from gazetteer.exports.layers import ExportLayer, Row, get_layer
from gazetteer.exports.package import write_layer
from gazetteer.operations.exports import ExportOrder, require_one_state
from gazetteer.operations.progress import RunningJob, Tell
from gazetteer.queries.moments import choose_when
from gazetteer.queries.releases import ReleaseView, get_release
from gazetteer.queries.snapshot import snapshot
from gazetteer.settings import Settings

SUFFIXES = {"UTF-8": "utf8", "GBK": "gbk"}


def run_export(
    sessions: sessionmaker[Session], settings: Settings, job: RunningJob, tell: Tell
) -> dict[str, Any]:
    """Run the job of an export; its file lies in the folder of exports until it is cleared away."""
    order = ExportOrder.from_json(job.arguments)
    path = exports_folder(settings.home) / f"{job.id}.zip"
    tell(0.1, "读取 reading")
    written = export_layer(sessions, settings, order, path, tell)
    return {
        "file": str(path.relative_to(settings.home)),
        "name": file_name(order),
        "bytes": written.bytes,
        "sha256": written.sha256,
        "rows": written.rows,
        "unmappable": len(written.unmappable),
    }


def exports_folder(home: Path) -> Path:
    """Return the folder of the files that people asked for."""
    return home / "exports"


def file_name(order: ExportOrder) -> str:
    """Return the name under which people save an export."""
    when = order.release or (order.as_of.isoformat() if order.as_of else "current")
    if order.known_at is not None:
        when += f"_known_{order.known_at.astimezone(LAW_ZONE):%Y%m%dT%H%M%S}"
    return f"{order.layer}_{when}_{order.crs}_{SUFFIXES[order.encoding]}.zip"


def export_layer(
    sessions: sessionmaker[Session], settings: Settings, order: ExportOrder, path: Path, tell: Tell
) -> Package:
    """Write what an order asks for into the .zip `path`; nothing is left behind when it fails."""
    layer = get_layer(order.layer)
    if order.release is not None:
        with sessions() as session:
            release = get_release(session, order.release)
        return _from_release(release, layer, order, settings.home, path)
    with sessions() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        register = snapshot(session, choose_when(session, order.as_of, order.known_at))
    tell(0.5, "写入 writing")
    known = f"按 {order.known_at.isoformat()} 当时所知 as known at that moment" if order.known_at else ""
    return write_layer(
        register,
        layer,
        path,
        epsg=order.crs,
        encoding=order.encoding,
        within=order.within,
        remarks=(known,) if known else (),
    )


def _from_release(
    release: ReleaseView, layer: ExportLayer, order: ExportOrder, home: Path, path: Path
) -> Package:
    require_one_state(order)
    name = f"{layer.name}_{SUFFIXES[order.encoding]}.zip"
    artifact = next((a for a in release.artifacts if a.name == name), None)
    folder = home / "releases" / release.version / "public"
    if artifact is None:
        raise NotFound(
            f"版本 {release.version} 没有图层“{layer.zh}”。",
            f"Release {release.version} has no layer '{layer.name}'.",
            layer=layer.name,
        )
    if order.crs == 4490:
        return _copy(folder / name, path, artifact.sha256, release.counts.get(layer.name, 0))
    about = About(
        title=f"{layer.zh} {layer.name}",
        source="区名 Quming 行政区划与地名登记册",
        as_of=release.as_of,
        release=release.version,
    )
    rows = _package_rows(folder / f"{layer.name}_utf8.zip", layer)
    return write_shapefile(
        path, layer.name, rows, list(layer.fields), about, order.crs, order.encoding, layer.kind
    )


def _copy(source: Path, path: Path, sha256: str, rows: int) -> Package:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    shutil.copyfile(source, part)
    part.replace(path)
    return Package(path, rows, path.stat().st_size, sha256, {}, ())


def _package_rows(path: Path, layer: ExportLayer) -> Iterator[Row]:
    """Yield the rows of a package of ours, as they were written."""
    read = read_layer(path, crs=4490)
    dates = {field.name for field in layer.fields if field.type == "date"}
    for i, geom in enumerate(read.geometry):
        attributes: dict[str, Value] = {}
        for field in layer.fields:
            value = read.columns[field.name][i]
            is_date = value is not None and field.name in dates
            attributes[field.key or field.name] = dt.date.fromisoformat(str(value)) if is_date else value
        yield geom, attributes
