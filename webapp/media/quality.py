"""How much of the picture is left after encoding, measured on a few frames: the SSIM of their luma.

By ffmpeg's own filter: https://ffmpeg.org/ffmpeg-filters.html#ssim. Measured are the frames that the encoder
was given, scaled already, against what a player decodes.
"""

from collections.abc import Iterable
from fractions import Fraction

import av
from av.filter import Graph
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from . import timeline
from .answers import Quality
from .cmaf import Sample
from .ticks import Ticks

# Behind a keyframe. A frame of 4K takes 12 MB until it is compared, and what is decoded up to the last one
# takes 3 to 4 % of the CPU of a sampled chunk.
MOMENTS_S = (Fraction(1, 4), Fraction(5, 8), Fraction(1))
SMALLEST_SIDE = 16  # SSIM compares windows of 8 pixels, and is no number where none fits
# The one that decodes without help of hardware.
DECODERS = {"av1": "libdav1d"}


class Sampling:
    """Keeps some frames between two keyframes, and all that was made of them, of one rung of a chunk."""

    def __init__(self, ticks: Ticks, begin_s: float, end_s: float) -> None:
        """Those in the middle of a chunk that goes from `begin_s` to `end_s`."""
        self._ticks = ticks
        self._slot = timeline.keyframe_slot(Fraction((begin_s + end_s) / 2))
        start_s = self._slot * timeline.KEYFRAME_S
        self._moments = [int((start_s + moment) * ticks.timescale) for moment in MOMENTS_S]
        self._references: dict[int, VideoFrame] = {}
        self._samples: list[Sample] = []

    def given(self, frame: VideoFrame) -> None:
        """A frame that goes into the encoder, timed in the source's ticks."""
        assert frame.pts is not None
        if min(frame.width, frame.height) < SMALLEST_SIDE:
            return
        tick = self._ticks.of(frame.pts)
        if not self._moments or tick < self._moments[0] or not self._holds(tick):
            return
        self._moments = [moment for moment in self._moments if moment > tick]
        self._references[tick] = frame

    def made(self, sample: Sample) -> None:
        """What came out of the encoder, in decoding order."""
        if self._holds(sample.pts):
            self._samples.append(sample)

    def measure(self, codec: str, record: bytes) -> Quality:
        """Compares what was kept; `record` is the rung's decoder configuration."""
        pairs: list[tuple[VideoFrame, VideoFrame]] = []
        for frame in self._decoded(codec, record):
            if frame.pts in self._references:
                pairs.append((frame, self._references[frame.pts]))
            if len(pairs) == len(self._references):
                break
        return Quality(ssim=sum(similarities(pairs)), frames=len(pairs))

    def _holds(self, tick: int) -> bool:
        return timeline.keyframe_slot(Fraction(tick, self._ticks.timescale)) == self._slot

    def _decoded(self, codec: str, record: bytes) -> Iterable[VideoFrame]:
        if not self._references:
            return
        decoder = av.CodecContext.create(DECODERS.get(codec, codec), "r")
        assert isinstance(decoder, VideoCodecContext)
        decoder.extradata, decoder.thread_count = record, 1
        for sample in self._samples:
            packet = Packet(sample.data)
            packet.pts = sample.pts
            yield from decoder.decode(packet)
        yield from decoder.decode(None)


def similarities(pairs: list[tuple[VideoFrame, VideoFrame]]) -> list[float]:
    """SSIM of the luma of frames of one size, from 1 (the same) down."""
    if not pairs:
        return []
    graph = Graph()
    graph.threads = 1
    layout = {"format": "yuv420p", "time_base": Fraction(1, 1000)}
    width, height = pairs[0][0].width, pairs[0][0].height
    inputs = [graph.add_buffer(width=width, height=height, **layout) for _ in range(2)]  # type: ignore[arg-type]
    compare, sink = graph.add("ssim"), graph.add("buffersink")
    for pad, source in enumerate(inputs):
        source.link_to(compare, 0, pad)
    compare.link_to(sink)
    graph.configure()
    for number, pair in enumerate(pairs):
        for source, frame in zip(inputs, pair, strict=True):
            frame.pts, frame.time_base = number, Fraction(1, 1000)
            source.push(frame)
    for source in inputs:
        source.push(None)
    found: list[float] = []
    try:
        while True:
            found.append(float(sink.pull().metadata["lavfi.ssim.Y"]))
    except (av.error.EOFError, av.error.BlockingIOError):
        return found
