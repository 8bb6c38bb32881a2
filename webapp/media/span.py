"""The frames of one chunk, cut from the stream so that chunks join without a hole or a frame twice."""

import itertools
from collections import deque
from collections.abc import Generator, Iterator
from fractions import Fraction

from av.video.frame import VideoFrame

from .facts import Held
from .frames import FrameReader
from .timeline import LONGEST_HOLE_S

# In a chunk, which is a few seconds long: what comes after that would be shown long past all others.
LONGEST_JUMP_S = 300
# A second or two of work for the largest pictures.
SIGN_OF_LIFE_EVERY_FRAMES = 25


class Span:
    """The frames shown from `begin_s` to `end_s`, or to the last one where there is no end.

    Attributes:
        begin, end: the same in ticks; frames outside come along only for `context`.
        end_pts: the tick up to which the last frame is shown; known once `frames` is exhausted.
        repeated: frames from before the span that are shown again in it: one or none.
        approached: frames decoded on the way to it.
    """

    def __init__(
        self,
        reader: FrameReader,
        begin_s: int,
        end_s: int | None,
        *,
        frame_s: Fraction,
        context: int,
        held: Held | None = None,
    ) -> None:
        """
        Args:
            frame_s: how long a frame is shown that does not say so itself.
            context: frames to read on either side too, for filters that look around.
            held: of the last frame of all.
        """
        self._reader, self._begin_s, self._context = reader, begin_s, context
        self._still = held
        self._frame_ticks = max(1, round(frame_s / reader.time_base))
        self.begin = reader.tick(begin_s)
        self.end = None if end_s is None else reader.tick(end_s)
        self.end_pts = self.begin
        self.repeated = self.approached = 0

    def holds(self, pts: int) -> bool:
        return self.begin <= pts and (self.end is None or pts < self.end)

    def frames(self) -> Iterator[VideoFrame | None]:
        """The frames; None now and then on the way to them, since the keyframe before may be minutes back."""
        before, first, rest = yield from self._approach()
        if first is None:
            yield from self._held(before)
            return
        if self._is_hole(self.begin, first) and before:
            before[-1].pts = self.begin
            self.repeated = 1
            yield before[-1]
        elif not before and self._is_hole(self.begin, first, 0 if self._begin_s == 0 else LONGEST_HOLE_S):
            if self._brought_forward(first):
                yield first
                return
        else:
            yield from list(before)[len(before) - self._context :] if self._context else ()
        for frame in itertools.chain([first], rest):
            assert frame.pts is not None
            if self.end is not None and frame.pts >= self.end:
                # The next chunk starts with this frame, or shows the one before again at its bound.
                self.end_pts = self.end if self._is_hole(self.end, frame) else frame.pts
                if self._context:
                    yield frame
                return
            if (frame.pts - self.end_pts) * self._reader.time_base > LONGEST_JUMP_S:
                self._reader.damage.add()
                return
            self.end_pts = self._end_of(frame)
            yield frame
        if self.end is not None:
            self.end_pts = min(self.end_pts, self.end)

    def _brought_forward(self, first: VideoFrame) -> bool:
        """Has the first frame of all shown from the span's start on: what was before it does not decode.

        Returns whether the span ends before it.
        """
        assert first.pts is not None
        beyond = self.end is not None and first.pts >= self.end
        if self.end is not None and beyond:
            self.end_pts = self.end if self._is_hole(self.end, first) else first.pts
            self.repeated = 1
        first.pts = self.begin
        return beyond

    def _held(self, before: deque[VideoFrame]) -> Iterator[VideoFrame]:
        """The last frame of all once more, if it is to be shown for so long."""
        if before and (end := self._end_of(before[-1])) > self.begin:
            before[-1].pts = self.begin
            self.end_pts = end if self.end is None else min(end, self.end)
            self.repeated = 1
            yield before[-1]

    def _end_of(self, frame: VideoFrame) -> int:
        assert frame.pts is not None
        end = frame.pts + (frame.duration or self._frame_ticks)
        return max(end, self._still.until) if self._still else end

    def _approach(
        self,
    ) -> Generator[None, None, tuple[deque[VideoFrame], VideoFrame | None, Iterator[VideoFrame]]]:
        """The frames just before the span, its first, and an iterator over what follows."""
        if self._still and self._begin_s and self.begin >= self._still.since:
            for _ in self._reader.towards_last(self._still.since):
                if self._is_time_for_a_sign():
                    yield
            return deque([self._reader.last] if self._reader.last else []), None, iter(())
        for skip in (True, False):
            before: deque[VideoFrame] = deque(maxlen=max(1, self._context))
            first = None
            frames = self._reader.read(self._begin_s, skip)
            for frame in frames:
                assert frame.pts is not None
                if frame.pts >= self.begin:
                    first = frame
                    break
                before.append(frame)
                if self._is_time_for_a_sign():
                    yield
            # Across a hole the picture before matters, and it may be among those left out.
            if not self._reader.skipped or (first and not self._is_hole(self.begin, first)):
                break
        return before, first, frames

    def _is_time_for_a_sign(self) -> bool:
        self.approached += 1
        return self.approached % SIGN_OF_LIFE_EVERY_FRAMES == 0

    def _is_hole(self, bound: int, frame: VideoFrame, longest_s: float = LONGEST_HOLE_S) -> bool:
        assert frame.pts is not None
        return (frame.pts - bound) * self._reader.time_base > longest_s
