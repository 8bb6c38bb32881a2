"""When frames of sound are heard whose times waver, as of what was recorded while it came over a network.

A time says when a packet came, or that of the buffer it was in, and sound goes on by its samples all the
while: to follow such times would be to cut it up. So only what lasts counts as a hole, or as too much, and
where times go to and fro, only what is more than that.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import accumulate
from statistics import fmean, median
from typing import NamedTuple

from av.audio.frame import AudioFrame

from .aac import SAMPLE_RATE

# What is off by less is left alone until it adds up to this: times are rounded, often to a millisecond, and
# every correction is heard. To be noticed, sound has to be 45 ms early (ITU-R BT.1359).
SMALLEST_HOLE_S = 0.01
# Vorbis has blocks of two sizes. Some muxers give a block the time at which it ends, less the size of the
# first: at each change of size times go on by up to 28 ms more, or less, than the sound does.
SMALLEST_HOLES_S = {"vorbis": 0.03}
# Where times jump to and fro by more than that, so often within so long, they say on average how late the
# sound is, but for this.
OFTEN, JUMPING = 4, 10 * SAMPLE_RATE
SMALLEST_ON_AVERAGE = 0.02 * SAMPLE_RATE
# How far they go to and fro more slowly shows in the levels of half seconds, of the last minute; more is none
# of a network.
LEVEL, LEVELS = SAMPLE_RATE // 2, 120
FARTHEST = 0.35 * SAMPLE_RATE
# For so long times have to be off; bursts of a network are shorter.
LASTING, MOST_AHEAD = SAMPLE_RATE, 200
# One in so many may be where it should be: the frame that others follow may be the one whose time is off.
SOME = 4


class Timed(NamedTuple):
    """A frame, the sample at which its time has it start, and how many samples of 48 kHz it has."""

    frame: AudioFrame
    start: int
    samples: float


class Levels:
    """How late times are beside sound that goes on by its samples from the first frame on."""

    def __init__(self) -> None:
        self._counted, self._begun = 0.0, 0.0
        self._of_frames: list[float] = []
        self._known = deque[float](maxlen=LEVELS)

    def late(self, timed: Timed) -> float:
        """How late the time of the next frame is."""
        return timed.start - self._counted

    def note(self, timed: Timed) -> None:
        """Each frame in its order."""
        self._of_frames.append(self.late(timed))
        self._counted += timed.samples
        if self._counted - self._begun >= LEVEL:
            self._known.append(median(self._of_frames))
            self._of_frames, self._begun = [], self._counted

    def swing(self, late: Sequence[float]) -> float:
        """How far they go to and fro, not only on or only back, up to the last of frames that are so late."""
        half = len(late) // 2 or 1
        levels = [*self._known, *(median(part) for part in (late[:half], late[half:]) if part)]
        on = max(level - least for level, least in zip(levels, accumulate(levels, min), strict=True))
        back = max(most - level for level, most in zip(levels, accumulate(levels, max), strict=True))
        return min(on, back, FARTHEST)


class Steadiness:
    """Counts in samples of 48 kHz."""

    def __init__(self, codec: str) -> None:
        """`codec` is the name of what decodes the sound."""
        self._smallest = SMALLEST_HOLES_S.get(codec, SMALLEST_HOLE_S) * SAMPLE_RATE
        # Where frames go on from, and how many samples of which rate there have been since.
        self._begin: float | None = None
        self._counted, self._rate = 0, SAMPLE_RATE
        # Of what was looked at last: where it ends, and where times jumped on and back, the last few times.
        self._end: float | None = None
        self._jumps = [deque[float](maxlen=OFTEN) for _ in ("back", "on")]
        self._levels = Levels()

    def placed(self, frames: Iterable[tuple[AudioFrame, int]]) -> Iterator[tuple[AudioFrame, int]]:
        """Frames in their order, each with the sample at which its time has it start; and where it does.

        The time of each is that in samples of its own rate.
        """
        coming, ahead = self._seen(frames), deque[Timed]()
        while ahead or self._look(coming, ahead):
            frame, start, _ = ahead[0]
            if self._begin is None:
                self._go_on_at(start)
                self._go_on_at(start + self._beginning(coming, ahead))
            if abs(start - self._position) > self._smallest:
                self._go_on_at(self._position + self._lasting(coming, ahead))
            self._levels.note(ahead.popleft())
            if frame.sample_rate != self._rate:
                self._go_on_at(self._position)
                self._rate = frame.sample_rate
            position = self._position
            frame.pts = round(position * frame.sample_rate / SAMPLE_RATE)
            frame.time_base = Fraction(1, frame.sample_rate)
            self._counted += frame.samples
            yield frame, round(position)

    @property
    def _position(self) -> float:
        """Where the next frame starts, if nothing is missing."""
        return (self._begin or 0) + self._counted * SAMPLE_RATE / self._rate

    def _go_on_at(self, sample: float) -> None:
        self._begin, self._counted = sample, 0

    def _seen(self, frames: Iterable[tuple[AudioFrame, int]]) -> Iterator[Timed]:
        for frame, start in frames:
            if self._end is not None and abs(start - self._end) > self._smallest:
                self._jumps[start > self._end].append(start)
            samples = frame.samples * SAMPLE_RATE / frame.sample_rate
            self._end = start + samples
            yield Timed(frame, start, samples)

    @staticmethod
    def _look(coming: Iterator[Timed], ahead: deque[Timed]) -> bool:
        """Whether there is one more."""
        timed = next(coming, None)
        if timed is not None:
            ahead.append(timed)
        return timed is not None

    def _beginning(self, coming: Iterator[Timed], ahead: deque[Timed]) -> float:
        """By how much the first frame is off, beside those that follow, where times jump."""
        off = list(self._all_off(coming, ahead))
        return _average(off) if self._jump_before(ahead[0]) else 0

    def _jump_before(self, timed: Timed) -> bool:
        """Whether times jump to and fro, up to a frame and as far as was looked ahead."""
        since = timed.start - JUMPING
        return all(len(jumps) == OFTEN and jumps[0] > since for jumps in self._jumps)

    def _lasting(self, coming: Iterator[Timed], ahead: deque[Timed]) -> float:
        """By how much frames are off from here on; 0 if that does not last."""
        off = list(self._all_off(coming, ahead))
        late = self._levels.late(ahead[0]) - off[0]
        smallest = max(self._smallest, self._levels.swing([late + one for one in off]))
        if self._jump_before(ahead[0]):
            smallest, lasting = max(smallest, SMALLEST_ON_AVERAGE), _average(off)
            found = lasting if ahead[len(off) - 1].start - ahead[0].start > LASTING / 2 else 0
        else:
            lasting, found = _nearest(off), off[0]
        return found if off[0] * lasting > 0 and min(abs(off[0]), abs(lasting)) > smallest else 0

    def _all_off(self, coming: Iterator[Timed], ahead: deque[Timed]) -> Iterator[float]:
        """By how much each of the next is, as far as is looked ahead."""
        position, farthest = self._position, self._position + LASTING
        for number in range(MOST_AHEAD):
            if position > farthest or (number == len(ahead) and not self._look(coming, ahead)):
                return
            yield ahead[number].start - position
            position += ahead[number].samples


def _nearest(off: Sequence[float]) -> float:
    """How far most of them are off at least, on the side on which most are."""
    rising = sorted(off)
    low, high = rising[len(off) // SOME], rising[-1 - len(off) // SOME]
    return 0 if low * high <= 0 else min(low, high, key=abs)


def _average(off: Sequence[float]) -> float:
    """Without those that are off most, on either side."""
    return fmean(sorted(off)[len(off) // SOME : len(off) - len(off) // SOME])
