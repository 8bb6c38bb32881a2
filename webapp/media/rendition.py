"""One rendition while it is encoded: frames in, segments on disk."""

from pathlib import Path

import msgspec
from av.video.frame import PictureType, VideoFrame

from . import cmaf, timeline
from .cmaf import Sample
from .coding import open_coding
from .messages import ChunkJob, Rung, Track
from .ticks import Ticks
from .track import TrackWriter


class Rendition:
    """Encodes one rung of a chunk, on a multiple of the source's timescale: no timestamp is rounded."""

    def __init__(self, job: ChunkJob, rung: Rung) -> None:
        self._video = job.facts.video
        self._time_base = self._video.time_base.fraction
        self._ticks = Ticks(self._video)
        coding = self._coding = open_coding(rung, self._video, job.threads)
        timescale = self._ticks.timescale
        init = cmaf.video_init(
            timescale, rung.width, rung.height, coding.record, self._video.colour, coding.entry
        )
        self._writer = TrackWriter(
            Path(job.folder), rung.name, coding.name, init, timescale, job.first, job.bounds_s, picture=True
        )
        self._slot: int | None = None

    def encode(self, frame: VideoFrame) -> None:
        """Takes a frame of the rung's size, timed in the source's ticks."""
        assert frame.pts is not None
        slot = timeline.keyframe_slot((frame.pts - self._video.zero) * self._time_base)
        frame.pict_type = PictureType.NONE if slot == self._slot else PictureType.I
        self._slot = slot
        self._take(frame)

    def finish(self, end_pts: int) -> Track:
        """Writes what is left; the picture, or the next chunk, goes on at the source's tick `end_pts`."""
        self._take(None)
        self._writer.close(self._ticks.of(end_pts))
        return msgspec.structs.replace(self._writer.track(), progressive=self._coding.progressive)

    def _take(self, frame: VideoFrame | None) -> None:
        for packet in self._coding.encoder.encode(frame):
            assert packet.pts is not None
            data = self._coding.sample(bytes(packet))
            self._writer.add(Sample(self._ticks.of(packet.pts), data, packet.is_keyframe))
