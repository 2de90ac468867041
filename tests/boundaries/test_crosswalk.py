"""Shares and whole numbers: the total is kept to the unit, merges are exact, wrong shares are refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.crosswalk import Share, apportion, move, require_shares, total_by_target
from boundaries.errors import BoundaryError

OLD = {"510199001": Decimal(40000), "510199005": Decimal(10000)}


def shares(*parts: tuple[str, str, float]) -> list[Share[str]]:
    return [Share(*part) for part in parts]


BY_PEOPLE = shares(
    ("510199001", "510199001", 0.65),
    ("510199001", "510199004", 0.25),
    ("510199001", "510199003", 0.10),
    ("510199005", "510199001", 1.0),
)


def test_move_when_a_part_was_transferred_then_by_people_and_the_sum_is_kept() -> None:
    moved = total_by_target(move(OLD, BY_PEOPLE))
    assert moved == {"510199001": 36000, "510199004": 10000, "510199003": 4000}
    assert sum(moved.values()) == 50000


def test_move_when_by_area_then_other_figures_and_the_same_sum() -> None:
    by_area = shares(
        ("510199001", "510199001", 0.7),
        ("510199001", "510199004", 0.2),
        ("510199001", "510199003", 0.1),
        ("510199005", "510199001", 1.0),
    )
    moved = total_by_target(move(OLD, by_area))
    assert moved == {"510199001": 38000, "510199004": 8000, "510199003": 4000}


def test_move_when_a_unit_went_as_a_whole_then_it_is_exact() -> None:
    exact = {part.share.source: part.share.exact for part in move(OLD, BY_PEOPLE)}
    assert exact == {"510199001": False, "510199005": True}


@pytest.mark.parametrize(
    "wrong",
    [
        shares(("a", "x", 1.0), ("a", "y", 1.0)),  # the join without weights
        shares(("a", "x", 0.5), ("a", "y", 0.4)),
        shares(("a", "x", 0.5), ("a", "x", 0.5)),
        shares(("a", "x", 1.5), ("a", "y", -0.5)),
    ],
)
def test_shares_when_they_do_not_add_up_to_one_then_refused_by_name(wrong: list[Share[str]]) -> None:
    with pytest.raises(BoundaryError) as refused:
        require_shares(wrong)
    assert refused.value.code == "shares_not_one"
    assert set(refused.value.fields["sources"]) == {"a"}


def test_shares_when_published_with_rounding_then_accepted() -> None:
    thirds = shares(("a", "x", 0.3333333), ("a", "y", 0.3333333), ("a", "z", 0.3333333))
    assert total_by_target(move({"a": Decimal(100)}, thirds)) == {"x": 34, "y": 33, "z": 33}


def test_move_when_a_value_has_no_shares_then_refused() -> None:
    with pytest.raises(BoundaryError) as refused:
        move({"b": Decimal(1)}, shares(("a", "x", 1.0)))
    assert refused.value.code == "source_unknown"


def test_move_when_values_have_decimals_then_the_sum_is_kept_to_the_last_of_them() -> None:
    halves = shares(("a", "x", 0.5), ("a", "y", 0.5))
    moved = total_by_target(move({"a": Decimal("0.25")}, halves))
    assert moved == {"x": Decimal("0.13"), "y": Decimal("0.12")}


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.floats(0, 1), min_size=1, max_size=12).filter(lambda found: sum(found) > 0.01),
)
def test_apportion_when_any_then_the_parts_add_up_and_none_is_off_by_one(
    total: int, weights: list[float]
) -> None:
    parts = apportion(total, weights)
    assert sum(parts) == total
    quotas = [total * weight / sum(weights) for weight in weights]
    assert all(abs(part - quota) < 1 + 1e-3 for part, quota in zip(parts, quotas, strict=True))
