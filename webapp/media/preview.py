"""Makes a preview: a few moments of the video, moving, as one animated WebP without sound."""

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .answers import Preview, Progress
from .facts import Facts
from .failures import Unprocessable
from .frames import FrameReader
from .jobs import PreviewJob
from .source import open_upload
from .upright import upright

MOMENTS, MOMENT_S, RATE = 4, Fraction(3, 4), 8  # frames a second
LONGEST_SIDE = 320  # pixels; a tile of the library is about as wide
LARGEST_BYTES = 500_000
QUALITIES = (50, 25, 0)  # of 100, the first that is small enough; at 0 pure noise is


def make(job: PreviewJob) -> Iterator[Progress | Preview]:
    """Writes the picture; Progress after each frame, as a sign of life.

    Raises:
        Unprocessable: "undecodable".
    """
    shown: list[VideoFrame] = []
    with open_upload(job.source, job.limits) as container:
        for frame in moments(container, job.facts):
            shown.append(frame)
            yield Progress(frames=len(shown))
    if not shown:
        raise Unprocessable("undecodable", "no frame for a preview")
    target = Path(job.target)
    for quality in QUALITIES:
        write(target, shown, quality)
        if target.stat().st_size <= LARGEST_BYTES:
            break
        yield Progress(frames=len(shown))
    yield Preview(frames=len(shown), size_bytes=target.stat().st_size)


def moments(container: InputContainer, facts: Facts) -> Iterator[VideoFrame]:
    """Upright frames, RATE a second, from keyframes all over the video on."""
    stream = container.streams[facts.video.stream]
    assert isinstance(stream, VideoStream)
    reader = FrameReader(container, stream, facts.video.zero)
    seen: set[int | None] = set()
    for begin_s in sorted(
        {int(facts.frames_end_s * (2 * number + 1) / (2 * MOMENTS)) for number in range(MOMENTS)}
    ):
        due: Fraction | None = None
        for frame in reader.read(begin_s, skip=False):
            assert frame.pts is not None
            second = frame.pts * reader.time_base
            if due is None:
                if frame.pts in seen:  # keyframes may be farther apart than moments
                    break
                seen.add(frame.pts)
                due, end = second, second + MOMENT_S
            if second >= end:
                break
            if second >= due:
                due += Fraction(1, RATE)
                yield upright(frame, stream, reader.aspects.of(frame), LONGEST_SIDE, facts.video)


def write(target: Path, shown: list[VideoFrame], quality: int) -> None:
    """Writes the frames as an endless loop, all of the first one's size."""
    width, height = shown[0].width, shown[0].height
    with av.open(os.fspath(target), "w", format="webp", options={"loop": "0"}) as container:
        options = {"quality": str(quality), "compression_level": "4"}
        stream = container.add_stream("libwebp_anim", rate=RATE, options=options)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number, frame in enumerate(shown):
            picture = frame.reformat(width, height, format="yuv420p", dst_colorspace="ITU601")
            picture.pts, picture.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
