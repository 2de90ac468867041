"""The first load: a checked coverage becomes the register, under one `found` event, all or nothing."""

from __future__ import annotations

import uuid

import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from gazetteer.changes import audit
from gazetteer.changes.coverage import NOBODY, Coverage
from gazetteer.changes.dated import Moment
from gazetteer.changes.events import new_event
from gazetteer.changes.load import store_coverage
from gazetteer.changes.load_names import PlaceNames, store_place_names
from gazetteer.errors import RuleBroken
from gazetteer.models import Event, ImportBatch
from gazetteer.operations.import_batches import lock_batch, require_second_person
from gazetteer.roles import Actor

OUTSIDE_FACE = 0
_NAMED = 5


def sign_first_load(
    session: Session,
    actor: Actor,
    batch_id: uuid.UUID,
    coverage: Coverage | None,
    places: PlaceNames | None = None,
) -> Event:
    """Sign a confirmed first load as the second person and apply it in one transaction.

    Parameters
    ----------
    coverage : Coverage or None
        What the check made of the files of this very import; None when they hold place names only.
    places : PlaceNames, optional

    Raises
    ------
    Forbidden
        ``own_request`` for the person who uploaded or confirmed.
    RuleBroken
        ``faces_exist``, naming divisions that already cover a part of the outline.
    """
    batch = lock_batch(session, batch_id)
    require_second_person(batch, actor)
    _lock_register(session)
    if coverage is not None:
        require_vacant(session, coverage)
    event = _found_event(session, actor, batch)
    moment = Moment(event.id, event.recorded_at, event.effective_on)
    if coverage is not None:
        store_coverage(session, coverage, moment)
    if places is not None:
        store_place_names(session, places, moment)
    batch.state = "applied"
    batch.signed_by = actor.user_id
    batch.applied_event = event.id
    session.flush()
    detail = {
        "event": event.id,
        "divisions": len(coverage.units) if coverage else 0,
        "place_names": len(places) if places else 0,
    }
    audit.append(session, actor.user_id, "import.sign", "import", str(batch_id), detail)
    session.commit()
    return event


def _found_event(session: Session, actor: Actor, batch: ImportBatch) -> Event:
    assert batch.valid_from is not None
    return new_event(
        session,
        "found",
        batch.valid_from,
        f"首次入库：{batch.source}",
        actor.user_id,
        document_no=batch.document_no,
        import_id=batch.id,
    )


def _lock_register(session: Session) -> None:
    """Take face 0, which every change of an outline locks."""
    session.execute(text("SELECT id FROM face WHERE id = :id FOR UPDATE"), {"id": OUTSIDE_FACE})


def require_vacant(session: Session, coverage: Coverage) -> None:
    """Raise RuleBroken when the register has a division at any time that meets the outline of `coverage`."""
    tops = [i for i in range(len(coverage.units)) if coverage.units.parent[i] == NOBODY]
    found: dict[str, None] = {}
    for i in tops:
        rows = session.scalars(
            text(
                "WITH outline AS (SELECT ST_SetSRID(CAST(:wkb AS geometry), 4490) AS geom)"
                " SELECT name.name FROM division_shape AS shape"
                " JOIN outline ON shape.geom && outline.geom AND ST_Intersects(shape.geom, outline.geom)"
                " JOIN division_name AS name ON name.division_id = shape.division_id"
                " AND name.kind = 'official' AND upper_inf(name.recorded)"
                " GROUP BY shape.level, name.name ORDER BY shape.level, name.name LIMIT :named"
            ),
            {"wkb": shapely.to_wkb(coverage.shapes[i], hex=True), "named": _NAMED},
        )
        found.update(dict.fromkeys(rows))
    if found:
        names = "、".join(list(found)[:_NAMED])
        raise RuleBroken(
            f"范围内已有单位（{names}），不能首次入库；请用新版本导入或变更申请。",
            f"The outline meets divisions that exist ({names}): no first load; use an edition or a request.",
            code="faces_exist",
            divisions=list(found)[:_NAMED],
        )
