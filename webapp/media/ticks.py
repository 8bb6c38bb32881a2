"""From the timestamps of a source to those of a track of ours, without rounding that could be seen."""

from fractions import Fraction

from .facts import VideoTrack

# Finer than any frame rate, so that decode times one tick apart stay between two frames (see cmaf.py).
COARSEST_TIMESCALE = 10_000
# A sample lasts 2^32 ticks at the most (ISO/IEC 14496-12 §8.8.8): of nanoseconds, 4.3 s, which is too short
# for a picture that stands still. The finest that is usual is the 27 MHz clock of MPEG.
FINEST_TIMESCALE, INSTEAD_OF_FINER = 27_000_000, 10_000_000


class Ticks:
    """A multiple of the source's own timescale, or one nearly as fine, counted from its first frame.

    Attributes:
        timescale: ticks per second.
    """

    def __init__(self, video: VideoTrack) -> None:
        time_base = video.time_base.fraction
        self.timescale = time_base.denominator * -(-COARSEST_TIMESCALE // time_base.denominator)
        if self.timescale > FINEST_TIMESCALE:
            self.timescale = INSTEAD_OF_FINER
        per_tick = time_base * self.timescale
        self._zero = video.zero
        self._per_tick: int | Fraction = per_tick.numerator if per_tick.denominator == 1 else per_tick

    def of(self, pts: int) -> int:
        """The tick of a timestamp of the source."""
        return round((pts - self._zero) * self._per_tick)
