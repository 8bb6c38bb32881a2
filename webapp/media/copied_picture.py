"""The picture of an upload, copied packet by packet into segments that start at its keyframes."""

from collections.abc import Iterator
from pathlib import Path

from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from . import cmaf, h264, timeline
from .avc import AccessUnit, Configuration, ConfigurationChanged
from .cmaf import Sample
from .encryption import is_encrypted
from .facts import Facts
from .obstacles import Obstacle, ObstacleCode
from .segment import Segment, Track
from .ticks import Ticks
from .timeline import LONGEST_COPIED_S
from .track import TrackFiles
from .track_names import COPY_NAME

# What waits for its segment to be complete is kept in memory: 10 s at 480 frames/s, the most there are.
MOST_FRAMES = 5_000


class NotCopied(Exception):
    """The rest cannot be copied."""

    def __init__(self, code: ObstacleCode, seconds: float | None = None) -> None:
        super().__init__(code)
        self.obstacle = Obstacle(code=code, seconds=seconds)


class CopiedPicture:
    """Takes the packets in decoding order.

    Attributes:
        frames: pictures taken so far.
    """

    def __init__(self, folder: Path, stream: VideoStream, facts: Facts) -> None:
        self.frames = 0
        self._video = video = facts.video
        self._configuration = Configuration(stream.codec_context.extradata)
        self._ticks = Ticks(video)
        record = self._configuration.record
        # Without colours: the stream's own are there for the decoder to see.
        init = cmaf.video_init(self._ticks.timescale, video.width, video.height, record, None)
        codec = h264.codec_string(record)
        self._files = TrackFiles(folder, COPY_NAME, codec, init, self._ticks.timescale)
        self._longest = int(LONGEST_COPIED_S * self._ticks.timescale)
        self._usual = max(1, round(1 / (video.rate.fraction * video.time_base.fraction)))
        self._segment: list[Sample] = []
        self._gop: list[Sample] = []
        self._last, self._end = -1, 0
        self._keyframe_inside = False
        self._edited = False  # something was left out that what follows may need

    def track(self, segments: list[Segment] | None = None) -> Track:
        return self._files.track(segments)

    def take(self, packet: "Packet[Stream]") -> Iterator[Segment]:
        """Yields the segments that are complete by this packet.

        Raises:
            NotCopied: for a reason that shows in this packet.
        """
        unit = self._access_unit(packet)
        if packet.is_discard:  # the copy can end before that, if nothing follows
            self._edited = True
        if not unit.shown or packet.is_discard:
            return
        if self._edited:
            raise NotCopied(ObstacleCode.EDITED)
        if packet.pts is None:
            raise NotCopied(ObstacleCode.TIMESTAMPS)
        if not self._gop and not self._begins(unit, packet.pts):
            return
        pts = self._ticks.of(packet.pts)
        if unit.idr and self._gop:
            yield from self._end_gop(pts)
        self._gop.append(Sample(pts, unit.data, unit.idr))
        self._keyframe_inside = not unit.idr and (self._keyframe_inside or packet.is_keyframe)
        if pts > self._last:
            # Of others the duration is when the next one is decoded, which may be after a long still stretch.
            self._last, self._end = pts, self._ticks.of(packet.pts + (packet.duration or self._usual))
        if pts < self._gop[0].pts:
            raise NotCopied(ObstacleCode.TIMESTAMPS)
        if len(self._segment) + len(self._gop) > MOST_FRAMES:
            raise NotCopied(ObstacleCode.TOO_MANY_FRAMES)
        self._refuse_if_long(pts)
        self.frames += 1

    def finish(self) -> Iterator[Segment]:
        """Yields what is left.

        Raises:
            NotCopied: there is nothing, or the last picture is to be shown for too long.
        """
        if not self._gop:
            raise NotCopied(ObstacleCode.START)
        if self._video.held:
            self._end = max(self._end, self._ticks.of(self._video.held.until))
        self._refuse_if_long(self._end)
        yield from self._end_gop(self._end)
        if self._segment:
            yield self._write(self._end)

    @property
    def end_s(self) -> float:
        """The second at which the last picture taken ends."""
        return self._end / self._ticks.timescale

    def _access_unit(self, packet: "Packet[Stream]") -> AccessUnit:
        if packet.is_corrupt:
            raise NotCopied(ObstacleCode.DAMAGED)
        if is_encrypted(packet):
            raise NotCopied(ObstacleCode.ENCRYPTED)
        if packet.has_sidedata("new_extradata") or packet.has_sidedata("param_change"):
            raise NotCopied(ObstacleCode.CHANGES)
        try:
            return self._configuration.access_unit(bytes(packet))
        except ConfigurationChanged as error:
            raise NotCopied(ObstacleCode.CHANGES) from error

    def _begins(self, unit: AccessUnit, pts: int) -> bool:
        """Whether this is the first picture that is shown; nothing could decode those before it."""
        if pts < self._video.zero:
            return False
        if pts > self._video.zero or not unit.idr:
            raise NotCopied(ObstacleCode.START)
        return True

    def _end_gop(self, end: int) -> Iterator[Segment]:
        """The GOP lasts until tick `end`: puts it into the segment where it fits, else begins another."""
        gop, self._gop = self._gop, []
        shown = [sample.pts for sample in gop]
        if min(shown) != shown[0] or max(shown) >= end or len(set(shown)) < len(shown):
            raise NotCopied(ObstacleCode.TIMESTAMPS)
        if self._segment and end - self._segment[0].pts > self._longest:
            yield self._write(shown[0])
        self._segment += gop
        wanted_s = timeline.wanted_s(len(self._files.segments))
        if end - self._segment[0].pts >= wanted_s * self._ticks.timescale:
            yield self._write(end)

    def _write(self, end: int) -> Segment:
        samples, self._segment = self._segment, []
        return self._files.write(len(self._files.segments), samples, end)

    def _refuse_if_long(self, tick: int) -> None:
        ticks = tick - self._gop[0].pts
        if ticks > self._longest:
            # A keyframe that later frames look past is none to start a segment at.
            apart_s = ticks / self._ticks.timescale
            raise (
                NotCopied(ObstacleCode.OPEN_GOP)
                if self._keyframe_inside
                else NotCopied(ObstacleCode.KEYFRAMES, apart_s)
            )
