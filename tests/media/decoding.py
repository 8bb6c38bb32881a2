"""Finished tracks, read back with the codec library as a player would: init segment first, then segments."""

import io
import itertools
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from tests.support.video import number_of
from webapp.media.segment import Segment, Track
from webapp.media.timeline import KEYFRAME_S
from webapp.media.track import INIT_NAME, segment_name

NAL_IDR = 5  # a slice of an IDR picture (ITU-T H.264 table 7-1)


class Shown(NamedTuple):
    """A frame as it comes out: when it is presented, the number in its stripes, and itself."""

    second: Fraction
    number: int
    frame: VideoFrame


@dataclass(frozen=True)
class Rendition:
    """A track whose segments lie in `folder`/<name>/."""

    folder: Path
    track: Track

    @property
    def segments(self) -> list[Segment]:
        return self.track.segments

    def data(self, *indexes: int) -> bytes:
        """The init segment and the media segments of these numbers; of all, if none are given."""
        wanted = indexes or tuple(segment.index for segment in self.segments)
        names = [INIT_NAME, *map(segment_name, wanted)]
        return b"".join((self.folder / self.track.name / name).read_bytes() for name in names)

    def begins(self) -> list[Fraction]:
        """The seconds at which the segments start."""
        return [Fraction(segment.start, self.track.timescale) for segment in self.segments]

    def end(self) -> Fraction:
        last = self.segments[-1]
        return Fraction(last.start + last.duration, self.track.timescale)

    def lengths(self) -> list[Fraction]:
        return [Fraction(segment.duration, self.track.timescale) for segment in self.segments]

    @cached_property
    def frames(self) -> list[Shown]:
        return list(self.shown())

    def shown(self, *indexes: int) -> Iterator[Shown]:
        """Decodes these segments, or all."""
        with av.open(io.BytesIO(self.data(*indexes)), "r") as container:
            for frame in container.decode(video=0):
                assert frame.pts is not None and frame.time_base is not None
                yield Shown(frame.pts * frame.time_base, number_of(frame), frame)

    @property
    def numbers(self) -> list[int]:
        return [shown.number for shown in self.frames]

    @property
    def times(self) -> list[Fraction]:
        return [shown.second for shown in self.frames]

    def idr_times(self) -> list[Fraction]:
        """The seconds of the pictures before which nothing is needed."""
        with av.open(io.BytesIO(self.data()), "r") as container:
            return [
                packet.pts * packet.time_base
                for packet in container.demux(video=0)
                if packet.pts is not None and NAL_IDR in nal_types(bytes(packet))
            ]

    def wave(self) -> NDArray[np.float32]:
        """The sound as (channels, samples), from the start of the timeline on."""
        parts: list[NDArray[np.float32]] = []
        with av.open(io.BytesIO(self.data()), "r") as container:
            for frame in container.decode(audio=0):
                assert frame.format.name == "fltp"
                assert frame.pts == sum(part.shape[1] for part in parts)
                parts.append(frame.to_ndarray().astype(np.float32, copy=False))
        return np.concatenate(parts, axis=1)


def nal_types(sample: bytes) -> list[int]:
    """Types of the NAL units of a sample, each of which has its length before it."""
    types, at = [], 0
    while at < len(sample):
        (length,) = struct.unpack_from(">I", sample, at)
        types.append(sample[at + 4] & 0x1F)
        at += 4 + length
    assert at == len(sample)
    return types


def assert_joined(rendition: Rendition) -> None:
    """Segments are numbered from 0, start at 0 and follow each other to the tick."""
    segments = rendition.segments
    assert [segment.index for segment in segments] == list(range(len(segments)))
    assert segments[0].start == 0
    for one, other in itertools.pairwise(segments):
        assert one.start + one.duration == other.start


def assert_can_start_anywhere(rendition: Rendition) -> None:
    """Every segment can be decoded without the others, and every two seconds there is an IDR picture."""
    for segment, begin in zip(rendition.segments, rendition.begins(), strict=True):
        alone = list(rendition.shown(segment.index))
        assert len(alone) == segment.samples and alone[0].second == begin
    slots = itertools.groupby(rendition.times, key=lambda second: second // KEYFRAME_S)
    assert rendition.idr_times() == [next(times) for _, times in slots]
