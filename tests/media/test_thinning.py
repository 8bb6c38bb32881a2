"""Sources of more than 60 frames a second."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from webapp.media.thinning import Thinning, shown_rate

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
