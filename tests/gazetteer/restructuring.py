"""Requests that change divisions, for tests: operations, the whole way to force, and what is stored."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from boundaries.chain import chain, chain_of_arcs, equal_chains
from boundaries.grid import GRID
from gazetteer.clock import today
from gazetteer.operations.requests import check_request, create_request, put_operations, step_request
from gazetteer.queries.chains import find_faces_within
from gazetteer.queries.requests import RequestView
from gazetteer.queries.snapshot import snapshot
from gazetteer.queries.subgraph import load_outline
from gazetteer.releases.checks import check_publishable
from gazetteer.roles import Actor
from tests.gazetteer.register import Register

PICTURE = """
    aaabbbcc
    aeabbfcc
    aaabbbgg
    hhhiiijj
    hkhiiijj
    hhhlllmm
"""
TOWNS = {"东镇": "aeb", "南镇": "fcg", "西镇": "hk", "北镇": "ijlm"}
"""e, f and k are enclaves in holes; f belongs to another town than the village around it."""
WEST, NORTH, CELL = 103.8, 30.5, 0.01

Body = dict[str, Any]


def op(kind: str, **body: Any) -> Body:
    """Return an operation with an id of its own."""
    return {"id": str(uuid.uuid4()), "kind": kind, **body}


def at(column: float, row: float) -> list[int]:
    """Return the grid position of a place in the picture: columns and rows of squares from the north-west."""
    return [round((WEST + column * CELL) * GRID), round((NORTH - row * CELL) * GRID)]


def merge(register: Register, into: str, *others: str) -> Body:
    """Return the operation that merges divisions into one."""
    ids = register.ids
    return op("merge", divisions=[str(ids[key]) for key in others], into=str(ids[into]), arcs=[])


def transfer(register: Register, division: str, source: str, target: str) -> Body:
    """Return the operation that puts a whole division under another parent."""
    ids = register.ids
    return op("transfer", division=str(ids[division]), **{"from": str(ids[source])}, to=str(ids[target]))


def recode(codes: Mapping[uuid.UUID, str]) -> Body:
    """Return the operation that confirms codes."""
    return op("recode", codes=[{"division": str(i), "code": code} for i, code in codes.items()])


def split(division: uuid.UUID, line: Sequence[Sequence[int]], *parts: Body, **more: Any) -> Body:
    """Return the operation that splits a division by one line."""
    return op(
        "split",
        division=str(division),
        cuts={"lines": [list(map(list, line))], "arcs": []},
        parts=list(parts),
        **more,
    )


def part(inside: list[int], name: str, type_: str = "村", **more: Any) -> Body:
    """Return a part of a split that becomes a new division."""
    return {"inside": inside, "division": str(uuid.uuid4()), "name": name, "type": type_, **more}


def drafted(
    session: Session,
    actor: Actor,
    *operations: Body,
    kind: str = "division_change",
    effective_on: dt.date | None = None,
) -> RequestView:
    """Return a draft with the operations."""
    made = create_request(session, actor, kind=kind, title="区划变更", reason="", effective_on=effective_on)
    return put_operations(session, actor, made.id, version=made.version, operations=operations)[0]


def step(session: Session, actor: Actor, request: RequestView, action: str, **more: Any) -> RequestView:
    """Take a step on exactly what is seen."""
    seen = {"version": request.version, "content_hash": request.content_hash, **more}
    return step_request(session, actor, request.id, action, **seen)


def with_codes(session: Session, actor: Actor, operations: Sequence[Body], **more: Any) -> list[Body]:
    """Return the operations with a `recode` that confirms every code proposed for them."""
    trial = drafted(session, actor, *operations, **more)
    codes = check_request(session, actor, trial.id).codes
    step(session, actor, trial, "withdraw")
    fresh = [{**operation, "id": str(uuid.uuid4())} for operation in operations]
    wanted = {code.division_id: code.proposed for code in codes if code.confirmed is None and code.proposed}
    return [*fresh, *([recode(wanted)] if wanted else [])]


def decide(session: Session, people: tuple[Actor, Actor], *operations: Body, **more: Any) -> RequestView:
    """Draft, submit and approve a change; returns the request in force."""
    surveyor, approver = people
    request = step(session, surveyor, drafted(session, surveyor, *operations, **more), "submit")
    return step(session, approver, request, "approve", document_no="川府民政〔2026〕24号")


def value(session: Session, query: str, **values: Any) -> Any:
    """Return the one value of a query."""
    return session.scalar(sa.text(query), values)


def standing(
    session: Session, table: str, division: uuid.UUID, column: str, on: dt.date | None = None
) -> Any:
    """Return what a dated row of a division says on a day as far as is known now; None when there is none."""
    key = "child_id" if table == "member" else "division_id"
    return value(
        session,
        f"SELECT {column} FROM {table} WHERE {key} = :id"
        " AND upper_inf(recorded) AND valid @> CAST(:on AS date)",
        id=division,
        on=on or today(session),
    )


def lineage(session: Session, event: int | None) -> list[tuple[uuid.UUID, uuid.UUID, str, float | None]]:
    """Return the lineage rows of an event: from, to, role, m2."""
    rows = session.execute(
        sa.text("SELECT from_id, to_id, role, area_m2 FROM lineage WHERE event_id = :id ORDER BY id"),
        {"id": event},
    )
    return [tuple(row) for row in rows]


def require_whole(session: Session, on: dt.date | None = None) -> None:
    """Assert that the register can be published, and that every stored polygon is the sum of its faces."""
    day = on or today(session)
    session.expire_all()
    assert check_publishable(snapshot(session, day)) == []
    shapes = session.execute(
        sa.text(
            "SELECT s.division_id, ST_AsBinary(s.geom) AS wkb, EXISTS (SELECT 1 FROM division_state t"
            " WHERE t.division_id = s.division_id AND upper_inf(t.recorded) AND t.valid @> CAST(:on AS date))"
            " AS stands FROM division_shape s WHERE s.valid @> CAST(:on AS date)"
        ),
        {"on": day},
    ).all()
    within = find_faces_within(session, [row.division_id for row in shapes], day)
    for row in shapes:
        assert row.stands, row.division_id
        faces = within[row.division_id]
        built = chain_of_arcs(load_outline(session, faces, day), faces)
        assert equal_chains(chain(shapely.from_wkb(bytes(row.wkb))), built), row.division_id
