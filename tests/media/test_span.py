"""Where a chunk's frames begin and end when the picture stands still, or the times do not fit the bounds."""

import itertools
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from tests.support.video import numbered_frame

from .decoding import Rendition, assert_can_start_anywhere, assert_joined
from .encoding import encode_picture
from .splicing import hold_last_frame

Footage = Callable[..., Path]

MILLISECOND = Fraction(1, 1000)
SECOND = 1000
TIMESTAMP_SCALE = b"\x2a\xd7\xb1\x83"  # and its size, in Matroska (RFC 9559 §5.1.2.9)
# A second of movement, twenty of a still picture, a second of movement.
STILL = [number * 100 for number in range(10)] + [21 * SECOND + number * 100 for number in range(10)]


def shown_at(rendition: Rendition, second: float) -> int:
    """Number of the frame to be seen at a second."""
    return [number for time, number, _ in rendition.frames if time <= second][-1]


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_picture_that_stands_still_is_in_every_segment(footage: Footage, tmp_path: Path, name: str) -> None:
    encoded = encode_picture(footage(name, times=STILL, time_base=MILLISECOND), tmp_path / "out")
    assert_joined(encoded.top)
    assert_can_start_anywhere(encoded.top)
    assert encoded.top.begins() == [0, 2, 6, 12, 18]
    assert [shown_at(encoded.top, second) for second in (0.9, 2, 6, 12, 20.9, 21)] == [9, 9, 9, 9, 9, 10]
    assert [number for number, _ in itertools.groupby(encoded.top.numbers)] == list(range(20))


def test_a_picture_that_stands_still_where_frames_may_be_left_out_is_the_last_one_before(
    footage: Footage, tmp_path: Path
) -> None:
    # Frame 9 is one that no other needs; a reader in a hurry would show an earlier one at 2 s.
    options = {"x264-params": "bframes=3:b-adapt=0:scenecut=0"}
    source = footage("a.mkv", times=STILL, time_base=MILLISECOND, gop=100, options=options)
    encoded = encode_picture(source, tmp_path / "out")
    assert [shown_at(encoded.top, second) for second in (2, 6, 12, 18)] == [9, 9, 9, 9]


def test_a_picture_that_stands_still_for_many_nanoseconds_is_in_every_segment(
    footage: Footage, tmp_path: Path
) -> None:
    source = footage("a.mkv", times=[time * 10**6 for time in STILL], time_base=MILLISECOND)
    data = source.read_bytes()
    assert data.count(TIMESTAMP_SCALE + b"\x0f\x42\x40") == 1  # a million nanoseconds
    source.write_bytes(data.replace(TIMESTAMP_SCALE + b"\x0f\x42\x40", TIMESTAMP_SCALE + b"\0\0\1"))
    encoded = encode_picture(source, tmp_path / "out")
    assert encoded.facts.video.time_base.denominator == 10**9
    assert_joined(encoded.top)
    assert [shown_at(encoded.top, second) for second in (0.9, 2, 6, 12, 20.9, 21)] == [9, 9, 9, 9, 9, 10]


def test_the_last_picture_held_for_long_is_in_every_segment(tmp_path: Path) -> None:
    source = hold_last_frame(tmp_path / "held.mp4", moving_s=1, held_s=14)
    encoded = encode_picture(source, tmp_path / "out")
    assert encoded.facts.duration_s == 15
    assert_joined(encoded.top)
    assert encoded.top.begins() == [0, 2, 6, 12] and encoded.top.end() == 15
    assert all(length <= 6.5 for length in encoded.top.lengths())


def test_a_slide_show_of_one_frame_in_three_seconds_loses_no_slide(footage: Footage, tmp_path: Path) -> None:
    times = [number * 3 * SECOND for number in range(6)]
    encoded = encode_picture(footage("a.mp4", times=times, time_base=MILLISECOND), tmp_path / "out")
    assert_joined(encoded.top)
    assert_can_start_anywhere(encoded.top)
    assert [shown_at(encoded.top, time / SECOND) for time in times] == list(range(6))


def test_a_bound_between_two_frames_moves_to_the_next_frame(footage: Footage, tmp_path: Path) -> None:
    times = [number * 300 for number in range(25)]
    encoded = encode_picture(footage("a.mp4", times=times, time_base=MILLISECOND), tmp_path / "out")
    assert encoded.top.begins() == [0, Fraction(21, 10), 6]
    assert encoded.top.times == [Fraction(time, SECOND) for time in times]
    assert_joined(encoded.top)


def test_a_hole_that_starts_in_an_interlaced_picture_is_filled_too(footage: Footage, tmp_path: Path) -> None:
    options = {"x264-params": "tff=1"}
    source = footage("a.mkv", times=STILL, time_base=MILLISECOND, options=options, picture=numbered_frame)
    encoded = encode_picture(source, tmp_path / "out")
    assert encoded.facts.video.interlaced
    assert_joined(encoded.top)
    assert encoded.top.begins() == [0, 2, 6, 12, 18]
    assert [shown_at(encoded.top, second) for second in (0.9, 2, 6, 12, 20.9, 21)] == [9, 9, 9, 9, 9, 10]
