"""Picks and writes a poster: a frame worth showing, which the first one (black, a title) rarely is."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import fmean, pstdev

from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from . import jpeg
from .answers import Poster
from .colour import forget_unknown
from .facts import Facts
from .failures import Unprocessable
from .frames import FrameReader
from .jobs import PosterJob
from .source import open_upload
from .upright import upright

CANDIDATES = 8
FRAMES_LOOKED_AT = 500  # in order, at most: some seconds of work, for videos that begin in the dark
LONGEST_SIDE = 1280  # pixels
# Luma of 8 bits: a frame whose mean is outside is black, or a flash.
DARKEST, BRIGHTEST = 24, 228
THUMBNAIL = (64, 36)  # enough to judge a frame by


def make(job: PosterJob) -> Iterator[Poster]:
    """Writes the picture and yields its size."""
    with open_upload(job.source, job.limits) as container:
        stream = container.streams[job.facts.video.stream]
        assert isinstance(stream, VideoStream)
        reader = FrameReader(container, stream, job.facts.video.zero)
        frame = worth_showing(reader, job.facts) if job.second is None else reader.keyframe(job.second)
        if frame is None or frame.pts is None:
            raise Unprocessable("undecodable", "no frame for a poster")
        shown = upright(frame, stream, reader.aspects.of(frame), LONGEST_SIDE, job.facts.video)
        Path(job.target).write_bytes(jpeg.encoded(shown))
        video = job.facts.video
        second = float((frame.pts - video.zero) * video.time_base.fraction)
        yield Poster(width=shown.width, height=shown.height, second=second)


def worth_showing(reader: FrameReader, facts: Facts) -> VideoFrame | None:
    frame = max(keyframes(reader, facts), key=interest, default=None)
    if frame is None or interest(frame) < 0:
        frame = max(first_frames(reader, frame), key=interest, default=None)
    return frame


def keyframes(reader: FrameReader, facts: Facts) -> Iterator[VideoFrame]:
    """Keyframes spread evenly over the video, each once."""
    seen: set[int | None] = {None}
    for number in range(CANDIDATES):
        frame = reader.keyframe(facts.frames_end_s * number / CANDIDATES)
        if frame is not None and frame.pts not in seen:
            seen.add(frame.pts)
            yield frame


def first_frames(reader: FrameReader, dull: VideoFrame | None) -> Iterator[VideoFrame]:
    """What `dull` keyframes leave: they may be the only ones, where an encoder never made another."""
    if dull is not None:
        yield dull
    yield from islice(reader.again(), FRAMES_LOOKED_AT)


def interest(frame: VideoFrame) -> float:
    """How much there is to see: the spread of brightness; below 0 for frames that are all dark or bright."""
    forget_unknown(frame)
    small = frame.reformat(*THUMBNAIL, format="gray")
    luma = bytes(small.planes[0])
    spread = pstdev(luma)
    return spread if DARKEST <= fmean(luma) <= BRIGHTEST else spread - 256
