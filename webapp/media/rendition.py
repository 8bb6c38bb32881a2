"""One rendition while it is encoded: frames in, segments on disk."""

from pathlib import Path

import msgspec
from av.video.frame import PictureType, VideoFrame

from . import cmaf, h264, sequence, timeline
from .cmaf import Sample
from .messages import ChunkJob, Quality, Rung, Track
from .quality import Sampling
from .ticks import Ticks
from .track import TrackWriter


class Rendition:
    """Encodes one rung of a chunk, on a multiple of the source's timescale: no timestamp is rounded."""

    def __init__(self, job: ChunkJob, rung: Rung) -> None:
        self._video = job.facts.video
        self._time_base = self._video.time_base.fraction
        self._ticks = Ticks(self._video)
        self._encoder = h264.open_encoder(rung, self._video, job.threads)
        avcc = self._avcc = self._encoder.extradata or b""
        timescale = self._ticks.timescale
        init = cmaf.video_init(timescale, rung.width, rung.height, avcc, self._video.colour)
        codec = h264.codec_string(avcc)
        self._writer = TrackWriter(
            Path(job.folder), rung.name, codec, init, timescale, job.first, job.bounds_s, picture=True
        )
        self._slot: int | None = None
        self._sampling = Sampling(self._ticks, job.bounds_s[0], self._end_s(job)) if job.sampled else None

    def encode(self, frame: VideoFrame) -> None:
        """Takes a frame of the rung's size, timed in the source's ticks."""
        assert frame.pts is not None
        slot = timeline.keyframe_slot((frame.pts - self._video.zero) * self._time_base)
        frame.pict_type = PictureType.NONE if slot == self._slot else PictureType.I
        self._slot = slot
        if self._sampling:
            self._sampling.given(frame)
        self._take(frame)

    def finish(self, end_pts: int) -> Track:
        """Writes what is left; the picture, or the next chunk, goes on at the source's tick `end_pts`."""
        self._take(None)
        self._writer.close(self._ticks.of(end_pts))
        return msgspec.structs.replace(self._writer.track(), progressive=sequence.progressive(self._avcc))

    def quality(self) -> Quality | None:
        """Of a sampled chunk, once it is finished."""
        return self._sampling.measure(self._avcc) if self._sampling else None

    @staticmethod
    def _end_s(job: ChunkJob) -> float:
        return min(job.bounds_s[-1], job.facts.duration_s)

    def _take(self, frame: VideoFrame | None) -> None:
        for packet in self._encoder.encode(frame):
            assert packet.pts is not None
            sample = Sample(self._ticks.of(packet.pts), bytes(packet), packet.is_keyframe)
            self._writer.add(sample)
            if self._sampling:
                self._sampling.made(sample)
