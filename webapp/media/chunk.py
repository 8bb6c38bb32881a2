"""Encodes all rungs of a chunk from one decode of it, and the chunk after that from where decoding stands."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from itertools import chain

from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from . import interlacing, zeroing
from .answers import Chunk, Progress, Quality
from .cascade import Cascades
from .content import Content, content_of
from .decoding import read_only
from .frames import FrameReader
from .jobs import ChunkJob
from .ladder import Rung
from .lane import Beside, Here, Lane
from .picture import Picture
from .rendition import Rendition
from .segment import Track
from .source import open_upload
from .span import Span
from .thinning import Thinning

REPORT_EVERY_FRAMES = 8


def encode(job: ChunkJob, further: Iterable[ChunkJob] = ()) -> Iterator[Progress | Chunk]:
    """Yields Progress now and then, at last the Chunk. Its segments lie in `job.folder` by then.

    Args:
        further: chunks of the same upload, each asked for once the one before is done.
    """
    with open_upload(job.source, job.limits, arriving=job.arriving) as container:
        video = job.facts.video
        stream = container.streams[video.stream]
        assert isinstance(stream, VideoStream)
        reader = FrameReader(container, stream, video.zero, job.decoders)
        read_only(container, *reader.streams)
        # Codecs beside H.264 take the frames of the rung that is as large.
        cascades = Cascades(stream, scaled := [rung for rung in job.rungs if rung.codec == "h264"])
        for each in chain([job], further):
            with closing(ChunkEncoder(each, reader, cascades, scaled)) as encoder:
                yield from encoder.run()


class ChunkEncoder:
    def __init__(
        self, job: ChunkJob, reader: FrameReader, cascades: Cascades, scaled: Sequence[Rung]
    ) -> None:
        """`cascades` give the frames of the rungs `scaled`."""
        self._job, self._video = job, job.facts.video
        self._reader, self._cascades, self._scaled = reader, cascades, scaled
        self._span = Span(
            self._reader,
            job.bounds_s[0],
            None if job.open_end else job.bounds_s[-1],
            frame_s=1 / self._video.rate.fraction,
            context=interlacing.CONTEXT,
            held=self._video.held,
        )
        rate, time_base = self._video.rate.fraction, self._video.time_base.fraction
        self._thinning = Thinning(rate, time_base, self._video.zero, self._span.begin)
        self._renditions: list[Rendition] = []
        self._taking: list[list[Rendition]] = []
        self._lanes: list[Lane] = [Beside() if job.side_by_side else Here() for _ in scaled]
        self._frames = self._thinned = 0

    def run(self) -> Iterator[Progress | Chunk]:
        reported = 0
        for shown in interlacing.frames(self._span, self._video.interlaced):
            if shown is None:
                yield Progress(frames=0, approached=self._span.approached)
                continue
            self._push(*shown)
            if self._frames - reported >= REPORT_EVERY_FRAMES:
                reported = self._frames
                yield Progress(frames=self._frames)
        self._encode(self._cascades.rest())
        if not self._renditions:  # there was no frame
            self._open(Content.BLACK)
        finishing: dict[Rendition, Future[tuple[Track, Quality | None]]] = {}
        for lane, taking in zip(self._lanes, self._taking, strict=True):
            for rendition in taking:
                finishing[rendition] = lane.put(rendition.finish, self._span.end_pts)
                yield Progress(frames=self._frames)  # of 4K each may take seconds
        finished: list[tuple[Track, Quality | None]] = []
        for rendition in self._renditions:
            finished.append(finishing[rendition].result())
            yield Progress(frames=self._frames)
        zeroing.end()
        damage, lasts = self._reader.damage, (self._span.begin, self._span.end)
        yield Chunk(
            tracks=[track for track, _ in finished],
            frames=self._frames,
            repeated=self._span.repeated,
            thinned=self._thinned,
            damaged=damage.within(*lasts),
            unshown=damage.unshown_within(*lasts),
            missing_s=round(float(damage.missing(*lasts) * self._reader.time_base), 3),
            quality=[quality for _, quality in finished if quality],
        )

    def close(self) -> None:
        for lane in self._lanes:
            lane.close()

    def _open(self, content: Content) -> None:
        """Opens the encoders, which have to know the chunk's first frame."""
        rungs = self._job.rungs
        self._renditions = [Rendition(self._job, rung, content) for rung in rungs]
        self._taking = [
            [
                rendition
                for rendition, other in zip(self._renditions, rungs, strict=True)
                if (other.width, other.height) == (rung.width, rung.height)
            ]
            for rung in self._scaled
        ]

    def _content_of(self, frame: VideoFrame) -> Content:
        content = content_of(frame)
        # What flat pictures gain takes a sixth more time. A fade beneath a logo looks flat, too.
        return Content.BLACK if self._job.waited_for and content is Content.FLAT else content

    def _push(self, frame: VideoFrame, interlaced: bool) -> None:
        assert frame.pts is not None
        if not self._thinning.keeps(frame.pts):
            self._thinned += self._span.holds(frame.pts)
            return
        video = self._video
        picture = Picture.of(
            frame,
            self._reader.aspects.of(frame),
            interlaced=interlaced,
            mirrored=video.mirrored,
            rotation=video.rotation,
            bright=video.bright,
            matrix=video.colour[2],
            cropping=video.cropping,
        )
        self._encode(self._cascades.of(frame, picture))

    def _encode(self, frames: Iterable[tuple[int, VideoFrame]]) -> None:
        for position, frame in frames:
            assert frame.pts is not None
            if self._span.holds(frame.pts):
                if not self._renditions:
                    self._open(self._content_of(frame))
                for rendition in self._taking[position]:
                    self._lanes[position].put(rendition.encode, frame)
                self._frames += position == 0
