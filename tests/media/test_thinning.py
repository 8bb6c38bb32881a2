"""Sources of more than 60 frames a second."""

import random
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from webapp.media.thinning import HIGHEST_RATE, TOLERANCE, Thinning, highest_rate, shown_rate

from .decoding import assert_joined
from .encoding import encode_picture


@pytest.mark.parametrize(
    ("rate", "shown"),
    [(24, 24), (60, 60), (61, 61), (100, 50), (120, 60), (240, 60), (90, 45), (480, 60)],
)
def test_every_frame_is_shown_or_every_second_and_so_on(rate: int, shown: int) -> None:
    assert shown_rate(Fraction(rate)) == shown


def test_the_rates_of_film_and_ntsc_are_whole_parts() -> None:
    assert shown_rate(Fraction(60_000, 1001)) == Fraction(60_000, 1001)
    assert shown_rate(Fraction(120_000, 1001)) == Fraction(60_000, 1001)


@pytest.mark.parametrize("rate", [120, 144, 240, Fraction(120_000, 1001)])
def test_rounded_times_leave_the_steps_even(rate: Fraction) -> None:
    rate = Fraction(rate)
    times = [round(number * 1000 / rate) for number in range(1000)]
    thinning = Thinning(rate, Fraction(1, 1000), zero=0, begin=0)
    kept = [number for number, time in enumerate(times) if thinning.keeps(time)]
    step = rate / shown_rate(rate)
    assert kept == list(range(0, 1000, int(step)))


def kept(times: list[int], rate: int | Fraction, begin: int = 0) -> list[int]:
    """Of a chunk from `begin` on, in milliseconds, by a source of such an average rate."""
    thinning = Thinning(Fraction(rate), Fraction(1, 1000), zero=0, begin=begin)
    return [time for time in times if thinning.keeps(time)]


@pytest.mark.parametrize("fast", [75, 90, 120, 144, 240, 1000])
def test_where_a_slow_source_is_fast_it_is_shown_at_60(fast: int) -> None:
    before, after = range(0, 2000, 40), range(3020, 5000, 40)
    burst = [2000 + round(number * 1000 / fast) for number in range(fast)]
    shown = kept([*before, *burst, *after], rate=45)
    assert [time for time in shown if not 2000 <= time < 3000] == [*before, *after]
    assert 59 <= sum(2000 <= time < 3000 for time in shown) <= 62
    rate = highest_rate(shown, 1000)
    assert rate and rate <= HIGHEST_RATE * TOLERANCE


@pytest.mark.parametrize("off", [4, 8, 12])  # ms
@pytest.mark.parametrize("rate", [25, 30, 50, Fraction(60_000, 1001), 60])
def test_frames_that_come_early_or_late_are_all_shown(rate: int | Fraction, off: int) -> None:
    chance = random.Random(1)
    frames = range(1000)
    times = sorted({round(number * 1000 / rate) + chance.randint(-off, off) for number in frames})
    assert kept(times, rate) == times
    measured = highest_rate(times, 1000)
    assert measured and measured <= HIGHEST_RATE * TOLERANCE


def test_what_is_shown_at_60_for_a_moment_is_said_to_be() -> None:
    burst = [*range(0, 2000, 40), *(2000 + number * 1000 // 60 for number in range(40))]
    assert highest_rate(burst, 1000) == 60


@pytest.mark.parametrize("fast", [90, 120, 240])
def test_what_lasts_is_more_than_60(fast: int) -> None:
    assert highest_rate([number * 3600 for number in range(2 * fast)], 3600 * fast) == fast


def test_a_chunk_is_thinned_alike_whatever_frames_come_before_it() -> None:
    times = [*range(0, 2000, 4)]
    whole = [time for time in kept(times, 30, begin=1000) if time >= 1000]
    assert whole == kept([time for time in times if time >= 990], 30, begin=1000)[-len(whole) :]
    assert whole[0] == 1000


def test_slow_motion_within_a_video_is_encoded_at_60(footage: Callable[..., Path], tmp_path: Path) -> None:
    times = [*range(0, 2000, 40), *range(2000, 3000, 5), *range(3000, 8000, 40)]
    encoded = encode_picture(
        footage("a.mp4", time_base=Fraction(1, 1000), times=times, rate=45), tmp_path / "out", smallest=True
    )
    shown = encoded.top.times
    assert [times[number] for number in encoded.top.numbers] == [time * 1000 for time in shown]
    rates = [segment.fastest.fraction for segment in encoded.top.track.segments if segment.fastest]
    assert 60 <= max(rates) <= HIGHEST_RATE * TOLERANCE
    assert sum(chunk.frames + chunk.thinned for chunk in encoded.chunks) == len(times)


def test_a_fast_source_is_encoded_at_half_its_rate(footage: Callable[..., Path], tmp_path: Path) -> None:
    encoded = encode_picture(footage("a.mp4", rate=120, gop=60, seconds=4.5), tmp_path / "out", smallest=True)
    assert encoded.top.times == [Fraction(number, 60) for number in range(270)]
    assert encoded.top.numbers == [number * 2 for number in range(270)]
    assert_joined(encoded.top)
    assert sum(chunk.frames for chunk in encoded.chunks) == 270


def test_chunks_join_where_the_deinterlacer_sees_frames_before_them(
    footage: Callable[..., Path], tmp_path: Path
) -> None:
    source = footage("a.mp4", rate=Fraction(125, 2), seconds=5, options={"x264-params": "interlaced=1"})
    assert_joined(encode_picture(source, tmp_path / "out", smallest=True).top)
