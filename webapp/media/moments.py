"""When a decoded frame is shown, for containers that do not say so, or not for every frame."""

from collections import deque
from collections.abc import Iterable, Iterator

from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .frame_rate import usual_step
from .strays import apart, far_ticks, lent_once, untimed_strays, without_borrowed

# These store when a packet is decoded, no more, and of these codecs the parser does not know the rest; of
# MPEG-4 as DivX packs it, two frames in one packet, it makes up times that jump back at every second frame.
STORING_DECODE_TIMES = {"avi": ("h264", "hevc", "mpeg4"), "asf": ("h264", "hevc")}
# Program streams have a time for some frames only; what libavformat fills in can jump back by a few frames.
STORING_SOME_TIMES = "mpeg"
FARTHEST_BACK_S = 0.5
# In these it fills in nothing: frames are counted on from the last that has a time, twenty of them or more.
COUNTED_ON = ("h264", "hevc")
# Those of the first few after a seek are off, until one comes that is written, every 0.7 s at least (ISO/IEC
# 13818-1 §2.7.4): they step on there, or back.
UNSURE_S = 1
NUMBERING_FRAMES = "ogg"
# Some programs write MP4 without saying that frames are reordered: each has the time at which it is decoded.
# Then more than one in so many, of those read since a keyframe, is earlier than the one shown before.
STORING_ANY_ORDER, ORDERLY = "mov", 8
# Frames between which the least step is the usual one, where rates are claimed that no frames come at.
LOOKED_BACK = 8


class Moments:
    """Gives each frame of a stream, in the order they are shown, the tick at which it is shown.

    Attributes:
        by_decoding: whether decode times stand for what is not stored; all are late by the same.
        unsure_s: for how long after a seek times may be off.
        counts_on: whether most frames have no time, so that none may be left out on the way to them.
        sought: the tick for which that was; None where reading began at the start.
        step: ticks from one frame to the next, by what the container claims.
        far: ticks from one frame to another that are too many where time goes back after that.
    """

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        name = container.format.name
        self.by_decoding = stream.codec_context.name in STORING_DECODE_TIMES.get(name, ())
        assert stream.time_base is not None
        self.step = usual_step(stream)
        self.far = far_ticks(round(1 / stream.time_base), self.step)
        self._some_times, self._any_order = name == STORING_SOME_TIMES, name.startswith(STORING_ANY_ORDER)
        self._numbered = name == NUMBERING_FRAMES
        self.sought: int | None = None
        self.counts_on = self._some_times and stream.codec_context.name in COUNTED_ON
        self.unsure_s = UNSURE_S if self._some_times else 0
        self._back = round(FARTHEST_BACK_S / stream.time_base)
        self._frames = self._backward = 0
        self._steps: deque[int] = deque(maxlen=LOOKED_BACK)
        self._counted = False  # whether the frame before had no time, so that the next step may be a hole's

    def of(self, frame: VideoFrame, last: int | None) -> int | None:
        """The tick of `frame`, after the one shown at `last`; None if it cannot be shown."""
        tick = self.own(frame)
        adjacent, self._counted = not self._counted, tick is None
        if last is None:
            self._frames = self._backward = 0
            self._steps.clear()
        self._frames += 1
        if last is None:
            return tick
        if tick is not None and tick > last:
            if adjacent:
                self._steps.append(tick - last)
            return tick
        if tick is not None and self._is_set_right(tick, last):
            return tick
        self._backward += 1
        disorderly = self._some_times or (self._any_order and self._backward * ORDERLY > self._frames)
        if tick is None:
            return last + max(self.step, min(self._steps, default=0))
        return last + self.step if disorderly and last - tick < self._back else None

    def timed(self, coming: "Iterator[Packet[Stream]]") -> "Iterator[Packet[Stream]]":
        """The packets of the stream, as they lie in the file, without times that are another's."""
        return lent_once(coming) if self.counts_on else coming

    def ordered(self, frames: Iterable[VideoFrame]) -> Iterator[VideoFrame]:
        """The frames, in the order they are shown, without times that cannot be theirs."""
        if self._numbered:
            frames = apart(frames, self.step)
        elif self._some_times and not self.counts_on:
            frames = without_borrowed(frames, self.step)
        return untimed_strays(frames, self.far)

    def own(self, frame: VideoFrame) -> int | None:
        """The tick that its packet has for it, which may be wrong."""
        return frame.dts if self.by_decoding else frame.pts

    def _is_set_right(self, tick: int, last: int) -> bool:
        """Whether times were off up to the frame before, of which none is looked at."""
        off = self._some_times and self.sought is not None and last < self.sought - self.step
        return off and last - tick < self._back

    def before(self, tick: int, count: int) -> int:
        """The tick of the frame that is shown `count` frames before the one at `tick`."""
        return tick - count * self.step
