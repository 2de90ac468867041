"""A snapshot of a small register with bent lines, an enclave, a lake and a town in two parts."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from gazetteer.queries.snapshot import Snapshot, snapshot
from tests.gazetteer.register import build_register, three_levels

PICTURE = """
    aaaabbbb
    aeaabb~b
    aaaabbbb
    ccffddda
    ccffdddd
"""
TOWNS = {"甲镇": "ab", "乙镇": "cdef"}


@pytest.fixture
def small(session: Session) -> Snapshot:
    units = three_levels(PICTURE, TOWNS, bent=True)
    build_register(session, units, places=[("老君山", 103.835, 30.475)], line=("甲乙线", "a", "c"))
    return snapshot(session)
