"""How many bits a source's picture has, and when, from the index of its file."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from av.container import InputContainer
from av.video.stream import VideoStream

from .facts import Facts
from .timeline import KEYFRAME_S, SEGMENT_S

# A microsecond each. What has more, over two hours of 25 frames a second, is taken as if it had none.
MOST_ENTRIES = 200_000
# An index that ends before this share of the picture is that of the first fragments, or was searched for.
COVERED = 0.9
# What a bit of these is worth in H.264: by J.-R. Ohm et al., "Comparison of the Coding Efficiency of Video
# Coding Standards", 2012, table V, for entertainment; VP8, VP9 and AV1 put beside them. Others are not meant
# to be small (ProRes, Motion JPEG), or not known.
WORTH_IN_H264 = {
    "h264": 1.0,
    "vp8": 1.0,
    "hevc": 1.6,
    "vp9": 1.6,
    "av1": 2.2,
    "mpeg4": 0.6,
    "h263": 0.6,
    "mpeg2video": 0.5,
    "mpeg1video": 0.5,
}


@dataclass(frozen=True, slots=True)
class Profile:
    """
    Attributes:
        slots: bytes of each two seconds.
        keyframes: how many there are, and `largest` the bytes of the largest.
        duration_s: of all.
    """

    slots: list[int]
    keyframes: int
    largest: int
    duration_s: float

    @property
    def bps(self) -> int:
        """Bits per second, if there were keyframes as often as we make them."""
        missing = max(0.0, self.duration_s / KEYFRAME_S - self.keyframes)
        return round((sum(self.slots) + missing * self.largest) * 8 / self.duration_s)

    @property
    def busiest_s(self) -> int:
        """The second at which the busiest part as long as a segment begins."""
        sums = self._sums()
        return sums.index(max(sums)) * KEYFRAME_S

    @property
    def busiest_bps(self) -> int:
        """Bits per second of that part."""
        return round(max(self._sums()) * 8 / (self._width * KEYFRAME_S))

    def beyond(self, seconds: Iterable[float]) -> float:
        """How many times busier the busiest part is than the busiest of these moments; 1 at least."""
        places = [min(max(0, int(second / KEYFRAME_S)), len(self.slots) - 1) for second in seconds]
        known = max(self.slots[place] for place in places)
        return max(1.0, max(self._sums()) / self._width / known) if known else 1.0

    @property
    def _width(self) -> int:
        return min(SEGMENT_S // KEYFRAME_S, len(self.slots))

    def _sums(self) -> list[int]:
        width = self._width
        return [sum(self.slots[place : place + width]) for place in range(len(self.slots) - width + 1)]


def profile(container: InputContainer, stream: VideoStream, facts: Facts) -> Profile | None:
    """None where the file has no index of all frames and their sizes, as MP4, MOV and AVI do."""
    entries = stream.index_entries
    if not 0 < len(entries) <= MOST_ENTRIES or stream.time_base is None:
        return None
    end_s = facts.frames_end_s
    slots = [0] * max(1, math.ceil(end_s / KEYFRAME_S))
    slots_a_tick = float(stream.time_base / KEYFRAME_S)
    first, last, keyframes, largest = entries[0].timestamp, 0, 0, 0
    for entry in islice(entries, len(entries)):
        if entry.pos + entry.size > container.size:  # the file breaks off before that
            continue
        last = max(last, entry.timestamp - first)
        slots[max(0, min(int((entry.timestamp - first) * slots_a_tick), len(slots) - 1))] += entry.size
        if entry.is_keyframe:
            keyframes, largest = keyframes + 1, max(largest, entry.size)
    covered = last * stream.time_base >= end_s * COVERED or stream.frames == len(entries) == 1
    if not sum(slots) or not covered:
        return None
    return Profile(slots, keyframes, largest, max(end_s, float(1 / facts.video.rate.fraction)))


def in_h264(codec: str, bps: float) -> int:
    """What the same picture takes in H.264, about; 0 if that is not known."""
    return round(bps * WORTH_IN_H264.get(codec, 0))
