"""A second process that works out and applies requests step by step, as another server process would."""

from __future__ import annotations

import multiprocessing
import time
import uuid
from multiprocessing.connection import Connection
from types import TracebackType

from sqlalchemy import text

from boundaries.errors import BoundaryError
from gazetteer import clock
from gazetteer.changes import events, shapes
from gazetteer.db import create_pool, session_factory
from gazetteer.errors import RegisterError
from gazetteer.models import ChangeRequest
from gazetteer.operations import drafts
from gazetteer.operations.apply import apply_evaluation
from gazetteer.queries import subgraph
from gazetteer.queries.requests import list_intents
from gazetteer.queries.subgraph import find_sides

_CONTEXT = multiprocessing.get_context("spawn")


def _serve(pipe: Connection, url: str, locked: bool) -> None:
    if not locked:
        # The test that shows the locks are needed takes them away in this process alone.
        drafts.lock_structure = lambda session, *, alone: None
        drafts.lock_sides = lambda session, arcs, nodes, on, faces=(): find_sides(session, arcs, nodes, on)
        drafts.lock_divisions = lambda session, divisions: None
        events.lock_events = lambda session: None
        assert subgraph.lock_sides is not drafts.lock_sides
        assert shapes.lock_divisions is not drafts.lock_divisions
    engine = create_pool(url, size=1)
    with session_factory(engine, audit_key="key of the tests")() as session:
        pipe.send(session.scalar(text("SELECT pg_backend_pid()")))
        session.rollback()
        while True:
            order = pipe.recv()
            if order is None:
                break
            verb, request_id = order
            try:
                if verb in ("evaluate", "approve"):
                    request = session.get_one(ChangeRequest, request_id, populate_existing=True)
                    intents = list_intents(session, request_id)
                    on = request.effective_on or clock.today(session)
                    evaluation = drafts.evaluate(session, intents, on, kind=request.kind, lock=True)
                    outcome = "ok" if evaluation.ok and not evaluation.is_empty else "refused"
                if verb in ("write", "approve") and outcome != "refused":
                    apply_evaluation(session, evaluation, request, request.created_by)
                    outcome = "written"
                if verb in ("commit", "approve"):
                    session.commit()
                    outcome = "applied" if outcome == "written" else outcome
            except (RegisterError, BoundaryError) as error:
                session.rollback()
                outcome = error.code
            pipe.send(outcome)
    engine.dispose()
    pipe.close()


class Rival:
    """Drives one such process: ``order`` tells it what to do, ``answer`` waits for what came of it."""

    def __init__(self, url: str, *, locked: bool = True) -> None:
        self._pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(theirs, url, locked), daemon=True)
        self._process.start()
        theirs.close()
        self.backend: int = self._pipe.recv()

    def __enter__(self) -> Rival:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.is_alive():
            self._pipe.send(None)
        self._process.join(20)
        self._process.close()
        self._pipe.close()

    def order(self, verb: str, request_id: uuid.UUID) -> None:
        self._pipe.send((verb, request_id))

    def answer(self) -> str:
        assert self._pipe.poll(60), "no answer from the other process"
        outcome: str = self._pipe.recv()
        return outcome

    def answered_within(self, seconds: float) -> bool:
        return self._pipe.poll(seconds)


def wait_until_blocked(rival: Rival, session: object, seconds: float = 20) -> None:
    """Return once the rival's backend waits for a lock; fail when it answers or never waits."""
    end = time.monotonic() + seconds
    query = text("SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = :pid")
    while time.monotonic() < end:
        assert not rival.answered_within(0.01), "the other process did not wait for the lock"
        if session.scalar(query, {"pid": rival.backend}):  # type: ignore[attr-defined]
            return
    raise AssertionError("the other process never came to the lock")
