"""Two processes apply overlapping changes of all kinds at once: no deadlock, no loss, no broken map."""

from __future__ import annotations

import os
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from boundaries.grid import GRID
from gazetteer.clock import today
from gazetteer.db import create_pool, session_factory
from gazetteer.errors import RegisterError
from gazetteer.operations.requests import check_request
from gazetteer.queries.chains import find_faces_within
from gazetteer.queries.subgraph import load_subgraph
from gazetteer.roles import Actor
from tests.gazetteer.drafting import bulge, person
from tests.gazetteer.register import build_register, three_levels
from tests.gazetteer.restructuring import (
    PICTURE,
    TOWNS,
    Body,
    drafted,
    op,
    part,
    recode,
    require_whole,
    split,
    step,
)
from tests.gazetteer.rivals import Rival

REQUESTS = int(os.environ.get("QUMING_TEST_RIVAL_REQUESTS", "24"))
FEW, MANY = 8, 18
"""Between so many villages the register is kept by merging and splitting."""


class Office:
    """Makes random changes of the register as it stands, and submits them."""

    def __init__(self, session: Session, clerk: Actor, chance: random.Random) -> None:
        self.session, self.clerk, self.chance = session, clerk, chance

    def submit(self) -> uuid.UUID:
        """Return a request that could be approved as the register stands."""
        while True:
            make, kind = self._pick()
            operations = make()
            if operations is None:
                continue
            try:
                return self._submitted(operations, kind)
            except RegisterError:
                self.session.rollback()

    def _submitted(self, operations: list[Body], kind: str) -> uuid.UUID:
        request = drafted(self.session, self.clerk, *operations, kind=kind)
        codes = check_request(self.session, self.clerk, request.id).codes
        wanted = {c.division_id: c.proposed for c in codes if c.confirmed is None and c.proposed}
        if wanted:
            request = drafted(
                self.session,
                self.clerk,
                *({**operation, "id": str(uuid.uuid4())} for operation in operations),
                recode(wanted),
                kind=kind,
            )
        return step(self.session, self.clerk, request, "submit").id

    def _pick(self) -> tuple[Callable[[], list[Body] | None], str]:
        villages = len(self._villages())
        kinds = ["reshape", "correction", "part", "transfer", "rename"]
        kinds += ["merge"] * (villages > FEW) + ["split"] * (villages < MANY)
        kind = self.chance.choice(kinds)
        names = {"reshape": "boundary_change", "correction": "boundary_correction"}
        makers = {
            "reshape": self._reshape,
            "correction": self._reshape,
            "part": self._part,
            "transfer": self._transfer,
            "rename": self._rename,
            "merge": self._merge,
            "split": self._split,
        }
        return makers[kind], names.get(kind, "division_change")

    def _villages(self) -> list[tuple[uuid.UUID, uuid.UUID, str]]:
        self.session.rollback()
        rows = self.session.execute(
            sa.text(
                "SELECT m.child_id, m.parent_id, n.name FROM member m"
                " JOIN division d ON d.id = m.child_id AND d.level = 5"
                " JOIN division_name n ON n.division_id = d.id AND upper_inf(n.recorded)"
                " AND n.valid @> CAST(:on AS date)"
                " WHERE upper_inf(m.recorded) AND m.valid @> CAST(:on AS date) ORDER BY n.name, m.child_id"
            ),
            {"on": today(self.session)},
        )
        return [tuple(row) for row in rows]

    def _arcs_of(self, village: uuid.UUID) -> list[Any]:
        on = today(self.session)
        (faces,) = find_faces_within(self.session, [village], on).values()
        graph = load_subgraph(self.session, faces, on).subgraph
        return [arc for arc in graph.arcs.values() if 0 not in (arc.left, arc.right)]

    def _neighbour(self, village: uuid.UUID) -> uuid.UUID:
        arc = self.chance.choice(self._arcs_of(village))
        on = today(self.session)
        (own,) = find_faces_within(self.session, [village], on).values()
        face = arc.right if arc.left in own else arc.left
        query = (
            "SELECT parent_id FROM member WHERE face_id = :f"
            " AND upper_inf(recorded) AND valid @> CAST(:on AS date)"
        )
        return uuid.UUID(str(self.session.scalar(sa.text(query), {"f": face, "on": on})))

    def _middle(self, village: uuid.UUID) -> tuple[float, float, float, float, float, float]:
        query = (
            "SELECT ST_XMin(geom), ST_XMax(geom), ST_YMin(geom), ST_YMax(geom),"
            " ST_X(ST_PointOnSurface(geom)), ST_Y(ST_PointOnSurface(geom))"
            " FROM division_shape WHERE division_id = :id AND valid @> CAST(:on AS date)"
        )
        row = self.session.execute(sa.text(query), {"id": village, "on": today(self.session)}).one()
        return tuple(row)

    def _reshape(self) -> list[Body] | None:
        arc = self.chance.choice(self._arcs_of(self.chance.choice(self._villages())[0]))
        return [bulge(arc, *(self.chance.randint(-GRID // 400, GRID // 400) for _ in "xy"))]

    def _rename(self) -> list[Body] | None:
        village, _, name = self.chance.choice(self._villages())
        new = f"新{self.chance.randint(100, 999)}村"
        return [op("rename", division=str(village), name=new, romanization=None, base_name=name)]

    def _merge(self) -> list[Body] | None:
        village = self.chance.choice(self._villages())[0]
        into = self._neighbour(village)
        return [op("merge", divisions=[str(village)], into=str(into), arcs=[])]

    def _transfer(self) -> list[Body] | None:
        village, town, _ = self.chance.choice(self._villages())
        towns = sorted({parent for _, parent, _ in self._villages()} - {town})
        if sum(parent == town for _, parent, _ in self._villages()) < 2:
            return None
        target = self.chance.choice(towns)
        return [op("transfer", division=str(village), **{"from": str(town)}, to=str(target))]

    def _cut(self, village: uuid.UUID) -> tuple[list[list[int]], list[int]]:
        west, east, south, north, x, y = self._middle(village)
        across = x + (east - west) * self.chance.uniform(-0.2, 0.2)
        line = [[across, south - 0.01], [across + (east - west) * 0.05, y], [across, north + 0.01]]
        inside = [x, y]
        return [[round(v * GRID) for v in point] for point in line], [round(v * GRID) for v in inside]

    def _split(self) -> list[Body] | None:
        village = self.chance.choice(self._villages())[0]
        line, inside = self._cut(village)
        return [split(village, line, part(inside, f"分{self.chance.randint(100, 999)}村"))]

    def _part(self) -> list[Body] | None:
        village = self.chance.choice(self._villages())[0]
        line, inside = self._cut(village)
        cut = {"lines": [line], "inside": inside, "arcs": []}
        to = self._neighbour(village)
        return [op("transfer_part", division=str(village), to=str(to), cut=cut)]


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    engine = create_pool(database_url, size=2)
    with session_factory(engine, audit_key="key of the tests")() as session:
        yield session
    engine.dispose()


def test_overlapping_changes_when_two_processes_apply_them_at_once_then_all_invariants_hold(
    database_url: str, session: Session
) -> None:
    seed = int(os.environ.get("QUMING_TEST_SEED", "510118"))
    print(f"seed {seed}, {REQUESTS} requests")
    register = build_register(session, three_levels(PICTURE, TOWNS))
    office = Office(session, person(session, "clerk"), random.Random(seed))
    session.commit()
    outcomes: Counter[str] = Counter()
    with Rival(database_url) as one, Rival(database_url) as other:
        for number in range(REQUESTS // 2):
            before = events(session)
            pair = [office.submit(), office.submit()]
            for rival, request in zip((one, other), pair, strict=True):
                rival.order("approve", request)
            answers = [one.answer(), other.answer()]
            outcomes.update(answers)
            session.rollback()
            assert "applied" in answers, (seed, number, answers)
            assert events(session) - before == answers.count("applied"), (seed, number)
            assert area(session, 5) == pytest.approx(area(session, 3), abs=0.01), (seed, number)
            if REQUESTS <= 200 or number % 10 == 0:
                require_whole(session)
    require_whole(session)
    print(dict(outcomes))
    assert set(outcomes) <= {"applied", "refused"}, outcomes
    assert register.ids


def events(session: Session) -> int:
    """Return how many events there are."""
    return int(session.scalar(sa.text("SELECT count(*) FROM event")) or 0)


def area(session: Session, level: int) -> float:
    """Return the area of all divisions of a level, m2."""
    query = "SELECT sum(area_m2) FROM division_shape WHERE level = :level AND valid @> CAST(:on AS date)"
    return float(session.scalar(sa.text(query), {"level": level, "on": today(session)}) or 0)
