"""Fewer frames for pictures with more than players show: Apple's authoring rules have 60 a second at most."""

import math
from collections.abc import Sequence
from fractions import Fraction

from . import timeline

HIGHEST_RATE = 60
# What is measured as a little more is 60 all the same.
TOLERANCE = Fraction(102, 100)
# Frames that come at 60 a second, each up to 15 ms early or late, are measured within the tolerance for so
# long. What phones and screens record comes up to 12 ms early or late.
LASTING_S = Fraction(3, 2)
# So much earlier than at even steps a frame may come, and what is measured stays within the tolerance.
EARLY_S = LASTING_S * (TOLERANCE - 1)


def shown_rate(rate: Fraction) -> Fraction:
    """Frames per second that are shown of a source of this rate: every frame, every second one, and so on."""
    return rate / math.ceil(rate / (HIGHEST_RATE * TOLERANCE))


def highest_rate(pts: Sequence[int], timescale: int) -> Fraction | None:
    """The most frames per second shown at `pts` (in any order); None if they are too few.

    More than the highest is only what lasts: else some of its frames come early.
    """
    rate = timeline.fastest(pts, timescale)
    if rate is None or rate <= HIGHEST_RATE:
        return rate
    return max(Fraction(HIGHEST_RATE), timeline.fastest(pts, timescale, LASTING_S) or Fraction(0))


class Thinning:
    """Chooses the frames of one chunk that are shown; the first always is, so that chunks join.

    Of a source that is faster on average, those at even steps. Of others, where frames come faster for a
    while (slow motion of phones, screens on which something moves), those that the highest rate has room for.
    """

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
        # A rate a little above the highest is left alone everywhere.
        self._slows = rate <= HIGHEST_RATE
        self._step, self._early = 1 / (HIGHEST_RATE * time_base), EARLY_S / time_base
        self._due: Fraction | None = None  # the tick at which the next frame comes at the highest rate

    def keeps(self, pts: int) -> bool:
        """Whether the next frame is shown; timestamps rise."""
        begins = pts >= self._begin and not self._inside
        self._inside = self._inside or begins
        if self._thins:
            place = math.floor((pts - self._zero) / self._interval)
            kept = begins or place != self._last
            self._last = place
            return kept
        return not self._slows or self._has_room(pts, begins)

    def _has_room(self, pts: int, begins: bool) -> bool:
        if begins or self._due is None or pts > self._due:
            self._due = pts + self._step
            return True
        if pts < self._due - self._early:
            return False
        self._due += self._step
        return True
