"""Where segments start, and which segment a second belongs to."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import example, given, strategies as st

from webapp.media import timeline

# Any, and those that end about where a segment would start.
DURATIONS = st.fractions(Fraction(1, 1000), 4000) | st.builds(
    lambda number, rest: 6 * number + rest, st.integers(1, 600), st.fractions(Fraction(-1, 2), Fraction(1, 2))
)
# Of a duration: from its start to just before its end.
SHARES = st.fractions(0, Fraction(9999, 10000))


@pytest.mark.parametrize(
    ("duration_s", "starts"),
    [
        (0.04, [0]),
        (2, [0]),
        (2.5, [0, 2]),
        (6, [0, 2]),
        (6.5, [0, 2, 6]),
        (30, [0, 2, 6, 12, 18, 24]),
    ],
)
def test_a_video_opens_with_2_and_4_seconds_and_goes_on_with_6(duration_s: float, starts: list[int]) -> None:
    assert timeline.starts(duration_s) == starts


@pytest.mark.parametrize("duration_s", [2.3, 6.3, 12.3, 18.4])
def test_a_short_rest_joins_the_segment_before(duration_s: float) -> None:
    assert timeline.starts(duration_s) == timeline.starts(int(duration_s))


@given(DURATIONS)
def test_segments_start_at_rising_even_seconds_before_the_end(duration: Fraction) -> None:
    starts = timeline.starts(float(duration))
    assert starts[0] == 0
    assert all(start % timeline.KEYFRAME_S == 0 for start in starts)
    assert starts == sorted(set(starts))
    assert starts[-1] < duration


@given(DURATIONS)
def test_no_segment_lasts_much_longer_than_six_seconds(duration: Fraction) -> None:
    bounds = [*map(Fraction, timeline.starts(float(duration))), duration]
    lengths = [end - start for start, end in itertools.pairwise(bounds)]
    assert all(length < 6.5 for length in lengths)


@given(DURATIONS)
def test_chunks_join_and_only_the_last_has_no_end(duration: Fraction) -> None:
    chunks = timeline.chunks(float(duration))
    assert [chunk.first for chunk in chunks] == list(range(len(timeline.starts(float(duration)))))
    assert chunks[0].bounds_s[0] == 0
    for one, other in itertools.pairwise(chunks):
        assert one.bounds_s[-1] == other.bounds_s[0]
    assert [chunk.open_end for chunk in chunks] == [False] * (len(chunks) - 1) + [True]


@given(DURATIONS, SHARES)
@example(Fraction(123, 10), Fraction(122, 123))
def test_every_moment_belongs_to_exactly_one_segment(duration: Fraction, share: Fraction) -> None:
    moment = duration * share
    starts = timeline.starts(float(duration))
    expected = max(index for index, start in enumerate(starts) if start <= moment)
    assert timeline.segment_at(moment, 0, timeline.bounds(float(duration))) == expected
    holding = [
        chunk
        for chunk in timeline.chunks(float(duration))
        if chunk.bounds_s[0] <= moment and (chunk.open_end or moment < chunk.bounds_s[-1])
    ]
    assert len(holding) == 1
    assert timeline.segment_at(moment, holding[0].first, holding[0].bounds_s) == expected


@pytest.mark.parametrize("duration_s", [11.7, 12, 12.02, 12.3])
def test_sound_that_ends_a_little_after_the_picture_does_not_start_a_segment(duration_s: float) -> None:
    assert timeline.segment_at(Fraction(1239, 100), 0, timeline.bounds(duration_s)) == 2


def test_a_picture_that_goes_on_past_the_last_bound_gets_more_segments() -> None:
    numbers = [timeline.segment_at(Fraction(second), 2, [6, 12]) for second in (6, 11, 12, 17, 18, 24)]
    assert numbers == [2, 2, 3, 3, 4, 5]


@given(st.fractions(0, 4000))
def test_keyframe_slots_are_two_seconds_long(second: Fraction) -> None:
    slot = timeline.keyframe_slot(second)
    assert 2 * slot <= second < 2 * slot + 2


def test_the_highest_rate_is_that_of_half_a_second() -> None:
    slow, fast = [number * 100 for number in range(20)], [2000 + number * 20 for number in range(40)]
    assert timeline.fastest([*fast, *slow], 1000) == 50
    assert timeline.fastest([0, 1, *range(40, 2000, 40)], 1000) == Fraction(14 * 1000, 520)
    assert timeline.fastest([0, 40, 80], 1000) is None


@given(st.floats(0.5, 100), st.integers(0, 5))
def test_a_segment_ends_where_the_next_one_begins(duration_s: float, first: int) -> None:
    bounds = timeline.bounds(duration_s)
    for index in range(first, first + len(bounds) + 3):
        end = timeline.segment_end(index, first, bounds)
        assert timeline.segment_at(Fraction(end), first, bounds) == index + 1
        assert timeline.segment_at(Fraction(end) - Fraction(1, 1000), first, bounds) == index


def test_segments_are_to_be_short_first_and_then_as_long_as_apple_wants_them() -> None:
    assert [timeline.wanted_s(index) for index in range(5)] == [2, 4, 6, 6, 6]
