"""How long a child may be silent."""

from pathlib import Path

import pytest

from tests.support.facts import facts
from webapp.pipeline.cost import FULL_HD_S
from webapp.pipeline.patience import SHORTEST_S, TIMES, expected_s, patience_s
from webapp.pipeline.plan import Plan

PAGE = Path(__file__).parents[2] / "docs/settings.md"


def patience_of(width: int, height: int, rate: int, longest_s: float = 1000) -> float:
    plan = Plan.of(facts(60, width=width, height=height, rate=rate))
    return patience_s(plan, plan.chunks[3], longest_s)


def test_a_small_piece_is_given_up_early_but_not_at_once() -> None:
    assert patience_of(320, 180, 25) == SHORTEST_S
    assert f"but {SHORTEST_S:.0f} s at least" in PAGE.read_text()


def test_a_piece_that_takes_longer_is_waited_for_longer() -> None:
    uhd, twice_as_fast = patience_of(3840, 2160, 30), patience_of(3840, 2160, 60)
    assert uhd == pytest.approx(TIMES * 6 * FULL_HD_S * 4, rel=0.05)
    assert twice_as_fast == pytest.approx(2 * uhd)


def test_never_longer_than_the_setting_says() -> None:
    assert patience_of(3840, 2160, 60, longest_s=120) == 120
    assert patience_of(320, 180, 25, longest_s=2) == 2


def test_a_shorter_piece_takes_less() -> None:
    plan = Plan.of(facts(60, width=1920, height=1080))
    first, second, third = (expected_s(plan, span) for span in plan.chunks[:3])
    assert first < second < third
