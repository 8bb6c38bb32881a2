"""What encoders are told of when frames are shown."""

from fractions import Fraction
from itertools import pairwise

from webapp.media.pacing import Pacing


def steps(times: list[int]) -> list[int]:
    return [other - one for one, other in pairwise(times)]


def test_steps_are_neither_next_to_nothing_nor_longer_than_the_buffer_lasts() -> None:
    pacing = Pacing(Fraction(1, 1000))
    shown = [5000, 5001, 5041, 9041, 9050, 9090]
    told = [pacing.told(tick) for tick in shown]
    assert steps(told) == [8, 40, 1000, 9, 40]
    assert [pacing.shown(tick) for tick in reversed(told)] == shown[::-1]


def test_frames_that_come_evenly_are_told_as_they_are() -> None:
    for time_base, step in ((Fraction(1, 25), 1), (Fraction(1001, 60_000), 1), (Fraction(20), 1)):
        pacing = Pacing(time_base)
        shown = list(range(100, 200, step))
        assert [pacing.told(tick) for tick in shown] == shown
