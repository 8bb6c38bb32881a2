"""How numbers are said: as people say them, also at the edges where a unit changes."""

from datetime import timedelta

import pytest

from webapp import words


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 Bytes"), (1, "1 Byte"), (999, "999 Bytes"), (22_700_000, "22.7 MB"), (20_000_000_000, "20.0 GB")],
)
def test_sizes(count: int, text: str) -> None:
    assert words.size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00"),
        (59.4, "0:59"),
        (59.6, "1:00"),
        (123, "2:03"),
        (3599.7, "1:00:00"),
        (3723, "1:02:03"),
        (360_000, "100:00:00"),
    ],
)
def test_positions(seconds: float, text: str) -> None:
    assert words.clock(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (0.44, "0.4 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (38.2, "38 s"),
        (59.7, "1 min 0 s"),
        (226, "3 min 46 s"),
        (3599.8, "1 h 0 min"),
        (4320, "1 h 12 min"),
        (360_000, "100 h 0 min"),
    ],
)
def test_lengths_of_time(seconds: float, text: str) -> None:
    assert words.lasting(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (0, "0 kbit/s"),
        (800_000, "800 kbit/s"),
        (999_499, "999 kbit/s"),
        (999_500, "1.0 Mbit/s"),
        (4_800_000, "4.8 Mbit/s"),
    ],
)
def test_bit_rates(rate: int, text: str) -> None:
    assert words.bit_rate(rate) == text


@pytest.mark.parametrize(
    ("rate", "text"), [(25, "25"), (23.976, "23.98"), (29.97, "29.97"), (100, "100"), (12.5, "12.5")]
)
def test_frame_rates(rate: float, text: str) -> None:
    assert words.frame_rate(rate) == text


@pytest.mark.parametrize(
    ("position", "text"),
    [
        (1, "it is next"),
        (2, "1 video is before it"),
        (3, "2 videos are before it"),
        (words.FARTHEST_PLACE, f"{words.FARTHEST_PLACE - 1} videos are before it"),
        (words.FARTHEST_PLACE + 1, f"{words.FARTHEST_PLACE} videos or more are before it"),
    ],
)
def test_places_in_a_queue(position: int, text: str) -> None:
    assert words.place(position) == text


@pytest.mark.parametrize(
    ("waited_s", "text"),
    [(None, ""), (0.0, ""), (1.0, ""), (1.2, ", 1.2 s of it waiting for its turn")],
)
def test_waits_are_told_where_somebody_felt_them(waited_s: float | None, text: str) -> None:
    assert words.waiting_of_it(waited_s) == text
