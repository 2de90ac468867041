"""How many statements the main reads cost, however many rows they give."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import SignIn, StatementCounter
from tests.gazetteer.register import Register

# Sessions of the tests add SAVEPOINT and RELEASE; only what reads and writes is counted.
NOT_COUNTED = ("SAVEPOINT", "RELEASE", "ROLLBACK")


def cost(counter: StatementCounter) -> int:
    return sum(not statement.startswith(NOT_COUNTED) for statement in counter.statements)


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/healthz", 0),
        ("/api/v1/divisions", 4),
        ("/api/v1/divisions/510132", 7),
        ("/api/v1/divisions?level=5&within={district}&q=村", 4),
        ("/api/v1/divisions/{a}/history", 7),
        ("/api/v1/divisions/{a}/lineage", 8),
        ("/api/v1/search?q=村", 6),
        ("/api/v1/names", 3),
        ("/api/v1/codes/510132", 5),
    ],
)
def test_public_read_when_made_then_few_statements(
    client: FlaskClient, register: Register, counter: StatementCounter, address: str, most: int
) -> None:
    answer = client.get(address.format(**register.ids))
    assert answer.status_code == 200, answer.text
    assert cost(counter) <= most, counter.statements


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/api/v1/me", 6),
        ("/api/v1/arcs?bbox=103.79,30.45,103.85,30.51", 12),
        ("/api/v1/requests", 7),
        ("/api/v1/divisions/{a}/boundary", 9),
    ],
)
def test_signed_in_read_when_made_then_few_statements(
    sign_in: SignIn, register: Register, counter: StatementCounter, address: str, most: int
) -> None:
    browser = sign_in("reviewer")
    counter.statements.clear()
    assert browser.get(address.format(**register.ids)).status_code == 200
    assert cost(counter) <= most, counter.statements
