"""One reshape in a register of 30,000 faces: checked under the lock, applied, parents rebuilt, committed.

Timed twice: check and apply alone (read, lock, check, write arcs and history, rebuild all parents, commit),
and the whole approval around it (four eyes, state, review rows, audit chain, the view sent back).
"""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import psycopg
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.chain import chain, equal_chains
from boundaries.grid import GRID
from gazetteer import clock
from gazetteer.db import create_pool, session_factory
from gazetteer.errors import RegisterError
from gazetteer.models import ChangeRequest
from gazetteer.operations.apply import apply_evaluation
from gazetteer.operations.drafts import evaluate
from gazetteer.operations.requests import create_request, put_operations, step_request
from gazetteer.queries.requests import RequestView, list_intents
from gazetteer.roles import Actor
from tests.benchmarks import overlay
from tests.benchmarks.load_register import person
from tests.benchmarks.measure import Figure, Progress, percentile

EDITS = 100
WARM_UP = 5
TARGET_MS = 30.0
SEED = 11

_PICK = text("""
    SELECT a.id, a.hash, ST_AsBinary(a.geom) AS line, l.code AS left_code, r.code AS right_code
    FROM arc AS a
    JOIN (SELECT face_id, code FROM member JOIN division_code ON division_id = parent_id) AS l
        ON l.face_id = a.left_face
    JOIN (SELECT face_id, code FROM member JOIN division_code ON division_id = parent_id) AS r
        ON r.face_id = a.right_face
    WHERE upper_inf(a.recorded) AND ST_NPoints(a.geom) >= 10
    ORDER BY a.id
""")
_TOUCHED = text("""
    SELECT s.division_id, ST_AsBinary(s.geom) AS shape
    FROM division_shape AS s
    WHERE s.division_id = ANY(:ids) AND s.level < 5
""")
_CHILDREN = text("""
    SELECT ST_AsBinary(s.geom) AS shape
    FROM member AS m
    JOIN division_shape AS s ON s.division_id = m.child_id
    WHERE m.parent_id = :parent AND upper_inf(m.recorded)
""")


def measure(url: str, peer_url: str, size: str, say: Progress) -> list[Figure]:
    """Draft, submit and approve reshapes of random shared lines one after the other; time them, and the peer.

    Raises
    ------
    AssertionError
        An edit was refused without reason, or a parent does not equal the sum of its children afterwards.
    """
    say(f"{EDITS} reshapes")
    engine = create_pool(url, size=2)
    with session_factory(engine, audit_key="benchmark")() as session:
        clerk, approver = person(session, "clerk"), person(session, "approver")
        session.commit()
        rng = np.random.default_rng(SEED)
        lines = session.execute(_PICK).all()
        chosen = [lines[i] for i in rng.permutation(len(lines))[: WARM_UP + EDITS]]
        ways = itertools.cycle(("apply", "approve"))
        took = [
            _edit(session, clerk, approver, line, rng, way) for line, way in zip(chosen, ways, strict=False)
        ]
        touched = {division for _, _, divisions in took for division in divisions}
        check_parents(session, touched)
    engine.dispose()
    say("the same reshapes as overlays")
    peer_ms = 1000 * percentile(_overlays(peer_url, chosen), 50)
    timed = took[WARM_UP:]
    applied = [1000 * seconds for how, seconds, _ in timed if how == "apply"]
    approved = [1000 * seconds for how, seconds, _ in timed if how == "approve"]
    name = f"reshape among {len(lines):,} inner lines, {size}: check and apply, median"
    return [
        Figure(name, percentile(applied, 50), "ms", "less", TARGET_MS, (overlay.NAME, peer_ms)),
        Figure("... 95th percentile", percentile(applied, 95), "ms", "less"),
        Figure("... the whole approval, median", percentile(approved, 50), "ms", "less"),
    ]


def _overlays(peer_url: str, lines: Sequence[Any]) -> list[float]:
    """Bend the same lines by the same rule in the peer's polygons; return the seconds of each."""
    rng = np.random.default_rng(SEED)
    took = []
    with psycopg.connect(peer_url) as connection:
        for line in lines:
            before = shapely.get_coordinates(shapely.from_wkb(line.line))
            operation = bent(line.id, line.hash, before, rng)
            path = np.array(operation["path"]) / GRID
            after = np.vstack([before[: operation["start"] + 1], path, before[operation["end"] :]])
            blob = overlay.swept(before, after)
            took.append(overlay.overlay(connection, blob, (line.left_code, line.right_code)))
    return took[WARM_UP:]


def _edit(
    session: Session, clerk: Actor, approver: Actor, line: Any, rng: np.random.Generator, way: str
) -> tuple[str, float, tuple[uuid.UUID, ...]]:
    """Bend one line a little; return the way it was applied, the seconds, and what it touched."""
    request = create_request(session, clerk, kind="boundary_correction", title="更正界线", reason="测量")
    operation = bent(line.id, line.hash, shapely.get_coordinates(shapely.from_wkb(line.line)), rng)
    request, _ = put_operations(session, clerk, request.id, version=request.version, operations=[operation])
    request = _step(session, clerk, request, "submit")
    begin = time.perf_counter()
    if way == "apply":
        _apply(session, request, approver)
    else:
        request = _step(session, approver, request, "approve")
        assert request.state == "in_force"
    return way, time.perf_counter() - begin, tuple(division.id for division in request.touched_divisions)


def _apply(session: Session, request: RequestView, approver: Actor) -> None:
    """Check and apply without the workflow around it; the request of this throwaway register stays open."""
    stored = session.get_one(ChangeRequest, request.id)
    evaluation = evaluate(session, list_intents(session, request.id), clock.today(session), lock=True)
    assert evaluation.ok, [fault.en for fault in evaluation.faults]
    apply_evaluation(session, evaluation, stored, approver.user_id)
    session.commit()


def _step(session: Session, actor: Actor, request: RequestView, action: str) -> RequestView:
    try:
        return step_request(
            session, actor, request.id, action, version=request.version, content_hash=request.content_hash
        )
    except RegisterError as error:
        raise AssertionError(f"{action} refused: {error}") from error


def bent(arc: int, arc_hash: str, degrees: Any, rng: np.random.Generator) -> dict[str, Any]:
    """Return the operation that moves three vertices in the middle of a line by a tenth of their distance."""
    points = np.rint(degrees * GRID).astype(np.int64)
    start = int(rng.integers(1, len(points) - 5))
    step = np.abs(np.diff(points, axis=0)).max(axis=1).min() // 10
    path = points[start + 1 : start + 4] + rng.integers(-step, step + 1, (3, 2))
    return {
        "id": str(uuid.uuid4()),
        "kind": "reshape",
        "arc": arc,
        "hash": arc_hash,
        "start": start,
        "end": start + 4,
        "path": path.tolist(),
    }


def check_parents(session: Session, divisions: Sequence[uuid.UUID] | set[uuid.UUID]) -> None:
    """Assert that each touched town and county equals the sum of its children, segment by segment."""
    for division, shape in session.execute(_TOUCHED, {"ids": list(divisions)}).all():
        children = session.execute(_CHILDREN, {"parent": division}).scalars().all()
        total = chain(shapely.from_wkb(children[0]))
        for child in children[1:]:
            total = total + chain(shapely.from_wkb(child))
        assert equal_chains(chain(shapely.from_wkb(shape)), total), (
            f"{division} is not the sum of its children"
        )
