"""Hundreds of random approved edits and their inverses: parents equal children, and all comes back."""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from boundaries.arcs import Arc
from boundaries.chain import chain, chain_of_arcs, equal_chains
from boundaries.grid import GRID
from gazetteer import clock
from gazetteer.errors import RegisterError
from gazetteer.operations.requests import create_request, put_operations, step_request
from gazetteer.queries.chains import find_faces_within
from gazetteer.queries.snapshot import snapshot
from gazetteer.queries.subgraph import find_sides, load_outline, load_subgraph
from gazetteer.releases.checks import check_publishable
from gazetteer.releases.content_hash import content_hash
from gazetteer.roles import Actor
from tests.gazetteer.drafting import node_move, person, shape_of
from tests.gazetteer.register import Register, build_register, three_levels

EDITS = int(os.environ.get("QUMING_TEST_EDITS", "30"))
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


@pytest.fixture
def people(session: Session) -> tuple[Actor, Actor]:
    return person(session, "surveyor"), person(session, "approver")


@pytest.fixture
def register(session: Session) -> Register:
    return build_register(session, three_levels(PICTURE, TOWNS))


def approve(session: Session, people: tuple[Actor, Actor], operation: dict[str, Any]) -> None:
    surveyor, approver = people
    draft = create_request(session, surveyor, kind="boundary_correction", title="更正", reason="")
    view, _ = put_operations(session, surveyor, draft.id, version=1, operations=[operation])
    for actor, action in ((surveyor, "submit"), (approver, "approve")):
        seen = {"version": view.version, "content_hash": view.content_hash}
        view = step_request(session, actor, view.id, action, **seen)


def random_edit(session: Session, register: Register, chance: random.Random) -> tuple[dict[str, Any], Any]:
    """Return an operation, and what undoing it needs: the arc before, or the node's place."""
    on = clock.today(session)
    graph = load_subgraph(session, [chance.choice(list(register.faces.values()))], on).subgraph
    arc = chance.choice([a for a in graph.arcs.values() if 0 not in (a.left, a.right)])
    offset = [chance.randint(-GRID // 300, GRID // 300) for _ in range(2)]
    if chance.random() < 0.3 and arc.start_node != arc.end_node:
        node = arc.start_node
        return node_move(session, node, *offset), (node, graph.nodes[node])
    start = chance.randrange(len(arc.points) - 1)
    middle = (arc.points[start] + arc.points[start + 1]) // 2 + offset
    return reshape(arc, start, start + 1, [middle.tolist()]), arc


def reshape(arc: Arc, start: int, end: int, path: list[list[int]]) -> dict[str, Any]:
    identity = str(uuid.uuid4())
    stretch = {"start": start, "end": end, "path": path}
    return {"id": identity, "kind": "reshape", "arc": arc.id, "hash": arc.hash, **stretch}


def inverse(session: Session, before: Any) -> dict[str, Any]:
    on = clock.today(session)
    if isinstance(before, tuple):
        node, (x, y) = before
        now = load_subgraph(session, find_sides(session, (), [node], on), on).subgraph.nodes[node]
        return node_move(session, node, x - now[0], y - now[1])
    now_arc = load_subgraph(session, find_sides(session, [before.id], (), on), on).subgraph.arcs[before.id]
    return reshape(now_arc, 0, len(now_arc.points) - 1, before.points[1:-1].tolist())


def attempts(session: Session, register: Register, people: tuple[Actor, Actor]) -> Iterator[Any]:
    seed = int(os.environ.get("QUMING_TEST_SEED", "510118"))
    print(f"seed {seed}, {EDITS} edits")
    chance = random.Random(seed)
    while True:
        operation, before = random_edit(session, register, chance)
        try:
            approve(session, people, operation)
        except RegisterError:
            session.rollback()
            continue
        yield before


def test_edits_when_many_and_then_undone_then_parents_always_fit_and_the_hash_comes_back(
    session: Session, register: Register, people: tuple[Actor, Actor]
) -> None:
    session.commit()
    start = content_hash(snapshot(session))
    total = sum(shape_of(session, register.ids[key])[1] for key in register.faces)
    done = []
    for before in attempts(session, register, people):
        done.append(before)
        if len(done) == EDITS:
            break
    assert content_hash(snapshot(session)) != start
    assert check_publishable(snapshot(session)) == []
    assert parents_unlike_children(session, register) == []
    now = sum(shape_of(session, register.ids[key])[1] for key in register.faces)
    assert now == pytest.approx(total, abs=1e-3)
    for before in reversed(done):
        approve(session, people, inverse(session, before))
    assert content_hash(snapshot(session)) == start
    assert (
        session.scalar(sa.text("SELECT count(*) FROM change_request WHERE state = 'in_force'")) == 2 * EDITS
    )


def parents_unlike_children(session: Session, register: Register) -> list[str]:
    """Compare the stored polygon of every division with its faces, by directed integer segments."""
    on = clock.today(session)
    wrong = []
    for key, division in register.ids.items():
        faces = find_faces_within(session, [division], on)[division]
        stored = shapely.from_wkb(shape_of(session, division)[0])
        if not equal_chains(chain(stored), chain_of_arcs(load_outline(session, faces, on), faces)):
            wrong.append(key)
    return wrong
