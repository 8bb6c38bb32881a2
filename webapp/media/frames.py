"""Decoded frames of an upload's picture, from any second on, whatever state the file is in."""

import itertools
import math
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .decoding import Damage, decoded_from, packets
from .demuxing import go_to
from .early_times import can_be_sought
from .gaps import Gaps
from .moments import Moments
from .palette import Palette
from .pixel_aspect import PixelAspects
from .recent import Recent
from .unneeded import Unneeded
from .unshown import Unshown

# How much earlier to look when a seek lands behind its target, as in MPEG-TS and MPEG-PS without an index.
EARLIER_S = (0, 3, 15)
# The first packet is decoded before it is shown, for as long as slides stand, and may be the only keyframe.
BEFORE_THE_FIRST_S = 600
# Decoding starts at a keyframe that may lie seconds back; up to here frames no other needs are left out.
EXACT_BEFORE_S = Fraction(1, 2)
# libavformat has no times for what Matroska shows before its zero; frames are as large as 50 MB.
MOST_UNTIMED = 16


class FrameReader:
    """Reads one video stream.

    Attributes:
        stream: for what only the container knows about the frames.
        aspects: of the pixels of the frames that were read last.
        damage: what could not be decoded since it last went elsewhere.
        unshown: what should have been shown since then, too.
        streams: those whose packets it reads.
        last: the last frame of all, kept once `towards_last` is exhausted, whatever is read later.
    """

    def __init__(
        self, container: InputContainer, stream: VideoStream, zero: int | None = None, threads: int = 1
    ) -> None:
        """
        Args:
            zero: the tick at which the output's timeline starts; None as long as that is not known.
            threads: that decode, a frame each: of a damaged file they give other frames than one does, and
                not the same each time. One is enough where there is a chunk for each core.
        """
        self.stream = stream
        self.aspects = PixelAspects(container, stream)
        self.damage = Damage()
        self._unneeded = Unneeded(stream)
        self._container, self._zero = container, zero or 0
        self._untouched = True  # nothing was read yet
        assert stream.time_base is not None
        self.time_base: Fraction = stream.time_base
        self._palette = Palette(container, stream)
        self._moments, self._gaps = Moments(container, stream), Gaps(container, stream, self.damage)
        self.unshown = Unshown(self._moments, self.damage, zero)
        self.streams = self._gaps.streams
        self._keyframe: tuple[int | None, int | None, VideoFrame | None] | None = None
        # What `read` gave last, and what it would go on with.
        self._recent = Recent(self._zero)
        self._coming: Iterator[VideoFrame] = iter(())
        self.last: VideoFrame | None = None
        stream.codec_context.thread_count = threads
        if threads > 1:  # slices, as PyAV has it, are not what cameras write
            stream.codec_context.thread_type = "AUTO"

    @property
    def skipped(self) -> bool:
        """Whether frames were left out on the way to where reading began."""
        return self._unneeded.skipped

    def tick(self, second: Fraction | int) -> int:
        """The first tick that is not before `second`."""
        return self._zero + math.ceil(second / self.time_base)

    def read(self, begin_s: int, skip: bool = True) -> Iterator[VideoFrame]:
        """Frames in the order they are shown, starting not after `begin_s`, and with a keyframe.

        Where the frame at `begin_s` was just read, or the keyframe before it is probably behind, it goes on
        from there. With `skip`, frames well before that no other frame needs are left out.
        """
        skip = skip and not self._moments.counts_on
        begin = self.tick(begin_s)
        comes_by, stands_at = self._recent.comes_by(begin), self._recent.stands_at(begin)
        self._recent.begun_at = begin
        moved, again = bool(self._recent), self._recent.taken()
        if comes_by or stands_at:
            self._unneeded.skipped = False
            frames = itertools.chain(again, self._coming)
            return self._recent.noted(frames if stands_at else self._onward(frames, begin_s))
        if begin_s == 0:
            self._coming = self.again() if moved else self._rising(None)
        else:
            self._coming = self._from_keyframe(begin_s, skip)
        return self._recent.noted(self._coming)

    def _onward(self, frames: Iterator[VideoFrame], begin_s: int) -> Iterator[VideoFrame]:
        begin, reached = self.tick(begin_s), False
        for frame in frames:
            reached = reached or (frame.pts is not None and frame.pts >= begin)
            yield frame
        if not reached:  # the rest could not be read from there
            self._coming = self._from_keyframe(begin_s, skip=False)
            yield from self._coming

    def _from_keyframe(self, begin_s: int, skip: bool) -> Iterator[VideoFrame]:
        sure_s = begin_s - self._moments.unsure_s
        begin = self.tick(sure_s)
        if self._untouched and not can_be_sought(self._container, self._zero, begin):
            return self._rising(self.tick(begin_s - EXACT_BEFORE_S) if skip else None)
        for target in (*(self.tick(sure_s - earlier) for earlier in EARLIER_S), self._before_all):
            self._go_to(target)
            frames = self._rising(self.tick(begin_s - EXACT_BEFORE_S) if skip else None, self.tick(begin_s))
            first = next(frames, None)
            if first is not None and first.pts is not None and first.pts <= begin:
                return itertools.chain([first], frames)
        return iter(()) if first is None else itertools.chain([first], frames)

    def again(self) -> Iterator[VideoFrame]:
        """All frames from the first one on, wherever the container stands."""
        self._go_to(self._before_all)
        return self._rising(None)

    def towards_last(self, end: int) -> Iterator[VideoFrame]:
        """Frames up to the last of all, which ends at tick `end`; none where that was read before."""
        if self.last is None:
            near_s = int((end - self._zero) * self.time_base) - 1
            for frame in self.read(max(0, near_s), skip=False):
                self.last = frame
                yield frame

    def keyframe(self, second: float) -> VideoFrame | None:
        """A frame that can be had quickly, about `second`; the same one as long as no other is closer."""
        target = self._zero + int(second / self.time_base)
        self._go_to(target)
        coming = packets(self._container, [self.stream], self.damage)
        first = next(coming, None)
        if first is None:
            return None
        if self._keyframe is None or self._keyframe[:2] != (first.pos, first.dts):
            self.stream.codec_context.skip_frame = "NONKEY"
            frame = next(decoded_from(itertools.chain([first], coming), self.damage), None)
            if frame is not None:
                frame.pts = self._moments.of(frame, None)
                self.aspects.restart()
                self.aspects.note(frame)
            elif first.is_discard:  # an edit begins behind it, and the frame that is shown first needs it
                self._go_to(target)
                frame = next(self._rising(None), None)
            self._keyframe = first.pos, first.dts, frame
        return self._keyframe[2]

    @property
    def _before_all(self) -> int:
        """A tick before the first packet, on the timeline of an index too: some count from 0 in any case."""
        return min(0, self.tick(-BEFORE_THE_FIRST_S))

    def _go_to(self, tick: int) -> None:
        self._untouched = False
        self._palette.learn()
        go_to(self._container, self.stream, tick)

    def _packets(self) -> "Iterator[Packet[Any]]":
        for packet in self._moments.timed(packets(self._container, self._gaps.streams, self.damage)):
            self._gaps.see(packet)
            if packet.stream.index == self.stream.index:
                self.unshown.see(packet)
                yield packet

    def _rising(self, exact_from: int | None, sought: int | None = None) -> Iterator[VideoFrame]:
        """Decoded frames, timestamps rising; one that would be shown in the past cannot be shown.

        Args:
            exact_from: the tick before which frames are left out that no other needs.
            sought: the tick that is read up to first.
        """
        self._untouched = False
        self._unneeded = Unneeded(self.stream, exact_from)
        self.aspects.restart()
        self.damage.clear()
        self._gaps.restart()
        self.unshown.restart()
        self._moments.sought = sought
        last: int | None = None
        shown: set[int] = set()
        untimed: deque[VideoFrame] = deque(maxlen=MOST_UNTIMED)
        frames = decoded_from(self._packets(), self.damage, self._unneeded.see)
        for frame in self._moments.ordered(frames):
            if frame.is_corrupt:
                self.damage.add()
            if (moment := self._moments.of(frame, last)) is not None:
                while untimed:
                    untimed[0].pts = self._moments.before(moment, len(untimed))
                    yield untimed.popleft()
                self.unshown.note(frame, moment)
                frame.pts = last = moment
                shown.add(moment)
                self.aspects.note(frame)
                yield frame
            elif last is None:
                untimed.append(frame)
            elif frame.pts not in shown:  # nor is it what a sender sent twice
                self.damage.add()
