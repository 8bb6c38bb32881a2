"""When frames are shown, as encoders are told: a little more evenly than it is.

x264 lets a frame take what its time allows. Where the next one follows at once that is nothing: a keyframe
becomes plain grey (MinCR of ITU-T H.264 §A.3.1, by the time since the one before). And it keeps a share of
what the buffer gets in that time, which for a small picture shown for seconds is more than the buffer holds.
"""

from fractions import Fraction

from .picture_encoder import BUFFER_S

# What lies closer was written in a burst, or rounded; an encoder's buffer is full after the other.
SHORTEST_S, LONGEST_S = Fraction(1, 120), BUFFER_S


class Pacing:
    """Of the frames of a chunk, in the order they are shown; all in ticks."""

    def __init__(self, time_base: Fraction) -> None:
        self._shortest = max(1, int(SHORTEST_S / time_base))
        self._longest = max(1, int(LONGEST_S / time_base))
        self._last: tuple[int, int] | None = None
        self._shown: dict[int, int] = {}

    def told(self, shown: int) -> int:
        """What to tell the encoder of a frame that is shown at a tick."""
        told = shown
        if self._last is not None:
            before, told_before = self._last
            told = told_before + min(max(shown - before, self._shortest), self._longest)
        self._last, self._shown[told] = (shown, told), shown
        return told

    def shown(self, told: int) -> int:
        """When the frame is shown of which the encoder was told this. Once for each."""
        return self._shown.pop(told)
