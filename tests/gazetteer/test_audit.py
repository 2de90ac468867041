"""The audit chain: it grows, runs across days, and shows every tampering."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gazetteer import clock
from gazetteer.changes import audit


@pytest.fixture
def chain(session: Session) -> Session:
    for day in (1, 1, 2):
        clock.freeze(session, dt.datetime(2026, 3, day, 4, tzinfo=dt.UTC))
        audit.append(session, None, "test", "thing", day, {"名": "五津"})
    return session


def test_audit_when_untouched_then_verifies(chain: Session) -> None:
    assert audit.verify(chain) == []


def test_audit_when_verified_with_another_key_then_every_day_is_named(chain: Session) -> None:
    chain.info["audit_key"] = "another key"
    assert len(audit.verify(chain)) == 2


def test_audit_rows_when_changed_by_sql_then_refused(chain: Session) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), chain.begin_nested():
        chain.execute(sa.text("UPDATE audit_entry SET action = 'other'"))


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_entry SET detail = '{}' WHERE day = '2026-03-01' AND seq = 1",
        "DELETE FROM audit_entry WHERE day = '2026-03-01' AND seq = 1",
        "DELETE FROM audit_entry WHERE day = '2026-03-01' AND seq = 2",
        "DELETE FROM audit_head WHERE day = '2026-03-02'",
    ],
)
def test_audit_when_a_row_is_tampered_with_by_the_owner_then_verify_says_so(
    chain: Session, tampering: str
) -> None:
    chain.execute(sa.text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
    chain.execute(sa.text(tampering))
    chain.expire_all()
    assert audit.verify(chain) != []
