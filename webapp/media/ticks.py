"""From the timestamps of a source to those of a track of ours, without rounding."""

from .facts import VideoTrack

# Finer than any frame rate, so that decode times one tick apart stay between two frames (see cmaf.py).
COARSEST_TIMESCALE = 10_000


class Ticks:
    """A multiple of the source's own timescale, counted from its first frame.

    Attributes:
        timescale: ticks per second.
    """

    def __init__(self, video: VideoTrack) -> None:
        time_base = video.time_base.fraction
        finer = -(-COARSEST_TIMESCALE // time_base.denominator)
        self.timescale = time_base.denominator * finer
        self._zero, self._per_tick = video.zero, time_base.numerator * finer

    def of(self, pts: int) -> int:
        """The tick of a timestamp of the source."""
        return (pts - self._zero) * self._per_tick
