"""One rendition while it is encoded: frames in, segments on disk."""

from pathlib import Path

import msgspec
from av.video.frame import PictureType, VideoFrame

from . import cmaf, timeline
from .answers import Quality
from .cmaf import Sample
from .coding import open_coding
from .content import Content
from .jobs import ChunkJob
from .ladder import Rung
from .pacing import Pacing
from .quality import Sampling
from .segment import Track
from .ticks import Ticks
from .track import TrackWriter


class Rendition:
    """Encodes one rung of a chunk, on a multiple of the source's timescale: no timestamp is rounded."""

    def __init__(self, job: ChunkJob, rung: Rung, content: Content) -> None:
        """`content` is that of the chunk's first frame."""
        self._video, self._rung = job.facts.video, rung
        self._time_base = self._video.time_base.fraction
        self._ticks = Ticks(self._video)
        coding = self._coding = open_coding(rung, self._video, job.facts.wanted, content)
        timescale = self._ticks.timescale
        init = cmaf.video_init(
            timescale, rung.width, rung.height, coding.record, self._video.colour, coding.entry
        )
        self._writer = TrackWriter(
            Path(job.folder), rung.name, coding.name, init, timescale, job.first, job.bounds_s, picture=True
        )
        self._slot: int | None = None
        self._pacing = Pacing(self._time_base)
        self._sampling = Sampling(self._ticks, job.bounds_s[0], self._end_s(job)) if job.sampled else None

    def encode(self, frame: VideoFrame) -> None:
        """Takes a frame of the rung's size, timed in the source's ticks."""
        assert frame.pts is not None
        slot = timeline.keyframe_slot((frame.pts - self._video.zero) * self._time_base)
        frame.pict_type = PictureType.NONE if slot == self._slot else PictureType.I
        self._slot = slot
        if self._sampling:
            self._sampling.given(frame)
        shown, frame.pts = frame.pts, self._pacing.told(frame.pts)
        self._take(frame)
        frame.pts = shown  # another codec may be given the same frame

    def finish(self, end_pts: int) -> tuple[Track, Quality | None]:
        """Writes what is left; the picture, or the next chunk, goes on at the source's tick `end_pts`.

        The quality is that of a sampled chunk.
        """
        self._take(None)
        self._writer.close(self._ticks.of(end_pts))
        track = msgspec.structs.replace(self._writer.track(), progressive=self._coding.progressive)
        if not self._sampling:
            return track, None
        return track, self._sampling.measure(self._rung.codec, self._coding.record)

    @staticmethod
    def _end_s(job: ChunkJob) -> float:
        return min(job.bounds_s[-1], job.facts.duration_s)

    def _take(self, frame: VideoFrame | None) -> None:
        for packet in self._coding.encoder.encode(frame):
            assert packet.pts is not None
            data = self._coding.sample(bytes(packet))
            sample = Sample(self._ticks.of(self._pacing.shown(packet.pts)), data, packet.is_keyframe)
            self._writer.add(sample)
            if self._sampling:
                self._sampling.made(sample)
