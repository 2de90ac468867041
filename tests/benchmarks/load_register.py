"""Load a generated coverage into an empty register, in a process of its own, and say what it took.

`python -m tests.benchmarks.load_register URL SIZE` prints one JSON object; it is a process of its own so
that its peak memory is the import's and nobody else's.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import sys
import tempfile
import time
import uuid
from pathlib import Path

from sqlalchemy.orm import Session

from gazetteer.db import create_pool, session_factory
from gazetteer.imports.choices import Choices
from gazetteer.imports.pipeline import check_import, sign_import, start_import
from gazetteer.models import User
from gazetteer.operations.import_batches import confirm_import
from gazetteer.roles import Actor, Grant
from tests.benchmarks.generate import load

LAYERS = ("counties", "towns", "villages", "lakes")
LEVELS = {"counties": 3, "towns": 4, "villages": 5}


def main(url: str, size: str) -> None:
    """Import a generated coverage through the door of the first load, signed by a second person."""
    paths = load(size)
    sessions = session_factory(create_pool(url, size=2), audit_key="benchmark")
    steps: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as home, sessions() as session:
        first, second = person(session, "administrator"), person(session, "administrator")
        session.commit()
        files = [getattr(paths, layer) for layer in LAYERS]
        begin = time.perf_counter()
        batch = start_import(session, first, Path(home), "first_load", files, Choices())
        steps["keep"] = time.perf_counter() - begin
        checked = check_import(session, first, batch.id)
        steps["check"] = time.perf_counter() - begin
        if checked.batch.state != "checked":
            raise SystemExit(json.dumps(checked.batch.preview["faults"][:5], ensure_ascii=False))
        confirm_import(
            session, first, batch.id, valid_from=dt.date(2026, 1, 1), source="benchmark", document_no=None
        )
        sign_import(session, second, batch.id, checked)
        steps["total"] = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": steps, "peak_bytes": peak}))


def person(session: Session, *roles: str) -> Actor:
    """Make an account with roles over the whole register."""
    login = f"bench-{uuid.uuid4().hex[:8]}"
    user = User(login=login, display_name=login, password_hash="-")
    session.add(user)
    session.flush()
    return Actor(user.id, login, login, tuple(Grant(role) for role in roles))


if __name__ == "__main__":
    main(*sys.argv[1:3])
