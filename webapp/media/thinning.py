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

    def __init__(self, rate: Fraction, time_base: Fraction, zero: int, begin: int) -> None:
        """
        Args:
            rate, time_base: the source's.
            zero: the tick of its first frame.
            begin: the tick at which the chunk begins; frames before that may come for context.
        """
        self._thins = rate != shown_rate(rate)
        self._interval = 1 / (shown_rate(rate) * time_base)  # ticks
        # Half a frame of the source early, so that rounded timestamps do not change sides.
        self._zero = zero - Fraction(1, 2) / (rate * time_base)
        self._begin = begin
        self._last: int | None = None
        self._inside = False

    def keeps(self, pts: int) -> bool:
        """Whether the next frame is shown; timestamps rise."""
        if not self._thins:
            return True
        place = math.floor((pts - self._zero) / self._interval)
        begins = pts >= self._begin and not self._inside
        kept = begins or place != self._last
        self._last, self._inside = place, self._inside or begins
        return kept
