"""Configuration may tighten the limits and never loosen them."""

from __future__ import annotations

import pytest

from disclosure.policy import Policy


@pytest.mark.parametrize("k", [3, 5, 10])
def test_k_may_be_chosen_between_three_and_ten(k: int) -> None:
    assert Policy(internal_k=k).internal_k == k


@pytest.mark.parametrize(
    "loosened",
    [
        {"internal_k": 2},
        {"internal_k": 11},
        {"hide_below": 7},
        {"always_shown_from": 9},
        {"base": 10},
        {"base": 1},
        {"largest_shift": 2},
        {"largest_shift": 5},
        {"required_width": 4.0},
        {"required_width_if_nearest": 2.0},
        {"smallest_share_base": 10},
        {"top_code_percent": 1},
        {"top_code_percent": 26},
        {"hide_below": 12},
        {"largest_repair": 0},
    ],
)
def test_loosening_is_refused_with_the_name_of_the_limit(loosened: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="county pack"):
        Policy(**loosened)  # type: ignore[arg-type]


def test_tightening_is_allowed() -> None:
    assert Policy(hide_below=10, always_shown_from=12, required_width=6, smallest_share_base=30, top_code_percent=10).hide_below == 10
