"""Which renditions a picture of a given size and rate gets."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from webapp.media.ladder import Rung, ladder

FILM = Fraction(24)
# From a thumbnail to a little more than the largest picture that is accepted.
SIDES = st.integers(2, 9000)
RATES = st.fractions(Fraction(1, 10), 480)


def sizes(rungs: list[Rung]) -> list[tuple[int, int]]:
    return [(rung.width, rung.height) for rung in rungs]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((3840, 2160), ["2160p", "1440p", "1080p", "720p", "480p", "360p", "240p", "144p"]),
        ((1920, 1080), ["1080p", "720p", "480p", "360p", "240p", "144p"]),
        ((1280, 720), ["720p", "480p", "360p", "240p", "144p"]),
        ((640, 360), ["360p", "240p", "144p"]),
        ((320, 180), ["180p", "144p"]),
        ((160, 90), ["90p", "44p"]),
    ],
)
def test_rungs_go_down_from_the_source_by_the_usual_steps(size: tuple[int, int], expected: list[str]) -> None:
    assert [rung.name for rung in ladder(*size, FILM)] == expected


def test_the_top_rung_is_the_sources_own_size() -> None:
    assert sizes(ladder(1998, 1000, FILM))[0] == (1998, 1000)


@pytest.mark.parametrize("wanted", [(), (2000,), (2000, 500)])
def test_no_side_is_longer_than_the_encoder_takes(wanted: tuple[int, ...]) -> None:
    top = ladder(20_000, 2000, FILM, wanted)[0]
    assert (top.width, top.height) == (16_380, 1638)
    assert sizes(ladder(2000, 20_000, FILM, wanted))[0] == (1638, 16_380)


def test_rungs_are_named_by_the_shorter_side() -> None:
    wide = ladder(1920, 800, FILM)
    assert sizes(wide)[:2] == [(1920, 800), (1152, 480)]
    assert [rung.name for rung in wide][:2] == ["800p", "480p"]


def test_a_portrait_video_keeps_its_detail() -> None:
    assert sizes(ladder(1080, 1920, FILM))[:2] == [(1080, 1920), (720, 1280)]


@given(SIDES, SIDES, RATES)
def test_portrait_is_landscape_turned(width: int, height: int, rate: Fraction) -> None:
    upright, lying = ladder(width, height, rate), ladder(height, width, rate)
    assert sizes(upright) == [(width, height) for height, width in sizes(lying)]
    assert [(rung.name, rung.ceiling_bps) for rung in upright] == [
        (rung.name, rung.ceiling_bps) for rung in lying
    ]


@given(SIDES, SIDES)
def test_nothing_is_enlarged_and_every_side_is_even(width: int, height: int) -> None:
    for across, down in sizes(ladder(width, height, FILM)):
        assert 2 <= across <= width and 2 <= down <= height
        assert across % 2 == 0 and down % 2 == 0


@given(SIDES, SIDES)
def test_rungs_keep_the_shape_of_the_source(width: int, height: int) -> None:
    for across, down in sizes(ladder(width, height, FILM)):
        scale = min(width, height) / min(across, down)
        # Two pixels: rounding to even on either side; relative to what one pixel amounts to.
        assert abs(across * scale - width) <= 2 * scale + abs(width - height) * 2 / min(across, down)


@given(SIDES, SIDES)
def test_each_rung_is_clearly_smaller_than_the_one_above(width: int, height: int) -> None:
    rungs = ladder(width, height, FILM)
    sides = [min(size) for size in sizes(rungs)]
    assert all(lower <= upper * 0.81 for upper, lower in itertools.pairwise(sides))
    assert len({rung.name for rung in rungs}) == len(rungs)


def test_a_size_just_above_a_usual_one_does_not_get_both() -> None:
    assert [rung.name for rung in ladder(1300, 730, FILM)][:2] == ["730p", "480p"]


def test_an_odd_source_loses_one_row_and_one_column() -> None:
    assert sizes(ladder(161, 121, FILM)) == [(160, 120), (80, 60)]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((160, 120), [(160, 120), (80, 60)]),
        ((128, 96), [(128, 96), (64, 48)]),
        ((176, 144), [(176, 144), (88, 72)]),
        ((90, 160), [(90, 160), (44, 80)]),
        ((200, 170), [(200, 170), (100, 84)]),
    ],
)
def test_a_source_no_larger_than_the_smallest_rung_gets_one_of_half_the_size(
    size: tuple[int, int], expected: list[tuple[int, int]]
) -> None:
    assert sizes(ladder(*size, FILM)) == expected


def test_a_single_size_that_is_wanted_stays_alone() -> None:
    assert sizes(ladder(1920, 1080, FILM, [144])) == [(256, 144)]


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 500), (500, 3)])
def test_a_tiny_source_gets_one_rung(size: tuple[int, int]) -> None:
    (rung,) = ladder(*size, FILM)
    assert rung.width >= 2 and rung.height >= 2 and rung.ceiling_bps > 0


@pytest.mark.parametrize("size", [(7680, 4320), (4320, 7680), (8192, 4320), (16384, 2000)])
def test_a_huge_source_is_brought_down_to_2160(size: tuple[int, int]) -> None:
    rungs = ladder(*size, FILM)
    assert min(sizes(rungs)[0]) == min(2160, *size)


@given(st.lists(st.tuples(SIDES, SIDES), min_size=2, max_size=2), RATES)
def test_more_pixels_never_get_a_lower_ceiling(pair: list[tuple[int, int]], rate: Fraction) -> None:
    tops = sorted((ladder(*size, rate)[0] for size in pair), key=lambda rung: rung.width * rung.height)
    assert 0 < tops[0].ceiling_bps <= tops[1].ceiling_bps


@given(SIDES, SIDES, RATES)
def test_ceilings_never_rise_down_the_ladder(width: int, height: int, rate: Fraction) -> None:
    ceilings = [rung.ceiling_bps for rung in ladder(width, height, rate)]
    assert ceilings == sorted(ceilings, reverse=True)


def test_a_faster_rate_costs_more_but_not_proportionally() -> None:
    slow, usual, fast = (ladder(1920, 1080, Fraction(rate))[0].ceiling_bps for rate in (15, 30, 60))
    assert slow == usual == 5_000_000
    assert usual < fast < 2 * usual


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ((1080, 720, 360), ["1080p", "720p", "360p"]),
        ((360, 720), ["720p", "360p"]),
        ((2160, 1200, 480), ["1080p", "480p"]),
        ((1000, 980), ["1000p", "980p"]),
    ],
)
def test_wanted_sizes_are_taken_as_far_as_the_source_goes(wanted: tuple[int, ...], names: list[str]) -> None:
    assert [rung.name for rung in ladder(1920, 1080, Fraction(30), wanted)] == names
