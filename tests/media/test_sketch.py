"""How large a sketch is."""

from fractions import Fraction

import pytest

from webapp.media.sketch import sketch


@pytest.mark.parametrize(
    ("size", "sketched"),
    [
        ((3840, 2160), (854, 480)),
        ((2160, 3840), (480, 854)),
        ((2560, 1440), (854, 480)),
        ((1920, 1080), (640, 360)),
        ((8192, 4320), (910, 480)),
        ((7680, 1080), (2560, 360)),
    ],
)
def test_it_is_a_third_of_the_picture_at_most(size: tuple[int, int], sketched: tuple[int, int]) -> None:
    rung = sketch(*size, Fraction(30))
    assert (rung.name, rung.width, rung.height) == ("sketch", *sketched)


def test_frames_that_come_faster_may_take_more() -> None:
    slow, fast = (sketch(3840, 2160, Fraction(rate)) for rate in (30, 60))
    assert fast.ceiling_bps > slow.ceiling_bps
