"""Ladders fitted to what a source has, and to what a title needs."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from webapp.media.answers import Complexity, Need
from webapp.media.fitting import useful, within_need, within_source
from webapp.media.ladder import CEILINGS_BPS, Rung, ladder

USUAL = ladder(1920, 1080, Fraction(25))
RATES = st.integers(1, 100_000_000)
NEEDS = st.lists(RATES, min_size=2, max_size=2).map(
    lambda bps: [Need(854 * 480, max(bps)), Need(426 * 240, min(bps))]
)


def ceilings(rungs: list[Rung]) -> list[int]:
    return [rung.ceiling_bps for rung in rungs]


def fitted(needs: list[Need], usual: list[Rung] = USUAL) -> list[Rung]:
    return useful(usual, within_need(usual, needs))


def names(rungs: list[Rung]) -> list[str]:
    return [rung.name for rung in rungs]


def test_no_rung_may_take_much_more_than_the_source_has() -> None:
    rungs = within_source(USUAL, Complexity(source_bps=700_000))
    assert ceilings(rungs)[:2] == [2_100_000, 1_400_000]
    assert ceilings(rungs)[-2:] == ceilings(USUAL)[-2:]


@pytest.mark.parametrize("source_bps", [0, 5_000_000, 150_000_000])
def test_a_source_that_has_enough_or_is_not_known_changes_nothing(source_bps: int) -> None:
    assert within_source(USUAL, Complexity(source_bps=source_bps)) == USUAL


def test_a_film_within_slides_may_take_what_it_has_itself() -> None:
    found = Complexity(source_bps=350_000, busiest_bps=3_200_000)
    assert ceilings(within_source(USUAL, found)) == [4_800_000, *ceilings(USUAL[1:])]


def test_a_hard_title_keeps_all() -> None:
    assert fitted([Need(854 * 480, 900_000), Need(426 * 240, 260_000)]) == USUAL


def test_an_easy_title_gets_fewer_and_lower_ones() -> None:
    rungs = fitted([Need(854 * 480, 90_000), Need(426 * 240, 40_000)])
    assert names(rungs) == ["1080p", "240p"]
    assert all(
        rung.ceiling_bps < usual.ceiling_bps for rung in rungs for usual in USUAL if usual.name == rung.name
    )


def test_what_takes_next_to_nothing_still_gets_two() -> None:
    assert names(fitted([Need(854 * 480, 2_000), Need(426 * 240, 1_000)])) == ["1080p", "144p"]


def test_beside_a_larger_picture_one_stays_that_plays_everywhere() -> None:
    usual = ladder(3840, 2160, Fraction(25))
    assert names(fitted([Need(854 * 480, 20_000), Need(426 * 240, 10_000)], usual)) == ["2160p", "1080p"]


@pytest.mark.parametrize("needs", [[], [Need(854 * 480, 0), Need(426 * 240, 0)]])
def test_without_a_need_that_is_known_nothing_changes(needs: list[Need]) -> None:
    assert fitted(needs) == USUAL


@given(RATES, NEEDS)
def test_nobody_is_worse_off(source_bps: int, needs: list[Need]) -> None:
    """Whatever is left out, a larger one takes no more than it might have."""
    capped = within_source(USUAL, Complexity(source_bps=source_bps))
    rungs = useful(USUAL, within_need(capped, needs))
    assert rungs[0].name == USUAL[0].name and len(rungs) >= 2
    for usual in USUAL:
        assert any(rung.width >= usual.width and 0 < rung.ceiling_bps <= usual.ceiling_bps for rung in rungs)


@given(RATES, NEEDS)
def test_ceilings_never_rise_down_the_ladder(source_bps: int, needs: list[Need]) -> None:
    capped = within_source(USUAL, Complexity(source_bps=source_bps))
    rungs = useful(USUAL, within_need(capped, needs))
    assert all(one >= other for one, other in itertools.pairwise(ceilings(rungs)))
    assert max(ceilings(rungs)) <= max(CEILINGS_BPS.values())


def test_a_keyframe_fits_into_the_encoders_buffer_with_room_to_spare() -> None:
    """Photographs in a row: hardly anything between keyframes, which are as large as any."""
    needs = [Need(854 * 480, 200_000, 400_000), Need(426 * 240, 60_000, 120_000)]
    for usual, rung in zip(USUAL, within_need(USUAL, needs), strict=True):
        keyframe_bits = 400_000 * rung.width * rung.height / (854 * 480)
        assert rung.ceiling_bps >= min(usual.ceiling_bps, 2 * keyframe_bits)
    rungs = within_source(USUAL, Complexity(source_bps=300_000, keyframe_bits=1_600_000))
    assert rungs[0].ceiling_bps == 4_000_000
