"""Filling empty tables puts constraints and indexes aside and brings every one of them back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

import numpy as np
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gazetteer.changes.bulk import filling
from gazetteer.changes.copying import (
    Column,
    copy_rows,
    encode_date_from,
    encode_moment_from,
    encode_texts,
    encode_uuids,
)
from gazetteer.changes.load import TABLES
from gazetteer.db import create_pool, session_factory

CATALOGUE = """
SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid),
    obj_description(c.oid, 'pg_constraint')
FROM pg_constraint AS c WHERE c.connamespace = 'public'::regnamespace
UNION ALL
SELECT tablename, indexname, indexdef, obj_description(indexname::regclass, 'pg_class')
FROM pg_indexes WHERE schemaname = 'public'
ORDER BY 1, 2, 3
"""
AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def own(database_url: str) -> Iterator[Session]:
    engine = create_pool(database_url, size=1)
    with session_factory(engine, audit_key="key of the tests")() as session:
        yield session
    engine.dispose()


def make_event(session: Session) -> bytes:
    found = session.execute(
        text(
            "INSERT INTO event (kind, recorded_at, effective_on, summary)"
            " VALUES ('found', :at, '2019-01-01', 'test') RETURNING id"
        ),
        {"at": AT},
    )
    return int(found.scalar_one()).to_bytes(8, "big")


def copy_nodes(session: Session, event: bytes, nodes: list[int]) -> None:
    count = len(nodes)
    ids = np.array(nodes, dtype=np.int64)
    columns: dict[str, Column] = {
        "node_id": ids,
        "x": ids * 10,
        "y": ids * 20,
        "valid": encode_date_from(dt.date(2019, 1, 1)),
        "recorded": encode_moment_from(AT),
        "event_id": event,
    }
    copy_rows(session, "node_position", columns, count)


def test_filling_when_over_then_every_constraint_index_and_comment_is_back(own: Session) -> None:
    before = own.execute(text(CATALOGUE)).all()

    with filling(own, TABLES):
        without = own.execute(text(CATALOGUE)).all()

    assert len(without) < len(before) - 50
    assert own.execute(text(CATALOGUE)).all() == before


def test_filling_when_a_table_is_indexed_early_then_its_exclusion_holds_and_foreign_keys_wait(
    own: Session,
) -> None:
    find = text(
        "SELECT contype::text FROM pg_constraint WHERE conrelid = 'node_position'::regclass ORDER BY 1"
    )
    before = own.execute(text(CATALOGUE)).all()

    with filling(own, TABLES) as aside:
        aside.index("node_position")
        early = set(own.scalars(find))

    assert "x" in early
    assert "f" not in early
    assert own.execute(text(CATALOGUE)).all() == before


def test_filling_when_a_row_breaks_a_foreign_key_then_it_fails(own: Session) -> None:
    event = make_event(own)

    with (
        pytest.raises(psycopg.errors.ForeignKeyViolation, match="node_position_node_id_fkey"),
        filling(own, TABLES),
    ):
        copy_nodes(own, event, [7])


def test_filling_when_rows_overlap_in_time_then_it_fails(own: Session) -> None:
    event = make_event(own)

    copy_rows(own, "node", {"id": np.array([7]), "created_event": event}, 1)

    with pytest.raises(psycopg.errors.ExclusionViolation), filling(own, ("node_position",)):
        copy_nodes(own, event, [7, 7])


def test_filling_when_a_table_has_rows_then_it_keeps_its_constraints(own: Session) -> None:
    event = make_event(own)
    copy_rows(own, "node", {"id": np.array([7, 8]), "created_event": event}, 2)
    copy_nodes(own, event, [7, 8])

    with filling(own, ("node_position",)):
        kept = own.scalar(
            text("SELECT count(*) FROM pg_constraint WHERE conname = 'node_position_node_id_fkey'")
        )

    assert kept == 1


def test_copy_rows_when_read_back_then_values_are_the_same(session: Session) -> None:
    event = make_event(session)
    ids = [uuid.uuid4(), uuid.uuid4()]
    level = np.array([4, 5], dtype=np.int16)
    copy_rows(session, "division", {"id": encode_uuids(ids), "level": level, "created_event": event}, 2)
    copy_rows(
        session,
        "division_name",
        {
            "division_id": encode_uuids(ids),
            "kind": b"official",
            "name": encode_texts(["𨞪江社区", "甲村"]),
            "pinyin": encode_texts([None, "Jiǎ Cūn"]),
            "valid": encode_date_from(dt.date(1999, 12, 31)),
            "recorded": encode_moment_from(AT + dt.timedelta(microseconds=1)),
            "event_id": event,
        },
        2,
    )

    rows = session.execute(
        text(
            "SELECT d.level, n.name, n.pinyin, lower(n.valid) AS day, upper_inf(n.valid) AS open,"
            " lower(n.recorded) AS at, lower_inc(n.recorded) AS closed"
            " FROM division AS d JOIN division_name AS n ON n.division_id = d.id ORDER BY d.level"
        )
    ).all()
    assert [row.name for row in rows] == ["𨞪江社区", "甲村"]
    assert [row.pinyin for row in rows] == [None, "Jiǎ Cūn"]
    assert rows[0].day == dt.date(1999, 12, 31)
    assert rows[0].open
    assert rows[0].at == AT + dt.timedelta(microseconds=1)
    assert rows[0].closed
