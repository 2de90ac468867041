"""Exports: asked for by who may, run by the worker."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy.orm import Session

from gazetteer.changes import audit
from gazetteer.changes.queue import enqueue
from gazetteer.errors import Forbidden, RuleBroken
from gazetteer.models import Job
from gazetteer.queries.chains import find_paths
from gazetteer.queries.lineage import find_standing
from gazetteer.queries.moments import choose_when
from gazetteer.queries.releases import get_release
from gazetteer.roles import Actor, can, require


@dataclass(frozen=True)
class ExportOrder:
    """What is to be written: a layer of the register at a date, or of a release.

    Parameters
    ----------
    crs : int
        4490 or a CGCS2000 3-degree zone (4513-4554).
    within : UUID, optional
        Only what lies in this division.
    as_of : date, optional
        The day of law; today unless given. Not together with `release`.
    known_at : datetime, optional
        As it was known at that moment. Not together with `release`.
    release : str, optional
        A published version, or ``latest``.
    """

    layer: str
    crs: int = 4490
    encoding: Literal["UTF-8", "GBK"] = "UTF-8"
    within: uuid.UUID | None = None
    as_of: dt.date | None = None
    release: str | None = None
    known_at: dt.datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the order as the arguments of a job."""
        return {
            "layer": self.layer,
            "crs": self.crs,
            "encoding": self.encoding,
            "within": None if self.within is None else str(self.within),
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
            "release": self.release,
            "known_at": None if self.known_at is None else self.known_at.isoformat(),
        }

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> ExportOrder:
        """Return the order that the arguments of a job hold."""
        return cls(
            layer=body["layer"],
            crs=body["crs"],
            encoding=body["encoding"],
            within=uuid.UUID(body["within"]) if body["within"] else None,
            as_of=dt.date.fromisoformat(body["as_of"]) if body["as_of"] else None,
            release=body["release"],
            known_at=dt.datetime.fromisoformat(body["known_at"]) if body.get("known_at") else None,
        )


def request_export(session: Session, actor: Actor, order: ExportOrder) -> Job:
    """Ask for an export; the worker writes it.

    A release is open to everybody who may export. Of the register as it stands people get what lies in
    their own area: `within` must lie there, and is that area when it is left out.
    """
    require(actor, "export")
    require_one_state(order)
    if order.release is None:
        order = _in_own_area(session, actor, order)
    else:
        # `latest` is what it is now, not what it will be when the worker comes to it.
        release = get_release(session, order.release)
        order = replace(order, release=release.version)
    job = enqueue(session, "export", order.as_json(), actor.user_id)
    audit.append(session, actor.user_id, "export.request", "job", job.id, order.as_json())
    session.commit()
    return job


def require_one_state(order: ExportOrder) -> None:
    """Raise RuleBroken when an order names a release and a part or a state of the register beside it."""
    if order.release is not None and (order.within or order.as_of or order.known_at):
        raise RuleBroken(
            "发布版本的数据包是完整的，不能再按范围或日期截取；请去掉 release 或 within、as_of、known_at。",
            "The packages of a release are whole: leave out either `release` or `within`, `as_of` and "
            "`known_at`.",
            code="release_is_whole",
        )


def _in_own_area(session: Session, actor: Actor, order: ExportOrder) -> ExportOrder:
    on = choose_when(session, order.as_of, order.known_at)
    if order.within is not None:
        require(actor, "export", find_paths(session, [order.within], on)[order.within])
        return order
    if can(actor, "export", ()):
        return order
    areas = find_standing(session, [grant.division_id for grant in actor.grants if grant.division_id], on)
    if len(areas) != 1:
        raise Forbidden(
            "请指定导出范围（within），须在您的管辖范围内。",
            "Say which division to export (within), in your area of responsibility.",
            code="within_required",
        )
    return replace(order, within=areas[0])
