"""Where each piece of sound is heard, also where timestamps jump: in a pause, at a splice, or by damage."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import islice
from typing import Generic, Protocol, TypeVar

from .aac import SAMPLE_RATE

# Timestamps that are off by less go on, and what they are off by is a small hole, or rounding.
JUMP = SAMPLE_RATE
# A number that is wrong can move a whole cluster of Matroska, five seconds; then times are as before.
LOOKED_AHEAD, MOST_AHEAD = 6 * SAMPLE_RATE, 1000
# What jumps farther, or beside a picture so far behind its end, was recorded at another time, or is damaged.
LONGEST_PAUSE = 300 * SAMPLE_RATE


class Timed(Protocol):
    """A frame, or a packet."""

    @property
    def pts(self) -> int | None: ...


Piece = TypeVar("Piece", bound=Timed)


class Continuity(Generic[Piece]):
    """Places the pieces of one track in their order; counts in samples of 48 kHz from the timeline's zero.

    What jumps on comes after a pause; beside a picture, one that lasts until that ends at most. What steps
    back, in sound alone, began anew, as recordings do that were put one behind the other, and follows what
    came before. A few pieces whose times are elsewhere, while others go on after them, stay in their row.
    """

    def __init__(
        self,
        time_base: Fraction,
        zero: int,
        length: Callable[[Piece], int],
        expected: int | None = None,
        picture_ends: int | None = None,
    ) -> None:
        """
        Args:
            time_base, zero: seconds per tick of the timestamps, and the tick at which the timeline starts.
            length: the number of samples in a piece.
            expected: where the first piece should start; None if it is the first of the track.
            picture_ends: the sample at which it does; None for sound alone.
        """
        self._tick, self._zero, self._length = time_base * SAMPLE_RATE, zero, length
        # An hour has 170,000 packets, and fractions would take most of the time.
        self._samples, self._ticks_for = self._tick.as_integer_ratio()
        self._begun, self._expected = expected is not None, expected or 0
        self._picture_ends = picture_ends
        self._shift = 0

    def placed(self, pieces: Iterable[Piece]) -> Iterator[tuple[Piece, int]]:
        """Each piece, and the sample at which it starts."""
        coming, waiting = iter(pieces), deque[Piece]()
        strays = 0
        while waiting or (waiting := deque(islice(coming, 1))):
            piece = waiting[0]
            if not (strays or self._goes_on(piece)):
                strays = self._strays(waiting, coming)
                if not strays:
                    self._shift += self._moved(piece)
            waiting.popleft()
            start = self._expected if strays else self._start(piece, self._shift)
            strays = max(0, strays - 1)
            self._begun, self._expected = True, start + self._length(piece)
            yield piece, start

    def _goes_on(self, piece: Piece) -> bool:
        if self._fits(piece, self._expected, self._shift):
            return True
        if self._shift and self._fits(piece, self._expected, 0):  # it is over
            self._shift = 0
            return True
        return False

    def _strays(self, waiting: deque[Piece], coming: Iterator[Piece]) -> int:
        """How many pieces have a time apart; none if times jump for good. Reads on as far as it has to."""
        expected = self._expected
        for number in range(MOST_AHEAD):
            if number == len(waiting):
                waiting.extend(islice(coming, 1))
                if number == len(waiting):
                    break
            # One without a time, as decoders give out at the end, fits anywhere.
            timed = waiting[number].pts is not None
            if number and timed and self._fits(waiting[number], expected, self._shift):
                return number
            expected += self._length(waiting[number])
            if expected - self._expected > LOOKED_AHEAD:
                break
        return 0

    def _moved(self, piece: Piece) -> int:
        """By how many ticks more this piece is to be moved, and what comes after it."""
        start = self._start(piece, self._shift)
        if self._picture_ends is not None:
            latest = max(self._expected, self._picture_ends)
            if start > latest:
                late = start - latest <= LONGEST_PAUSE
                return self._ticks(piece, latest if late else self._expected)
            return 0
        paused = 0 < start - self._expected <= LONGEST_PAUSE or not self._begun
        return 0 if paused else self._ticks(piece, self._expected)

    def _fits(self, piece: Piece, expected: int, shift: int) -> bool:
        return piece.pts is None or abs(self._start(piece, shift) - expected) <= JUMP

    def _start(self, piece: Piece, shift: int) -> int:
        if piece.pts is None:
            return self._expected
        return (piece.pts - self._zero + shift) * self._samples // self._ticks_for

    def _ticks(self, piece: Piece, sample: int) -> int:
        """By how many ticks more it is to be moved to start at a sample."""
        return 0 if piece.pts is None else round((sample - self._start(piece, self._shift)) / self._tick)
