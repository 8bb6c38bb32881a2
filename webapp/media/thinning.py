"""Fewer frames for pictures with more than players show: Apple's authoring rules have 60 a second at most."""

import math
from fractions import Fraction

HIGHEST_RATE = 60
# What is measured as a little more is 60 all the same.
TOLERANCE = Fraction(102, 100)


def shown_rate(rate: Fraction) -> Fraction:
    """Frames per second that are shown of a source of this rate: every frame, every second one, and so on."""
    return rate / math.ceil(rate / (HIGHEST_RATE * TOLERANCE))


class Thinning:
    """Chooses the frames of one chunk that are shown; the first always is, so that chunks join."""

    def __init__(self, rate: Fraction, time_base: Fraction, zero: int) -> None:
        """`rate` and `time_base` are the source's, `zero` the tick of its first frame."""
        self._thins = rate != shown_rate(rate)
        self._interval = 1 / (shown_rate(rate) * time_base)  # ticks
        # Half a frame of the source early, so that rounded timestamps do not change sides.
        self._zero = zero - Fraction(1, 2) / (rate * time_base)
        self._last: int | None = None

    def keeps(self, pts: int) -> bool:
        """Whether the next frame is shown; timestamps rise."""
        if not self._thins:
            return True
        place = math.floor((pts - self._zero) / self._interval)
        kept = place != self._last
        self._last = place
        return kept
