"""How many bits a title needs: a few short moments of it, encoded small at the quality of the ladder.

Per-title encoding as Netflix describes it, with a look instead of an analysis:
https://netflixtechblog.com/per-title-encode-optimization-7e99442b62a2
"""

import time
from collections.abc import Generator, Iterator
from itertools import islice

import msgspec
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from . import h264, source_rate
from .answers import Complexity, Need, Progress
from .cascade import Cascades
from .content import Content, content_of
from .decoding import read_only
from .facts import Facts
from .frames import FrameReader
from .jobs import ComplexityJob
from .ladder import Rung
from .picture import Picture
from .source import open_upload
from .source_rate import Profile
from .thinning import Thinning, shown_rate
from .timeline import KEYFRAME_S

# Of each moment, from a keyframe on; docs/decisions.md has what they take.
FRAMES = 5
# Frames of 8K, or of a decoder that is slow: what is not known by then stays unknown.
LONGEST_S = 0.5
# The shorter side that is encoded, and what share of its pixels a second size has, to see how needs grow.
LARGEST_SIDE, SHARE_OF_SECOND = 480, 1 / 3
SHORTEST_S = 0.1
WITHOUT_CEILING_BPS = 100_000_000


def measure(job: ComplexityJob) -> Iterator[Progress | Complexity]:
    """Yields Progress after each frame, at last the Complexity."""
    facts = job.facts
    with open_upload(job.source, job.limits) as container:
        stream = container.streams[facts.video.stream]
        assert isinstance(stream, VideoStream)
        found = source_rate.profile(container, stream, facts)
        if found is None:
            yield Complexity()
            return
        needs: list[Need] = []
        if job.moments:
            reader = FrameReader(container, stream, facts.video.zero)
            read_only(container, *reader.streams)
            needs = yield from _needs(reader, found, job)
    codec = facts.video.codec
    yield Complexity(
        source_bps=source_rate.in_h264(codec, found.bps),
        busiest_bps=source_rate.in_h264(codec, found.busiest_bps),
        keyframe_bits=source_rate.in_h264(codec, found.largest * 8),
        needs=needs,
    )


def _needs(reader: FrameReader, found: Profile, job: ComplexityJob) -> Generator[Progress, None, list[Need]]:
    """The highest of all moments; if they are not the busiest by the source's own bytes, so much more."""
    begun = time.process_time()
    rungs = tried_sizes(job.rungs)
    tried: dict[float, list[Need]] = {}
    for second in moments_s(found, job):
        moment = Moment(reader, rungs, job.facts)
        for frames in moment.encode(second):
            yield Progress(frames=frames)
            if time.process_time() - begun > LONGEST_S:
                return _highest(tried, found)
        if moment.second is not None:
            tried[moment.second] = moment.needs()
    return _highest(tried, found)


def _highest(tried: dict[float, list[Need]], found: Profile) -> list[Need]:
    """Of each rung, over the moments `tried`; nothing if there are none."""
    if not tried:
        return []
    beyond = found.beyond(tried)
    return [
        Need(
            pixels=needs[0].pixels,
            bps=round(max(need.bps for need in needs) * beyond),
            keyframe_bits=max(need.keyframe_bits for need in needs),
        )
        for needs in zip(*tried.values(), strict=True)
    ]


def tried_sizes(rungs: list[Rung]) -> list[Rung]:
    """The one or two of the ladder that are encoded."""
    small = [rung for rung in rungs if min(rung.width, rung.height) <= LARGEST_SIDE] or rungs[-1:]
    pixels = small[0].width * small[0].height
    second = [rung for rung in small if rung.width * rung.height <= pixels * SHARE_OF_SECOND]
    return [small[0], *second[:1]]


def moments_s(found: Profile, job: ComplexityJob) -> list[int]:
    """Seconds to look at: the busiest one by the source's own bytes, and others all over the video."""
    elsewhere = [int(job.facts.frames_end_s * part / job.moments) for part in range(1, job.moments)]
    return list(dict.fromkeys([found.busiest_s, *elsewhere]))


class Moment:
    """A few frames from a keyframe on, encoded in each of the rungs, without their ceilings.

    Attributes:
        second: at which they begin, which may be well before what was asked for; None if there are none.
    """

    def __init__(self, reader: FrameReader, rungs: list[Rung], facts: Facts) -> None:
        self._reader, self._facts, video = reader, facts, facts.video
        self._cascades = Cascades(reader.stream, rungs)
        self._rungs = [msgspec.structs.replace(rung, ceiling_bps=WITHOUT_CEILING_BPS) for rung in rungs]
        self._encoders: list[VideoCodecContext] = []
        self._sizes: list[list[int]] = [[] for _ in rungs]
        self.second: float | None = None
        self._thinning = Thinning(video.rate.fraction, video.time_base.fraction, video.zero, video.zero)

    def encode(self, second: int) -> Iterator[int]:
        """Yields after each frame how many there were."""
        kept = (
            frame
            for frame in self._reader.read(second, skip=False)
            if frame.pts is not None and self._thinning.keeps(frame.pts)
        )
        for number, frame in enumerate(islice(kept, FRAMES), start=1):
            assert frame.pts is not None
            if number == 1:
                self.second = float((frame.pts - self._facts.video.zero) * self._reader.time_base)
            picture = Picture.of(
                frame,
                self._reader.aspects.of(frame),
                interlaced=False,  # what remains of the lines only makes it look harder
                mirrored=self._facts.video.mirrored,
                rotation=self._facts.video.rotation,
                bright=self._facts.video.bright,
                matrix=self._facts.video.colour[2],
                cropping=self._facts.video.cropping,
            )
            for position, scaled in self._cascades.of(frame, picture):
                if not self._encoders:
                    self._open(content_of(scaled))
                self._take(position, scaled)
            yield number
        for position in range(len(self._encoders)):
            self._take(position, None)

    def _open(self, content: Content) -> None:
        """As a chunk does that begins with such a frame."""
        video = self._facts.video
        self._encoders = [h264.open_encoder(rung, video, content=content) for rung in self._rungs]

    def _take(self, position: int, frame: VideoFrame | None) -> None:
        self._sizes[position] += [packet.size for packet in self._encoders[position].encode(frame)]

    def needs(self) -> list[Need]:
        """Of each rung, with a keyframe as often as the ladder has one."""
        seconds = max(min(KEYFRAME_S, self._facts.frames_end_s), SHORTEST_S)
        frames = max(1.0, float(shown_rate(self._facts.video.rate.fraction)) * seconds)
        needs = []
        for rung, sizes in zip(self._rungs, self._sizes, strict=True):
            key, others = (sizes[0], sizes[1:]) if sizes else (0, [])
            other = sum(others) / len(others) if others else 0
            bps = round((key + (frames - 1) * other) * 8 / seconds)
            needs.append(Need(rung.width * rung.height, bps, key * 8))
        return needs
